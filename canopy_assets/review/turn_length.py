"""All limits on the length of tutor turns, for the teachers who write turns and for the gate that checks them.

They follow from two measurements of expert tutors (MathDial): 95 % of their 3,699 turns have at most 37 words, and the
longest mean of 39 conversations with three tutor turns or more is 26 words. The teachers' limits are below the gate's,
so that the gate does not reject their turns.
"""

from __future__ import annotations

import re

EXPERT_WORDS = 37
"""Words that 95 % of the experts' turns do not exceed."""
EXPERT_MEAN_WORDS = 26
"""Words per turn in the expert conversation with the longest turns."""

MAX_TUTOR_WORDS = EXPERT_WORDS + 3
"""The length gate, for one turn (40): a little more than experts need, since a rejection costs the whole dialogue."""
MAX_MEAN_TUTOR_WORDS = EXPERT_MEAN_WORDS + 4
"""The length gate, for the mean of a dialogue with three tutor turns or more (30)."""
MAX_EMBEDDED_WORDS = EXPERT_WORDS + 1
"""The embedded teacher, for one turn (38). It counts everything between spaces, including signs."""
MAX_WORDS_WITH_LEAD = EXPERT_MEAN_WORDS
"""The embedded teacher, for a turn that opens with an optional reaction (26). This keeps the means low."""
MAX_PROMPTED_WORDS = EXPERT_WORDS - 2
"""The limit in the prompt of a model as the teacher (35), because models exceed such a limit by a few words."""

_WORD = re.compile(r"\S*\w\S*")


def count_words(text: str) -> int:
    """The number of words in a turn, separated by spaces. A sign on its own, as in "7 + 5", does not count."""
    return len(_WORD.findall(text))
