"""What a family of exercises is, and the helpers that all families share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from canopy_assets.curriculum.phrases import Concept
from canopy_assets.maths.answers import equivalent
from canopy_assets.records import AnswerKind, Misconception, Step

LAST_STEP = -1
"""In `wrong_ideas`, a misconception with this step belongs to the last step. LAST_STEP - 1 is the step before it."""


@dataclass(frozen=True)
class Solution:
    """A worked solution. A student would write `answer`; each step is one tutor turn, and the last gives `answer`."""

    family: str
    topic: str
    answer: str
    answer_kind: AnswerKind
    unit: str | None
    steps: tuple[Step, ...]
    misconceptions: tuple[Misconception, ...]
    concept: Concept


class Family(Protocol):
    """A kind of exercise that code can solve."""

    @property
    def name(self) -> str: ...

    @property
    def topic(self) -> str: ...

    @property
    def inert(self) -> str:
        """Words that may stand in its statements without changing them, lower case (see `accounting`)."""
        ...

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None when the statement is not of this family. Never raises, and takes under 50 ms."""
        ...


def unless_right(idea: Misconception, *right: str, kind: AnswerKind = "number") -> Misconception | None:
    """The misconception, or None if its answer happens to be right, so that nobody could see the mistake.

    Args:
        idea: The misconception.
        right: The exercise's answer, or the result of the step that the misconception spoils, or both.
        kind: The kind of answer, which decides how answers are compared.
    """
    return None if any(equivalent(idea.answer, answer, kind) for answer in right) else idea


def kept(*ideas: Misconception | None) -> tuple[Misconception, ...]:
    """The misconceptions that `unless_right` kept, without repeated wrong answers.

    For families whose answers are expressions or texts, which only `maths.answers` can compare. Where every answer is a
    number that the solver knows exactly, `wrong_ideas` is the filter.
    """
    found: dict[str, Misconception] = {}
    for idea in ideas:
        if idea is not None:
            found.setdefault(idea.answer, idea)
    return tuple(found.values())


@dataclass(frozen=True)
class Idea:
    """A misconception with the number that it leads to."""

    value: Fraction
    misconception: Misconception


def wrong_ideas(answer: Fraction, ideas: Iterable[Idea], steps: int = 1) -> tuple[Misconception, ...]:
    """The misconceptions whose number differs from the answer, without repeated numbers.

    Compares exact values, not texts: 2/4 and 1/2 are the same answer, and a unit or π does not matter.
    Where the answers are expressions or texts, `unless_right` and `kept` are the filter.

    Args:
        answer: The right value.
        ideas: The candidates, the most typical first.
        steps: How many steps the solution has; a negative step of a misconception counts from the last.
    """
    seen = {answer}
    different = []
    for idea in ideas:
        if idea.value not in seen:
            seen.add(idea.value)
            step = idea.misconception.step
            different.append(replace(idea.misconception, step=step if step >= 0 else max(0, steps + step)))
    return tuple(different)
