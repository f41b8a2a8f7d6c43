"""A system of two linear equations in two unknowns, with its solution."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from canopy_assets.maths.formatting import show_number


@dataclass(frozen=True)
class Row:
    """An equation a·x + b·y = c, with the text it came from."""

    a: sympy.Expr
    b: sympy.Expr
    c: sympy.Expr
    text: str

    def coefficient(self, unknown: int) -> sympy.Expr:
        """The coefficient of the first (0) or second (1) unknown."""
        return (self.a, self.b)[unknown]


@dataclass(frozen=True)
class System:
    """Two rows in two unknowns. An unknown is identified by its index, 0 or 1, in `symbols` and `solution`."""

    symbols: tuple[sympy.Symbol, sympy.Symbol]
    rows: tuple[Row, Row]
    solution: tuple[sympy.Expr, sympy.Expr]

    def name(self, unknown: int) -> str:
        """The letter of an unknown."""
        return self.symbols[unknown].name

    def found(self, unknown: int) -> str:
        """The value of one unknown as a student writes it: "x = 2"."""
        return f"{self.name(unknown)} = {show_number(self.solution[unknown])}"

    @property
    def answer(self) -> str:
        """The values of both unknowns: "x = 2, y = 3"."""
        return f"{self.found(0)}, {self.found(1)}"
