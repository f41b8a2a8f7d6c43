"""The prompt leakage gate: the tutor doesn't talk about what it was told.

A model that words a plan at times recites it: labels of turns and moves, rules, "the student" in the third person,
"Here's a tutor response". What the student or the problem has brought up may be answered ("Those instructions don't
change how 5x is undone").
"""

from __future__ import annotations

import re
from typing import get_args

from canopy_assets.records import TUTOR_MOVES, Dialogue, StudentState, Verdict
from canopy_assets.review.context import GateContext

_LABELS = sorted({name for name in (*get_args(StudentState), *TUTOR_MOVES) if "_" in name}, key=len, reverse=True)
_MOVES = "|".join(move.replace("_", "[ _]") for move in TUTOR_MOVES)
_LEAKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "a label of the plan",
        re.compile(
            rf"\bturn_\d+\w*|\b(?:{'|'.join(_LABELS)})\b|[\[(*]\s*(?:{_MOVES})\s*[\])*]"
            rf"|\bmove\s*:\s*(?:{_MOVES})\b|\bstate\s*:\s*(?:stuck|off topic|\w+_\w+)\b|\bturn \d+\s*:"
            r"|[{,]\s*\"\w+\"\s*:\s*[\"{\[]",
            re.IGNORECASE,
        ),
    ),
    (
        "its prompt",
        re.compile(
            r"\bsystem (?:prompt|message|instruction)s?\b"
            r"|\bmy (?:\w+ )?(?:prompt|instruction|guideline|programming|rule|directive)s?\b"
            r"|\b(?:according to|as per|per) (?:the|my) (?:prompt|instructions|guidelines|rules|plan)\b"
            r"|\bI(?:['’]m| am|['’]ve been| have been| was) (?:\w+ )?"
            r"(?:told|instructed|programmed|configured|prompted|designed|allowed|permitted|supposed|"
            r"forbidden) (?:not )?to\b"
            r"|\bnever (?:state|reveal|disclose)\b|\b(?:must|do|should) not (?:state|reveal|disclose)\b"
            r"|\bat most (?:one|two|three|\d+) (?:question|word|sentence)s?\b|\bmaximum (?:of )?(?:one|\d+) \w+",
            re.IGNORECASE,
        ),
    ),
    (
        "its plan",
        re.compile(
            r"\bthe plan (?:says|calls|asks|wants|tells|requires)\b|\bfollow(?:ing)? (?:the|my) plan\b"
            r"|\bplanned (?:turn|move|reply)s?\b|\b(?:planned|planted) (?:misconception|mistake|error|idea)s?\b"
            r"|\b(?:reference|model|gold(?:en)?|sample) (?:solution|answer|response)s?\b|\banswer key\b"
            r"|\bground truth\b",
            re.IGNORECASE,
        ),
    ),
    (
        "the conversation from outside",
        re.compile(
            r"\b(?:the|this) (?P<who>student|learner|user|tutor|assistant)\b(?!['’]?s? (?:ticket|discount|card))"
            r"|\b(?:here(?:['’]s| is)|this is) (?:a|an|the|my|one)\b[^.:?\n]{0,40}\b(?:response|reply|dialogue)\b"
            r"|\b(?:tutor|assistant)['’]?s? (?:response|reply|turn)\b",
            re.IGNORECASE,
        ),
    ),
)
_TOLD = re.compile(
    r"\b(?:allow|permi|instruct|prompt|rule|guideline|programm|suppose|command|told|system)", re.IGNORECASE
)


def prompt_leakage(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No tutor turn speaks of its prompt or plan, or of the student as of somebody else."""
    said = dialogue.statement
    for i, turn in enumerate(dialogue.turns):
        if turn.role == "student":
            said += "\n" + turn.text
            continue
        for what, pattern in _LEAKS:
            for found in pattern.finditer(turn.text):
                if not _brought_up(found, what, said):
                    return Verdict("prompt_leakage", False, f"speaks of {what}: {found[0]!r}", i, *found.span())
    return Verdict("prompt_leakage", True)


def _brought_up(found: re.Match[str], what: str, said: str) -> bool:
    """Whether the problem or the student spoke of it first: of rules and permission in any words, else in these."""
    if what == "its prompt" and _TOLD.search(said):
        return True
    words = found.groupdict().get("who") or found[0]
    return words.lower() in said.lower()
