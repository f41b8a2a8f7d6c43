"""Prices and other values with one change: the new value, the change, the value before, the percent change."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.percent import steps
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import number

_MONEY = {"dollars": "$", "euros": "€", "pounds": "£"}
_CHANGES = {"discount": -1, "decrease": -1, "tip": 1, "tax": 1, "increase": 1}
_NAMES = {
    "discount": "discount", "off": "discount", "sale": "discount", "markdown": "discount", "reduc": "discount",
    "tip": "tip", "gratuity": "tip", "tax": "tax", "vat": "tax", "increas": "increase", "rais": "increase",
    "rise": "increase", "decreas": "decrease", "drop": "decrease",
}  # fmt: skip
"""What the words of a change mean, by their beginnings."""
_PERIOD = re.compile(r"\b(?:hour|dai|day|week|month|annual|year)")
_OTHER_PERIODS = {"dai": "day", "annual": "year"}
_QUESTIONS = ("ask_total", "ask_amount", "ask_total_with", "ask_amount_with", "ask_original")
_UP, _DOWN = frozenset(("increase", "rise", "growth")), frozenset(("decrease", "drop", "fall", "reduction"))


def rate(found: Parsed) -> Fraction:
    """The percentage of a statement."""
    return number(re.sub(r"[^\d.,]", "", found.parts["rate"]))


def _mixes_periods(found: Parsed, text: str) -> bool:
    """Whether there are several periods, or one in the question only: "$2000 a month … in a year"."""
    question = next((asked for name in _QUESTIONS if (asked := found.get(name))), "")
    asked, told = (_periods(part) for part in (question, text.replace(question, " ")))
    return len(asked | told) > 1 or not asked <= told


def _periods(text: str) -> set[str]:
    return {_OTHER_PERIODS.get(match[0], match[0]) for match in _PERIOD.finditer(text.lower())}


def amount(text: str) -> tuple[Fraction, str | None]:
    """The value and the unit of "$80", "80 dollars", "300 students", "60".

    Raises:
        ValueError: there is no number.
    """
    match = re.fullmatch(r"([$€£])?\s*([\d.,]+)\s*(.*)", text.strip())
    if match is None:
        raise ValueError(f"no amount: {text}")
    word = match[3].lower()
    return number(match[2]), match[1] or _MONEY.get(word, word) or None


def _read(text: str, *kinds: str) -> Parsed | None:
    """The parts of a statement by the grammar of prices, if it is of one of these kinds."""
    if not re.search(r"%|percent|per cent", text, re.IGNORECASE) or len(re.findall(r"\d+(?:[.,]\d+)*", text)) > 3:
        return None
    found = parsed(steps.__package__ or "", text, ONE_LETTER, file="prices")
    return found if found and found.kind in kinds and not _mixes_periods(found, text) else None


def _change(found: Parsed) -> tuple[str, int]:
    """The name and the sign of the change."""
    for kind, sign in _CHANGES.items():
        if kind in found.parts:
            return kind, sign
    parts = ("change_noun", "first_change", "ask_amount_with", "ask_total_with")
    (name,) = _named(" ".join(found.get(part) or "" for part in parts))
    return name, _CHANGES[name]


def _named(text: str) -> set[str]:
    """The changes that a phrase names."""
    plain = text.lower().replace("sales tax", "tax")
    return {name for word, name in _NAMES.items() if re.search(rf"\b{word}", plain)}


def new_price(text: str) -> Solution | None:
    """The value after a change, or the change alone."""
    found = _read(text, "total", "amount_of_change")
    if found is None or len(_things(text)) > 1:
        return None  # a discount on one thing does not change the price of another
    value, unit = amount(found.parts["price"])
    change, sign = _change(found)
    question = " ".join(found.get(part) or "" for part in ("ask_total", "ask_amount"))
    if _named(question) - {change, "decrease" if change == "discount" else "discount" if change == "decrease" else ""}:
        return None  # the tip is asked for where the tax is known
    if found.kind == "amount_of_change":
        return steps.part_of(rate(found), value, unit)
    thing = next(iter(_things(text)), "price")
    return steps.changed(value, rate(found), unit, sign, change, thing)


def _things(text: str) -> set[str]:
    """The things that a story is about, in the singular."""
    words = set(re.findall(r"[a-z]+", text.lower())) & inert_words("things")
    return {word.removesuffix("s") for word in words}


def original(text: str) -> Solution | None:
    """The value before a change, from the value after it."""
    found = _read(text, "original")
    if found is None or len(_things(text)) > 1:
        return None
    value, unit = amount(found.parts["price"])
    if "cut" in found.parts or "raised" in found.parts:
        change, sign = ("decrease", -1) if "cut" in found.parts else ("increase", 1)
    else:
        change, sign = _change(found)
    return steps.before_change(rate(found), value, unit, sign, change)


def percent_change(text: str) -> Solution | None:
    """By how many percent something changed: "from $40 to $50"."""
    found = _read(text, "percent_change")
    if found is None:
        return None
    (old, unit), (new, other) = amount(found.parts["old"]), amount(found.parts["new"])
    asked = (found.get("direction") or "").lower()
    wrong_way = (asked in _UP and new < old) or (asked in _DOWN and new > old)
    if old == new or not old or wrong_way or (other and unit and other != unit):
        return None
    if "profit" in text.lower() and new < old:
        return None
    return steps.change_between(old, new, unit or other)
