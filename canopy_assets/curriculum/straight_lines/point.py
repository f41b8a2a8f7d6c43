"""Points with rational coordinates, and the line through two of them."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from canopy_assets.maths.formatting import show


@dataclass(frozen=True)
class Point:
    """A point in the plane."""

    x: sympy.Expr
    y: sympy.Expr

    @property
    def text(self) -> str:
        """The point as a student writes it: "(1, −2)"."""
        return f"({show(self.x)}, {show(self.y)})"


@dataclass(frozen=True)
class Segment:
    """Two points with different x."""

    first: Point
    second: Point

    @property
    def rise(self) -> sympy.Expr:
        """The change in y."""
        return self.second.y - self.first.y

    @property
    def run(self) -> sympy.Expr:
        """The change in x."""
        return self.second.x - self.first.x

    @property
    def slope(self) -> sympy.Expr:
        """The change in y for each step of x."""
        return self.rise / self.run
