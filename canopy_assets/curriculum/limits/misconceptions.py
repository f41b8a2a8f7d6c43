"""What students get wrong about limits, each tested on values beside the point or far out."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.evaluation import value_at
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def no_limit_idea(name: str, x: sympy.Symbol, point: sympy.Expr, answer: str) -> Misconception | None:
    """The idea that there is no limit, with a test at two values near the point."""
    near, nearer = (_decimal(point + sympy.Rational(1, n)) for n in (10, 100))
    misconception = _WORDS.misconception(
        name, answer="does not exist", variable=x, point=show(point), near=near, nearer=nearer
    )
    return unless_right(misconception, answer, kind="text")


def _decimal(value: sympy.Expr) -> str:
    """A value with at most six decimals."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".").replace("-", "−")


def power_ideas(
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


def zero_by_zero_ideas(
    function: sympy.Expr, answer: str, x: sympy.Symbol, point: sympy.Rational
) -> list[Misconception | None]:
    """0/0 taken for 0 or for 1, where a value near the point shows that this is wrong."""
    near = point + sympy.Rational(1, 10)
    nearby = complex(value_at(function, {x.name: value_at(near)})).real
    ideas: list[Misconception | None] = []
    for wrong, name in ((0, "zero_by_zero_is_zero"), (1, "zero_by_zero_is_one")):
        if abs(nearby - wrong) >= 0.5:
            misconception = _WORDS.misconception(
                name, answer=str(wrong), variable=x, near=_decimal(near), function=show(function)
            )
            ideas.append(unless_right(misconception, answer))
    return ideas


def infinity_ideas(
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
    elif degree(top, x) < degree(bottom, x):
        candidates.append((sympy.LC(top, x) / sympy.LC(bottom, x), "leading_coefficients_decide"))
    far = function.subs(x, 1000)
    ideas: list[Misconception | None] = []
    for wrong, name in candidates:
        if abs(far - wrong) >= sympy.Rational(1, 4) and value != wrong:
            misconception = _WORDS.misconception(name, answer=show(wrong), step=1, variable=x, function=show(function))
            ideas.append(unless_right(misconception, show(value)))
    return ideas


def degree(polynomial: sympy.Expr, x: sympy.Symbol) -> int:
    """The degree of a polynomial."""
    return int(sympy.Poly(polynomial, x).degree())
