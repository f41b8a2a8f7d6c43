"""Slopes of lines, equations of lines, distances and midpoints."""

from __future__ import annotations

from dataclasses import replace

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.curriculum.straight_lines.between import distance_part, midpoint_part
from canopy_assets.curriculum.straight_lines.misconceptions import (
    equation_idea,
    intercept_ideas,
    parallel_ideas,
    perpendicular_ideas,
    read_ideas,
    slope_ideas,
)
from canopy_assets.curriculum.straight_lines.point import Point, Segment
from canopy_assets.curriculum.straight_lines.reading import Graph, graph, number, points, read, segment
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import in_brackets, show
from canopy_assets.records import AnswerKind, Misconception, Step

_WORDS = topic(__package__)
_Ideas = list[Misconception | None]


def _solution(family: str, kind: AnswerKind, steps: list[Step], ideas: _Ideas, concept: str) -> Solution:
    answer = steps[-1].result
    return Solution(family, "lines", answer, kind, None, tuple(steps), kept(*ideas), _WORDS.concept(concept))


def _slope(text: str) -> Solution | None:
    """The slope of the line through two points, of a line by its equation, or of a line parallel or perpendicular."""
    found = read(text)
    if found is None or found.kind not in ("slope", "slope_of_line", "related_slope"):
        return None
    if found.kind == "slope":
        ends = segment(found)
        return _solution("slope", "number", _slope_steps(ends), slope_ideas(ends), "slope") if ends else None
    line, ends = graph(found), segment(found)
    if line is not None:
        steps, ideas = _read_steps(line, "slope")
        slope = line.slope
    elif ends is not None:
        steps, ideas, slope = [_slope_in_one(ends)], [], ends.slope
    elif found.get("slope_given"):
        steps, ideas, slope = [], [], number(found.parts["slope_given"])
    else:
        return None
    if found.kind == "slope_of_line":
        return _solution("slope", "number", steps, ideas, "slope")
    return _related_solution(slope, found.parts["relation"].lower(), steps)


def _related_solution(slope: sympy.Expr, relation: str, steps: list[Step]) -> Solution | None:
    """The slope of a line parallel or perpendicular to one with a slope that was found; None for a horizontal one."""
    if slope == 0 or (relation == "parallel" and not steps):
        return None
    if relation == "parallel":
        return _solution("slope", "number", steps, parallel_ideas(slope, len(steps) - 1), "parallel")
    ideas = perpendicular_ideas(slope, len(steps))
    return _solution("slope", "number", [*steps, _perpendicular(slope)], ideas, "perpendicular")


def _intercept(text: str) -> Solution | None:
    """The height at which a line crosses the y-axis, by its equation."""
    found = read(text)
    line = graph(found) if found and found.kind == "intercept_of_line" else None
    if line is None:
        return None
    return _solution("y_intercept", "number", *_read_steps(line, "y-intercept"), "y_intercept")


def _line(text: str) -> Solution | None:
    """y = m·x + b from two points, from slope and point, from slope and y-intercept, or beside another line."""
    found = read(text)
    if found is None or found.kind not in ("equation", "related_line"):
        return None
    slope_text, intercept_text, ends = found.get("slope_given"), found.get("intercept_given"), segment(found)
    if found.kind == "related_line":
        return _related_line(graph(found), found.parts["relation"].lower(), points(found))
    if ends is not None:
        ideas = [idea and replace(idea, step=0) for idea in slope_ideas(ends)[:2]]
        return _finished(ends.slope, ends.first, [_slope_in_one(ends)], ideas)
    if slope_text is None:
        return None
    if intercept_text is not None:
        return _finished(number(slope_text), Point(sympy.Integer(0), number(intercept_text)), [], [])
    given = points(found)
    return _finished(number(slope_text), given[0], [], []) if len(given) == 1 else None


def _related_line(line: Graph | None, relation: str, given: list[Point]) -> Solution | None:
    if line is None or len(given) != 1:
        return None
    related = _related_solution(line.slope, relation, _read_steps(line, "slope")[0])
    if related is None or (relation == "parallel" and given[0].y == line.slope * given[0].x + line.intercept):
        return None  # the line itself is not parallel to itself
    solution = _finished(number(related.answer), given[0], list(related.steps), list(related.misconceptions))
    return solution if len(solution.steps) <= 4 else None


def _distance(text: str) -> Solution | None:
    """The distance between two points."""
    found = read(text)
    if found is None or found.kind != "distance":
        return None
    part = distance_part(points(found))
    if part is None:
        return None
    kind = "expression" if "√" in part[0][-1].result else "number"
    return _solution("distance", kind, *part, "distance")


def _midpoint(text: str) -> Solution | None:
    """The midpoint between two points."""
    found = read(text)
    if found is None or found.kind != "midpoint":
        return None
    part = midpoint_part(points(found))
    return _solution("midpoint", "point", *part, "midpoint") if part else None


def _slope_steps(ends: Segment) -> list[Step]:
    """The steps to a slope: the change in y, the change in x, and their quotient."""
    first, second = ends.first, ends.second
    a, b, rise, run = first.text, second.text, show(ends.rise), show(ends.run)
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
            f"{rise} ÷ {in_brackets(ends.run)} = {show(ends.slope)}",
            show(ends.slope),
            {**slots, "rise": rise, "run": run},
        ),
    ]


def _read_steps(line: Graph, wanted: str) -> tuple[list[Step], _Ideas]:
    """The steps that read slope or y-intercept off an equation, which is solved for y before if need be."""
    steps: list[Step] = []
    if not line.is_explicit:
        ask = f"How does {line.text} look with y alone on the left?"
        slots = {"equation": line.text, "wanted": wanted}
        steps.append(Step("line.solve_for_y", ask, f"{line.text}, so {line.explicit}", line.explicit, slots))
    equation = line.explicit if steps else line.text
    result = show(line.slope if wanted == "slope" else line.intercept)
    place = "in front of x" if wanted == "slope" else "without an x"
    ask = f"Which number in {equation} is the {wanted}?"
    work = f"In {equation} the number {place} is {result}"
    steps.append(Step("line.read", ask, work, result, {"equation": equation, "wanted": wanted, "place": place}))
    return steps, read_ideas(line, equation, wanted, len(steps) - 1)


def _perpendicular(slope: sympy.Expr) -> Step:
    """The step to the slope of a perpendicular line."""
    result = show(-1 / slope)
    ask = f"What is the slope of a line perpendicular to a line with slope {show(slope)}?"
    work = f"{show(slope)} × {in_brackets(-1 / slope)} = −1, so {result}"
    return Step("line.perpendicular", ask, work, result, {"slope": show(slope)})


def _finished(slope: sympy.Expr, point: Point, steps: list[Step], ideas: _Ideas) -> Solution:
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
    wrong = [*ideas, equation_idea(slope, intercept, result, len(steps))]
    return _solution("line_equation", "expression", [*steps, write], wrong, "y_intercept")


def _slope_in_one(ends: Segment) -> Step:
    first, second, slope = ends.first, ends.second, show(ends.slope)
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
FAMILIES = (
    WordedFamily("line_equation", "lines", (_line,)),
    WordedFamily("slope", "lines", (_slope,)),
    WordedFamily("y_intercept", "lines", (_intercept,)),
    WordedFamily("distance", "lines", (_distance,)),
    WordedFamily("midpoint", "lines", (_midpoint,)),
)
