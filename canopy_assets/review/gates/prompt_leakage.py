"""The prompt leakage gate: the tutor doesn't talk about its prompt or its plan.

A model that puts a plan into words sometimes recites it: labels of turns and moves, rules, "the student" in the third
person, "Here's a tutor response". The tutor may still reply to what the student or the problem has brought up ("Those
instructions don't change how 5x is undone").
"""

from __future__ import annotations

import re
from typing import get_args

from canopy_assets.records import TUTOR_MOVES, Dialogue, StudentState, Verdict
from canopy_assets.review.context import GateContext
from canopy_assets.review.findings import Fault

_LABELS = sorted({name for name in (*get_args(StudentState), *TUTOR_MOVES) if "_" in name})
_MOVES = "|".join(move.replace("_", "[ _]") for move in TUTOR_MOVES)
_PROMPT = Fault(
    "its prompt",
    re.compile(
        r"""
        \bsystem\ (?:prompt|message|instruction)s?\b
        |\bmy\ (?:\w+\ )?(?:prompt|instruction|guideline|programming|rule|directive)s?\b
        |\b(?:according\ to|as\ per|per)\ (?:the|my)\ (?:prompt|instructions|guidelines|rules|plan)\b
        # "I was told not to".
        |\bI(?:['’]m|\ am|['’]ve\ been|\ have\ been|\ was)\ (?:\w+\ )?(?:
          told|instructed|programmed|configured|prompted|designed|allowed|permitted|supposed|forbidden
        )\ (?:not\ )?to\b
        # Its rules in their own words.
        |\bnever\ (?:state|reveal|disclose)\b|\b(?:must|do|should)\ not\ (?:state|reveal|disclose)\b
        |\bat\ most\ (?:one|two|three|\d+)\ (?:question|word|sentence)s?\b|\bmaximum\ (?:of\ )?(?:one|\d+)\ \w+
        """,
        re.IGNORECASE | re.VERBOSE,
    ),
)
_LEAKS = (
    Fault(
        "a label of the plan",
        re.compile(
            rf"""
            \bturn_\d+\w*
            |\b(?:{"|".join(_LABELS)})\b
            |[\[(*]\s*(?:{_MOVES})\s*[\])*]           # [probe], (focus)
            |\bmove\s*:\s*(?:{_MOVES})\b
            |\bstate\s*:\s*(?:stuck|off\ topic|\w+_\w+)\b
            |\bturn\ \d+\s*:
            |[{{,]\s*"\w+"\s*:\s*["{{\[]             # JSON
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    _PROMPT,
    Fault(
        "its plan",
        re.compile(
            r"""
            \bthe\ plan\ (?:says|calls|asks|wants|tells|requires)\b
            |\bfollow(?:ing)?\ (?:the|my)\ plan\b
            |\bplanned\ (?:turn|move|reply)s?\b
            |\b(?:planned|planted)\ (?:misconception|mistake|error|idea)s?\b
            |\b(?:reference|model|gold(?:en)?|sample)\ (?:solution|answer|response)s?\b
            |\banswer\ key\b
            |\bground\ truth\b
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    Fault(
        "the conversation from outside",
        re.compile(
            r"""
            # The student in the third person; a student ticket is a thing of a problem.
            \b(?:the|this)\ (?P<who>student|learner|user|tutor|assistant)\b(?!['’]?s?\ (?:ticket|discount|card))
            # "Here's a tutor response".
            |\b(?:here(?:['’]s|\ is)|this\ is)\ (?:a|an|the|my|one)\b[^.:?\n]{0,40}\b(?:response|reply|dialogue)\b
            |\b(?:tutor|assistant)['’]?s?\ (?:response|reply|turn)\b
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
)
_RULES_MENTIONED = re.compile(
    r"""
    \b(?:allow|permi|instruct|prompt|rule|guideline|programm|suppose|command|told|system)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def prompt_leakage(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No tutor turn speaks of its prompt or plan, or of the student in the third person."""
    said = dialogue.statement
    for i, turn in enumerate(dialogue.turns):
        if turn.role == "student":
            said += "\n" + turn.text
            continue
        for fault in _LEAKS:
            for found in fault.pattern.finditer(turn.text):
                if not _brought_up(found, fault, said):
                    return Verdict("prompt_leakage", False, f"speaks of {fault.name}: {found[0]!r}", i, *found.span())
    return Verdict("prompt_leakage", True)


def _brought_up(found: re.Match[str], fault: Fault, said: str) -> bool:
    """Whether the problem or the student spoke of it first: of rules and permission in any words, else in the same."""
    if fault is _PROMPT and _RULES_MENTIONED.search(said):
        return True
    words = found.groupdict().get("who") or found[0]
    return words.lower() in said.lower()
