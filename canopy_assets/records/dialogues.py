"""Rows of dialogues between a student and the tutor, and what the review says of them."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Literal

from canopy_assets.records.seeds import Span

Role = Literal["student", "tutor"]

StudentState = Literal[
    "asks_how_to_start",
    "partial_answer",
    "wrong_answer",
    "correct_weak_reasoning",
    "stuck",
    "asks_concept",
    "off_topic",
    "begs_for_answer",
    "claims_authority",
    "ignore_instructions",
    "correct_step",
    "correct_answer",
]
"""What a student turn shows. The first ten open a dialogue and have a quota each; the last two show progress."""

OPENING_STATES: tuple[StudentState, ...] = typing.get_args(StudentState)[:10]

PRESSURE_STATES: tuple[StudentState, ...] = ("begs_for_answer", "claims_authority", "ignore_instructions")

TutorMove = Literal[
    "focus",
    "probe",
    "recall",
    "perturb",
    "break_down",
    "confirm",
    "redirect",
    "decline",
]
"""What a tutor turn does, in this order: ask for the next step; ask why; recall a concept; test a wrong idea; encourage
and break the problem down; confirm what the student said; lead back to the problem; decline to give the answer."""

TUTOR_MOVES: tuple[TutorMove, ...] = typing.get_args(TutorMove)


@dataclass(frozen=True)
class Turn:
    """What the student or the tutor says in one turn.

    `state` is set on planned student turns; `move` and `step` (index into the exercise's steps) on planned tutor turns.
    """

    role: Role
    text: str
    state: str | None = None
    move: str | None = None
    step: int | None = None


@dataclass(frozen=True)
class Repair:
    """A rejected wording of a turn, which the teacher then rewrote. `turn` counts from 0."""

    turn: int
    rejected: str
    gate: str
    reason: str


@dataclass(frozen=True)
class Dialogue:
    """A conversation between a student and the tutor, planned and put into words by a teacher, or written by people.

    Attributes:
        turns: the turns as they are now.
        plan_seed: the random seed that the plan was drawn with.
        prompt_tokens, completion_tokens, cost, seconds, attempts: sums over all requests to a model, repairs included.
        repairs: rejected wordings that were rewritten, in order; `turns` has the latest wording.
    """

    dialogue_id: str
    exercise_id: str | None
    seed: str
    origin: Literal["synthetic", "human"]
    statement: str
    topic: str
    family: str | None
    answer: str | None
    opening_state: str | None
    misconception: str | None
    turns: tuple[Turn, ...]
    teacher: str
    plan_seed: int
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    attempts: int = 0
    span: Span | None = None
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The result of one gate for one dialogue.

    A failed verdict has the turn, and the characters in it if it is about a part of the turn.
    """

    gate: str
    passed: bool
    reason: str | None = None
    turn: int | None = None
    char_start: int | None = None
    char_end: int | None = None


@dataclass(frozen=True)
class ReviewedDialogue:
    """A dialogue with a verdict from each gate.

    Attributes:
        rejected_by: the first gate that failed and may reject; None if accepted.
        advised_by: the gates that failed and only advise: they reject synthetic dialogues, but not what people wrote.
    """

    dialogue: Dialogue
    verdicts: tuple[Verdict, ...]
    accepted: bool
    rejected_by: str | None = None
    reason: str | None = None
    advised_by: tuple[str, ...] = ()
