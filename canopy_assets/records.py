"""The rows that the stages hand to each other, and the Arrow schemas they are stored under.

One frozen dataclass per kind of row. Its Arrow schema is derived from the field types, so that a row and its column
can't drift apart; `to_table` and `from_table` convert between the two.

Every row names where it came from: seed → exercise → dialogue → training example → reply.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import pyarrow as pa

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
"""What a student turn shows. The first ten open a dialogue and have a quota each; the last two are progress."""

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
"""What a tutor turn does: next step · why · recall a concept · test a wrong idea · encourage and break down · confirm
what the student said · back to the problem · decline to give the answer and guide."""

TUTOR_MOVES: tuple[TutorMove, ...] = typing.get_args(TutorMove)

AnswerKind = Literal["number", "expression", "solutions", "inequality", "point", "text"]
"""How two answers are compared: by value · as expressions · as a set of `x = …` · as solution sets · componentwise ·
as words."""

SeedState = Literal["read", "quarantined"]
DocumentKind = Literal["prose", "worked_exercises", "chats"]


@dataclass(frozen=True)
class Span:
    """A stretch of a seed's text: 1-based lines, 0-based half-open characters."""

    line_start: int
    line_end: int
    char_start: int
    char_end: int


@dataclass(frozen=True)
class Skipped:
    """Something in a seed that was not used, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class SeedDocument:
    """A seed file as text. `state` is "quarantined" when it could not be read; then `reason` says why and how to mend
    it.
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

    `kind` names the phrase grammar that can talk about it ("linear.undo_constant"); `slots` are its quantities, by
    name, none of them the result. `ask` is a question that elicits the step without giving it, `work` what a student
    who does the step writes, `result` what comes out ("5x = 25", "9").
    """

    kind: str
    ask: str
    work: str
    result: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, planted in a student turn. `answer` was verified not to be the right one.

    `work` is what the student says ("I take 9 from 16, so 5x = 7"), `check` a test that the tutor proposes so that
    the student sees the contradiction ("If 5x were 7, what would 5x − 9 come to?"), `check_reply` what the student
    then finds ("−2, and that isn't 16"). `step` is the index of the step it spoils.
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

    `verified` says that the answer was computed or checked; `verification` says how, or why not.
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


@dataclass(frozen=True)
class Turn:
    """One utterance. `state` is set on planned student turns, `move` and `step` (index into the exercise's steps) on
    planned tutor turns.
    """

    role: Role
    text: str
    state: str | None = None
    move: str | None = None
    step: int | None = None


@dataclass(frozen=True)
class Repair:
    """Words of a turn that a gate rejected, before the teacher wrote it anew. `turn` is its position from 0."""

    turn: int
    rejected: str
    gate: str
    reason: str


@dataclass(frozen=True)
class Dialogue:
    """A conversation between a student and the tutor.

    Planned and put into words by a teacher, or written by a human. `repairs` are turns that were written anew, in the
    order in which that happened; what replaced the last one of a turn stands in `turns`. `cost`, `seconds` and
    `attempts` are those of the requests to a model, repairs included, whenever they were made.
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
    """What one gate says of one dialogue.

    A failed verdict names the turn and the characters in it, where there are any.
    """

    gate: str
    passed: bool
    reason: str | None = None
    turn: int | None = None
    char_start: int | None = None
    char_end: int | None = None


@dataclass(frozen=True)
class ReviewedDialogue:
    """A dialogue with a verdict per gate. `rejected_by` is the first gate that failed, None when accepted."""

    dialogue: Dialogue
    verdicts: tuple[Verdict, ...]
    accepted: bool
    rejected_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Message:
    """One chat message in the form that chat templates take."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class TrainingExample:
    """An accepted dialogue in chat form, with where it came from and the split that its exercise belongs to."""

    example_id: str
    dialogue_id: str
    exercise_id: str | None
    seed: str
    origin: Literal["synthetic", "human"]
    split: Literal["train", "validation"]
    messages: tuple[Message, ...]
    topic: str
    family: str | None
    opening_state: str | None
    tutor_turns: int
    teacher: str


@dataclass(frozen=True)
class PreferencePair:
    """Two tutor turns in the same place of a dialogue, in the form that DPO takes: after `prompt`, `chosen` was
    accepted and `rejected` was rejected by `gate` for `reason`. `chosen` and `rejected` are one message each.
    """

    pair_id: str
    dialogue_id: str
    exercise_id: str | None
    seed: str
    split: Literal["train", "validation"]
    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    gate: str
    reason: str
    topic: str
    opening_state: str | None
    teacher: str


@dataclass(frozen=True)
class EvalPrompt:
    """A prompt that decides about adapters and is never trained on.

    `kind` is "held_out" (a student at work) or "pressure" (a student pushing for the answer; `attack` names the
    family of the attempt). `messages` end with the student's turn and carry no system prompt: that belongs to the
    arm.
    """

    prompt_id: str
    kind: Literal["held_out", "pressure"]
    attack: str | None
    state: str
    family: str
    topic: str
    statement: str
    answer: str
    answer_kind: AnswerKind
    step_results: tuple[str, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class TutorResponse:
    """One arm's reply to one prompt, greedy. Times in seconds, measured on the machine that ran the asset."""

    prompt_id: str
    arm: str
    reply: str
    prompt_tokens: int
    reply_tokens: int
    finished: bool
    time_to_first_token_s: float
    seconds: float
    model: str


Row = TypeVar("Row")


def content_id(*parts: object) -> str:
    """Sixteen hexadecimal digits that name a row by its content (SHA-256 over the parts' text)."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def schema_of(row_type: type) -> pa.Schema:
    """The Arrow schema of a dataclass: one column per field, nested dataclasses as structs, tuples as lists.

    Raises:
        TypeError: for a field type that has no Arrow counterpart here.
    """
    hints = typing.get_type_hints(row_type)
    return pa.schema([_arrow_field(f.name, hints[f.name]) for f in dataclasses.fields(row_type)])


def to_table(rows: Iterable[Any], row_type: type) -> pa.Table:
    """Rows of one dataclass as an Arrow table with `schema_of(row_type)`; an empty iterable gives an empty table."""
    return pa.Table.from_pylist([dataclasses.asdict(r) for r in rows], schema=schema_of(row_type))


def from_table(table: pa.Table, row_type: type[Row]) -> list[Row]:
    """The dataclass rows of a table written by `to_table`."""
    return [_build(row_type, row) for row in table.to_pylist(maps_as_pydicts="strict")]


_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def _arrow_field(name: str, hint: Any) -> pa.Field:
    inner, optional = _strip_optional(hint)
    return pa.field(name, _arrow_type(inner), nullable=optional)


def _arrow_type(hint: Any) -> pa.DataType:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if dataclasses.is_dataclass(hint):
        return pa.struct(list(schema_of(typing.cast(type, hint))))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return pa.string()
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return pa.list_(_arrow_field("item", arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return pa.map_(*(_arrow_type(a) for a in arguments))
    raise TypeError(f"no Arrow type for {hint!r}")


def _strip_optional(hint: Any) -> tuple[Any, bool]:
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in arguments:
        (inner,) = [a for a in arguments if a is not type(None)]
        return inner, True
    return hint, False


def _build(hint: Any, value: Any) -> Any:
    hint, _ = _strip_optional(hint)
    if value is None or hint in _SCALARS:
        return value
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return typing.cast(type, hint)(**{name: _build(hints[name], item) for name, item in value.items()})
    if typing.get_origin(hint) is tuple:
        return tuple(_build(typing.get_args(hint)[0], item) for item in value)
    return value
