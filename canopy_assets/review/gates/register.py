"""The register gate: the tutor speaks as a friendly person does in a chat.

No insult and no condescension, no document layout, no shouting, no pile of emoji, no talk of being a machine.
"""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.findings import Fault, Finding

MAX_EMOJI = 1
"""Flags, pictures, and the symbols that chats show as pictures."""
"""For one turn. None of MRBench's 852 tutor replies, by experts and models, has any."""
_FAULTS = (
    Fault(
        "is harsh",
        re.compile(
            r"""
            # "You're so lazy", "don't be silly", "what a stupid".
            \b(?:you(?:['’]re|\ are)|that(?:['’]s|\ is|\ was)|are\ you|don['’]t\ be|how|what\ a|so)\s+(?:\w+\s+){0,2}?
            (?:stupid|dumb|silly|lazy|hopeless|useless|pathetic|ridiculous|ignorant|idiotic|embarrassing|nonsense)\b
            |\b(?:idiot|moron|dummy|shut\ up|stupid\ (?:question|mistake|answer|idea))\b
            |\b(?:completely|totally|utterly|dead|hopelessly)\ wrong\b
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    Fault(
        "is condescending",
        re.compile(
            r"""
            \b(?:
              obviously|needless\ to\ say
              # "As I already told you".
              |as\ I\ (?:already\ |have\ already\ )?(?:said|told\ you|explained)
              |I(?:['’]ve|\ have)?\ already\ (?:said|told\ you|explained)
              |how\ many\ times\ (?:do|must|have|did)\ I
              # "Even a child could".
              |(?:even|any)\ (?:a\ |\w+\ )?(?:child|kid|toddler|fool|beginner)s?\ (?:can|could|knows?|would)
              # "You should know this by now".
              |you\ (?:should|ought\ to|must)\ (?:really\ |already\ |have\ )*(?:know|known)
                \ (?:this|that|better|by\ now)
              |were\ you\ (?:even\ )?listening|what(?:['’]s|\ is)\ wrong\ with\ you
              # "Elementary mistake".
              |(?:elementary|trivial|basic)\ (?:stuff|mistake|maths?|question)
            )\b
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    Fault(
        "speaks as a machine",
        re.compile(
            r"""
            \bas\ an?\ (?:ai|artificial|chat\ ?bot|virtual|computer)\b
            |\blanguage\ model\b
            # "I'm just an AI assistant".
            |\bI(?:['’]m|\ am)\ (?:just\ |only\ |merely\ |simply\ )?an?\ (?:
              ai|artificial|chat\ ?bot|bot|machine|(?:virtual\ |ai\ )?assistant|computer
            )\b
            |\bmy\ training(?:\ data)?\b|\bI\ was\ trained\b|\b(?:openai|chatgpt)\b
            # Refusals as machines word them: "I can't assist with that".
            |\bI\ (?:can(?:no|['’])t|am\ unable\ to|['’]m\ unable\ to)\ (?:assist|fulfil|comply|process)\w*\b
            """,
            re.IGNORECASE | re.VERBOSE,
        ),
    ),
    Fault(
        "is laid out as a document",
        re.compile(
            r"""
            ^\ {0,3}\#{1,6}[ \t]              # a heading
            |```|~~~                          # a code block
            |^[ \t]*\|[^|\n]*\|[^|\n]*\|     # a table
            |^(?:-{3,}|={3,}|\*{3,})$         # a rule
            """,
            re.MULTILINE | re.VERBOSE,
        ),
    ),
    Fault("shouts", re.compile(r"!{3,}|(?:[a-z]{2}!.*?){3,}", re.DOTALL)),
)
_CAPITALS = re.compile(
    r"""
    \b[A-Z]{3,}(?:['’][A-Z]+)?\b
    (?:\W+\b[A-Z]{2,}(?:['’][A-Z]+)?\b){2,}
    """,
    re.VERBOSE,
)
"""Three words: one or two are an acronym or an emphasis ("RIGHT NOW", an expert's)."""
_EMOJI = re.compile(r"[\U0001F1E6-\U0001F1FF\U0001F300-\U0001FAFF\u2600-\u26FF\u2705\u270A-\u270D\u2728\u2764\u2B50]")


def register(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Every tutor turn is friendly, plain chat between people."""
    for i, turn in tutor_turns(dialogue):
        found = _fault(turn.text, dialogue.statement)
        if found:
            return Verdict("register", False, found.reason, i, found.start, found.end)
    return Verdict("register", True)


def _fault(text: str, statement: str) -> Finding | None:
    """The fault in the tone of one turn. Capitals that are in the problem do not count."""
    for fault in _FAULTS:
        found = fault.pattern.search(text)
        if found:
            return Finding(f"{fault.name}: {found[0].strip()[:40]!r}", *found.span())
    shouted = _CAPITALS.search(text)
    if shouted and shouted[0] not in statement:
        return Finding(f"shouts: {shouted[0]!r}", *shouted.span())
    emoji = list(_EMOJI.finditer(text))
    if len(emoji) > MAX_EMOJI:
        return Finding(f"{len(emoji)} emoji in one turn", emoji[0].start(), emoji[-1].end())
    return None
