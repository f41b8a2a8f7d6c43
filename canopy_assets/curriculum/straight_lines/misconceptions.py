"""What students get wrong with slopes and equations of lines, computed from the points and tested on them."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.curriculum.straight_lines.point import Point, Segment
from canopy_assets.curriculum.straight_lines.reading import Graph
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def slope_ideas(segment: Segment) -> list[Misconception | None]:
    """The changes are divided the wrong way round or taken in different orders, or coordinates are added."""
    ideas: list[Misconception | None] = []
    if segment.rise != 0:
        ideas += [_upside_down(segment), _mixed_order(segment)]
    if segment.first.y != 0:
        ideas.append(_coordinates_added(segment))
    return ideas


def _upside_down(segment: Segment) -> Misconception | None:
    """The change in x over the change in y, tested by going from the first point to the second."""
    wrong = segment.run / segment.rise
    idea = _WORDS.misconception(
        "slope_upside_down",
        answer=show(wrong),
        step=2,
        run=show(segment.run),
        rise=in_brackets(segment.rise),
        first_point=segment.first.text,
        second_point=segment.second.text,
        height=show(segment.first.y + segment.run * wrong),
        y2=show(segment.second.y),
    )
    return unless_right(idea, show(segment.slope))


def _mixed_order(segment: Segment) -> Misconception | None:
    """The order of the points differs between numerator and denominator, so the slope has the wrong sign."""
    first, second = segment.first, segment.second
    idea = _WORDS.misconception(
        f"points_in_mixed_order_on_{'rising' if segment.slope > 0 else 'falling'}_line",
        answer=show(-segment.slope),
        step=2,
        y1=in_brackets(first.y),
        y2=show(second.y),
        x1=show(first.x),
        x2=in_brackets(second.x),
        first_point=first.text,
        second_point=second.text,
    )
    return unless_right(idea, show(segment.slope))


def _coordinates_added(segment: Segment) -> Misconception | None:
    y1, y2 = segment.first.y, segment.second.y
    idea = _WORDS.misconception(
        "coordinates_added",
        answer=show(y1 + y2),
        y1=show(y1),
        y1_operand=in_brackets(y1),
        y2=show(y2),
        height=show(y1 + (y1 + y2)),
        second_point=segment.second.text,
    )
    return unless_right(idea, show(segment.slope), show(segment.rise))


def intercept_ideas(slope: sympy.Expr, point: Point, intercept: sympy.Expr, index: int) -> list[Misconception | None]:
    """The point's y is taken for the y-intercept, or slope times x is added to it. The test uses the point's x."""
    attempts = {"y_coordinate_taken_for_intercept": point.y, "product_added_to_y": point.y + slope * point.x}
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=f"b = {show(wrong)}",
                step=index,
                point=point.text,
                x=show(point.x),
                y=show(point.y),
                slope=show(slope),
                product=show(slope * point.x),
                height=show(slope * point.x + wrong),
            ),
            f"b = {show(intercept)}",
            kind="solutions",
        )
        for name, wrong in attempts.items()
    ]


def equation_idea(slope: sympy.Expr, intercept: sympy.Expr, result: str, index: int) -> Misconception | None:
    """Slope and y-intercept are swapped."""
    idea = _WORDS.misconception(
        "slope_and_intercept_swapped",
        answer=f"y = {show(intercept * sympy.Symbol('x') + slope)}",
        step=index,
        intercept=show(intercept),
        slope=show(slope),
    )
    return unless_right(idea, result, kind="expression")


def read_ideas(line: Graph, equation: str, wanted: str, index: int) -> list[Misconception | None]:
    """Slope and y-intercept are confused, or the sign is lost. The test looks at two values of x."""
    right, other = (line.slope, line.intercept) if wanted == "slope" else (line.intercept, line.slope)
    name = wanted.replace("-", "_")
    attempts = {f"other_number_for_{name}": other, f"sign_of_{name}_lost": -right}
    return [
        unless_right(
            _WORDS.misconception(
                entry,
                answer=show(wrong),
                step=index,
                equation=equation,
                at_zero=show(line.intercept),
                at_one=show(line.slope + line.intercept),
            ),
            show(right),
        )
        for entry, wrong in attempts.items()
    ]


def parallel_ideas(slope: sympy.Expr, index: int) -> list[Misconception | None]:
    """The slope of a parallel line is taken for that of a perpendicular one."""
    answer = show(-1 / slope)
    idea = _WORDS.misconception("parallel_slope_turned", answer=answer, step=index, slope=show(slope))
    return [unless_right(idea, show(slope))]


def perpendicular_ideas(slope: sympy.Expr, index: int) -> list[Misconception | None]:
    """The slope is only turned over, only changes its sign, or stays."""
    attempts = {
        "slope_only_turned_over": 1 / slope,
        "slope_only_changes_sign": -slope,
        "perpendicular_slope_kept": slope,
    }
    ideas = [
        _WORDS.misconception(name, answer=show(wrong), step=index, slope=show(slope), product=show(slope * wrong))
        for name, wrong in attempts.items()
    ]
    return [unless_right(idea, show(-1 / slope)) for idea in ideas]
