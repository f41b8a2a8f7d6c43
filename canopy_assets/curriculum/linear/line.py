"""One line of a solution: a linear equation or inequality with its numbers and how it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from canopy_assets.maths.expressions import RelationOperator
from canopy_assets.maths.formatting import show

SIGNS: dict[RelationOperator, str] = {"=": "=", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
"""How a relation is written."""
TURNED: dict[str, RelationOperator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""A relation read from the other side, or with both sides multiplied by a negative number."""
Side = tuple[sympy.Expr, sympy.Expr]
"""Coefficient of the unknown, and constant."""


@dataclass(frozen=True)
class Line:
    """A line a·x + b (op) c·x + d of a solution. `original` is the line as it was written."""

    variable: sympy.Symbol
    left: Side
    right: Side
    op: RelationOperator
    original: str

    @property
    def name(self) -> str:
        """The unknown's letter."""
        return self.variable.name

    @property
    def text(self) -> str:
        """The line with like terms collected."""
        return f"{self.side_text(self.left)} {SIGNS[self.op]} {self.side_text(self.right)}"

    def side_text(self, side: Side) -> str:
        """A side with like terms collected."""
        return show(side[0] * self.variable + side[1])

    @property
    def on_left(self) -> bool:
        """Whether the unknown is on the left. It must be on one side only."""
        return self.left[0] != 0

    @property
    def isolated(self) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
        """Coefficient and constant on the unknown's side, and the number on the other."""
        (a, b), (_, d) = (self.left, self.right) if self.on_left else (self.right, self.left)
        return a, b, d

    @property
    def oriented_op(self) -> RelationOperator:
        """The relation sign read with the unknown on the left."""
        return self.op if self.on_left else TURNED[self.op]

    @property
    def original_side(self) -> str:
        """The unknown's side as it was written."""
        sides = self.original.split(f" {SIGNS[self.op]} ")
        return (
            sides[0 if self.on_left else 1]
            if len(sides) == 2
            else self.side_text(self.left if self.on_left else self.right)
        )

    @property
    def solvable(self) -> bool:
        """Whether one number makes both sides equal: the unknown doesn't vanish."""
        return self.left[0] != self.right[0]

    @property
    def solution(self) -> sympy.Expr:
        """Where both sides are equal."""
        return (self.right[1] - self.left[1]) / (self.left[0] - self.right[0])

    @property
    def turned_left(self) -> Line:
        """The line with the unknown on the left: "5 > x" becomes "x < 5"."""
        if self.on_left:
            return self
        line = replace(self, left=self.right, right=self.left, op=TURNED[self.op])
        return replace(line, original=line.text)

    def with_isolated(self, a: sympy.Expr, b: sympy.Expr, d: sympy.Expr) -> Line:
        """The line with other numbers, and its text."""
        zero = sympy.Integer(0)
        line = (
            replace(self, left=(a, b), right=(zero, d)) if self.on_left else replace(self, left=(zero, d), right=(a, b))
        )
        return replace(line, original=line.text)
