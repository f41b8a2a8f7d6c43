"""Limits of polynomials and rational functions: by substitution, by cancelling where 0/0 appears, at infinity."""

from __future__ import annotations

import re
from typing import cast

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_DEGREE = 8

_ARROW = r"""
    \s*(?:
        →|->|-->
        |\bto\b|\bapproaches\b|\btends\ to\b|\bgoes\ to\b|\bapproaching\b
        |=
    )\s*
"""
_TARGET = r"(?P<point>[+-]?(?:\d+(?:/\d+)?|∞|infinity|inf))"
_VERB = r"""
    (?:(?:find|calculate|compute|determine|evaluate|work\ out|what\ is|what's)\s*:?\ )?(?:the\ limit\s*:\ )?(?:the\ )?
"""
_STATEMENTS = tuple(
    re.compile(pattern + r"\s*[.?]*", re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"""
        {_VERB}lim(?:it)?\s*_?\s*[({{\[]?\s*(?:as\ )?(?P<variable>[a-z]){_ARROW}{_TARGET}\s*[)}}\]]?  # lim x → 2
        \s*(?:of|:)?\s*(?P<function>.+?)  # of x² + 1
        """,
        rf"""
        {_VERB}limit\ of\ (?:the\ function\ )?(?:[a-z]\([a-z]\)\ =\ )?(?P<function>.+?)  # the limit of x² + 1
        ,?\ (?:as|when|for)\ (?P<variable>[a-z]){_ARROW}{_TARGET}  # as x approaches 2
        """,
        rf"""
        what\ (?:does|value\ does)\ (?P<function>.+?)\ (?:approach|tend\ to)  # What does x² + 1 approach
        \ (?:as|when)\ (?P<variable>[a-z]){_ARROW}{_TARGET}  # as x tends to 2?
        """,
    )
)


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
    """The limit of a rational function in one variable. The point decides which method is used."""
    match = next((m for m in (pattern.fullmatch(text) for pattern in _STATEMENTS) if m), None)
    function = try_parse(match["function"]) if match else None
    if match is None or function is None or {str(s) for s in function.free_symbols} != {match["variable"]}:
        return None
    x = sympy.Symbol(match["variable"])
    if not function.is_rational_function(x):
        return None
    top, bottom = sympy.fraction(sympy.together(function))
    if max(_degree(top, x), _degree(bottom, x)) > MAX_DEGREE:
        return None
    if "inf" in match["point"].lower() or "∞" in match["point"]:
        return _at_infinity(function, top, bottom, x, match["point"].startswith("-"))
    point = cast(sympy.Rational, sympy.Rational(match["point"]))
    if bottom.subs(x, point) != 0:
        return _by_substitution(function, x, point)
    return _by_cancelling(function, top, bottom, x, point)


def _substitute_step(function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational) -> Step:
    value = show(sympy.nsimplify(function.subs(x, point)))
    slots = {"expression": show(function), "variable": str(x), "point": show(point)}
    ask = f"What does {slots['expression']} come to when {x} is {slots['point']}?"
    return Step("limit.substitute", ask, f"At {x} = {slots['point']} it is {value}", value, slots)


def _no_limit(name: str, x: sympy.Symbol, point: sympy.Rational, answer: str) -> Misconception | None:
    """The idea that there is no limit, with a test at two values near the point."""
    near, nearer = (_decimal(cast(sympy.Rational, point + sympy.Rational(1, n))) for n in (10, 100))
    misconception = _WORDS.misconception(
        name, answer="does not exist", variable=x, point=show(point), near=near, nearer=nearer
    )
    return unless_right(misconception, answer, kind="text")


def _degree(polynomial: sympy.Expr, x: sympy.Symbol) -> int:
    return int(sympy.Poly(polynomial, x).degree())


def _decimal(value: sympy.Rational) -> str:
    """A value with at most six decimals."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".").replace("-", "−")


def _by_substitution(function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational) -> Solution:
    step = _substitute_step(function, x, point)
    ideas = [_no_limit("limit_is_never_reached", x, point, step.result)]
    if function.is_polynomial(x):
        ideas += _power_ideas(function, x, point, step.result)
    return _solution(step.result, [step], ideas)


def _power_ideas(
    function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational, answer: str
) -> list[Misconception | None]:
    """Wrong ideas about the power of a substituted number: about its coefficient, or about its sign."""
    terms = [(term, *term.as_coeff_exponent(x)) for term in sympy.Add.make_args(function)]
    ideas: list[Misconception | None] = []
    scaled = [found for found in terms if found[2].is_Integer and found[2] >= 2 and found[1] not in (1, -1)]
    if scaled and point != 0:
        term, coefficient, exponent = scaled[0]
        wrong = function.subs(x, point) - term.subs(x, point) + (coefficient * point) ** exponent
        with_coefficient = _WORDS.misconception(
            "coefficient_raised_too",
            answer=show(wrong),
            term=show(term),
            point=show(point),
            exponent=exponent,
            variable=x,
        )
        ideas.append(unless_right(with_coefficient, answer))
    if point < 0 and any(exponent in (2, 4) for _, _, exponent in terms):
        values = [-term.subs(x, -point) if exponent in (2, 4) else term.subs(x, point) for term, _, exponent in terms]
        wrong = sum(values, sympy.Integer(0))
        stays_negative = _WORDS.misconception("even_power_stays_negative", answer=show(wrong), point=show(point))
        ideas.append(unless_right(stays_negative, answer))
    return ideas


def _by_cancelling(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Solution | None:
    """Solves 0/0 at the point by cancelling the common factor; None where there is no finite limit."""
    if top.subs(x, point) != 0:
        return None  # a pole: no finite limit
    cancelled = sympy.cancel(top / bottom)
    if sympy.fraction(cancelled)[1].subs(x, point) == 0:
        return None
    shown, at = show(function), show(point)
    slots = {"expression": shown, "variable": str(x), "point": at, "numerator": show(top), "denominator": show(bottom)}
    last = _substitute_step(cancelled, x, point)
    steps = [
        Step(
            "limit.indeterminate",
            f"What happens to top and bottom of {shown} if you put in {x} = {at}?",
            f"At {x} = {at} it is 0/0",
            "0/0",
            slots,
        ),
        Step(
            "limit.factor",
            f"Which factor do {show(top)} and {show(bottom)} share, and what is left without it?",
            f"{shown} = {show(cancelled)}",
            show(cancelled),
            slots,
        ),
        last,
    ]
    ideas = [_no_limit("division_by_zero_has_no_limit", x, point, last.result)]
    ideas += _zero_by_zero_ideas(function, cancelled, x, point, last.result)
    return _solution(last.result, steps, ideas)


def _zero_by_zero_ideas(
    function: sympy.Expr, cancelled: sympy.Expr, x: sympy.Symbol, point: sympy.Rational, answer: str
) -> list[Misconception | None]:
    """0/0 taken for 0 or for 1, where a value near the point shows that this is wrong."""
    near = cast(sympy.Rational, point + sympy.Rational(1, 10))
    at_point, nearby = cancelled.subs(x, point), cancelled.subs(x, near)
    ideas: list[Misconception | None] = []
    for wrong, name in ((0, "zero_by_zero_is_zero"), (1, "zero_by_zero_is_one")):
        if abs(nearby - wrong) >= sympy.Rational(1, 2) and at_point != wrong:
            misconception = _WORDS.misconception(
                name, answer=str(wrong), variable=x, near=_decimal(near), function=show(function)
            )
            ideas.append(unless_right(misconception, answer))
    return ideas


def _at_infinity(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, negative: bool
) -> Solution | None:
    """The limit at infinity, from the terms of highest degree; None where the quotient grows without bound."""
    m, n = _degree(top, x), _degree(bottom, x)
    if n == 0 or m > n:
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
    return _solution(answer, steps, _infinity_ideas(function, top, bottom, x, value))


def _infinity_ideas(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, value: sympy.Expr
) -> list[Misconception | None]:
    """Wrong ideas about a quotient at infinity, where its value at 1000 shows that they are wrong."""
    candidates: list[tuple[sympy.Expr, str]] = [
        (sympy.Integer(1), "infinity_by_infinity_is_one"),
        (sympy.Integer(0), "divided_by_infinity_is_zero"),
    ]
    top_constant, bottom_constant = top.subs(x, 0), bottom.subs(x, 0)
    if bottom_constant != 0:
        candidates.append((top_constant / bottom_constant, "constants_decide"))
    elif _degree(top, x) < _degree(bottom, x):
        candidates.append((sympy.LC(top, x) / sympy.LC(bottom, x), "leading_coefficients_decide"))
    far = function.subs(x, 1000)
    ideas: list[Misconception | None] = []
    for wrong, name in candidates:
        if abs(far - wrong) >= sympy.Rational(1, 4) and value != wrong:
            misconception = _WORDS.misconception(name, answer=show(wrong), step=1, variable=x, function=show(function))
            ideas.append(unless_right(misconception, show(value)))
    return ideas


PRECEDENCE = 10
FAMILIES = (WordedFamily("limit", "calculus", (_limit,)),)
