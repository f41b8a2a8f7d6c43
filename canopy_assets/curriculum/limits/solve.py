"""Limits of polynomials and rational functions: by substitution, by cancelling where 0/0 appears, at infinity."""

from __future__ import annotations

import re
from typing import cast

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept, unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_DEGREE = 8

_ARROW = r"\s*(?:→|->|-->|\bto\b|\bapproaches\b|\btends to\b|\bgoes to\b|\bapproaching\b|=)\s*"
_TARGET = r"(?P<point>[+-]?(?:\d+(?:/\d+)?|∞|infinity|inf))"
_VERB = r"(?:(?:find|calculate|compute|determine|evaluate|work out|what is|what's)\s*:? )?(?:the )?"
_STATEMENTS = tuple(
    re.compile(pattern + r"\s*[.?]*", re.IGNORECASE)
    for pattern in (
        rf"{_VERB}lim(?:it)?\s*_?\s*[({{\[]?\s*(?:as )?(?P<variable>[a-z]){_ARROW}{_TARGET}\s*[)}}\]]?\s*(?:of"
        r"|:)?\s*(?P<function>.+?)",
        rf"{_VERB}limit of (?:the function )?(?:[a-z]\([a-z]\) = )?(?P<function>.+?),? (?:as"
        rf"|when|for) (?P<variable>[a-z]){_ARROW}{_TARGET}",
        r"what (?:does|value does) (?P<function>.+?) (?:approach|tend to) (?:as"
        rf"|when) (?P<variable>[a-z]){_ARROW}{_TARGET}",
    )
)


def _solution(answer: str, steps: list[Step], ideas: list[Misconception | None]) -> Solution:
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


def _no_limit(x: sympy.Symbol, point: sympy.Rational, answer: str, why: str) -> Misconception | None:
    near, nearer = (_decimal(cast(sympy.Rational, point + sympy.Rational(1, n))) for n in (10, 100))
    return unless_right(
        _WORDS.misconception(
            "limit_exists_where_value", answer="does not exist", why=why, x=x, near=near, nearer=nearer
        ),
        answer,
        kind="text",
    )


def _degree(polynomial: sympy.Expr, x: sympy.Symbol) -> int:
    return int(sympy.Poly(polynomial, x).degree())


def _decimal(value: sympy.Rational) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".").replace("-", "−")


def _by_substitution(function: sympy.Expr, x: sympy.Symbol, point: sympy.Rational) -> Solution:
    step = _substitute_step(function, x, point)
    ideas = [
        _no_limit(
            x, point, step.result, f"{x} only comes near {show(point)} and never gets there, so there is no limit."
        )
    ]
    for term in sympy.Add.make_args(function) if function.is_polynomial(x) else ():
        c, n = term.as_coeff_exponent(x)
        if n.is_Integer and n >= 2 and c not in (1, -1) and point != 0:
            wrong = function.subs(x, point) - term.subs(x, point) + (c * point) ** n
            ideas.append(
                unless_right(
                    _WORDS.misconception(
                        "exponent_belongs_coefficient_too",
                        answer=show(wrong),
                        term=show(term),
                        point=show(point),
                        n=n,
                        x=x,
                    ),
                    step.result,
                )
            )
            break
    if (
        point < 0
        and function.is_polynomial(x)
        and any(t.as_coeff_exponent(x)[1] in (2, 4) for t in sympy.Add.make_args(function))
    ):
        wrong = sum(
            (
                t.subs(x, -point) * -1 if t.as_coeff_exponent(x)[1] in (2, 4) else t.subs(x, point)
                for t in sympy.Add.make_args(function)
            ),
            sympy.Integer(0),
        )
        ideas.append(
            unless_right(
                _WORDS.misconception("even_power_negative_number", answer=show(wrong), point=show(point)), step.result
            )
        )
    return _solution(step.result, [step], ideas)


def _by_cancelling(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, point: sympy.Rational
) -> Solution | None:
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
    near = _decimal(cast(sympy.Rational, point + sympy.Rational(1, 10)))
    value = cancelled.subs(x, point)
    ideas = [_no_limit(x, point, last.result, "Dividing by zero is impossible, so the limit does not exist.")]
    for wrong, belief, work in (
        (0, "zero divided by zero is zero", "It's 0/0, and that is 0."),
        (1, "zero divided by zero is one", "Top and bottom are equal, so 0/0 is 1."),
    ):
        if abs(cancelled.subs(x, point + sympy.Rational(1, 10)) - wrong) >= sympy.Rational(1, 2) and value != wrong:
            ideas.append(
                unless_right(
                    _WORDS.misconception(
                        "idea_2", answer=str(wrong), belief=belief, work=work, x=x, near=near, shown=shown, wrong=wrong
                    ),
                    last.result,
                )
            )
    return _solution(last.result, steps, ideas)


def _at_infinity(
    function: sympy.Expr, top: sympy.Expr, bottom: sympy.Expr, x: sympy.Symbol, negative: bool
) -> Solution | None:
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
    candidates: list[tuple[sympy.Expr, str, str]] = [
        (sympy.Integer(1), "infinity over infinity is one", "Top and bottom both become infinite, and ∞/∞ is 1."),
        (
            sympy.Integer(0),
            "dividing by something infinite always gives zero",
            "The bottom becomes infinite, so it's 0.",
        ),
    ]
    at_zero = (top.subs(x, 0), bottom.subs(x, 0))
    if at_zero[1] != 0:
        candidates.append(
            (
                at_zero[0] / at_zero[1],
                "the constants decide",
                f"I compare the constants, so {show(at_zero[0] / at_zero[1])}.",
            )
        )
    elif _degree(top, x) < _degree(bottom, x):
        ratio = sympy.LC(top, x) / sympy.LC(bottom, x)
        candidates.append(
            (ratio, "the leading coefficients always decide", f"I compare the leading coefficients, so {show(ratio)}.")
        )
    far = function.subs(x, 1000)
    return [
        unless_right(
            _WORDS.misconception(
                "idea", answer=show(wrong), step=1, belief=belief, work=work, x=x, function=show(function)
            ),
            show(value),
        )
        for wrong, belief, work in candidates
        if abs(far - wrong) >= sympy.Rational(1, 4) and value != wrong
    ]


PRECEDENCE = 10
FAMILIES = (WordedFamily("limit", "calculus", (_limit,)),)
