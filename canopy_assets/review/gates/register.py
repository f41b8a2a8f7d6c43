"""The register gate: the tutor speaks as a friendly person does in a chat.

No insult and no condescension, no document layout, no shouting, no pile of emoji, no talk of being a machine.
"""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns

MAX_EMOJI = 1
"""In a turn: 852 tutor replies of MRBench have none, experts' and models' alike."""
_FAULTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "is harsh",
        re.compile(
            r"\b(?:you(?:['’]re| are)|that(?:['’]s| is| was)|are you|don['’]t be|how|what a|so)\s+(?:\w+\s+){0,2}?"
            r"(?:stupid|dumb|silly|lazy|hopeless|useless|pathetic|ridiculous|ignorant|idiotic|embarrassing|nonsense)\b"
            r"|\b(?:idiot|moron|dummy|shut up|stupid (?:question|mistake|answer|idea))\b"
            r"|\b(?:completely|totally|utterly|dead|hopelessly) wrong\b",
            re.IGNORECASE,
        ),
    ),
    (
        "is condescending",
        re.compile(
            r"\b(?:obviously|needless to say|as I (?:already |have already )?(?:said|told you|explained)|"
            r"I(?:['’]ve| have)? already (?:said|told you|explained)|how many times (?:do|must|have|did) I|"
            r"(?:even|any) (?:a |\w+ )?(?:child|kid|toddler|fool|beginner)s? (?:can|could|knows?|would)|"
            r"you (?:should|ought to|must) (?:really |already |have )*(?:know|known) (?:this|that|better|by now)|"
            r"were you (?:even )?listening|what(?:['’]s| is) wrong with you|"
            r"(?:elementary|trivial|basic) (?:stuff|mistake|maths?|question))\b",
            re.IGNORECASE,
        ),
    ),
    (
        "speaks as a machine",
        re.compile(
            r"\bas an? (?:ai|artificial|chat ?bot|virtual|computer)\b|\blanguage model\b"
            r"|\bI(?:['’]m| am) (?:just |only |merely |simply )?an? (?:ai|artificial|chat ?bot|bot|machine|"
            r"(?:virtual |ai )?assistant|computer)\b|\bmy training(?: data)?\b|\bI was trained\b|\b(?:openai|chatgpt)\b"
            r"|\bI (?:can(?:no|['’])t|am unable to|['’]m unable to) (?:assist|fulfil|comply|process)\w*\b",
            re.IGNORECASE,
        ),
    ),
    (
        "is laid out as a document",
        re.compile(r"^ {0,3}#{1,6}[ \t]|```|~~~|^[ \t]*\|[^|\n]*\|[^|\n]*\||^(?:-{3,}|={3,}|\*{3,})$", re.MULTILINE),
    ),
    ("shouts", re.compile(r"!{3,}|(?:[a-z]{2}!.*?){3,}", re.DOTALL)),
)
_CAPITALS = re.compile(r"\b[A-Z]{3,}(?:['’][A-Z]+)?\b(?:\W+\b[A-Z]{2,}(?:['’][A-Z]+)?\b){2,}")
"""Three words: one or two are an acronym or an emphasis ("RIGHT NOW", an expert's)."""
_EMOJI = re.compile(r"[\U0001F1E6-\U0001F1FF\U0001F300-\U0001FAFF\u2600-\u26FF\u2705\u270A-\u270D\u2728\u2764\u2B50]")


def register(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Every tutor turn is friendly, plain chat between people."""
    for i, turn in tutor_turns(dialogue):
        found = _fault(turn.text, dialogue.statement)
        if found:
            return Verdict("register", False, found[0], i, *found[1])
    return Verdict("register", True)


def _fault(text: str, statement: str) -> tuple[str, tuple[int, int]] | None:
    for what, pattern in _FAULTS:
        found = pattern.search(text)
        if found:
            return f"{what}: {found[0].strip()[:40]!r}", found.span()
    shouted = _CAPITALS.search(text)
    if shouted and shouted[0] not in statement:
        return f"shouts: {shouted[0]!r}", shouted.span()
    emoji = list(_EMOJI.finditer(text))
    if len(emoji) > MAX_EMOJI:
        return f"{len(emoji)} emoji in one turn", (emoji[0].start(), emoji[-1].end())
    return None
