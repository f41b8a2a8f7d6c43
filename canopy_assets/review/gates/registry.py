"""The gates, in the order in which a rejection is named. Each is a pure function of a dialogue and its context."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, history, tutor_turns
from canopy_assets.review.gates.grounding import grounding
from canopy_assets.review.gates.personal_data import personal_data
from canopy_assets.review.gates.prompt_leakage import prompt_leakage
from canopy_assets.review.gates.register import register
from canopy_assets.review.gates.relevance import relevance
from canopy_assets.review.gates.structure import length, question_discipline, structure
from canopy_assets.review.gates.truncation import truncation
from canopy_assets.review.gates.truth import truth
from canopy_assets.review.leak.detector import detect_leak, detect_step_leak

Gate = Callable[[Dialogue, GateContext], Verdict]

MAX_STEPS_HANDED_OVER = 0
"""Results of the solution's steps that one tutor turn may say before anybody else did."""


def leak(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No tutor turn states the final answer before the student did, nor a step's result that nobody has said."""
    answer, results = context.answer(dialogue), context.step_results()
    if answer is None and not results:
        return Verdict("leak", True, "no answer is known, so only what the tutor asserts can be checked")
    for i, turn in tutor_turns(dialogue):
        before = history(dialogue, i)
        if answer is not None:
            found = detect_leak(turn.text, problem=dialogue.statement, answer=answer, history=before)
            if found.reveals:
                return Verdict("leak", False, f"reveals the answer: {found.reason}", i, *(found.span or (None, None)))
        steps = detect_step_leak(turn.text, problem=dialogue.statement, step_results=results, history=before)
        if steps.count > MAX_STEPS_HANDED_OVER:
            return Verdict("leak", False, f"hands over a step: {steps.reason}", i, *(steps.span or (None, None)))
    return Verdict("leak", True)


def contamination(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No overlap with the evaluation's prompts, as `EvalIndex.overlaps` defines it for the report's gate G7, too."""
    messages = [turn.text for turn in dialogue.turns]
    found = next(context.eval_index.overlaps(messages, statement=dialogue.statement), None)
    if found is None:
        return Verdict("contamination", True)
    text = dialogue.statement if found.message is None else messages[found.message]
    return Verdict("contamination", False, f"{found.reason} ({found.prompt_id})", found.message, 0, len(text))


def duplicate(dialogue: Dialogue, context: GateContext) -> Verdict:
    """The first of equal dialogues stays."""
    if context.duplicate_of is not None:
        return Verdict("duplicate", False, f"the same as dialogue {context.duplicate_of}")
    return Verdict("duplicate", True)


def near_duplicate(dialogue: Dialogue, context: GateContext) -> Verdict:
    """The first of nearly equal dialogues stays; `duplicates` says what is nearly equal, by words and by embedding."""
    if context.near_duplicate_of is not None:
        return Verdict("near_duplicate", False, f"nearly the same as dialogue {context.near_duplicate_of}")
    return Verdict("near_duplicate", True)


GATES: Mapping[str, Gate] = {
    "structure": structure,
    "truncation": truncation,
    "prompt_leakage": prompt_leakage,
    "leak": leak,
    "truth": truth,
    "grounding": grounding,
    "relevance": relevance,
    "question_discipline": question_discipline,
    "length": length,
    "register": register,
    "personal_data": personal_data,
    "contamination": contamination,
    "duplicate": duplicate,
    "near_duplicate": near_duplicate,
}
"""First what makes the text unusable, then what a tutor may not do, then its manners, then what other data says."""
