"""The cheap filter before the leak detector: replies that can't state anything, whatever has been said before.

A reply is inert to a numeric answer when each of its words is a plain word, or a number that the problem gives and that
isn't the answer. Without a relation, an unknown beside an operation, a word for a number or one of "answer", "solution"
and "result" nothing is left in it that `leakage.judge` could find, so the filter never changes a verdict:
`tests/review/test_inert.py` holds it to that.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from canopy_assets.maths.numbers import NUMBER_WORDS
from canopy_assets.review.answer_keys import AnswerKey
from canopy_assets.review.assertions import ANSWER_NOUNS
from canopy_assets.review.quantities import quantities

_PLAIN_WORD = re.compile(r"[\"'“‘]?[a-z]+(?:['’][a-z]+)?(?:-[a-z]{2,})*[.,;:!?\"'”’…]*|[-+−–—×·*#!?.,;:…]+")
_PLAIN_NUMBER = re.compile(r"[$€£]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,15})?[.,;:!?]*")
_TERM = re.compile(r"(?<![a-z])[a-z]\s?[-+−–×·*]|(?:[-+−–×·*]\s?|[0-9]\s)[a-z](?![a-z])")
"""A single letter beside an operation or a number: of "3 × a" and "5 x", but also of "it's - well"."""
_PARTS = re.compile("[a-z]+")
_MEANINGFUL = NUMBER_WORDS | {"minus", "negative", "percent", "per", "cent", "pi", "sqrt"}
"""Words that are a number or change one."""
_GROUPING_SPACES = ("\u00a0", "\u2009", "\u202f")
"""They may stand inside a number ("1 250"), and `split` would cut it there."""
_MAX_VOCABULARY = 100_000
_plain_words: set[str] = set()
"""Words found plain so far. A vocabulary is small, and a word is asked about far more often than it is new."""


def is_inert(reply: str, key: AnswerKey, problem: str) -> bool:
    """Whether a reply can't hand over or give anything, whoever has said what before.

    False says nothing. `reply` is without markup, and so is `problem`.
    """
    if not key.numeric or (not reply.isascii() and any(space in reply for space in _GROUPING_SPACES)):
        return False
    lower = reply.lower()
    harmless = None
    for word in set(lower.split()) - _plain_words:
        if word[0].isdigit() or word[-1].isdigit() or _PLAIN_NUMBER.fullmatch(word):
            harmless = harmless_numbers(problem, key) if harmless is None else harmless
            if _PLAIN_NUMBER.fullmatch(word) is None or _number(word) not in harmless:
                return False
        elif _is_plain(word):
            _remember(word)
        else:
            return False
    return harmless is None or _TERM.search(lower) is None


def _is_plain(word: str) -> bool:
    return (
        _PLAIN_WORD.fullmatch(word) is not None
        and _MEANINGFUL.isdisjoint(_PARTS.findall(word))
        and not any(noun in word for noun in ANSWER_NOUNS)
    )


def forget_words() -> None:
    """Empties the vocabulary, as a benchmark has to."""
    _plain_words.clear()


def _remember(word: str) -> None:
    if len(_plain_words) >= _MAX_VOCABULARY:
        _plain_words.clear()
    _plain_words.add(word)


def _number(word: str) -> str:
    return word.strip("$€£.,;:!?")


@lru_cache(maxsize=2048)
def harmless_numbers(problem: str, key: AnswerKey) -> frozenset[str]:
    """The numbers of the problem as they are written there, but for those that could be taken for the answer."""
    given = (quantity for quantity in quantities(problem) if not quantity.percent)
    return frozenset(_number(q.text) for q in given if _PLAIN_NUMBER.fullmatch(q.text) and not _close(q.value, key))


def _close(value: Fraction, key: AnswerKey) -> bool:
    return any(value in (right, right / 100, right * 100) or abs(value - right) < 1 for right in key.values)
