"""What the solutions of all figures share: amounts with unit and π, the two steps of a formula, and the radius."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from canopy_assets.curriculum.geometry.figures import Figure
from canopy_assets.curriculum.geometry.misconceptions import Measured
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_IDEAS = {
    "rectangle": "An area counts unit squares, row by row",
    "square": "A square is a rectangle whose sides are all equal",
    "triangle": "Two equal triangles make a parallelogram",
    "parallelogram": "A parallelogram can be cut and put together again as a rectangle",
    "trapezoid": "A trapezoid equals a rectangle over the average of its bases",
    "circle": "A circle covers π times the square that is built on its radius",
    "perimeter": "A perimeter is the way around, along every side",
    "circumference": "The way around a circle is π times the way straight across it",
    "cone": "A cone fills a third of the cylinder around it",
    "sphere": "A sphere is measured by the cube that is built on its radius",
    "surface": "A surface area counts every face once",
}
_RAISED = {1: "", 2: "²", 3: "³"}


def amount(value: Fraction, figure: Figure, power: int, pi: bool = False) -> str:
    """A value with π and the figure's unit to this power: "25π cm²"."""
    coefficient = "" if pi and value == 1 else show_quantity(value)
    if pi and value.denominator != 1 and "/" in coefficient:
        coefficient = f"({coefficient})"
    unit = figure.unit + _RAISED[power] if figure.unit else ""
    return f"{coefficient}{'π' if pi else ''}{' ' + unit if unit else ''}"


def length(value: Fraction, figure: Figure) -> str:
    """A length with the figure's unit."""
    return amount(value, figure, 1)


def two_steps(
    figure: Figure, formula: tuple[str, str], value: Fraction, power: int, named: str, idea: str, pi: bool = False
) -> list[Step]:
    """Substitute the measures into the formula, then compute.

    Args:
        figure: The figure.
        formula: The letter of the quantity, and the formula with the measures put in.
        value: The formula's value, without π.
        power: 1 for a length, 2 for an area, 3 for a volume.
        named: The measures in words.
        idea: The key of the idea behind the formula.
        pi: Whether the value is a multiple of π.
    """
    letter, expression = formula
    shape = figure.shape.removeprefix("equilateral ")  # phrases say "a {shape}"
    slots = {"quantity": figure.quantity, "shape": shape, "measures": named, "idea": _IDEAS[idea]}
    ask = f"How does the {figure.quantity} of the {shape} come from its {named}?"
    written = f"{letter} = {expression}"
    result = amount(value, figure, power, pi)
    computed = {"quantity": figure.quantity, "shape": shape, "expression": expression, "measures": named}
    return [
        Step("geometry.formula", ask, written, written, slots),
        Step(
            "geometry.compute",
            f"What does {expression} come to{', with its unit' if figure.unit else ''}?",
            f"{written} = {result}",
            result,
            computed,
        ),
    ]


def solution(
    figure: Figure, steps: list[Step], value: Fraction, ideas: list[Measured], power: int, pi: bool = False
) -> Solution:
    """The solution; the wrong ideas are written with the same unit and π as the answer."""
    shown = [Idea(idea.value, idea.misconception(amount(idea.value, figure, power, pi))) for idea in ideas]
    return Solution(
        family="volume" if power == 3 else "area",
        topic="geometry",
        answer=steps[-1].result,
        answer_kind="expression" if pi else "number",
        unit=figure.unit + _RAISED[power] if figure.unit else None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, shown, len(steps)),
        concept=_WORDS.concept({1: "perimeter", 2: "area", 3: "volume"}[power]),
    )


def radius(figure: Figure) -> tuple[Fraction, list[Step]] | None:
    """The radius, with the step that halves the diameter if that is given; None if neither or both are given."""
    if "radius" in figure.measures and "diameter" not in figure.measures:
        return figure.measures["radius"][0], []
    if "diameter" not in figure.measures or "radius" in figure.measures:
        return None
    d = figure.measures["diameter"][0]
    result = length(d / 2, figure)
    slots = {"diameter": length(d, figure), "shape": figure.shape, "quantity": figure.quantity}
    ask = f"If the {figure.shape} is {slots['diameter']} across, what is its radius?"
    return d / 2, [Step("geometry.radius", ask, f"r = {show_quantity(d)} ÷ 2 = {result}", result, slots)]


def square_root(square: Fraction) -> Fraction | None:
    """The square root; None where it is irrational."""
    above, below = isqrt(square.numerator), isqrt(square.denominator)
    return Fraction(above, below) if Fraction(above, below) ** 2 == square else None
