"""Families of word problems: recognisers that look at a statement in ASCII, and their wrong ideas."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from canopy_assets.curriculum.model import Solution
from canopy_assets.curriculum.statements import MAX_STATEMENT, ascii_statement
from canopy_assets.records import Misconception

LAST_STEP = -1  # as a misconception's step: the last one, however many there are; LAST_STEP - 1 the one before


@dataclass(frozen=True)
class WordedFamily:
    """A family made of recognisers, tried in order; each takes an `ascii_statement` and returns a solution or None."""

    name: str
    topic: str
    recognisers: tuple[Callable[[str], Solution | None], ...]

    def solve(self, statement: str) -> Solution | None:
        """The first recogniser's solution; None when the statement is not of this family or too long to be one."""
        if len(statement) > MAX_STATEMENT:
            return None
        text = ascii_statement(statement)
        for recogniser in self.recognisers:
            try:
                solution = recogniser(text)
            except (ArithmeticError, ValueError):  # an ill-posed problem (0 in a denominator): nobody's, not a crash
                continue
            if solution is not None:
                return solution
        return None


def wrong_ideas(
    answer: Fraction, ideas: Iterable[tuple[Fraction, Misconception]], steps: int = 1
) -> tuple[Misconception, ...]:
    """The misconceptions whose value really differs from the answer, each wrong answer once.

    Args:
        answer: The right value.
        ideas: Each misconception with the value it leads to.
        steps: How many steps the solution has; a negative step of a misconception counts from the last.
    """
    seen, kept = {answer}, []
    for value, idea in ideas:
        if value not in seen:
            seen.add(value)
            kept.append(replace(idea, step=idea.step if idea.step >= 0 else max(0, steps + idea.step)))
    return tuple(kept)
