"""The length gate: tutor turns as short as experts' turns, and student turns and whole dialogues within bounds."""

from __future__ import annotations

from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.turn_length import MAX_MEAN_TUTOR_WORDS, MAX_TUTOR_WORDS, count_words

MAX_STUDENT_WORDS = 300
"""For one turn. Students paste whole exercises."""
MAX_TUTOR_TURNS = 20
MAX_WORDS = 1500
"""For a whole dialogue."""


def length(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Tutor turns of at most 40 words, 30 on average over three or more; student turns and the whole within bounds."""
    counts = [count_words(turn.text) for turn in dialogue.turns]
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
