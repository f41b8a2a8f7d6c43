"""The leak gate: no tutor turn hands over the answer, or the result of a step."""

from __future__ import annotations

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, history, tutor_turns
from canopy_assets.review.leak.detector import detect_leak, detect_step_leak

MAX_STEPS_HANDED_OVER = 0
"""How many results of steps one tutor turn may state that nobody has stated before."""


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
