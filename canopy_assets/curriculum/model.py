"""What a family of exercises is, and the helpers that all families share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from canopy_assets.curriculum.words import Concept
from canopy_assets.maths.answers import equivalent
from canopy_assets.records import AnswerKind, Misconception, Step


@dataclass(frozen=True)
class Solution:
    """A worked solution: `answer` as a student would write it, `steps` of a tutor turn each, the last ending in it."""

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

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when the statement is not of this family. Never raises, takes under 50 ms."""
        ...


def unless_right(idea: Misconception, *right: str, kind: AnswerKind = "number") -> Misconception | None:
    """A misconception, or None where its answer is right by accident: then nobody could see that it is one.

    Args:
        idea: The misconception.
        right: The exercise's answer, or the result of the step that the misconception spoils, or both.
        kind: How answers are compared.
    """
    return None if any(equivalent(idea.answer, answer, kind) for answer in right) else idea


def kept(*ideas: Misconception | None) -> tuple[Misconception, ...]:
    """The misconceptions that survived verification, each wrong answer once."""
    found: dict[str, Misconception] = {}
    for idea in ideas:
        if idea is not None:
            found.setdefault(idea.answer, idea)
    return tuple(found.values())
