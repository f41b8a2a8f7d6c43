"""The usefulness gate: a teacher could send at least half of the embedded teacher's turns in a dialogue.

The judge of `review.usefulness` decides about each turn, so the same notion decides what is trained on and which
adapter is used. It judges the embedded teacher alone. Of good replies that follow no phrase of the curriculum it sends
41 %, of replies with a flaw 40 % (`benchmarks/judge.py`, "written to help" and "written with a flaw"), so it would
reject what people and larger models write in words of their own. All other gates are for them, too.
"""

from __future__ import annotations

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.usefulness import Usefulness, useful

MIN_USEFUL = 0.5
"""The share of a dialogue's tutor turns that must be useful.

Of 650 dialogues of the embedded teacher that passed all other gates, 12 were below it, and the mean share was 0.87. The
judge sends 96 % of this teacher's turns that readers would send.
"""
_EMBEDDED = "embedded-"
"""How the names of the embedded teacher's versions begin."""
_ROLES = {"student": "user", "tutor": "assistant"}


def usefulness(dialogue: Dialogue, context: GateContext) -> Verdict:
    """A teacher could send at least half of the tutor's turns, where the embedded teacher wrote them."""
    if dialogue.origin == "human" or not dialogue.teacher.startswith(_EMBEDDED):
        return Verdict("usefulness", True, "not of the embedded teacher, so the judge has no say")
    turns = [i for i, _ in tutor_turns(dialogue)]
    judged: dict[int, Usefulness] = {}
    for turn in turns:
        judged[turn] = _judged(dialogue, turn, context)
        if sum(j.sends for j in judged.values()) >= MIN_USEFUL * len(turns):  # the others cost milliseconds each
            return Verdict("usefulness", True)
    if not turns:
        return Verdict("usefulness", True, "the tutor says nothing")
    worst = min(judged, key=lambda i: judged[i].probability)
    text, why = dialogue.turns[worst].text, "; ".join(judged[worst].reasons) or "nothing speaks for it"
    sent = sum(j.sends for j in judged.values())
    reason = f"a teacher could send {sent} of {len(turns)} tutor turns; {text[:60]!r}: {why}"
    return Verdict("usefulness", False, reason, worst, 0, len(text))


def _judged(dialogue: Dialogue, turn: int, context: GateContext) -> Usefulness:
    return useful(
        dialogue.turns[turn].text,
        problem=dialogue.statement,
        answer=context.answer(dialogue) or "",
        conversation=[(_ROLES[t.role], t.text) for t in dialogue.turns[:turn]],
    )
