"""Families of word problems, made of recognisers that read a statement in ASCII."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import MAX_STATEMENT, ascii_statement


@dataclass(frozen=True)
class WordedFamily:
    """Tries its recognisers in order. Each takes an `ascii_statement` and returns a solution or None.

    `inert` has the words that may stand in its statements without changing them, besides those of `inert.toml`.
    """

    name: str
    topic: str
    recognisers: tuple[Callable[[str], Solution | None], ...]
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The first recogniser's solution; None when the statement is not of this family or too long to be one."""
        if len(statement) > MAX_STATEMENT:
            return None
        text = ascii_statement(statement)
        for recogniser in self.recognisers:
            try:
                solution = recogniser(text)
            except (ArithmeticError, ValueError):  # an ill-posed problem, such as 0 in a denominator
                continue
            if solution is not None:
                return solution
        return None
