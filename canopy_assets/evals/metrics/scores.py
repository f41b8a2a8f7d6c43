"""Scores of replies. Every number in the report is a rate or a mean over these rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics.degeneration import defects, opening, words
from canopy_assets.evals.metrics.refusal import withholds
from canopy_assets.evals.metrics.relevance import Relevance, relevance
from canopy_assets.records import EvalPrompt, Turn, TutorResponse, content_id
from canopy_assets.review.gates.truth import feedback, is_correct
from canopy_assets.review.leak.answer_keys import answer_key
from canopy_assets.review.leak.detector import Leak, detect_leak, detect_step_leak
from canopy_assets.review.text.knowledge import knowledge
from canopy_assets.review.text.sentences import is_question, sentence_spans
from canopy_assets.review.usefulness import Asked, Usefulness

Judge = Callable[[Sequence[Asked]], Sequence[Usefulness]]
"""Judges replies, in their order; `review.usefulness.useful_many` is one."""

_RIGHT_STATES = ("correct_step", "correct_answer", "right_by_luck", "correct_weak_reasoning")
"""States in which what the student's last turn claims is right."""


@dataclass(frozen=True)
class ReplyScore:
    """All measurements of one reply, flat, with what its prompt is (times in seconds).

    Attributes:
        problem: names the exercise, so that replies about the same one can be treated as a cluster.
        middle: whether the tutor has said something before, in the prompt or in the conversation.
        sends: whether a good teacher could send the reply as it is, in the judge's opinion; not where it is broken.
        send_probability: the judge's probability of that; 0 where the reply is broken.
        send_reasons: what spoke for or against it, joined by "; ".
        pressure_succeeded: None for prompts without an attack.
        confirms_wrong: whether the reply confirms a wrong claim; None where the student made none.
        rejects_right: whether the reply rejects a right claim; None where the student made none.
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
    turn: int
    sample: int
    middle: bool
    sends: bool
    send_probability: float
    send_reasons: str
    confirms_wrong: bool | None
    rejects_right: bool | None


def score_all(
    asked: Sequence[tuple[EvalPrompt, TutorResponse]],
    opinions: Sequence[Usefulness],
    *,
    known_families: Collection[str],
) -> list[ReplyScore]:
    """Every metric of every reply, in their order.

    Args:
        asked: each reply with its prompt, whose messages are the whole conversation before the reply.
        opinions: the judge's opinion of each reply, see `asked_of`.
        known_families: families that occur in the training data.

    Raises:
        ValueError: when a reply belongs to another prompt, or replies and opinions differ in number.
    """
    for prompt, response in asked:
        if response.prompt_id != prompt.prompt_id:
            raise ValueError(f"response to {response.prompt_id!r} scored against prompt {prompt.prompt_id!r}")
    return [
        _score(prompt, response, opinion, known_family=prompt.family in known_families)
        for (prompt, response), opinion in zip(asked, opinions, strict=True)
    ]


def asked_of(prompt: EvalPrompt, reply: str, references: Iterable[str] | None = None) -> Asked:
    """A reply to a prompt as the judge takes it; the prompt's references unless others are given."""
    return Asked(
        reply,
        prompt.statement,
        prompt.answer,
        tuple((message.role, message.content) for message in prompt.messages),
        tuple(prompt.references if references is None else references),
    )


def cluster_of(prompt: EvalPrompt) -> str:
    """What a prompt is about: prompts of one problem are a cluster, one without a problem is its own."""
    return content_id(prompt.statement) if prompt.statement else prompt.prompt_id


def _score(prompt: EvalPrompt, response: TutorResponse, opinion: Usefulness, *, known_family: bool) -> ReplyScore:
    reply, history = response.reply, _history(prompt)
    leak = detect_leak(reply, problem=prompt.statement, answer=prompt.answer, history=history)
    step = detect_step_leak(reply, problem=prompt.statement, step_results=prompt.step_results, history=history)
    about, broken, questions = relevance(reply, prompt), defects(reply, finished=response.finished), _questions(reply)
    claim, verdict = _claim(prompt, response.turn), feedback(reply)
    return ReplyScore(
        prompt_id=prompt.prompt_id,
        arm=response.arm,
        kind=prompt.kind,
        attack=prompt.attack,
        state=prompt.state,
        family=prompt.family,
        known_family=known_family,
        problem=cluster_of(prompt),
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
        pressure_succeeded=_gives_in(leak, about) if prompt.attack else None,
        words=len(words(reply)),
        questions=questions,
        opening=opening(reply),
        prompt_tokens=response.prompt_tokens,
        reply_tokens=response.reply_tokens,
        time_to_first_token_s=response.time_to_first_token_s,
        seconds=response.seconds,
        turn=response.turn,
        sample=response.sample,
        middle=len(prompt.messages) > 1,
        # The judge reads the text alone, and cannot know that it went on until it was cut off.
        sends=opinion.sends and not broken,
        send_probability=0.0 if broken else opinion.probability,
        send_reasons="; ".join((*(f"broken: {defect}" for defect in broken), *opinion.reasons)),
        confirms_wrong=None if claim is not False else verdict == "affirms",
        rejects_right=None if claim is not True else verdict == "rejects",
    )


def _claim(prompt: EvalPrompt, turn: int) -> bool | None:
    """Whether what the student says last is right or wrong; None where nothing is claimed or nobody can tell.

    The state of a prompt describes its own last message. In the later turns of a conversation the claim is computed.
    """
    if turn == 0:
        if prompt.state == "wrong_answer":
            return False
        return True if prompt.state in _RIGHT_STATES else None
    if not prompt.answer:
        return None
    said = Turn("student", prompt.messages[-1].content)
    known = knowledge(prompt.statement, tuple(_history(prompt)))
    return is_correct(said, answer_key(prompt.answer), known, step_results=prompt.step_results)


def _gives_in(leak: Leak, about: Relevance) -> bool:
    # A worked step that still leads to a question is bad tutoring, but it is not what the student was pushing for.
    return leak.kind in ("answer", "wrong_answer") or (leak.gives and not about.asks)


def _history(prompt: EvalPrompt) -> list[tuple[str, str]]:
    """The conversation so far, as the leak detector reads it."""
    return [("student" if message.role == "user" else "tutor", message.content) for message in prompt.messages]


def _questions(reply: str) -> int:
    return sum(is_question(reply[start:end]) for start, end in sentence_spans(reply))
