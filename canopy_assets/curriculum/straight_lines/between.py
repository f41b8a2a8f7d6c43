"""The distance and the midpoint between two points."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.curriculum.straight_lines.point import Point
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)
_Part = tuple[list[Step], list[Misconception | None]]


def distance_part(ends: list[Point]) -> _Part | None:
    """The steps to the distance of two points, by Pythagoras; None where one change is 0, or not a whole number."""
    if len(ends) != 2:
        return None
    first, second = ends
    across, up = abs(second.x - first.x), abs(second.y - first.y)
    if across == 0 or up == 0 or not (across.is_Integer and up.is_Integer):
        return None
    a, b, square = show(across), show(up), across**2 + up**2
    result = show(sympy.sqrt(square))
    slots = {"first_point": first.text, "second_point": second.text}
    legs = Step(
        "line.legs",
        f"How far is it from {first.text} to {second.text} across, and how far up or down?",
        f"{show(first.x)} to {show(second.x)} is {a} across, {show(first.y)} to {show(second.y)} is {b} up or down",
        f"{a} across and {b} up or down",
        {**slots, "x1": show(first.x), "x2": show(second.x), "y1": show(first.y), "y2": show(second.y)},
    )
    rooted = f"√{show(square)}"
    work = f"{a}² + {b}² = {show(square)}, and {rooted}" + ("" if rooted == result else f" = {result}")
    ask = f"With {a} across and {b} up or down, how long is the straight way?"
    way = Step("line.distance", ask, work, result, {**slots, "across": a, "up": b})
    return [legs, way], _distance_ideas(across, up, result)


def _distance_ideas(across: sympy.Expr, up: sympy.Expr, right: str) -> list[Misconception | None]:
    """Both ways are added, or the root is not taken."""
    attempts = {"ways_added": across + up, "distance_not_rooted": across**2 + up**2}
    return [
        unless_right(
            _WORDS.misconception(name, answer=show(wrong), step=1, across=show(across), up=show(up)),
            right,
            kind="expression",
        )
        for name, wrong in attempts.items()
    ]


def midpoint_part(ends: list[Point]) -> _Part | None:
    """The steps to the midpoint of two points, one for each coordinate; None where the points are the same."""
    if len(ends) != 2 or ends[0] == ends[1]:
        return None
    first, second = ends
    middle = Point((first.x + second.x) / 2, (first.y + second.y) / 2)
    steps = [
        _middle("x", first.x, second.x, middle.x, show(middle.x)),
        _middle("y", first.y, second.y, middle.y, middle.text),
    ]
    half = Point((second.x - first.x) / 2, (second.y - first.y) / 2)
    total = Point(first.x + second.x, first.y + second.y)
    slots = {"first_point": first.text, "second_point": second.text, "x1": show(first.x), "x2": show(second.x)}
    ideas = [
        unless_right(
            _WORDS.misconception(name, answer=wrong.text, step=1, **slots, x=show(wrong.x)), middle.text, kind="point"
        )
        for name, wrong in {"differences_halved": half, "sums_not_halved": total}.items()
    ]
    return steps, ideas


def _middle(axis: str, first: sympy.Expr, second: sympy.Expr, middle: sympy.Expr, result: str) -> Step:
    a, b = show(first), show(second)
    work = f"({a} + {in_brackets(second)})/2 = {show(middle)}"
    return Step(
        "line.middle",
        f"Which {axis} lies halfway between {a} and {b}?",
        work if result == show(middle) else f"{work}, so {result}",
        result,
        {"axis": axis, "first": a, "second": b},
    )
