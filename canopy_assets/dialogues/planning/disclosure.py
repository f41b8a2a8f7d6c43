"""Tracks what the student knows so far, and decides whether a sentence would reveal more.

While dialogues are made, only this module decides what counts as giving a result away: naming it as text, or naming one
of its numbers that is new. The planner and the teacher use it; the review decides independently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from canopy_assets.maths.glyphs import FROM_SCRIPTS, TO_HYPHEN


@lru_cache(maxsize=65536)
def _values(text: str) -> frozenset[Fraction]:
    from canopy_assets.maths.numbers import numbers_in

    spelled_out = text.replace("'s ", " is ")  # so that the minus in "it's −14" is a sign
    return frozenset(mention.value for mention in numbers_in(spelled_out))


def _digits(text: str) -> frozenset[Fraction]:
    """Every run of digits, including superscripts and subscripts: the 5 in "log₅(125)" is known."""
    return frozenset(Fraction(run) for run in re.findall(r"\d{1,15}(?:\.\d{1,15})?", text.translate(FROM_SCRIPTS)))


def squeezed(text: str) -> str:
    """The text in lower case, without spaces and with one kind of minus sign, for containment tests."""
    return re.sub(r"[\s$]+", "", text.lower()).translate(TO_HYPHEN)


class Known:
    """The texts and numbers that have been said or given."""

    def __init__(self, *texts: str) -> None:
        self._text = ""
        self._values: set[Fraction] = set()
        for text in texts:
            self.learn(text)

    def learn(self, text: str) -> None:
        """Adds what the text says."""
        self._text += "\n" + squeezed(text)
        self._values |= _values(text) | _digits(text)

    def has_written(self, text: str) -> bool:
        """Whether the same characters have been written; spacing does not matter."""
        return squeezed(text) in self._text

    def has_said(self, result: str) -> bool:
        """Whether `result` is known, as text or, where it is a single number, by its value."""
        values = _values(result)
        single = len(values) == 1 and not re.search(r"[=<>≤≥(+×÷^]", result)
        return self.has_written(result) or (single and values <= self._values)

    def would_learn(self, text: str, results: Iterable[str]) -> bool:
        """Whether `text` names one of `results`, or a number in one, that is not known yet."""
        flat, values = squeezed(text), _values(text)
        for result in results:
            short = squeezed(result)
            if len(short) > 2 and short in flat and short not in self._text:
                return True
            if (_values(result) - self._values) & values:
                return True
        return False
