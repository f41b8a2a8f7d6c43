"""A cheap filter before the leak detector: it finds replies that cannot state a result, whatever was said before.

A reply is inert for a numeric answer if each of its words is a plain word, or a number of the problem that is not the
answer. It must not have a relation, an unknown next to an operation, a word for a number, or one of "answer",
"solution" and "result". Then `detector.find_leak` could not find anything in it, so the filter never changes a verdict;
`tests/review/test_prefilter.py` checks this.
"""

from __future__ import annotations

import re
from functools import lru_cache

from canopy_assets.maths.numbers import NUMBER_WORDS
from canopy_assets.review.leak.answer_keys import AnswerKey
from canopy_assets.review.leak.assertions import names_answer
from canopy_assets.review.text.normalizing import without_markup
from canopy_assets.review.text.quantities import quantities

_UNUSUAL = re.compile(r"[^a-z0-9 \n\t.,;:!?\"'“”‘’…#$€£+×*·−–—-]")
"""What plain words, numbers and arithmetic don't need: relations, brackets, fraction bars, percent signs, powers."""
_PLAIN_NUMBER = re.compile(
    r"""
    [$€£]?
    (?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})   # with commas between thousands, or without
    (?:\.[0-9]{1,15})?
    [.,;:!?]*
    """,
    re.VERBOSE,
)
_DIGITS = frozenset("0123456789")
_TERM = re.compile(
    r"""
    (?<![a-z])[a-z]\s?[-+−–×·*]
    |(?:[-+−–×·*]\s?|[0-9]\s)[a-z](?![a-z])
    """,
    re.VERBOSE,
)
"""A single letter next to an operation or a number, as in "3 × a" and "5 x", but also in "it's - well"."""
_LETTERS = re.compile("[a-z]+")
_MEANINGFUL = NUMBER_WORDS | {"minus", "negative", "percent", "per", "cent", "pi", "sqrt"}
"""Words that are a number or change one."""


def is_inert(reply: str, key: AnswerKey, problem: str) -> bool:
    """True only if a reply cannot hand over or give anything, whatever was said before.

    Args:
        reply: The tutor's turn, without markup.
        key: The answer.
        problem: The problem's statement.
    """
    lower = reply.lower()
    if not key.numeric or _UNUSUAL.search(lower) or names_answer(lower):
        return False
    if not _MEANINGFUL.isdisjoint(_LETTERS.findall(lower)):
        return False
    words = [word for word in lower.split() if not _DIGITS.isdisjoint(word)]
    if not words:
        return True
    harmless = harmless_numbers(problem, key)
    if any(_PLAIN_NUMBER.fullmatch(word) is None or _number(word) not in harmless for word in words):
        return False
    return _TERM.search(lower) is None


def _number(word: str) -> str:
    return word.strip("$€£.,;:!?")


@lru_cache(maxsize=2048)
def harmless_numbers(problem: str, key: AnswerKey) -> frozenset[str]:
    """The numbers of the problem as they are written there, but for those that could be taken for the answer."""
    # A decimal may round the answer, and a share stands for its percentage.
    ranges = [(right - 1, right + 1) for right in key.values]
    shares = {share for right in key.values for share in (right / 100, right * 100)}
    return frozenset(
        _number(given.text)
        for given in quantities(without_markup(problem))
        if not given.percent
        and _PLAIN_NUMBER.fullmatch(given.text)
        and given.value not in shares
        and not any(low < given.value < high for low, high in ranges)
    )
