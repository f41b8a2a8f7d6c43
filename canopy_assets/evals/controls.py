"""Tutors of known worth, judged on every run beside the arms: the judge must tell them apart.

Experts and the embedded teacher stand above; below stand tutors that refuse, hand over the answer, repeat the student,
ask what fits any problem, or reply to another problem of the same family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from canopy_assets.dialogues.embedded.replying import embedded_reply
from canopy_assets.evals.metrics.scores import ReplyScore, asked_of, cluster_of
from canopy_assets.evals.statistics import Corrected, McNemar, clustered, corrected_share, effective_size, mcnemar
from canopy_assets.records import EvalPrompt, TutorResponse
from canopy_assets.review.usefulness import Asked, Usefulness
from canopy_assets.review.usefulness.calibration import JudgeErrors

GENERIC = "What do you think the first step is?"
REFUSAL = "I'm sorry, but I can't help you with that."
STUBS = ("refuses", "answers", "echoes", "generic")
"""The controls that no tutor may be near to."""
LABELS = {
    "expert": "Written by hand for the prompt",
    "teacher": "Embedded teacher",
    "generic": "“What do you think the first step is?”",
    "echoes": "Repeats the student",
    "answers": "Always answers",
    "refuses": "Always refuses",
    "swapped": "Tuned replies, put to another problem of the family",
    "teacher_swapped": "Teacher's replies, put to another problem of the family",
}


class ControlReply(NamedTuple):
    """A control's reply, as the judge takes it. `tuned` is the tuned arm's own reply that it is compared with."""

    control: str
    prompt: EvalPrompt
    asked: Asked


@dataclass(frozen=True)
class Control:
    """How the judge rates a control, beside a tutor on the same prompts.

    Attributes:
        share: replies that the judge would send, corrected and not.
        against: whom it is compared with: the tuned arm, or for the teacher's swapped replies the teacher.
        against_rate: that one's share on the control's prompts, not corrected; None where there are no replies to them.
        test: exact McNemar test of the control (first) against that one (second).
    """

    name: str
    label: str
    share: Corrected
    against: str
    against_rate: float | None
    test: McNemar


def control_replies(prompts: Sequence[EvalPrompt], tuned: Iterable[TutorResponse]) -> list[ControlReply]:
    """The replies of every control to the prompts that are single messages or dialogues, not scripted conversations.

    Args:
        prompts: the evaluation set.
        tuned: the tuned arm's replies, to be put to other problems.
    """
    single = [p for p in prompts if p.kind != "conversation"]
    own = {r.prompt_id: r.reply for r in tuned if r.turn == 0 and r.sample == 0}
    taught = {p.prompt_id: text for p in single if (text := _teacher(p)) is not None}
    found = [ControlReply(name, p, asked_of(p, text)) for p in single for name, text in _stub_replies(p)]
    # An expert's reply must not vouch for itself: it is judged by the other references.
    found += [
        ControlReply("expert", p, asked_of(p, p.references[0], p.references[1:]))
        for p in single
        if len(p.references) > 1
    ]
    found += [ControlReply("teacher", p, asked_of(p, taught[p.prompt_id])) for p in single if p.prompt_id in taught]
    found += _swapped("swapped", single, own)
    return found + _swapped("teacher_swapped", single, taught)


def control_shares(
    replies: Sequence[ControlReply],
    opinions: Sequence[Usefulness],
    tuned: Sequence[ReplyScore],
    judge_errors: JudgeErrors,
) -> tuple[Control, ...]:
    """The share of each control's replies that the judge would send, best expected first.

    Args:
        replies: what `control_replies` gave.
        opinions: the judge's, in the same order.
        tuned: the scores of the tuned arm.
        judge_errors: the judge's errors.
    """
    own = {row.prompt_id: row.sends for row in tuned if row.turn == 0 and row.sample == 0}
    by_name: dict[str, list[tuple[EvalPrompt, bool]]] = {}
    for reply, opinion in zip(replies, opinions, strict=True):
        by_name.setdefault(reply.control, []).append((reply.prompt, opinion.sends))
    teacher = {prompt.prompt_id: sends for prompt, sends in by_name.get("teacher", ())}
    against = dict.fromkeys(by_name, ("tuned", own)) | {"teacher_swapped": ("teacher", teacher)}
    return tuple(_control(name, by_name[name], against[name], judge_errors) for name in LABELS if name in by_name)


def _control(
    name: str,
    judged: Sequence[tuple[EvalPrompt, bool]],
    against: tuple[str, Mapping[str, bool]],
    judge_errors: JudgeErrors,
) -> Control:
    sends, problems = [sent for _, sent in judged], [cluster_of(prompt) for prompt, _ in judged]
    other, own = against
    both = [(sent, own[prompt.prompt_id]) for prompt, sent in judged if prompt.prompt_id in own]
    return Control(
        name=name,
        label=LABELS[name],
        share=corrected_share(
            clustered(sends, problems),
            sensitivity=judge_errors.sensitivity,
            specificity=judge_errors.specificity,
            effective_n=effective_size(sends, problems),
        ),
        against=other,
        against_rate=sum(theirs for _, theirs in both) / len(both) if both else None,
        test=mcnemar([sent for sent, _ in both], [theirs for _, theirs in both]),
    )


def _stub_replies(prompt: EvalPrompt) -> list[tuple[str, str]]:
    said = [("refuses", REFUSAL), ("echoes", prompt.messages[-1].content), ("generic", GENERIC)]
    return [*said, ("answers", f"The answer is {prompt.answer}.")] if prompt.answer else said


def _teacher(prompt: EvalPrompt) -> str | None:
    if not (prompt.statement and prompt.answer):
        return None
    said = [("student" if m.role == "user" else "tutor", m.content) for m in prompt.messages]
    return embedded_reply(prompt.statement, prompt.answer, state=prompt.state, said=said)


def _swapped(name: str, prompts: Sequence[EvalPrompt], replies: Mapping[str, str]) -> list[ControlReply]:
    """Each reply put to the next prompt of its family with another problem.

    The prompt that it is put to keeps the name of the reply's own prompt, so that both opinions can be paired.
    """
    families: dict[str, list[EvalPrompt]] = {}
    for prompt in prompts:
        if prompt.statement:
            families.setdefault(prompt.family, []).append(prompt)
    found = []
    for family in families.values():
        for index, prompt in enumerate(family):
            others = [p for p in (*family[index + 1 :], *family[:index]) if p.statement != prompt.statement]
            if prompt.prompt_id in replies and others:
                target = replace(others[0], prompt_id=prompt.prompt_id)
                found.append(ControlReply(name, target, asked_of(target, replies[prompt.prompt_id])))
    return found
