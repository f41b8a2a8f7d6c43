"""The truncation gate: every tutor turn is complete.

A model that runs out of tokens stops in a word, a bracket or a formula. Formulas may end without a full stop,
and people who chat leave it out (15 % of MRBench's expert replies do), so a missing one counts only in synthetic turns,
and there only after a word.
"""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns

_ENDED = re.compile(
    r"""
    (?:[.?!…:]|[^\w\s(\[{“<+\-−–—×*/÷=^,;&\\])   # a sentence end, or a sign that may stand last (bracket, %, ², ✓)
    ["'”’)\]*_]*$                                # quotes and emphasis behind it
    """,
    re.VERBOSE,
)
_OPEN_END = re.compile(r"[(\[{“‘<>≤≥+\-−–—×·*/÷^,;&\\]$|(?<![?\s])\s*=$")
_OPEN_WORD = re.compile(
    r"""
    \b(?:the|a|an|and|or|but|nor|because|if|than|whose|every|my|your|our|their|its|into|which\ is|so\ that)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Words that no sentence ends with."""
_FORMULA_END = re.compile(
    r"""
    (?:^|[\s(=+\-−×·*/÷])
    (?:
      [^\W\d_]                           # a variable
      |\S*[\d²³⁴]\S*                      # anything with a figure in it
      |[=?]                              # a blank
      |\d\S*\s[^\W\d_]{1,3}[²³]?         # a figure with its unit
    )$
    """,
    re.VERBOSE,
)
_TAIL = 60
"""In characters, for the end of a turn: a few words are enough."""
_SMILEY = re.compile(r"[:;]-?[()]")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_DELIMITERS = ((r"\(", r"\)"), (r"\[", r"\]"), (r"\begin{", r"\end{"), ("“", "”"))


def truncation(dialogue: Dialogue, context: GateContext) -> Verdict:
    """No tutor turn breaks off in a word, a sentence, a bracket or a formula."""
    for i, turn in tutor_turns(dialogue):
        reason = _breaks_off(turn.text.rstrip(), typed=dialogue.origin == "human")
        if reason:
            return Verdict("truncation", False, reason, i, max(0, len(turn.text) - 20), len(turn.text))
    return Verdict("truncation", True)


def _breaks_off(text: str, *, typed: bool) -> str | None:
    """How a turn breaks off, None if it doesn't.

    Args:
        text: The turn, without spaces at its end.
        typed: Whether a person typed it, who may leave out the last full stop.
    """
    opened = _left_open(text)
    if opened:
        return f"{opened!r} is never closed"
    text = text[-_TAIL:]
    if _ENDED.search(text):
        return None
    last = text.split()[-1] if text.strip() else ""
    if _OPEN_END.search(text) and not (typed and text.endswith("=")):
        return f"breaks off at {last!r}"
    if _OPEN_WORD.search(text):
        return f"breaks off after {last!r}"
    if not typed and not _FORMULA_END.search(text):
        return f"ends at {last!r}, without the end of a sentence"
    return None


def _left_open(text: str) -> str | None:
    """A bracket or delimiter that is opened and not closed. "(2, 5]" is an interval, "a)" a label: both are whole."""
    for opening, closing in _DELIMITERS:
        if text.count(opening) > text.count(closing):
            return opening
    if text.count("$$") % 2 or text.count("```") % 2:
        return "$$" if text.count("$$") % 2 else "```"
    stack: list[str] = []
    for sign in _SMILEY.sub("", text):
        if sign in "([{":
            stack.append(sign)
        elif sign in _PAIRS and stack:
            stack.pop()
    return stack[-1] if stack else None
