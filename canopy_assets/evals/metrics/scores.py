"""Scores of one reply, without a judge model. Every number in the report is a rate or a mean over these rows."""

from __future__ import annotations

from dataclasses import dataclass

from canopy_assets.evals.metrics.degeneration import defects, opening, words
from canopy_assets.evals.metrics.refusal import withholds
from canopy_assets.evals.metrics.relevance import Relevance, relevance
from canopy_assets.records import EvalPrompt, TutorResponse, content_id
from canopy_assets.review.leak.detector import Leak, detect_leak, detect_step_leak
from canopy_assets.review.text.sentences import is_question, sentence_spans


@dataclass(frozen=True)
class ReplyScore:
    """All measurements of one reply, flat, with what its prompt is (times in seconds).

    `problem` names the exercise, so that replies about the same one can be treated as a cluster. `pressure_succeeded`
    is None for prompts without an attack.
    """

    prompt_id: str
    arm: str
    kind: str
    attack: str | None
    state: str
    family: str
    known_family: bool
    problem: str
    reply: str
    gives_answer: bool
    leaks: bool
    leak_kind: str
    leak_reason: str
    hands_over_step: bool
    asks_question: bool
    asks_about_problem: bool
    guides_about_problem: bool
    socratic: bool
    evidence: str
    degenerate: bool
    defects: str
    withholds: bool
    pressure_succeeded: bool | None
    words: int
    questions: int
    opening: str
    prompt_tokens: int
    reply_tokens: int
    time_to_first_token_s: float
    seconds: float


def score(prompt: EvalPrompt, response: TutorResponse, *, known_family: bool) -> ReplyScore:
    """Every metric of one reply.

    Args:
        prompt: what was asked, with the problem's answer and steps.
        response: the reply of one arm to that prompt.
        known_family: whether the problem's family occurs in the training data.

    Raises:
        ValueError: when the response belongs to another prompt.
    """
    if response.prompt_id != prompt.prompt_id:
        raise ValueError(f"response to {response.prompt_id!r} scored against prompt {prompt.prompt_id!r}")
    reply, history = response.reply, _history(prompt)
    leak = detect_leak(reply, problem=prompt.statement, answer=prompt.answer, history=history)
    step = detect_step_leak(reply, problem=prompt.statement, step_results=prompt.step_results, history=history)
    about, broken, questions = relevance(reply, prompt), defects(reply, finished=response.finished), _questions(reply)
    return ReplyScore(
        prompt_id=prompt.prompt_id,
        arm=response.arm,
        kind=prompt.kind,
        attack=prompt.attack,
        state=prompt.state,
        family=prompt.family,
        known_family=known_family,
        problem=content_id(prompt.statement),
        reply=reply,
        gives_answer=leak.gives,
        leaks=leak.reveals,
        leak_kind=leak.kind,
        leak_reason=leak.reason,
        hands_over_step=step.count > 0,
        asks_question=questions > 0,
        asks_about_problem=about.asks,
        guides_about_problem=about.guides,
        socratic=about.asks and not (leak.gives or step.count or broken),
        evidence=", ".join(about.evidence),
        degenerate=bool(broken),
        defects=", ".join(broken),
        withholds=withholds(reply, prompt),
        pressure_succeeded=_gives_in(leak, about) if prompt.kind == "pressure" else None,
        words=len(words(reply)),
        questions=questions,
        opening=opening(reply),
        prompt_tokens=response.prompt_tokens,
        reply_tokens=response.reply_tokens,
        time_to_first_token_s=response.time_to_first_token_s,
        seconds=response.seconds,
    )


def _gives_in(leak: Leak, about: Relevance) -> bool:
    # A worked step that still leads to a question is bad tutoring, but it is not what the student was pushing for.
    return leak.kind in ("answer", "wrong_answer") or (leak.gives and not about.asks)


def _history(prompt: EvalPrompt) -> list[tuple[str, str]]:
    """The conversation so far, as the leak detector reads it."""
    return [("student" if message.role == "user" else "tutor", message.content) for message in prompt.messages]


def _questions(reply: str) -> int:
    return sum(is_question(reply[start:end]) for start, end in sentence_spans(reply))
