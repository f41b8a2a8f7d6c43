"""Limits: by substitution, by cancelling or with a conjugate where 0/0 appears, of sin(ax)/x, at infinity."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

import sympy

from canopy_assets.curriculum.grammar import IN_FORMULAS, parsed
from canopy_assets.curriculum.limits.misconceptions import (
    degree,
    infinity_ideas,
    no_limit_idea,
    power_ideas,
    zero_by_zero_ideas,
)
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.expressions import ExpressionError
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_DEGREE = 8
_TELLING = re.compile(r"\b(?:lim|limit|approach|tend|close)(?![a-z])", re.IGNORECASE)
_BESIDE = Fraction(1, 10**6)
"""How far beside a point a function must have real values."""
_ROUNDING = 1e-12


def _solution(answer: str, steps: list[Step], ideas: list[Misconception | None]) -> Solution:
    """A solution of this family."""
    return Solution(
        family="limit",
        topic="calculus",
        answer=answer,
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=kept(*ideas),
        concept=_WORDS.concept("limit"),
    )


def _limit(text: str) -> Solution | None:
    """The limit of a function in one variable. Function and place decide which method is used."""
    read = _problem(text)
    if read is None:
        return None
    function, x, target = read
    if target in ("∞", "-∞"):
        return _at_infinity(function, x, target.startswith("-")) if function.is_rational_function(x) else None
    point = try_parse(target)
    if point is None:
        return None
    value = _value(function, x, point)
    if value is not None:
        return _by_substitution(function, x, point)
    return _zero_by_zero(function, x, point) if isinstance(point, sympy.Rational) else None


def _problem(text: str) -> tuple[sympy.Expr, sympy.Symbol, str] | None:
    """The function of a statement, its variable and where that goes; None where the letters do not agree."""
    found = parsed(__package__, text, IN_FORMULAS) if _TELLING.search(text) else None
    if found is None:
        return None
    written, body, name = found.get("expression"), found.get("body"), f"{found.get('name')}({found.get('argument')})"
    if written and body and _squeezed(written) not in (_squeezed(body), name):
        return None  # another expression than the function that is given
    function = try_parse(body or written or "")
    variable = found.parts["variable"].lower()
    if function is None or {str(s).lower() for s in function.free_symbols} != {variable}:
        return None
    if found.get("argument") not in (None, found.parts["variable"]):
        return None
    target = re.sub(r"\s|\+", "", found.parts["target"].lower()).replace("infinity", "∞").replace("inf", "∞")
    (x,) = function.free_symbols
    return function, cast(sympy.Symbol, x), target


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _value(function: sympy.Expr, x: sympy.Symbol, point: sympy.Expr) -> sympy.Expr | None:
    """The value at a point around which the function is continuous; None elsewhere. A function that is built from
    powers, roots, sine, cosine, exponentials and logarithms is continuous where it is defined on both sides.
    """
    value = function.subs(x, point)
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) or not value.is_real:
        return None
    try:
        beside = [complex(value_at(function, {x.name: value_at(point) + d})) for d in (_BESIDE, -_BESIDE)]
    except ExpressionError:
        return None
    return value if all(abs(b.imag) < _ROUNDING for b in beside) else None


def _substitute_step(function: sympy.Expr, x: sympy.Symbol, point: sympy.Expr) -> Step:
    value = show(function.subs(x, point))
    slots = {"expression": show(function), "variable": str(x), "point": show(point)}
    ask = f"What does {slots['expression']} come to when {x} is {slots['point']}?"
    return Step("limit.substitute", ask, f"At {x} = {slots['point']} it is {value}", value, slots)


def _by_substitution(function: sympy.Expr, x: sympy.Symbol, point: sympy.Expr) -> Solution:
    step = _substitute_step(function, x, point)
    ideas = [no_limit_idea("limit_is_never_reached", x, point, step.result)]
    if function.is_polynomial(x) and isinstance(point, sympy.Rational):
        ideas += power_ideas(function, x, point, step.result)
    return _solution(step.result, [step], ideas)


def _zero_by_zero(function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational) -> Solution | None:
    """A quotient that is 0/0 at the point: of sine, of a root, or one with a common factor; None for any other."""
    top, bottom = _quotient(function)
    if top.subs(x, point) != 0 or bottom.subs(x, point) != 0 or not bottom.is_polynomial(x):
        return None
    if function.is_rational_function(x):
        return _by_cancelling(function, top, bottom, x, point)
    return _of_sine(function, top, bottom, x, point) or _by_conjugate(function, top, bottom, x, point)


def _quotient(function: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Top and bottom of a quotient as it is written, or of a sum of quotients over a common denominator."""
    top, bottom = sympy.fraction(function)
    return (top, bottom) if bottom != 1 else sympy.fraction(sympy.together(function))


def _indeterminate_step(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Step:
    shown, at = show(function), show(point)
    slots = {"expression": shown, "variable": str(x), "point": at, "numerator": show(top), "denominator": show(bottom)}
    ask = f"What happens to top and bottom of {shown} if you put in {x} = {at}?"
    return Step("limit.indeterminate", ask, f"At {x} = {at} it is 0/0", "0/0", slots)


def _by_cancelling(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Solution | None:
    """Solves 0/0 at the point by cancelling the common factor; None where there is no finite limit."""
    if max(degree(top, x), degree(bottom, x)) > MAX_DEGREE:
        return None
    cancelled = sympy.cancel(top / bottom)
    if sympy.fraction(cancelled)[1].subs(x, point) == 0:
        return None
    first, last = _indeterminate_step(function, top, bottom, x, point), _substitute_step(cancelled, x, point)
    factor = Step(
        "limit.factor",
        f"Which factor do {show(top)} and {show(bottom)} share, and what is left without it?",
        f"{show(function)} = {show(cancelled)}",
        show(cancelled),
        first.slots,
    )
    return _zero_by_zero_solution(function, x, point, [first, factor, last])


def _by_conjugate(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Solution | None:
    """Solves 0/0 at the point for a top √(ax + b) − c: its conjugate takes the root away; None for any other top."""
    number, root = top.as_coeff_Add()
    coefficient, radical = root.as_coeff_Mul()
    if not (isinstance(radical, sympy.Pow) and radical.exp == sympy.Rational(1, 2) and coefficient in (1, -1)):
        return None
    if not (number.is_Rational and radical.base.is_polynomial(x) and degree(radical.base, x) == 1):
        return None
    conjugate = root - number
    rest = sympy.cancel(sympy.expand(radical.base - number**2) / bottom)
    left = rest / conjugate
    value = _value(left, x, point)
    if value is None:
        return None
    first, last = _indeterminate_step(function, top, bottom, x, point), _substitute_step(left, x, point)
    step = Step(
        "limit.conjugate",
        f"What is left of {show(function)} when top and bottom are multiplied by {show(conjugate)}?",
        f"{show(function)} = {show(left)}",
        show(left),
        {"expression": show(function), "numerator": show(top), "denominator": show(bottom), "variable": str(x)},
    )
    return _zero_by_zero_solution(function, x, point, [first, step, last])


def _of_sine(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Solution | None:
    """The limit of sin(ax)/(bx) at 0 from that of sin(u)/u; None for any other function."""
    coefficient, sine = top.as_coeff_Mul()
    if point != 0 or not isinstance(sine, sympy.sin):
        return None
    angle, below = sine.args[0] / x, bottom / x
    if not (angle.is_Rational and below.is_Rational):
        return None
    first = _indeterminate_step(function, top, bottom, x, point)
    result = show(coefficient * angle / below)
    inner = show(sine.args[0])
    step = Step(
        "limit.sine",
        f"Since sin(u)/u tends to 1 as u → 0, what does {show(function)} tend to as {x} → 0?",
        f"It tends to {result}",
        result,
        {"expression": show(function), "inner": inner, "sine": show(sine), "variable": str(x)},
    )
    kept_angle = _WORDS.misconception(
        "sine_over_angle_whatever_the_angle",
        answer=show(coefficient / below),
        step=1,
        sine=show(sine),
        inner=inner,
        variable=x,
    )
    return _zero_by_zero_solution(function, x, point, [first, step], unless_right(kept_angle, result))


def _zero_by_zero_solution(
    function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational, steps: list[Step], *ideas: Misconception | None
) -> Solution:
    """The solution of a quotient that is 0/0, with the wrong ideas that all of them invite, after its own."""
    result = steps[-1].result
    no_limit = no_limit_idea("division_by_zero_has_no_limit", x, point, result)
    return _solution(result, steps, [*ideas, no_limit, *zero_by_zero_ideas(function, result, x, point)])


def _at_infinity(function: sympy.Expr, x: sympy.Symbol, negative: bool) -> Solution | None:
    """The limit at infinity, from the terms of highest degree; None where the quotient grows without bound."""
    top, bottom = _quotient(function)
    m, n = degree(top, x), degree(bottom, x)
    if n == 0 or m > n or n > MAX_DEGREE:
        return None  # grows without bound
    leading = sympy.LC(top, x) * x**m, sympy.LC(bottom, x) * x**n
    value = sympy.LC(top, x) / sympy.LC(bottom, x) if m == n else sympy.Integer(0)
    target = "−∞" if negative else "∞"
    slots = {
        "expression": show(function),
        "variable": str(x),
        "numerator": show(top),
        "denominator": show(bottom),
        "target": target,
    }
    pair = f"{show(leading[0])} and {show(leading[1])}"
    answer = show(value)
    steps = [
        Step(
            "limit.leading",
            f"Which terms of {show(top)} and {show(bottom)} outgrow the others as {x} → {target}?",
            pair,
            pair,
            slots,
        ),
        Step(
            "limit.infinity",
            f"What does the quotient of {pair} approach as {x} → {target}?",
            f"It approaches {answer}",
            answer,
            {
                "expression": show(function),
                "variable": str(x),
                "top": show(leading[0]),
                "bottom": show(leading[1]),
                "target": target,
            },
        ),
    ]
    return _solution(answer, steps, infinity_ideas(function, top, bottom, x, value))


PRECEDENCE = 10
FAMILIES = (WordedFamily("limit", "calculus", (_limit,)),)
