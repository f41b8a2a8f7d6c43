"""How many words a tutor turn may have: all limits, for the teachers who write turns and for the gate that checks them.

They follow from two measurements of expert tutors (MathDial): 95 % of their 3,699 turns have at most 37 words, and the
longest mean of 39 conversations with three tutor turns or more is 26 words. The teachers stay below the gate, so that
what they write for its length is never rejected.
"""

from __future__ import annotations

import re

EXPERT_WORDS = 37
"""Words that 95 % of the experts' turns do not exceed."""
EXPERT_MEAN_WORDS = 26
"""Words a turn in the expert conversation with the longest turns."""

MAX_TUTOR_WORDS = EXPERT_WORDS + 3
"""The length gate, for one turn (40): a little more than experts need, since a rejection costs the whole dialogue."""
MAX_MEAN_TUTOR_WORDS = EXPERT_MEAN_WORDS + 4
"""The length gate, for the mean of a dialogue with three tutor turns or more (30)."""
MAX_EMBEDDED_WORDS = EXPERT_WORDS + 1
"""The embedded teacher, for one turn (38). It counts whatever stands between spaces, signs included."""
MAX_WORDS_WITH_LEAD = EXPERT_MEAN_WORDS
"""The embedded teacher, for a turn that opens with a reaction which it could do without (26): it keeps means down."""
MAX_PROMPTED_WORDS = EXPERT_WORDS - 2
"""What a model as the teacher is asked for (35): models exceed the number that they are given by a few words."""

_WORD = re.compile(r"\S*\w\S*")


def count_words(text: str) -> int:
    """The words of a turn: what stands between spaces and isn't a sign alone, as the "+" of "7 + 5"."""
    return len(_WORD.findall(text))
