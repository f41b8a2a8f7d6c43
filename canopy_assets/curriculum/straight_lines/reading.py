"""Reads points, slopes and equations of lines from a statement, by `grammar.lark`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.grammar import Parsed, parsed
from canopy_assets.curriculum.straight_lines.point import Point, Segment
from canopy_assets.maths.expressions import ExpressionError, parse, parse_relation
from canopy_assets.maths.formatting import show
from canopy_assets.maths.layout import laid_out

_TELLING = re.compile(
    r"slope|gradient|steepness|rate of change|intercept|equation|distance|how far|length|midpoint", re.IGNORECASE
)
"""A statement without one of these words is not of this topic, and the grammar need not be asked about it."""
_NAMES = re.compile("[a-z]{1,2}")
"""Points are named by a letter, segments by the letters of their ends."""
_X, _Y = sympy.symbols("x y")


@dataclass(frozen=True)
class Graph:
    """A line by its equation, which need not be solved for y. `text` is the equation as it was written."""

    slope: sympy.Expr
    intercept: sympy.Expr
    text: str

    @property
    def explicit(self) -> str:
        """The equation in the form y = m·x + b."""
        return f"y = {show(self.slope * _X + self.intercept)}"

    @property
    def is_explicit(self) -> bool:
        """Whether y stands alone already, so that slope and intercept can be read off."""
        left, right = self.text.split(" = ")
        return left == "y" and right.count("x") == 1 and "(x" not in right and ")/" not in right


def read(text: str) -> Parsed | None:
    """The kind and the parts of a statement about lines and points; None for another statement."""
    found = parsed(__package__, text, _NAMES) if _TELLING.search(text) else None
    if found is None or any(not re.fullmatch("[A-Za-z]", name) for name in found.all("name")):
        return None
    return found if all(re.fullmatch("[A-Za-z]{2}", name) for name in found.all("segment_name")) else None


def number(text: str) -> sympy.Expr:
    """The number as written.

    Raises:
        ExpressionError: the text is not a rational number.
    """
    value = parse(text)
    if not isinstance(value, sympy.Rational):
        raise ExpressionError("not a number")
    return value


def points(found: Parsed) -> list[Point]:
    """The points of a statement, in its order."""
    return [_point(text) for text in found.all("point")]


def _point(text: str) -> Point:
    """A point as it is written: "A(2, 3)", "(1 | 5)", "the origin".

    Raises:
        ExpressionError: a coordinate cannot be read.
    """
    if text.lower().endswith("origin"):
        return Point(sympy.Integer(0), sympy.Integer(0))
    x, y = re.split(r"[,;|]", text[text.index("(") + 1 : -1])
    return Point(number(x), number(y))


def segment(found: Parsed) -> Segment | None:
    """The two points of a statement; None if there are more or fewer, or if one is above the other."""
    ends = points(found)
    return Segment(*ends) if len(ends) == 2 and ends[0].x != ends[1].x else None


def graph(found: Parsed) -> Graph | None:
    """The line whose equation a statement has; None for a vertical or horizontal line, and for no line.

    Raises:
        ExpressionError: the equation cannot be read.
    """
    text = found.get("line")
    if text is None:
        return None
    relation = parse_relation(text.lower())
    difference = relation.left - relation.right
    if not difference.is_polynomial(_X, _Y):
        return None
    terms = sympy.Poly(difference, _X, _Y)
    a, b, c = (terms.coeff_monomial(monomial) for monomial in (_X, _Y, 1))
    if a == 0 or b == 0 or terms.total_degree() > 1:
        return None
    return Graph(-a / b, -c / b, laid_out(text.lower()))
