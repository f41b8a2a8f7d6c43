"""Whether a number in a student's turn certainly counts something else than what the problem asks for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from canopy_assets.review.text.quantities import Quantity
from canopy_assets.review.text.words import stem

_ANY_MONEY = stem("money")


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


_MONEY = _stems("money cent penny dime nickel dollar euro buck")
_KINDS = (
    _MONEY,
    _stems("second minute hour day week month year decade"),
    _stems("inch inches foot feet yard mile mm cm dm km centimeter centimetre meter metre kilometer"),
    _stems("gram kilogram kg ounce pound ton tonne"),
    _stems("ml liter litre cup pint quart gallon"),
)
"""Units of one kind each, by their stems."""
_SAME = tuple(_stems(names) for names in ("foot feet", "inch inches", "dollar buck", "kg kilogram"))
_NOUN = re.compile(r"\s?(?:(?:more|extra|whole|full|different|total|of\sthe|of)\s)?([a-zA-Z]{2,})")
"""After a number: what it counts."""
_HOW_MANY = re.compile(
    r"""
    \bhow\s+many\s+(?:(?:more|whole|full|different|total|other|new|old)\s+)*
    (?!(?:is|are|was|were|do|does|did|will|would|can|could|has|have|had|of)\b)(?P<noun>[a-zA-Z]+)
    |\bhow\s+much\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CURRENCY = re.compile(r"[$€£]|\b(?:dollars?|cents?|euros?)\b", re.IGNORECASE)
_SIGNS = ("$", "€", "£")
_COUNTED = re.compile(r"\d\s+(?:[a-z]+\s)?([a-zA-Z]{3,})")


class _Asked(NamedTuple):
    """What a problem counts: the stems of the noun asked for, of the question's words, and of the other nouns."""

    noun: str
    words: frozenset[str]
    others: frozenset[str]


def in_other_unit(turn: str, quantity: Quantity, problem: str) -> bool:
    """Whether a number of a turn is certainly in another unit than the one asked for.

    "54 minutes" where hours are asked for, "$54" where it asks for a count, "54 chairs" where it asks for money.
    """
    asked = _asked(problem)
    if asked is None:
        return False
    if turn[max(0, quantity.start - 2) : quantity.start].rstrip()[-1:] in _SIGNS or quantity.text[:1] in _SIGNS:
        return asked.noun not in _MONEY
    noun = _counted(turn, quantity)
    if noun is None or noun == asked.noun or any({noun, asked.noun} <= same for same in _SAME):
        return False
    if asked.noun == _ANY_MONEY and noun in _MONEY:
        return False
    if any(noun in kind and asked.noun in kind for kind in _KINDS):
        return True
    return asked.noun in _MONEY and noun in asked.others and noun not in asked.words


def counts_others(turn: str, quantity: Quantity, problem: str) -> bool:
    """Whether a number of a turn counts other things of the problem: "54 chairs" where it asks how many tables.

    The problem may call the same things by two names.
    """
    asked, noun = _asked(problem), _counted(turn, quantity)
    return asked is not None and noun != asked.noun and noun in asked.others and noun not in asked.words


def counted_noun(problem: str) -> str | None:
    """The stem of what a problem asks to count ("how many chairs"), None where it counts nothing."""
    asked = _asked(problem)
    return asked.noun if asked else None


def _counted(turn: str, quantity: Quantity) -> str | None:
    """The stem of the word after a number."""
    match = _NOUN.match(turn, quantity.end)
    return stem(match[1].lower()) if match else None


@lru_cache(maxsize=2048)
def _asked(problem: str) -> _Asked | None:
    """What the problem's last "how many ..." counts; money for "how much" where there is money; None otherwise."""
    found = list(_HOW_MANY.finditer(problem))
    if not found or (found[-1]["noun"] is None and not _CURRENCY.search(problem)):
        return None
    noun = stem((found[-1]["noun"] or "money").lower())
    words = frozenset(stem(word.lower()) for word in re.findall(r"[a-zA-Z]+", problem[found[-1].start() :]))
    counted = frozenset(stem(word.lower()) for word in _COUNTED.findall(problem))
    return _Asked(noun, words, counted)
