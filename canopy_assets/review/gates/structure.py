"""Gates on the form of a dialogue: roles, length, questions."""

from __future__ import annotations

import re

from canopy_assets.records import Dialogue, Turn, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.wording import sentence_spans

MAX_TUTOR_WORDS = 40
"""95 % of 3,699 expert tutor turns have at most 37 words (MathDial, measured)."""
MAX_MEAN_TUTOR_WORDS = 30
"""Of a dialogue with three tutor turns or more. The longest mean of 39 such conversations of MathDial is 26 words."""
MAX_STUDENT_WORDS = 300
MAX_TUTOR_TURNS = 20
MAX_WORDS = 1500
_WORDS = re.compile(r"\S*\w\S*")
"""What stands between spaces and isn't a sign alone: the "+" of "7 + 5" is no word."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffd]")
_ROLE_TOKEN = re.compile(r"<\|[^|>\n]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>", re.IGNORECASE)
_LABEL = r"^[ \t]*(?:#+[ \t]*)?(?:tutor|student|user|assistant|human|ai{})[ \t]*:"
_TUTORS_LABEL = re.compile(_LABEL.format("|system"), re.IGNORECASE | re.MULTILINE)
# A student who pretends to be the system, or opens as the tutor, is a pressure that belongs into the data; one whose
# turn goes on as somebody else's is broken.
_STUDENTS_LABEL = re.compile(_LABEL.format("").replace("^", r"(?<=\n)"), re.IGNORECASE)
# "5 + ? = 8" and "? × 3" hold a blank, not a question.
_QUESTION_MARKS = re.compile(r"(?<![=+×*/<>−]\s)(?<![=+×*/<>−])(?<!^)\?+(?!\s*[=+×*/<>−])")


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
            return Verdict("structure", False, fault[0], i, *fault[1])
    if turns[-1].role != "tutor":
        return Verdict(
            "structure", False, "the student has the last word, so the last turn teaches nothing", len(turns) - 1
        )
    return Verdict("structure", True)


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


def length(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Tutor turns of at most 40 words, 30 on average over three or more; student turns and the whole within bounds."""
    counts = [len(_WORDS.findall(turn.text)) for turn in dialogue.turns]
    for i, turn in enumerate(dialogue.turns):
        limit = MAX_TUTOR_WORDS if turn.role == "tutor" else MAX_STUDENT_WORDS
        if counts[i] > limit:
            reason = f"{counts[i]} words where a {turn.role} turn has at most {limit}"
            return Verdict("length", False, reason, i, 0, len(turn.text))
    tutors = [i for i, _ in tutor_turns(dialogue)]
    if len(tutors) > MAX_TUTOR_TURNS or sum(counts) > MAX_WORDS:
        said = f"{len(tutors)} tutor turns and {sum(counts)} words"
        return Verdict("length", False, f"{said}; at most {MAX_TUTOR_TURNS} and {MAX_WORDS}")
    mean = sum(counts[i] for i in tutors) / max(1, len(tutors))
    if len(tutors) >= 3 and mean > MAX_MEAN_TUTOR_WORDS:
        longest = max(tutors, key=lambda i: counts[i])
        reason = f"{mean:.0f} words in a tutor turn on average; at most {MAX_MEAN_TUTOR_WORDS}"
        return Verdict("length", False, reason, longest, 0, len(dialogue.turns[longest].text))
    return Verdict("length", True)


def question_spans(text: str) -> list[tuple[int, int]]:
    """The questions of a turn: sentences that end with a question mark, and question marks inside one.

    "5 + ? = 8" asks nothing.
    """
    spans = []
    for start, end in sentence_spans(text):
        for mark in _QUESTION_MARKS.finditer(text, start, end):
            spans.append((start, mark.end()))
            start = mark.end()
    return spans


def _fault(turn: Turn) -> tuple[str, tuple[int, int]] | None:
    if not turn.text.strip():
        return "the turn is empty", (0, len(turn.text))
    control = _CONTROL.search(turn.text)
    if control:
        return f"holds the control character U+{ord(control[0]):04X}", control.span()
    label = _TUTORS_LABEL if turn.role == "tutor" else _STUDENTS_LABEL
    token = _ROLE_TOKEN.search(turn.text) or label.search(turn.text)
    if token:
        return f"holds a role token: {token[0].strip()!r}", token.span()
    return None
