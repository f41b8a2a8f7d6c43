"""The leak gate: no tutor turn hands over the answer, or the result of a step."""

from __future__ import annotations

import re

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
            named = None if context.exercise is None or context.exercise.has_mathematics else _named(turn.text, answer)
            if named and not any(_named(text, answer) for text in (dialogue.statement, *(t for _, t in before))):
                return Verdict("leak", False, f"names the answer first: {named[0]!r}", i, *named.span())
        steps = detect_step_leak(turn.text, problem=dialogue.statement, step_results=results, history=before)
        if steps.count > MAX_STEPS_HANDED_OVER:
            return Verdict("leak", False, f"hands over a step: {steps.reason}", i, *(steps.span or (None, None)))
    return Verdict("leak", True)


def _named(text: str, answer: str) -> re.Match[str] | None:
    """Where a text has the words of an answer, in the singular or the plural, without articles and prepositions.

    For answers that are no mathematics. There, "Could it be chlorophyll?" is as good as saying so.
    """
    words = [w for w in re.findall(r"[^\W_]+", answer) if len(w) > 3] or re.findall(r"[^\W_]+", answer)
    forms = (re.escape(re.sub(r"e?s$", "", w) if len(w) > 4 else w) + r"(?:e?s)?" for w in words)
    between = r"\W+(?:\w{1,3}\W+)?"
    return re.search(rf"\b{between.join(forms)}\b", text, re.IGNORECASE) if words else None
