"""What students get wrong when they complete the square or look for a parabola's vertex, computed from the numbers."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, roots_text
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.formatting import listing, show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def half_ideas(trinomial: Trinomial, right: str, index: int) -> list[Misconception | None]:
    """The coefficient itself is squared, or its half is doubled instead of squared."""
    half = trinomial.b / 2
    attempts = {
        "coefficient_not_halved": (trinomial.b, trinomial.b**2),
        "half_doubled_for_its_square": (half, 2 * half),
    }
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=listing(show_number(v) for v in pair),
                step=index,
                b=show_number(trinomial.b),
                half=show_number(half),
                first=show_number(pair[0]),
                second=show_number(pair[1]),
                doubled=show_number(2 * pair[0]),
                variable=trinomial.name,
            ),
            right,
            kind="solutions",
        )
        for name, pair in attempts.items()
    ]


def square_form_ideas(trinomial: Trinomial, right: str, ending: str, index: int) -> list[Misconception | None]:
    """The square of the half is not taken away again, or the bracket gets the other sign."""
    x, half = trinomial.variable, trinomial.b / 2
    attempts = {
        "square_not_taken_away": ((x + half) ** 2, trinomial.c),
        "bracket_with_other_sign": ((x - half) ** 2, trinomial.c - half**2),
    }
    ideas = []
    for name, (square, rest) in attempts.items():
        wrong = show(square) if rest == 0 else f"{show(square)} {'+' if rest > 0 else '−'} {show_number(abs(rest))}"
        idea = _WORDS.misconception(
            name,
            answer=wrong + ending,
            step=index,
            multiplied_out=show(sympy.expand(square + rest)),
            polynomial=trinomial.text,
            product=wrong,
        )
        ideas.append(unless_right(idea, right, kind="expression"))
    return ideas


def bracket_root_ideas(
    trinomial: Trinomial, bracket: str, value: sympy.Expr, right: str, index: int
) -> list[Misconception | None]:
    """The negative root is forgotten, or the number in the bracket is added instead of taken away."""
    if value <= 0:
        return []
    half, root = trinomial.b / 2, sympy.sqrt(value)
    attempts = {
        "negative_root_of_bracket_forgotten": (root - half,),
        "number_in_bracket_moved_with_its_sign": (root + half, half - root),
    }
    inside = show(trinomial.variable + half)
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=roots_text(trinomial.name, roots),
                step=index,
                bracket=bracket,
                inside=inside,
                value=show_number(value),
                variable=trinomial.name,
                root=show(root),
            ),
            right,
            kind="solutions",
        )
        for name, roots in attempts.items()
    ]


def axis_ideas(trinomial: Trinomial, right: str) -> list[Misconception | None]:
    """The sign of b is kept, or the sum of the zeros is taken for the middle."""
    a, b, _ = trinomial.coefficients
    attempts = {"axis_with_sign_of_b": sympy.Rational(b, 2 * a), "axis_without_the_half": sympy.Rational(-b, a)}
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=f"{trinomial.name} = {show_number(wrong)}",
                function=trinomial.text,
                variable=trinomial.name,
                b=show_number(b),
                wrong=show_number(wrong),
                left=show_number(trinomial.expr.subs(trinomial.variable, wrong - 1)),
                right=show_number(trinomial.expr.subs(trinomial.variable, wrong + 1)),
                before=show_number(wrong - 1),
                after=show_number(wrong + 1),
            ),
            right,
            kind="solutions",
        )
        for name, wrong in attempts.items()
    ]


def height_ideas(trinomial: Trinomial, place: sympy.Rational, right: str, as_point: bool) -> list[Misconception | None]:
    """The constant is taken for the height, or the square of a negative place is negative."""
    x, c = trinomial.variable, trinomial.c
    attempts: dict[str, sympy.Expr] = {"constant_taken_as_height": c}
    if place < 0:
        attempts["square_of_negative_place"] = trinomial.expr.subs(x, place) - 2 * trinomial.a * place**2
    ideas = []
    for name, wrong in attempts.items():
        answer = f"({show_number(place)}, {show_number(wrong)})" if as_point else show_number(wrong)
        idea = _WORDS.misconception(
            name,
            answer=answer,
            step=1,
            function=trinomial.text,
            variable=x,
            place=show_number(place),
            wrong=show_number(wrong),
        )
        ideas.append(unless_right(idea, right, kind="point" if as_point else "number"))
    return ideas
