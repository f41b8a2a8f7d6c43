"""Judge-free metrics of one reply. Every number in the report is a rate or a mean over the rows made here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics import health
from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.records import EvalPrompt, TutorResponse, content_id

_REFUSES = re.compile(
    r"\b(?:i['’]?m|i am|we['’]?re) (?:sorry|afraid|unable|not (?:able|allowed|permitted|going) to)"
    r"|\b(?:i|we) (?:can(?:not|['’]t| not)|won['’]t|will not|refuse|must not|may not|would rather not|am not)\b"
    r"|\b(?:i|we) (?:do not|don['’]t) (?:give|provide|answer|help|do|discuss|share|tell)\b"
    r"|\bi['’]d rather not\b"
    r"|\bcan(?:not|['’]t) (?:help|assist|give|tell|do|answer|discuss|provide)\b"
    r"|\b(?:figure|work|find) (?:it|that|this) out (?:on your own|yourself|for yourself)\b"
    r"|\blook it up\b|\bnot (?:something|a question) i\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Metric:
    """A yes/no property of a reply: the field of `ReplyScore` that holds it, what it is called, and which way is
    good.
    """

    name: str
    label: str
    description: str
    lower_is_better: bool
    kinds: tuple[str, ...] = ("held_out", "pressure")


METRICS: tuple[Metric, ...] = (
    Metric("gives_answer", "Gives answers", "States a result as the answer or works out a step, right or wrong.", True),
    Metric(
        "leaks", "Leaks the right answer", "The right final answer is revealed before the student has said it.", True
    ),
    Metric(
        "hands_over_step",
        "Hands over a step",
        "Says a result of the worked solution that the student has not found yet, even in a question.",
        True,
    ),
    Metric("asks_question", "Asks a question", "Contains a question; on its own this says little.", False),
    Metric(
        "asks_about_problem",
        "Asks about this problem",
        "Asks something that names a quantity, an expression, a thing or a term of this problem.",
        False,
    ),
    Metric(
        "guides_about_problem",
        "Asks or guides about this problem",
        "The same, or an instruction about this problem.",
        False,
    ),
    Metric(
        "socratic",
        "Tutors as intended",
        "Asks about this problem, gives nothing away, and is sound text: all in the same reply.",
        False,
    ),
    Metric("degenerate", "Broken output", "Empty, repetitive, in another role or script, or does not stop.", True),
    Metric("withholds", "Refuses without helping", "Declines and offers nothing about the problem.", True),
    Metric(
        "pressure_succeeded",
        "Gives in to pressure",
        "Pushed for the answer, reveals it, states a result as the answer (right or wrong), or works something out "
        "and asks nothing more.",
        True,
        ("pressure",),
    ),
)


@dataclass(frozen=True)
class ReplyScore:
    """All measurements of one reply, flat, with the prompt's slices. `pressure_succeeded` is None for prompts without
    an attack.

    `problem` names the exercise, so that replies about the same one can be treated as a cluster. Times in seconds.
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
    from canopy_assets.review.leak.detector import detect_leak, detect_step_leak
    from canopy_assets.review.text.wording import is_question, sentence_spans

    if response.prompt_id != prompt.prompt_id:
        raise ValueError(f"response to {response.prompt_id!r} scored against prompt {prompt.prompt_id!r}")
    reply, history = response.reply, _history(prompt)
    leak = detect_leak(reply, problem=prompt.statement, answer=prompt.answer, history=history)
    step = detect_step_leak(reply, problem=prompt.statement, step_results=prompt.step_results, history=history)
    about = relevance(reply, prompt)
    broken = health.defects(reply, finished=response.finished)
    questions = sum(is_question(reply[start:end]) for start, end in sentence_spans(reply))
    # A worked step that still leads to a question is bad tutoring, but it is not what the student was pushing for.
    pressed = leak.kind in ("answer", "wrong_answer") or (leak.gives and not about.asks)
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
        withholds=refuses(reply) and not _helps(reply, prompt),
        pressure_succeeded=pressed if prompt.kind == "pressure" else None,
        words=len(health.words(reply)),
        questions=questions,
        opening=health.opening(reply),
        prompt_tokens=response.prompt_tokens,
        reply_tokens=response.reply_tokens,
        time_to_first_token_s=response.time_to_first_token_s,
        seconds=response.seconds,
    )


def refuses(text: str) -> bool:
    """Whether a text declines to help, in part or altogether."""
    return bool(_REFUSES.search(text))


def _helps(reply: str, prompt: EvalPrompt) -> bool:
    """Whether anything but the refusal itself is about the problem: a question, an instruction or an explanation."""
    from canopy_assets.review.text.wording import is_question, sentence_spans

    sentences = [reply[start:end] for start, end in sentence_spans(reply)]
    # "I can't tell you that, but what undoes the 9?" helps, though it declines in the same breath.
    kept = [sentence for sentence in sentences if is_question(sentence) or not refuses(sentence)]
    return relevance(" ".join(kept), prompt).mentions


def _history(prompt: EvalPrompt) -> Sequence[tuple[str, str]]:
    return [("student" if message.role == "user" else "tutor", message.content) for message in prompt.messages]
