"""Rows of seeds: documents and their exercises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SeedState = Literal["read", "quarantined"]

DocumentKind = Literal["prose", "worked_exercises", "chats"]

AnswerKind = Literal["number", "expression", "solutions", "inequality", "point", "text"]
"""How two answers are compared, in this order: by value; as expressions; as a set of `x = …`; as solution sets;
component by component; as words."""


@dataclass(frozen=True)
class Span:
    """A part of a seed's text. Lines count from 1, both included; characters from 0, the end not included."""

    line_start: int
    line_end: int
    char_start: int
    char_end: int


@dataclass(frozen=True)
class Skipped:
    """A line of a seed that was not used, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class SeedDocument:
    """A seed file as text.

    `state` is "quarantined" if the file could not be read; then `reason` says why and how to fix it.
    """

    seed: str
    name: str
    kind: DocumentKind
    media_type: str
    text: str
    digest: str
    size_bytes: int
    state: SeedState
    reason: str | None = None
    spans: tuple[Span, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a worked solution.

    Attributes:
        kind: selects the phrases for the step ("linear.undo_constant").
        ask: a question that leads to the step without giving it away.
        work: what a student who does the step writes.
        result: the result of the step ("5x = 25", "9").
        slots: the quantities of the step by name, without the result.
    """

    kind: str
    ask: str
    work: str
    result: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, planted in a student turn.

    Attributes:
        belief: the idea in words.
        work: what the student says ("I take 9 from 16, so 5x = 7").
        answer: what the student gets. It is verified to differ from the right answer.
        check: a test that the tutor proposes, to show the contradiction ("If 5x were 7, what would 5x − 9 come to?").
        check_reply: what the student then finds ("−2, and that isn't 16").
        step: the index of the step that goes wrong.
    """

    belief: str
    work: str
    answer: str
    check: str
    check_reply: str
    step: int = 0


@dataclass(frozen=True)
class Exercise:
    """A problem with its answer.

    Attributes:
        family: the topic's solver that recognized the problem; None if none did.
        answer: None if there is no valid answer.
        verified: whether the answer was computed or checked.
        verification: how it was verified, or why it was not.
        stated_answer: the answer in the seed, if it gives one.
        language: the code of its document's language ("de"); None where that is undecided.
        original: the document's words, where `statement` restates them in English.
    """

    exercise_id: str
    seed: str
    statement: str
    topic: str
    family: str | None
    answer: str | None
    answer_kind: AnswerKind
    steps: tuple[Step, ...]
    hints: tuple[str, ...]
    misconceptions: tuple[Misconception, ...]
    verified: bool
    verification: str
    span: Span
    unit: str | None = None
    stated_answer: str | None = None
    language: str | None = None
    original: str | None = None

    @property
    def has_mathematics(self) -> bool:
        """Whether there is something to compute: a family, an answer that is no words, or a step with figures."""
        worked = any(c.isdigit() for step in self.steps for c in step.work)
        return self.family is not None or self.answer_kind != "text" or worked

    @property
    def in_english(self) -> bool:
        """Whether the statement is English: a family that solves one has read each of its words as English."""
        return self.language in (None, "en") or self.family is not None
