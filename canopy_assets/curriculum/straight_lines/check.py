"""The second computation for lines and points: points are put into the answer, and lines are followed by two points."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.evaluation import Value, close, value_at
from canopy_assets.maths.expressions import parse
from canopy_assets.maths.glyphs import TO_HYPHEN

_NUMBER = r"(-?[\d./]+)"
_POINT = re.compile(rf"\(\s*{_NUMBER}\s*[,;|]\s*{_NUMBER}\s*\)")
_EQUATION = re.compile(r"(?<![a-z])([-+*/().\dxy\s]*[xy\d)]\s*)=\s*([-+*/().\dxy\s]+)(?![a-z])")
_ANY_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:/\d+)?")


def _points(statement: str) -> list[tuple[Fraction, Fraction]]:
    text = statement.translate(TO_HYPHEN).replace("the origin", "(0, 0)")
    return [(Fraction(x), Fraction(y)) for x, y in _POINT.findall(text)]


def _height(statement: str, x: Fraction) -> Value:
    """The y of the statement's line at x. Both sides are linear in y, so two values of their difference give it.

    Raises:
        ValueError: the statement has no equation.
    """
    match = _EQUATION.search(_POINT.sub(" ", ascii_statement(statement).lower()))
    if match is None:
        raise ValueError("no equation of a line")
    left, right = (parse(side.strip(" .")) for side in match.groups())
    at = [value_at(left, {"x": x, "y": y}) - value_at(right, {"x": x, "y": y}) for y in (Fraction(0), Fraction(1))]
    return at[0] / (at[0] - at[1])


def _slope(statement: str) -> Value:
    """The slope of the statement's line, by its points or its equation."""
    points = _points(statement)
    if len(points) == 2:
        (x1, y1), (x2, y2) = points
        return (y2 - y1) / (x2 - x1)
    if "=" not in statement:
        (slope,) = _ANY_NUMBER.findall(_POINT.sub(" ", ascii_statement(statement)))
        return Fraction(slope)
    return _height(statement, Fraction(1)) - _height(statement, Fraction(0))


def _wanted_slope(statement: str) -> Value:
    """The slope that the statement asks for, or that its line must have."""
    slope = _slope(statement)
    return -1 / slope if "perpendicular" in statement.lower() else slope


def _is_slope(statement: str, solution: Solution) -> bool:
    return close(value_at(parse(solution.answer)), _wanted_slope(statement))


def _is_intercept(statement: str, solution: Solution) -> bool:
    return close(value_at(parse(solution.answer)), _height(statement, Fraction(0)))


def _is_line(statement: str, solution: Solution) -> bool:
    """The line goes through the points, and has the slope and the intercept that stand in the statement."""
    line = parse(solution.answer.split("=")[1])
    points = _points(statement)
    through = all(close(value_at(line, {"x": x}), y) for x, y in points)
    rise = value_at(line, {"x": Fraction(1)}) - value_at(line, {"x": Fraction(0)})
    if len(points) == 2:
        return through
    if re.search("parallel|perpendicular", statement.lower()):
        return through and close(rise, _wanted_slope(statement))
    given = [Fraction(n) for n in _ANY_NUMBER.findall(_POINT.sub(" ", ascii_statement(statement)))]
    known = [rise] if points else [rise, value_at(line, {"x": Fraction(0)})]
    return through and all(any(close(value, n) for n in given) for value in known)


def _is_distance(statement: str, solution: Solution) -> bool:
    (x1, y1), (x2, y2) = _points(statement)
    return close(value_at(parse(solution.answer)) ** 2, (x2 - x1) ** 2 + (y2 - y1) ** 2)


def _is_midpoint(statement: str, solution: Solution) -> bool:
    """The steps from one end to the middle lead on to the other end."""
    (x1, y1), (x2, y2) = _points(statement)
    ((x, y),) = _points(solution.answer)
    return (x - x1, y - y1) == (x2 - x, y2 - y)


CHECKS: dict[str, Check] = {
    "slope": _is_slope,
    "y_intercept": _is_intercept,
    "line_equation": _is_line,
    "distance": _is_distance,
    "midpoint": _is_midpoint,
}
