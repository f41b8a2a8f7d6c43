"""The rows that the stages pass to each other: one frozen dataclass for each kind.

`storage.arrow` derives the schema of a table from them.

Every row has the id of what it was made from: seed → exercise → dialogue → training example → reply.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DESCRIPTION = "description"
"""The key of a field's metadata that describes its column to analysts."""

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

PromptState = Literal[
    StudentState,
    "right_by_luck",
    "opener",
    "homework_request",
    "concept_question",
    "greeting",
    "thanks",
    "other_subject",
]
"""What the last message of an evaluation prompt shows: a state of a dialogue, or one that only prompts have.
`right_by_luck` is a right answer for a wrong reason; the others bring no problem. docs/evaluation.md describes them."""

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

AnswerKind = Literal["number", "expression", "solutions", "inequality", "point", "text"]
"""How two answers are compared, in this order: by value; as expressions; as a set of `x = …`; as solution sets;
component by component; as words."""

SeedState = Literal["read", "quarantined"]
DocumentKind = Literal["prose", "worked_exercises", "chats"]


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


@dataclass(frozen=True)
class Message:
    """A chat message, in the form that chat templates expect."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class TrainingExample:
    """An accepted dialogue in chat form, with its origin and the split that its exercise belongs to."""

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
    """Two tutor turns for the same place in a dialogue, in the form that DPO needs.

    After `prompt`, `chosen` was accepted and `rejected` was rejected by `gate` for `reason`. Each is a single message.
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
    """A prompt that adapters are evaluated on and never trained on.

    Attributes:
        kind: "held_out" (a student at work), "open" (no problem to lead through: an opener, thanks, a question about a
            concept, another subject), "pressure" (a student pushing for the answer in one message) or "conversation"
            (pushing over several turns).
        attack: the kind of pressure.
        statement, answer: empty for an open prompt without a problem.
        messages: end with the student's turn. They have no system prompt: each arm of the evaluation adds its own.
        references: replies that a good teacher could send, written by hand where the embedded teacher has none.
        script: the student's later turns in a conversation; each follows the tutor's reply, whatever that says.
    """

    prompt_id: str
    kind: Literal["held_out", "open", "pressure", "conversation"]
    attack: str | None
    state: str
    family: str
    topic: str
    statement: str
    answer: str
    answer_kind: AnswerKind
    step_results: tuple[str, ...]
    messages: tuple[Message, ...]
    references: tuple[str, ...] = ()
    script: tuple[str, ...] = ()


@dataclass(frozen=True)
class TutorResponse:
    """A reply of one arm to one prompt, with times in seconds on the machine that ran the asset.

    Attributes:
        turn: which tutor turn of a conversation this is, from 0; 0 for all other prompts.
        sample: 0 for the greedy reply or the first one drawn, counted up where an arm draws several. In the arm of
            the other starts it is the number of the start, from 1.
        log_likelihood: where the model did not write `reply` but was asked how likely that text is: its logarithm.
    """

    prompt_id: str
    arm: str
    reply: str
    prompt_tokens: int
    reply_tokens: int
    finished: bool
    time_to_first_token_s: float
    seconds: float
    model: str
    turn: int = 0
    sample: int = 0
    log_likelihood: float | None = None


RatingLabel = Literal["send", "weak", "bad", "skip"]
RatingSource = Literal["candidate", "champion", "teacher"]


@dataclass(frozen=True)
class Rating:
    """One person's rating of one tutor reply. The descriptions of the fields are also those of the table's columns."""

    rater: str = field(metadata={DESCRIPTION: "who rated, by the name given to `canopy rate`"})
    rated_at: str = field(metadata={DESCRIPTION: "when, as an ISO time in UTC"})
    label: RatingLabel = field(
        metadata={DESCRIPTION: "send, weak or bad, by the rubric; skip where the rater could not say"}
    )
    reason: str | None = field(metadata={DESCRIPTION: "why, in the rater's words"})
    source: RatingSource = field(
        metadata={
            DESCRIPTION: "whose reply it is: the candidate's, the champion's or the teacher's; hidden from raters"
        }
    )
    adapter: str | None = field(
        metadata={DESCRIPTION: "the first 16 hexadecimal digits of the adapter's digest; NULL for the teacher"}
    )
    prompt_id: str = field(
        metadata={DESCRIPTION: "the evaluation prompt; for the teacher the dialogue and its turn, counted from 0"}
    )
    reply_digest: str = field(metadata={DESCRIPTION: "the digest of the reply with its problem and conversation"})
    repeat: bool = field(
        metadata={DESCRIPTION: "whether the rater saw the row before, to compare them with themselves"}
    )
    rubric: str = field(metadata={DESCRIPTION: "the version of the rubric"})
    problem: str = field(metadata={DESCRIPTION: "the problem's statement; empty where the student brought none"})
    answer: str = field(metadata={DESCRIPTION: "the right answer; empty where there is none"})
    conversation: tuple[Message, ...] = field(metadata={DESCRIPTION: "the turns before the reply, the student's last"})
    reply: str = field(metadata={DESCRIPTION: "the tutor's reply"})
    references: tuple[str, ...] = field(metadata={DESCRIPTION: "the prompt's reference replies, which the judge reads"})


def content_id(*parts: object) -> str:
    """Sixteen hexadecimal digits that identify content: the start of the SHA-256 of the parts' text."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
