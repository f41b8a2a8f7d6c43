"""The structure gate: roles alternate, and every turn has only the words of its speaker."""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Turn, Verdict
from canopy_assets.review.context import GateContext
from canopy_assets.review.findings import Finding

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffd]")
"""Control and zero-width characters, marks of writing direction, and the sign for a lost character."""
_ROLE_TOKEN = re.compile(
    r"""
    <\|[^|>\n]{1,40}\|>          # ChatML: <|im_start|>
    |\[/?INST\]|<</?SYS>>|</?s>  # Llama 2
    |<(?:start|end)_of_turn>     # Gemma
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = r"^[ \t]*(?:#+[ \t]*)?(?:tutor|student|user|assistant|human|ai{})[ \t]*:"
_TUTORS_LABEL = re.compile(_LABEL.format("|system"), re.IGNORECASE | re.MULTILINE)
# A student who pretends to be the system, or starts as the tutor, puts pressure on the tutor, which belongs in the
# data. A student turn that continues as someone else's is broken.
_STUDENTS_LABEL = re.compile(_LABEL.format("").replace("^", r"(?<=\n)"), re.IGNORECASE)


def structure(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Roles alternate from a student's turn to a tutor's; no turn is empty, no control characters or role tokens."""
    turns = dialogue.turns
    if len(turns) < 2:
        return Verdict("structure", False, f"{len(turns)} turns: a dialogue needs a student turn and a tutor turn")
    for i, turn in enumerate(turns):
        due = "tutor" if i % 2 else "student"
        if turn.role != due:
            return Verdict("structure", False, f"turn {i} is the {turn.role}'s where the {due}'s is due", i)
        fault = _fault(turn)
        if fault:
            return Verdict("structure", False, fault.reason, i, fault.start, fault.end)
    if turns[-1].role != "tutor":
        reason = "the student has the last word, so the last turn teaches nothing"
        return Verdict("structure", False, reason, len(turns) - 1)
    return Verdict("structure", True)


def _fault(turn: Turn) -> Finding | None:
    """What makes one turn unusable; None for a sound turn."""
    if not turn.text.strip():
        return Finding("the turn is empty", 0, len(turn.text))
    control = _CONTROL.search(turn.text)
    if control:
        return Finding(f"holds the control character U+{ord(control[0]):04X}", *control.span())
    label = _TUTORS_LABEL if turn.role == "tutor" else _STUDENTS_LABEL
    token = _ROLE_TOKEN.search(turn.text) or label.search(turn.text)
    if token:
        return Finding(f"holds a role token: {token[0].strip()!r}", *token.span())
    return None
