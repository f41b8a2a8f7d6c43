"""The question discipline gate: at most one question per turn, and at least one in the dialogue."""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.text.sentences import sentence_spans

_QUESTION_MARKS = re.compile(
    r"""
    (?<![=+×*/<>−]\s)(?<![=+×*/<>−])(?<!^)   # not a blank: "5 + ? = 8"
    \?+
    (?!\s*[=+×*/<>−])                        # "? × 3"
    """,
    re.VERBOSE,
)


def question_discipline(dialogue: Dialogue, context: GateContext) -> Verdict:
    """At most one question in a tutor turn, at least one in the dialogue."""
    asked = 0
    for i, turn in tutor_turns(dialogue):
        questions = question_spans(turn.text)
        if len(questions) > 1:
            return Verdict("question_discipline", False, f"{len(questions)} questions in one turn", i, *questions[1])
        asked += len(questions)
    if not asked:
        return Verdict("question_discipline", False, "the tutor asks nothing in the whole dialogue")
    return Verdict("question_discipline", True)


def question_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each question in a turn: up to a question mark at a sentence's end or inside it.

    "5 + ? = 8" asks nothing.
    """
    spans = []
    for start, end in sentence_spans(text):
        for mark in _QUESTION_MARKS.finditer(text, start, end):
            spans.append((start, mark.end()))
            start = mark.end()
    return spans
