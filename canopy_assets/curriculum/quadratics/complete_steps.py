"""The steps that complete the square of x² + bx + c, and those that solve an equation with it."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.quadratics.parabola_misconceptions import (
    bracket_root_ideas,
    half_ideas,
    square_form_ideas,
)
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, roots_text
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import Misconception, Step

_Part = tuple[list[Step], list[Misconception | None]]


def complete_steps(trinomial: Trinomial, shown: str, ending: str, index: int = 0) -> _Part:
    """x² + bx + c becomes (x + b/2)² and a number.

    Args:
        trinomial: the polynomial; its square can be completed without fractions.
        shown: the exercise as it is written, an equation if `ending` is " = 0".
        ending: what is written after the results.
        index: how many steps come before.
    """
    x, half = trinomial.variable, trinomial.b / 2
    both = f"{show_number(half)} and {show_number(half**2)}"
    first = Step(
        "quadratic.half_coefficient",
        f"What is half of the coefficient of {trinomial.name} in {shown}, and what is its square?",
        f"{show_number(trinomial.b)} ÷ 2 = {show_number(half)} and {in_brackets(half)}² = {show_number(half**2)}",
        both,
        {"expression": shown, "variable": trinomial.name, "b": show_number(trinomial.b)},
    )
    square, rest = (x + half) ** 2, trinomial.c - half**2
    result = square_text(square, rest) + ending
    second = Step(
        "quadratic.square_form",
        f"With {both}, how does {shown} look with a squared bracket?",
        f"{shown} → {result}",
        result,
        {
            "expression": shown,
            "variable": trinomial.name,
            "half": show_number(half),
            "square": show_number(half**2),
            "constant": show_number(trinomial.c),
        },
    )
    ideas = [*half_ideas(trinomial, both, index), *square_form_ideas(trinomial, result, ending, index + 1)]
    return [first, second], ideas


def square_text(square: sympy.Expr, rest: sympy.Expr) -> str:
    """A squared bracket and a number: "(x + 4)² − 13"."""
    if rest == 0:
        return show(square)
    return f"{show(square)} {'+' if rest > 0 else '−'} {show_number(abs(rest))}"


def square_equation_steps(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
    """The steps that solve x² + bx + c = 0 by completing the square."""
    steps, ideas = complete_steps(trinomial, equation, ending=" = 0", index=index)
    x, half = trinomial.variable, trinomial.b / 2
    value = half**2 - trinomial.c
    bracket = show((x + half) ** 2)
    root = sympy.sqrt(value)
    roots = tuple(dict.fromkeys((root - half, -root - half)))
    result = roots_text(trinomial.name, roots) if value >= 0 else "no real solutions"
    steps.append(
        Step(
            "quadratic.square_bracket",
            f"Which values of {trinomial.name} make {bracket} equal to {show_number(value)}?",
            f"{bracket} = {show_number(value)}, so {result}",
            result,
            {
                "equation": steps[-1].result,
                "variable": trinomial.name,
                "bracket": bracket,
                "value": show_number(value),
                "half": show_number(half),
            },
        )
    )
    return steps, ideas + bracket_root_ideas(trinomial, bracket, value, result, len(steps) - 1 + index)
