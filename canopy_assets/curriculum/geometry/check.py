"""The second computation for figures: from the statement's own numbers and telling words, without its grammar."""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import NUMBER, ascii_statement, number
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse

_POWER_OF_UNIT = re.compile(r"\b[a-z]{1,2}\^[23]")
_HEIGHT = re.compile(
    rf"""
    (?:height|altitude|depth)\D{{0,30}}?(?P<after>{NUMBER})  # a height of 7 cm
    |(?P<before>{NUMBER})\s*[a-z]*\s*(?:high|tall|deep|long|in\ height)  # 7 cm tall
    """,
    re.VERBOSE,
)
_CORNERS = {"equilateral": 3, "pentagon": 5, "hexagon": 6, "octagon": 8}


def _is_measure(statement: str, solution: Solution) -> bool:
    """The area, perimeter, surface or volume, divided by π where the answer is a multiple of it."""
    text = _POWER_OF_UNIT.sub("", ascii_statement(statement).lower())
    if solution.steps[0].kind == "geometry.square_side":
        return _is_of_square(text, solution)
    numbers = [number(n) for n in re.findall(NUMBER, text)]
    answer = value_at(parse(solution.answer.removesuffix(solution.unit or "").strip()))
    expected = _expected(text, numbers)
    return expected is not None and close(answer, value_at(parse(expected)))


def _is_of_square(text: str, solution: Solution) -> bool:
    """From the answer back to the area or perimeter that is given."""
    (given,) = (number(n) for n in re.findall(NUMBER, text))
    answer = value_at(parse(solution.answer.removesuffix(solution.unit or "").strip()))
    known_area = re.search(r"area of a square|has an area", text) is not None
    if known_area:
        return close(answer**2, given if "perimeter" not in text else 16 * given)
    return close(
        answer * 4 if not re.search(r"\barea\b", text) else 16 * answer, given if "area" not in text else given**2
    )


def _expected(text: str, numbers: list[Fraction]) -> str | None:
    """The value of the quantity as an expression; None where the telling words are not enough."""
    curved = re.search("cylind|cone|conical|spher|circ(?!umference)|circumference", text)
    if "surface area" in text:
        a, b, c = numbers if len(numbers) == 3 else numbers * 3
        return f"2 * ({a * b + b * c + a * c})"
    if curved:
        return _curved(text, curved[0], numbers)
    if "volume" in text:
        return str(prod(numbers) if len(numbers) == 3 else numbers[0] ** 3)
    if "perimeter" in text:
        corners = next((n for word, n in _CORNERS.items() if word in text), None)
        if corners:
            return str(corners * numbers[0])
        return str(sum(numbers) if "triang" in text else 4 * numbers[0] if len(numbers) == 1 else 2 * sum(numbers))
    if "trapez" in text:
        height = _height(text)
        return None if height is None else str((sum(numbers) - height) * height / 2)
    area = prod(numbers) if len(numbers) > 1 else numbers[0] ** 2
    return str(area / 2 if "triang" in text else area)


def _curved(text: str, shape: str, numbers: list[Fraction]) -> str | None:
    """The value for a circle, cylinder, cone or sphere."""
    upright = shape in ("cylind", "cone", "conical")
    height = _height(text) if upright else None
    rest = [n for n in numbers if n != height] or numbers[:1]
    r = rest[0] / 2 if re.search("diameter|across", text) else rest[0]
    if shape == "spher":
        return f"({Fraction(4, 3) * r**3}) * pi"
    if not upright:
        return f"({r * r}) * pi" if re.search(r"\barea\b", text) else f"({2 * r}) * pi"
    if height is None:
        return None
    return f"({r * r * height * (1 if shape == 'cylind' else Fraction(1, 3))}) * pi"


def _height(text: str) -> Fraction | None:
    match = _HEIGHT.search(text)
    return number(match["after"] or match["before"]) if match else None


def _closes_right_triangle(statement: str, solution: Solution) -> bool:
    """The squares over the two shorter sides make the square over the longest."""
    given = [number(n) for n in re.findall(NUMBER, ascii_statement(statement))]
    found = number(re.sub(r"[^\d./]", "", solution.answer.removesuffix(solution.unit or "")))
    *legs, longest = sorted([*given, found])
    asked = re.search(r"(?:other|missing|second|remaining) (?:leg|side)", statement.lower())
    return legs[0] ** 2 + legs[1] ** 2 == longest**2 and (found == longest) == (asked is None)


def _makes_straight_line(statement: str, solution: Solution) -> bool:
    """The three angles make 180 degrees."""
    angles = [number(n) for n in re.findall(NUMBER, ascii_statement(statement))]
    return len(angles) == 2 and sum(angles) + number(solution.answer.removesuffix("°")) == 180


CHECKS: dict[str, Check] = {
    "area": _is_measure,
    "volume": _is_measure,
    "right_triangle": _closes_right_triangle,
    "triangle_angle": _makes_straight_line,
}
