"""The single table of number words, and the values of phrases made of them."""

from __future__ import annotations

import re
from fractions import Fraction

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
"""Words that multiply the number before them: "two hundred", "two dozen"."""
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
    "hundredth": 100, "hundredths": 100, "thousandth": 1000, "thousandths": 1000,
}  # fmt: skip
"""The denominators of fractions in words: "two thirds"."""
COUNTING_WORDS = {number: word for word, number in (UNITS | TENS).items() if number <= 20}
"""The words for 0 to 20 by their number."""

_KINDS = {
    **dict.fromkeys(PARTS, "part"),
    **dict.fromkeys(SCALES, "scale"),
    **dict.fromkeys(TENS, "tens"),
    **dict.fromkeys(UNITS, "unit"),
    "a": "article",
}


def number_from_words(text: str) -> Fraction | None:
    """The value of a phrase of number words ("twenty-five", "two thirds"); None when it is not a number."""
    values = numbers_from_words(text)
    return values[0] if len(values) == 1 else None


def numbers_from_words(text: str) -> list[Fraction]:
    """The numbers in a phrase that has only number words.

    Returns:
        One number for "two hundred and five", two for "two three", none if the phrase has any other word.
    """
    words = [word for word in re.split(r"[\s-]+", text.strip().lower()) if word != "and"]
    if not all(word in _KINDS for word in words):
        return []
    values: list[Fraction] = []
    total, current, last = 0, 0, ""
    for word in words:
        kind = _KINDS[word]
        if kind == "part":
            values.append(Fraction(total + current if last else 1, PARTS[word]))
            total, current, last = 0, 0, ""
            continue
        if _starts_another(kind, last, current):
            values.append(Fraction(total + current))
            total, current = 0, 0
        if kind == "article":
            continue
        if kind == "scale":
            current = (current or 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0
        else:
            current += UNITS.get(word, TENS.get(word, 0))
        last = kind
    if last:
        values.append(Fraction(total + current))
    return values


def _starts_another(kind: str, last: str, current: int) -> bool:
    """Whether a word can't continue the number before it: "two three", "five twenty", "zero hundred"."""
    if not last:
        return False
    return kind == last or (last == "unit" and (kind in ("tens", "unit") or current == 0))
