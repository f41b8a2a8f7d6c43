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


def wrong_idea(
    right_answer: str,
    *,
    belief: str,
    work: str,
    answer: str,
    check: str,
    check_reply: str,
    step: int = 0,
    kind: AnswerKind = "number",
    right_result: str | None = None,
) -> Misconception | None:
    """A misconception, or None when its answer happens to be right.

    Args:
        right_answer: The exercise's answer.
        right_result: The result of the step that it spoils, where that isn't the answer: it must differ from that, too.
        kind: How the answers are compared; the other arguments are those of `Misconception`.
    """
    if equivalent(answer, right_answer, kind) or (right_result is not None and equivalent(answer, right_result, kind)):
        return None
    return Misconception(belief=belief, work=work, answer=answer, check=check, check_reply=check_reply, step=step)


def kept(*ideas: Misconception | None) -> tuple[Misconception, ...]:
    """The misconceptions that survived verification, each wrong answer once."""
    found: dict[str, Misconception] = {}
    for idea in ideas:
        if idea is not None:
            found.setdefault(idea.answer, idea)
    return tuple(found.values())
