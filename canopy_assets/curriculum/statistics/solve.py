"""The mean, median, mode and range of a list, and the missing value that brings a list to a given mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.statistics.mean import mean_of, missing_value
from canopy_assets.curriculum.statistics.order import median_of, mode_of, range_of
from canopy_assets.curriculum.units.table import unit_of
from canopy_assets.curriculum.worded import WordedFamily

MAX_VALUES = 12

_MEASURE = re.compile(r"mean|average|median|mode|range", re.IGNORECASE)
_ORDINALS = {
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_NOUNS = frozenset((
    "scores", "values", "grades", "marks", "ages", "temperatures", "heights", "times", "points", "prices", "lengths",
    "weights", "distances", "goals", "masses", "results", "wages", "sales",
))  # fmt: skip
"""What the values may be called in a dialogue."""
_SINGULAR = {noun.removesuffix("s"): noun for noun in _NOUNS}

_KIND = re.compile(
    r"\b(score|grade|mark|age|temperature|height|time|price|length|weight|distance|goal|masse?|wage|sale)"
)
_TOLD_BY = {
    "age": r"\bold\b|\byears?\b",
    "temperature": r"degrees|°",
    "time": r"\b(?:seconds?|minutes?|hours?|sec|min|s|h)\b",
    "price": r"[$€£]|dollars|cents|costs?\b",
    "weight": r"\b(?:k?g|grams|kilograms|pounds|weighs?)\b",
    "height": r"\b(?:c?m|metres|meters|tall|high)\b",
    "length": r"\b(?:[cm]?m|metres|meters|long)\b",
    "distance": r"\b(?:k?m|miles?|metres|meters|kilometres|kilometers)\b",
}
"""Words of a story by which its values are known to be ages, times, …"""


def _read(text: str) -> Parsed | None:
    """The parts of a statement by the grammar, which need not be asked about a text without a measure."""
    return parsed(__package__, digits_for_words(text), ONE_LETTER) if _MEASURE.search(text) else None


def _values(text: str) -> tuple[list[Fraction], str | None]:
    """The values of a list and the unit they share ($, €, £, %).

    Raises:
        ValueError: A comma is ambiguous, there are several units, or the list is too long for a dialogue.
    """
    units = set(re.findall(r"[$€£%]", text))
    if re.search(r"\d,\d{3}\b", text) or len(units) > 1:
        raise ValueError("a comma may separate thousands or values")
    values = [Fraction(v) for v in re.findall(r"-?\d+(?:\.\d+)?", text)]
    if len(values) > MAX_VALUES:
        raise ValueError("a list too long to add up in a dialogue")
    return values, (units.pop() if units else None)


def _units(text: str) -> set[str]:
    """The units in which the values stand and in which the answer is asked for."""
    named = re.findall(r"(?:\d\s*|\bin )([a-z]+)\b", text, re.IGNORECASE)
    units = set()
    for name in named:
        try:
            units.add(unit_of(name).many)
        except LookupError:
            continue
    return units


def _asks_for_other(text: str) -> bool:
    """Whether the question calls the values of its story something else, or wants them per something else."""
    story, _, question = text.lower().rpartition(". ")
    if not re.search(r"\d", story):
        return False
    asked = set(_KIND.findall(question)) | set(re.findall(r"\bper ([a-z]+)", question))
    return any(kind[:4] not in story and not re.search(_TOLD_BY.get(kind, "(?!)"), story) for kind in asked)


def _said(found: Parsed) -> str:
    """What stands around the list and the question, without the list."""
    return " ".join(text for part in ("scene", "announced", "noun", "missing") for text in found.all(part)).lower()


def _noun(found: Parsed) -> str:
    """What the values are: "scores", "heights"; else "numbers"."""
    names = [_SINGULAR.get(word, word) for word in re.findall("[a-z]+", _said(found))]
    return next((name for name in names if name in _NOUNS), "numbers")


def _counts(found: Parsed) -> list[int]:
    """The figures that stand in the story or announce the list: each has to be the number of values."""
    return [int(n) for n in re.findall(r"\d+", " ".join([_said(found), *found.all("count")]))]


def _measure(name: str, solve: Callable[[list[Fraction], str | None, str], Solution | None]) -> WordedFamily:
    """The family of statements that ask for this measure of a list."""

    def solution(text: str) -> Solution | None:
        found = _read(text)
        if found is None or found.kind != "measure_of" or name not in found.parts:
            return None
        if len(_units(text)) > 1 or _asks_for_other(text):
            return None  # "5, 7 and 9 miles … in km"
        values, unit = _values(found.parts["list"])
        if any(count != len(values) for count in _counts(found)):
            return None  # a figure that counts nothing is a value that was not read
        return solve(values, unit, _noun(found))

    return WordedFamily(name, "statistics", (_missing, solution) if name == "mean" else (solution,))


def _missing(text: str) -> Solution | None:
    """The value that brings a list to a given mean."""
    found = _read(text)
    if found is None or found.kind not in ("letter", "counted", "needed"):
        return None
    known, unit = _values(found.get("list") or re.sub(r"[a-z]", " ", found.parts["open_list"]))
    letters = {name.lower() for name in (*found.all("unknown"), *found.all("asked"))}
    if len(found.all("unknown")) != (found.kind == "letter") or len(letters) > 1:
        return None
    if not _counts_agree(found, len(known) + 1) or len(known) < 2:
        return None
    (mean,), _ = _values(found.parts["target"])
    return missing_value(known, mean, unit, _noun(found))


def _counts_agree(found: Parsed, count: int) -> bool:
    """Whether every count and ordinal of the statement fits `count` values of which the last is missing."""
    counts, known = _counts(found), [int(n) for n in found.all("known_count")]
    ordinals = [_ORDINALS[word] for word in re.findall("[a-z]+", _said(found)) if word in _ORDINALS]
    in_story = (count - 1, count) if found.kind == "needed" else (count,)
    return (
        all(n in in_story for n in counts) and all(n == count - 1 for n in known) and all(n == count for n in ordinals)
    )


PRECEDENCE = 70
FAMILIES: tuple[Family, ...] = (
    _measure("mean", mean_of),
    _measure("median", median_of),
    _measure("mode", mode_of),
    _measure("range", range_of),
)
