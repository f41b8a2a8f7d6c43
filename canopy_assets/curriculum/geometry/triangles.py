"""The third side of a right triangle, and the third angle of any triangle."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.geometry import misconceptions as geometry_ideas
from canopy_assets.curriculum.geometry.figures import Figure
from canopy_assets.curriculum.geometry.misconceptions import Measured
from canopy_assets.curriculum.geometry.working import length, square_root
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)


def third_side(figure: Figure) -> Solution | None:
    """The hypotenuse from the legs, or a leg from hypotenuse and other leg; None where the side is irrational."""
    known = _known_sides(figure)
    if known is None:
        return None
    a, b = known
    square = a * a + b * b if figure.quantity == "hypotenuse" else a * a - b * b
    side = square_root(square) if square > 0 else None
    if side is None:
        return None
    steps = _side_steps(figure, known, square, side)
    ideas = (geometry_ideas.hypotenuse if figure.quantity == "hypotenuse" else geometry_ideas.leg)(a, b)
    return _solved("right_triangle", steps, side, ideas, figure)


def _known_sides(figure: Figure) -> tuple[Fraction, Fraction] | None:
    """Both legs, or the hypotenuse and a leg, as the quantity needs them; None where others are given."""
    measures = figure.measures
    if figure.quantity == "hypotenuse" and measures.keys() == {"legs"}:
        return measures["legs"][0], measures["legs"][1]
    if figure.quantity == "leg" and measures.keys() == {"hypotenuse", "leg"}:
        return measures["hypotenuse"][0], measures["leg"][0]
    return None


def _side_steps(figure: Figure, known: tuple[Fraction, Fraction], square: Fraction, side: Fraction) -> list[Step]:
    """The square of the side, then the side."""
    a, b = map(show_quantity, known)
    name, sign = ("c", "+") if figure.quantity == "hypotenuse" else ("b", "−")
    first = f"{name}² = {a}² {sign} {b}²"
    squared, result = show_quantity(square), length(side, figure)
    slots = {"first": length(known[0], figure), "second": length(known[1], figure), "quantity": figure.quantity}
    slots["sides"] = "legs" if figure.quantity == "hypotenuse" else "hypotenuse and leg"
    return [
        Step(
            "geometry.squares",
            f"How do {slots['first']} and {slots['second']} give the square of the {figure.quantity}?",
            f"{first} = {squared}",
            f"{name}² = {squared}",
            slots,
        ),
        Step(
            "geometry.side",
            f"Which length has the square {squared}?",
            f"√{squared} = {show_quantity(side)}, so {name} = {result}",
            result,
            {"square": squared, "quantity": figure.quantity},
        ),
    ]


def third_angle(angles: list[Fraction]) -> Solution:
    """The third angle from the other two, in degrees."""
    first, second = (f"{show_quantity(angle)}°" for angle in angles)
    both = sum(angles, Fraction(0))
    known, left = f"{show_quantity(both)}°", f"{show_quantity(180 - both)}°"
    steps = [
        Step(
            "geometry.known_angles",
            f"How large are the angles {first} and {second} together?",
            f"{show_quantity(angles[0])} + {show_quantity(angles[1])} = {show_quantity(both)}, so {known}",
            known,
            {"first": first, "second": second},
        ),
        Step(
            "geometry.last_angle",
            f"How much of the triangle's 180° is left after {known}?",
            f"180 − {show_quantity(both)} = {show_quantity(180 - both)}, so {left}",
            left,
            {"known": known},
        ),
    ]
    figure = Figure("triangle", "angle", {}, "°")
    return _solved("triangle_angle", steps, 180 - both, geometry_ideas.third_angle(*angles), figure)


def _solved(family: str, steps: list[Step], value: Fraction, ideas: list[Measured], figure: Figure) -> Solution:
    """The solution, with the wrong ideas in the answer's unit."""
    degrees = figure.unit == "°"
    shown = [
        Idea(i.value, i.misconception(f"{show_quantity(i.value)}°" if degrees else length(i.value, figure)))
        for i in ideas
    ]
    concept = _WORDS.concept("angle_sum" if degrees else "pythagoras")
    wrong = wrong_ideas(value, shown, len(steps))
    return Solution(family, "geometry", steps[-1].result, "number", figure.unit or None, tuple(steps), wrong, concept)
