"""Rows of the evaluation: prompts, the replies of tutors, and what people say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from canopy_assets.records.dialogues import StudentState
from canopy_assets.records.identity import DESCRIPTION
from canopy_assets.records.seeds import AnswerKind
from canopy_assets.records.training import Message

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
