"""Slopes of lines through points, and equations of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.functions.solve import NUMBER
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Solution, kept, unless_right
from canopy_assets.curriculum.statements import statement_body
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_POINT = rf"\(\s*({NUMBER})\s*,\s*({NUMBER})\s*\)"
_TWO_POINTS = re.compile(_POINT + r"\s*(?:and|to|,|through|with|&|;)\s*" + _POINT)
_ONE_POINT = re.compile(_POINT)
_SLOPE_GIVEN = re.compile(
    rf"(?:slope|gradient)\s*(?:of|is|=|m\s*=|:)?\s*(?:m\s*=\s*)?({NUMBER})|\bm\s*=\s*({NUMBER})", re.IGNORECASE
)
_INTERCEPT_GIVEN = re.compile(
    rf"y[- ]?intercept\s*(?:of|is|=|at|b\s*=|:)?\s*(?:\(\s*0\s*,\s*)?({NUMBER})|\bb\s*=\s*({NUMBER})", re.IGNORECASE
)
_Pair = tuple[sympy.Expr, sympy.Expr]


def _number(text: str) -> sympy.Expr:
    value = parse(text)
    if not isinstance(value, sympy.Rational):
        raise ExpressionError("not a number")
    return value


def _point_text(point: _Pair) -> str:
    return f"({show(point[0])}, {show(point[1])})"


def _two_points(text: str) -> tuple[_Pair, _Pair] | None:
    match = _TWO_POINTS.search(text)
    if match is None or len(_ONE_POINT.findall(text)) != 2:
        return None
    x1, y1, x2, y2 = (_number(g) for g in match.groups())
    return None if x1 == x2 else ((x1, y1), (x2, y2))


@dataclass(frozen=True)
class SlopeFamily:
    """The slope of the line through two points."""

    name: str = "slope"
    topic: str = "lines"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None without the word slope, without two points, and for a vertical line."""
        text = statement_body(statement)
        if (
            not text
            or not re.search(r"\b(?:slope|gradient|steepness|rate of change)\b", text, re.IGNORECASE)
            or "equation" in text.lower()
        ):
            return None
        try:
            points = _two_points(text)
        except ExpressionError:
            return None
        if points is None:
            return None
        steps, ideas = slope_steps(*points)
        return Solution(
            self.name, self.topic, steps[-1].result, "number", None, tuple(steps), kept(*ideas), _WORDS.concept("slope")
        )


def slope_steps(first: _Pair, second: _Pair) -> tuple[list[Step], list[Misconception | None]]:
    """Change in y, change in x, their quotient, and what goes wrong with them."""
    (x1, y1), (x2, y2) = first, second
    rise, run = y2 - y1, x2 - x1
    slope = rise / run
    a, b = _point_text(first), _point_text(second)
    slots = {"first_point": a, "second_point": b}
    steps = [
        Step(
            "slope.rise",
            f"How much does y change from {a} to {b}?",
            f"{show(y2)} − {in_brackets(y1)} = {show(rise)}",
            show(rise),
            {**slots, "y1": show(y1), "y2": show(y2)},
        ),
        Step(
            "slope.run",
            f"How much does x change from {a} to {b}?",
            f"{show(x2)} − {in_brackets(x1)} = {show(run)}",
            show(run),
            {**slots, "x1": show(x1), "x2": show(x2)},
        ),
        Step(
            "slope.ratio",
            f"With y changing by {show(rise)} while x changes by {show(run)}, how much is that for each step of x?",
            f"{show(rise)} ÷ {in_brackets(run)} = {show(slope)}",
            show(slope),
            {**slots, "rise": show(rise), "run": show(run)},
        ),
    ]
    return steps, _slope_ideas(first, second)


def _slope_ideas(first: _Pair, second: _Pair) -> list[Misconception | None]:
    (x1, y1), (x2, y2) = first, second
    rise, run = y2 - y1, x2 - x1
    slope, b = rise / run, _point_text(second)
    ideas: list[Misconception | None] = []
    if rise != 0:
        upside_down = run / rise
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "slope_change_x_over",
                    answer=show(upside_down),
                    step=2,
                    run=show(run),
                    rise=in_brackets(rise),
                    _point_text_first=_point_text(first),
                    y1_run_upside_down=show(y1 + run * upside_down),
                    b=b,
                    y2=show(y2),
                ),
                show(slope),
            )
        )
        ideas.append(_mixed_order(first, second))
    if y1 != 0:
        total = y1 + y2
        ideas.append(
            unless_right(
                _WORDS.misconception(
                    "coordinates_added_instead_subtracted",
                    answer=show(total),
                    step=0,
                    y2=show(y2),
                    y1=in_brackets(y1),
                    y12=show(y1),
                    y1_total=show(y1 + total),
                    b=b,
                ),
                show(slope),
                show(rise),
            )
        )
    return ideas


def _mixed_order(first: _Pair, second: _Pair) -> Misconception | None:
    (x1, y1), (x2, y2) = first, second
    slope = (y2 - y1) / (x2 - x1)
    return unless_right(
        _WORDS.misconception(
            "order_points_may_differ",
            answer=show(-slope),
            step=2,
            y2=show(y2),
            y1=in_brackets(y1),
            x1=show(x1),
            x2=in_brackets(x2),
            _point_text_first=_point_text(first),
            _point_text_second=_point_text(second),
            the_same_direction="the same direction" if slope > 0 else "opposite ones",
        ),
        show(slope),
    )


@dataclass(frozen=True)
class LineFamily:
    """y = m·x + b from two points, from slope and point, or from slope and y-intercept."""

    name: str = "line_equation"
    topic: str = "lines"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None where the statement doesn't ask for the equation of a line with such data."""
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
        points = _two_points(text)
        point_match = _ONE_POINT.findall(text)
        slope_match, intercept_match = _SLOPE_GIVEN.search(text), _INTERCEPT_GIVEN.search(text)
        steps: list[Step] = []
        ideas: list[Misconception | None] = []
        if points is not None:
            slope, point = (points[1][1] - points[0][1]) / (points[1][0] - points[0][0]), points[0]
            steps, ideas = [_slope_in_one(*points)], [i and replace(i, step=0) for i in slope_steps(*points)[1][:2]]
        elif slope_match and intercept_match:
            slope = _number(slope_match[1] or slope_match[2])
            point = (sympy.Integer(0), _number(intercept_match[1] or intercept_match[2]))
        elif slope_match and len(point_match) == 1:
            slope, point = (
                _number(slope_match[1] or slope_match[2]),
                (_number(point_match[0][0]), _number(point_match[0][1])),
            )
        else:
            return None
        return self._finished(slope, point, steps, ideas)

    def _finished(
        self, slope: sympy.Expr, point: _Pair, steps: list[Step], ideas: list[Misconception | None]
    ) -> Solution:
        intercept = point[1] - slope * point[0]
        if point[0] != 0:
            steps, ideas = (
                [*steps, _intercept_step(slope, point, intercept)],
                [*ideas, *_intercept_ideas(slope, point, intercept, len(steps))],
            )
        x = sympy.Symbol("x")
        result = f"y = {show(slope * x + intercept)}"
        steps = [
            *steps,
            Step(
                "line.write",
                f"With slope {show(slope)} and y-intercept {show(intercept)}, what is the equation of the line?",
                f"So {result}",
                result,
                {"slope": show(slope), "intercept": show(intercept)},
            ),
        ]
        swapped = f"y = {show(intercept * x + slope)}"
        ideas = [
            *ideas,
            unless_right(
                _WORDS.misconception(
                    "slope_intercept_trade_places",
                    answer=swapped,
                    step=len(steps) - 1,
                    intercept=show(intercept),
                    slope=show(slope),
                ),
                result,
                kind="expression",
            ),
        ]
        return Solution(
            self.name, self.topic, result, "expression", None, tuple(steps), kept(*ideas), _WORDS.concept("y_intercept")
        )


def _slope_in_one(first: _Pair, second: _Pair) -> Step:
    a, b = _point_text(first), _point_text(second)
    rise, run = second[1] - first[1], second[0] - first[0]
    above, below = (f"{show(second[i])} − {in_brackets(first[i])}" for i in (1, 0))
    work = f"({above})/({below}) = {show(rise / run)}"
    return Step(
        "line.slope",
        f"What is the slope from {a} to {b}?",
        work,
        show(rise / run),
        {"first_point": a, "second_point": b},
    )


def _intercept_step(slope: sympy.Expr, point: _Pair, intercept: sympy.Expr) -> Step:
    at, x, y = _point_text(point), show(point[0]), show(point[1])
    work = f"{y} = {in_brackets(slope)} × {in_brackets(point[0])} + b, so b = {show(intercept)}"
    return Step(
        "line.intercept",
        f"Which b makes y = mx + b pass through {at}, with m = {show(slope)}?",
        work,
        f"b = {show(intercept)}",
        {"point": at, "slope": show(slope), "x": x, "y": y},
    )


def _intercept_ideas(slope: sympy.Expr, point: _Pair, intercept: sympy.Expr, index: int) -> list[Misconception | None]:
    at = _point_text(point)
    wrong_values = (
        (
            point[1],
            "the y-coordinate of any point is the y-intercept",
            f"The point {at} has y = {show(point[1])}, so b = {show(point[1])}.",
        ),
        (
            point[1] + slope * point[0],
            "the product of slope and x is added to y",
            f"I add {show(slope * point[0])} to {show(point[1])}, so b = {show(point[1] + slope * point[0])}.",
        ),
    )
    return [
        unless_right(
            _WORDS.misconception(
                "idea",
                answer=f"b = {show(wrong)}",
                step=index,
                belief=belief,
                work=work,
                wrong=show(wrong),
                slope=show(slope),
                point=show(point[0]),
                slope_point_wrong=show(slope * point[0] + wrong),
                at=at,
                point2=show(point[1]),
            ),
            f"b = {show(intercept)}",
            kind="solutions",
        )
        for wrong, belief, work in wrong_values
    ]


PRECEDENCE = 50
FAMILIES = (LineFamily(), SlopeFamily())
