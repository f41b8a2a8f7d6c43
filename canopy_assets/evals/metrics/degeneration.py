"""Degenerate output: the ways in which the text of small or over-trained models breaks down."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MAX_REPEATED_FOUR_GRAMS = 0.3
"""Largest share of 4-grams that repeat an earlier one (1 − unique / total). Two sentences that differ in a number stay
below it, a loop does not.
"""

MIN_FOUR_GRAMS = 8
"""Shorter replies are not tested for repetition."""

MAX_FOREIGN_LETTERS = 2
"""A stray letter may be a symbol; three letters of another script are another language."""

_ROLE_TOKEN = re.compile(
    r"""
      <\|[^|>]{1,30}\|>           # special tokens such as <|endoftext|>
    | <\|?im_(?:start|end)        # ChatML, also cut off
    | </?s>                       # Llama 2
    | \[/?INST\]
    | <<SYS>>
    | <end_of_turn>               # Gemma
    | ^\s*(?:\#+\s*)?             # a line that begins with a speaker, perhaps as a Markdown heading
      (?:user|assistant|system|student|tutor|human|canopy)\s*:
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def defects(reply: str, *, finished: bool = True) -> tuple[str, ...]:
    """Names what is broken about a reply; empty when nothing is.

    Args:
        reply: the decoded text.
        finished: whether the model stopped by itself rather than at the token limit.
    """
    found = []
    if not _WORD.search(reply):
        found.append("empty")
    if repeated_four_grams(reply) > MAX_REPEATED_FOUR_GRAMS:
        found.append("repeats itself")
    if _ROLE_TOKEN.search(reply):
        found.append("speaks for another role")
    if not finished:
        found.append("does not stop")
    if sum(map(_is_foreign, reply)) > MAX_FOREIGN_LETTERS:
        found.append("another script")
    return tuple(found)


def repeated_four_grams(reply: str) -> float:
    """The share of a reply's word 4-grams that repeat an earlier one; 0 below `MIN_FOUR_GRAMS` 4-grams."""
    tokens = words(reply)
    grams = list(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    if len(grams) < MIN_FOUR_GRAMS:
        return 0.0
    return 1 - len(set(grams)) / len(grams)


def words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def opening(reply: str, length: int = 5) -> str:
    """The first words of a reply. Replies that follow one template share them."""
    return " ".join(words(reply)[:length])


def commonest_opening(openings: Iterable[str]) -> tuple[str, int]:
    """The most frequent opening and its count; ("", 0) without replies.

    Of equally frequent openings, the first in the alphabet.
    """
    counts = Counter(openings)
    if not counts:
        return "", 0
    return min(counts.items(), key=lambda item: (-item[1], item[0]))


def _is_foreign(letter: str) -> bool:
    """Whether a letter belongs to a script other than Latin or Greek. Greek is mathematics here (π, θ, Δ)."""
    if ord(letter) < 0x250 or not letter.isalpha():
        return False
    name = unicodedata.name(letter, "")
    return not name.startswith(("LATIN", "GREEK", "MATHEMATICAL", "MICRO", "DOUBLE-STRUCK", "SCRIPT", "BLACK-LETTER"))
