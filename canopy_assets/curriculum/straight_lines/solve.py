"""Slopes of lines through points, and equations of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.curriculum.statements import SIGNED_NUMBER, statement_body
from canopy_assets.curriculum.straight_lines.misconceptions import equation_idea, intercept_ideas, slope_ideas
from canopy_assets.curriculum.straight_lines.point import Point, Segment
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_POINT = rf"\(\s*({SIGNED_NUMBER})\s*,\s*({SIGNED_NUMBER})\s*\)"
_TWO_POINTS = re.compile(_POINT + r"\s*(?:and|to|,|through|with|&|;)\s*" + _POINT)
_ONE_POINT = re.compile(_POINT)
_SLOPE_GIVEN = re.compile(
    rf"""
    (?:slope|gradient)\s*(?:of|is|=|m\s*=|:)?\s*(?:m\s*=\s*)?({SIGNED_NUMBER})  # slope 2, gradient m = 2
    |\bm\s*=\s*({SIGNED_NUMBER})  # m = 2
    """,
    re.IGNORECASE | re.VERBOSE,
)
_INTERCEPT_GIVEN = re.compile(
    rf"""
    y[- ]?intercept\s*(?:of|is|=|at|b\s*=|:)?\s*(?:\(\s*0\s*,\s*)?({SIGNED_NUMBER})  # y-intercept at (0, 3)
    |\bb\s*=\s*({SIGNED_NUMBER})  # b = 3
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SLOPE_ASKED = re.compile(r"\b(?:slope|gradient|steepness|rate of change)\b", re.IGNORECASE)
_INERT = """
slope gradient straight line segment through between passing passes going goes joining connecting connects joins
contains containing that which through_both two points point
"""


def _number(text: str) -> sympy.Expr:
    """The number as written.

    Raises:
        ExpressionError: the text is not a rational number.
    """
    value = parse(text)
    if not isinstance(value, sympy.Rational):
        raise ExpressionError("not a number")
    return value


def _segment(text: str) -> Segment | None:
    """The two points of a text; None if there are more or fewer, or if one is above the other."""
    match = _TWO_POINTS.search(text)
    if match is None or len(_ONE_POINT.findall(text)) != 2:
        return None
    x1, y1, x2, y2 = (_number(g) for g in match.groups())
    return None if x1 == x2 else Segment(Point(x1, y1), Point(x2, y2))


@dataclass(frozen=True)
class SlopeFamily:
    """The slope of the line through two points."""

    name: str = "slope"
    topic: str = "lines"
    inert: str = _INERT

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None without the word "slope", without two points, and for a vertical line."""
        text = statement_body(statement)
        if not text or not _SLOPE_ASKED.search(text) or "equation" in text.lower():
            return None
        try:
            segment = _segment(text)
        except ExpressionError:
            return None
        if segment is None:
            return None
        steps, ideas, concept = _slope_steps(segment), slope_ideas(segment), _WORDS.concept("slope")
        return Solution(self.name, self.topic, steps[-1].result, "number", None, tuple(steps), kept(*ideas), concept)


def _slope_steps(segment: Segment) -> list[Step]:
    """The steps to a slope: the change in y, the change in x, and their quotient."""
    first, second = segment.first, segment.second
    a, b, rise, run = first.text, second.text, show(segment.rise), show(segment.run)
    slots = {"first_point": a, "second_point": b}
    return [
        Step(
            "slope.rise",
            f"How much does y change from {a} to {b}?",
            f"{show(second.y)} − {in_brackets(first.y)} = {rise}",
            rise,
            {**slots, "y1": show(first.y), "y2": show(second.y)},
        ),
        Step(
            "slope.run",
            f"How much does x change from {a} to {b}?",
            f"{show(second.x)} − {in_brackets(first.x)} = {run}",
            run,
            {**slots, "x1": show(first.x), "x2": show(second.x)},
        ),
        Step(
            "slope.ratio",
            f"With y changing by {rise} while x changes by {run}, how much is that for each step of x?",
            f"{rise} ÷ {in_brackets(segment.run)} = {show(segment.slope)}",
            show(segment.slope),
            {**slots, "rise": rise, "run": run},
        ),
    ]


@dataclass(frozen=True)
class LineFamily:
    """y = m·x + b from two points, from slope and point, or from slope and y-intercept."""

    name: str = "line_equation"
    topic: str = "lines"
    inert: str = f"{_INERT} write equation slope-intercept form"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None where the statement does not ask for the equation of a line with such data."""
        text = statement_body(statement)
        if (
            not text
            or not re.search(r"\b(?:equation|slope-intercept)\b", text, re.IGNORECASE)
            or not re.search(r"\bline\b|slope-intercept", text, re.IGNORECASE)
        ):
            return None
        try:
            return self._solve(text)
        except ExpressionError:
            return None

    def _solve(self, text: str) -> Solution | None:
        """The solution from the points, slope or intercept in the text; None if they do not suffice.

        Raises:
            ExpressionError: a number cannot be read.
        """
        segment = _segment(text)
        points = _ONE_POINT.findall(text)
        slope_match, intercept_match = _SLOPE_GIVEN.search(text), _INTERCEPT_GIVEN.search(text)
        if segment is not None:
            ideas = [idea and replace(idea, step=0) for idea in slope_ideas(segment)[:2]]
            return self._finished(segment.slope, segment.first, [_slope_in_one(segment)], ideas)
        if not slope_match:
            return None
        slope = _number(slope_match[1] or slope_match[2])
        if intercept_match:
            point = Point(sympy.Integer(0), _number(intercept_match[1] or intercept_match[2]))
        elif len(points) == 1:
            point = Point(*map(_number, points[0]))
        else:
            return None
        return self._finished(slope, point, [], [])

    def _finished(
        self, slope: sympy.Expr, point: Point, steps: list[Step], ideas: list[Misconception | None]
    ) -> Solution:
        """The rest of the solution, once slope and a point are known."""
        intercept = point.y - slope * point.x
        if point.x != 0:
            ideas = [*ideas, *intercept_ideas(slope, point, intercept, len(steps))]
            steps = [*steps, _intercept_step(slope, point, intercept)]
        result = f"y = {show(slope * sympy.Symbol('x') + intercept)}"
        write = Step(
            "line.write",
            f"With slope {show(slope)} and y-intercept {show(intercept)}, what is the equation of the line?",
            f"So {result}",
            result,
            {"slope": show(slope), "intercept": show(intercept)},
        )
        wrong = kept(*ideas, equation_idea(slope, intercept, result, len(steps)))
        concept = _WORDS.concept("y_intercept")
        return Solution(self.name, self.topic, result, "expression", None, (*steps, write), wrong, concept)


def _slope_in_one(segment: Segment) -> Step:
    first, second, slope = segment.first, segment.second, show(segment.slope)
    above = f"{show(second.y)} − {in_brackets(first.y)}"
    below = f"{show(second.x)} − {in_brackets(first.x)}"
    return Step(
        "line.slope",
        f"What is the slope from {first.text} to {second.text}?",
        f"({above})/({below}) = {slope}",
        slope,
        {"first_point": first.text, "second_point": second.text},
    )


def _intercept_step(slope: sympy.Expr, point: Point, intercept: sympy.Expr) -> Step:
    x, y, result = show(point.x), show(point.y), f"b = {show(intercept)}"
    return Step(
        "line.intercept",
        f"Which b makes y = mx + b pass through {point.text}, with m = {show(slope)}?",
        f"{y} = {in_brackets(slope)} × {in_brackets(point.x)} + b, so {result}",
        result,
        {"point": point.text, "slope": show(slope), "x": x, "y": y},
    )


PRECEDENCE = 50
FAMILIES = (LineFamily(), SlopeFamily())
