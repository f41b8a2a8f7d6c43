"""What students get wrong about areas, perimeters and volumes, computed from the measures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import LAST_STEP
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)

Measured = tuple[Fraction, Callable[[str], Misconception]]
"""A wrong value (without π and unit) and the misconception, given how that value is written."""


def _idea(value: Fraction, belief: str, work: str, check: str, reply: str, step: int = 0) -> Measured:
    return value, lambda shown: _WORDS.misconception(
        "idea", answer=shown, step=step, belief=belief, work=work, check=check, reply=reply
    )


def rectangle_area(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a rectangle with sides a and b."""
    x, y = show(a), show(b)
    return [
        _idea(
            2 * (a + b),
            "area is the way around",
            f"I add all four sides, {x} and {y} twice each, and get",
            f"If you walked along the edge, you'd cover {x}, {y}, {x} and {y}. Does that fill the inside?",
            "No, that's only the way around.",
        ),
        _idea(
            a + b,
            "area is length plus width",
            f"I add {x} and {y}, which is",
            f"Picture rows of {x} unit squares each, {y} rows in all. Does {x} + {y} count every square?",
            "No, only one row and one column.",
        ),
    ]


def rectangle_perimeter(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the way around a rectangle with sides a and b."""
    x, y = show(a), show(b)
    return [
        _idea(
            a * b,
            "perimeter is length times width",
            f"I multiply {x} by {y} and get",
            f"Does {x} × {y} measure the way around the edge or the surface inside?",
            "The surface inside, not the way around.",
        ),
        _idea(
            a + b,
            "the perimeter counts two sides",
            f"I add the two sides, {x} + {y}, so",
            f"Walk the edge: after {x} and then {y}, are you back at the corner where you began?",
            "No, there are two more sides to go.",
        ),
    ]


def triangle_area(b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a triangle with base b and height h."""
    x, y = show(b), show(h)
    return [
        _idea(
            b * h,
            "a triangle's area is base times height",
            f"I multiply {x} by {y} and get",
            f"Which shape has exactly {x} × {y} as its area, and how does the triangle sit inside it?",
            "The rectangle around it, and the triangle doesn't fill that.",
        ),
        _idea(
            b + h,
            "lengths are added for an area",
            f"I add {x} and {y}, so",
            f"If the base were twice as long, {show(2 * b)}, the triangle "
            "would cover twice as much. Would your sum double?",
            "No, it wouldn't.",
        ),
    ]


def triangle_perimeter(sides: list[Fraction]) -> list[Measured]:
    """Wrong ideas about the way around a triangle."""
    a, b, c = sides
    return [
        _idea(
            a + b,
            "one side is left out",
            f"I add {show(a)} and {show(b)}, which is",
            f"Your path runs along {show(a)} and {show(b)}. Is it back at its starting corner?",
            f"No, the side of {show(c)} is still missing.",
        ),
        _idea(
            a * b / 2,
            "perimeter is taken for area",
            f"Half of {show(a)} times {show(b)} is",
            f"Is half of {show(a)} × {show(b)} a length that you could walk, or a surface?",
            "A surface, and I need a length.",
        ),
    ]


def trapezoid_area(a: Fraction, b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a trapezoid with parallel sides a and b, h apart."""
    x, y, z = show(a), show(b), show(h)
    return [
        _idea(
            (a + b) * h,
            "the bases are added without halving",
            f"I add {x} and {y} and multiply by {z}:",
            f"Would a rectangle of length {show(a + b)} and height {z} fit inside this trapezoid?",
            "No, it would be far too long.",
        ),
        _idea(
            max(a, b) * h,
            "only the longer base counts",
            f"I multiply {show(max(a, b))} by {z}, so",
            f"Is the trapezoid {show(max(a, b))} wide all the way, from one base to the other?",
            f"No, its other base is {show(min(a, b))}.",
        ),
    ]


def circle_area(r: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a circle; values are the factors of π."""
    x = show(r)
    return [
        _idea(
            2 * r,
            "circumference is taken for area",
            f"I double {x} and put π with it:",
            f"2 × π × {x} is a length. Can a length tell how much surface the circle covers?",
            "No, that's the way around it.",
            LAST_STEP - 1,
        ),
        _idea(
            4 * r * r,
            "the diameter is squared",
            f"The circle is {show(2 * r)} across, so I square {show(2 * r)} and get",
            f"The square around the circle has area {show(2 * r)} × {show(2 * r)}. "
            "Could the circle cover π times as much as that square?",
            "No, the circle fits inside that square.",
            LAST_STEP - 1,
        ),
        _idea(
            r,
            "the radius is not squared",
            f"π times {x} is",
            f"If the radius grew from {x} to {show(2 * r)}, would the circle cover "
            "exactly twice as much surface, as in your rule?",
            "No, it'd get wider and taller, so more than twice.",
            LAST_STEP - 1,
        ),
    ]


def circumference(r: Fraction) -> list[Measured]:
    """Wrong ideas about the way around a circle; values are the factors of π."""
    x = show(r)
    return [
        _idea(
            r * r,
            "area is taken for circumference",
            f"I square {x} and put π with it:",
            f"Does squaring {x} give a length that a string around the circle could have?",
            "No, that gives a surface.",
            LAST_STEP - 1,
        ),
        _idea(
            r,
            "the radius is taken for the diameter",
            f"π times {x} is",
            f"How far is it from one end of the circle straight through the middle to the other, if the radius is {x}?",
            f"{show(2 * r)}, and I only used {x}.",
            LAST_STEP - 1,
        ),
    ]


def box(a: Fraction, b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a box."""
    x, y, z = show(a), show(b), show(h)
    return [
        _idea(
            a + b + h,
            "the three lengths are added",
            f"I add {x}, {y} and {z}, so",
            f"Picture the bottom layer: {y} rows of {x} unit cubes. Does {x} + {y} count them?",
            "No, it only counts along two edges.",
        ),
        _idea(
            2 * (a * b + b * h + a * h),
            "surface is taken for volume",
            "I add the areas of all six faces and get",
            f"Does wrapping paper for the faces {x} × {y} tell how many cubes fit inside?",
            "No, that's only the outside.",
        ),
        _idea(
            a * b,
            "one face is taken for the whole",
            f"I multiply {x} by {y}, so",
            "How many layers of unit cubes can you put on top of each other up "
            f"to a height of {z}, and did you count them all?",
            f"{z} layers, and I only have one.",
            LAST_STEP,
        ),
    ]


def cylinder(r: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a cylinder; values are the factors of π."""
    x, y = show(r), show(h)
    return [
        _idea(
            r * h,
            "the radius is not squared",
            f"I multiply {x} by {y} and by π, which is",
            f"Does π × {x} alone give the surface of the circle at the bottom, in unit squares?",
            "No, that is a length, not a surface.",
            LAST_STEP - 1,
        ),
        _idea(
            2 * r * h,
            "the curved side is taken for the inside",
            f"Once around is 2 × π × {x}, times {y} is",
            f"If you unroll the label of a can of height {y}, do you measure what fits in the can?",
            "No, only its outside.",
            LAST_STEP - 1,
        ),
        _idea(
            4 * r * r * h,
            "the diameter is taken for the radius",
            f"I square {show(2 * r)} and multiply by {y} and π:",
            f"The circle is {show(2 * r)} across. From its middle to its edge, how far is that?",
            f"{x}, half of what I squared.",
            LAST_STEP - 1,
        ),
    ]
