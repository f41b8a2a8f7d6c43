"""Numbers mentioned in prose: fast, by regular expressions only.

Digits with decimals, thousands commas and currency; fractions 3/4, ½ and "two thirds"; percentages; number words. Every
gate that asks "does this turn say the number?" uses `numbers_in`, so that they can't disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from canopy_assets.maths.glyphs import NARROW_SPACES, VULGAR_FRACTIONS

MAX_SCANNED = 20_000
_MAX_DIGITS = 30


class NumberMention(NamedTuple):
    """A number in a text: what it is worth and where it stands. For `15 %` the value is 15 and `percent` is set."""

    value: Fraction
    start: int
    end: int
    text: str
    percent: bool = False


_UNITS = dict(
    zip(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(13),
        strict=True,
    )
)
_UNITS |= {
    w: 13 + i for i, w in enumerate(["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])
}
_TENS = {
    w: 10 * (2 + i)
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_DOZEN = 12
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
    "hundredth": 100, "hundredths": 100, "thousandth": 1000, "thousandths": 1000,
}  # fmt: skip

_ATOM = "|".join(sorted({*_UNITS, *_TENS, *_SCALES}, key=len, reverse=True))
_DIGITS = (
    # "$118 000"; without a currency, a space may part two numbers.
    r"(?<=[$€£])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|"
    rf"[0-9]{{1,3}}(?:[,{NARROW_SPACES}][0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
)
_VULGAR = f"[{''.join(VULGAR_FRACTIONS)}]"
_FIGURES = (
    rf"(?:(?P<digits>(?:[$€£]\s?)?(?P<whole>{_DIGITS})"
    rf"(?:(?:\s(?P<mixed>[0-9]+))?(?:\s?[/⁄]\s?(?P<below>[0-9]+)(?![0-9]*[/.][0-9]))|\s?(?P<vulgar>{_VULGAR})"
    rf"|\s?(?P<scale>{'|'.join(_SCALES)}|dozen)\b)?)"
    rf"|(?P<alone>{_VULGAR}))"
)
_WORDS = (
    rf"\b(?P<words>(?:a\s(?:hundred|thousand|million|dozen)|(?:{_ATOM}|dozen))"
    rf"(?:(?:[\s-]+|(?:(?<=hundred)|(?<=thousand))\sand\s)(?:{_ATOM}|dozen))*(?:[\s-](?:{'|'.join(_PARTS)}))?"
    r"|half|a\s(?:third|quarter))\b"
)
_MENTION = re.compile(f"{_FIGURES}|{_WORDS}")
_FIGURE = re.compile(rf"[\d{''.join(VULGAR_FRACTIONS)}]")
# Where a mention can begin. A set of characters is found ten times as fast as a place where a mention matches.
_FIGURE_START = re.compile(f"[$€£.0-9{''.join(VULGAR_FRACTIONS)}]")
_START = re.compile(rf"{_FIGURE_START.pattern}|a\s|{_ATOM}|dozen|half")
_GROUPING = re.compile(f"[, {NARROW_SPACES}]")
_LETTERS = re.compile("[a-z]+")
NUMBER_WORDS = frozenset({*_UNITS, *_TENS, *_SCALES, "dozen", "half", "third", "quarter"})
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_ORDINAL_STARTS = frozenset("snrtSNRT")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
# "one" as a pronoun: "which one", "one of the two", "the other one".
_PRONOUN_BEFORE = re.compile(
    r"\b(?:which|that|this|the|each|every|other|another|any|no|first|last|next|right|same|only|new|easy|easier|simple|simpler|hard|"
    r"harder|good|tough)\s$",
    re.IGNORECASE,
)
_PRONOUN_AFTER = re.compile(
    r"\s(?:of|another|thing|step|at|way|by|more|idea|question|moment|piece|last|side|part|place|time)\b", re.IGNORECASE
)
# "Negative 7"; "minus 7" where nothing stands that it could be taken from.
_NEGATIVE = re.compile(
    r"\b(negative\s|(?:(?<=is )|(?<=are )|(?<=equals )|(?<=get )|(?<=gives )|(?<=be )|(?<=to )|(?<=[=(,.:;!] )|^)"
    r"minus\s)$",
    re.IGNORECASE,
)
_MINUS = "-−–"
_ENDS_OPERAND = ")]²³%" + "".join(VULGAR_FRACTIONS)
"""A minus after one of these is an operation, not the sign of the number that follows."""


def numbers_in(text: str) -> list[NumberMention]:
    """All numbers that a text mentions, in order. A minus sign counts where it is a sign, not in `7-2` or `x − 3`.

    "one" as a pronoun ("which one") and ordinals ("2nd", "third") are no numbers. The first 20,000 characters are read.
    """
    mentions: list[NumberMention] = []
    text = text[:MAX_SCANNED]
    lower = text.lower()
    lower = lower if len(lower) == len(text) else text  # a few letters grow in lower case and would shift the positions
    for match in _matches(lower):
        mention = _from_words(match, text) if match["words"] else _from_digits(match, text)
        if mention is not None:
            mentions += mention
    return mentions


def may_mention_number(text: str) -> bool:
    """False only for texts in which `numbers_in` finds nothing; a tenth of its cost."""
    return _FIGURE.search(text) is not None or _has_number_words(text.lower())


def _has_number_words(lower: str) -> bool:
    return not NUMBER_WORDS.isdisjoint(_LETTERS.findall(lower))


def _matches(lower: str) -> Iterator[re.Match[str]]:
    start = (_START if _has_number_words(lower) else _FIGURE_START).search
    position = 0
    while (candidate := start(lower, position)) is not None:
        position = candidate.start()
        match = _MENTION.match(lower, position)
        if match is None:
            position += 1
        else:
            yield match
            position = match.end()


def number_from_words(text: str) -> Fraction | None:
    """The number that a phrase of number words stands for ("twenty-five", "two thirds"), None when it is not one."""
    words = re.split(r"[\s-]+", text.strip().lower())
    values = _word_values([w for w in words if w != "and"])
    return values[0] if len(values) == 1 else None


def _from_digits(match: re.Match[str], text: str) -> list[NumberMention] | None:
    start, end = match.span()
    whole, mixed, below, vulgar, scale = match.group("whole", "mixed", "below", "vulgar", "scale")
    if whole is None:
        value = Fraction(VULGAR_FRACTIONS[match["alone"]])
    else:
        before = text[start - 1] if start else " "
        if (
            len(whole) > _MAX_DIGITS
            or (before in "_." and whole[0] != ".")
            or (text[end : end + 1] in _ORDINAL_STARTS and _ORDINAL.match(text, end))
        ):
            return None
        value = plain_value(whole)
        if vulgar:
            value += Fraction(VULGAR_FRACTIONS[vulgar])
        if below:
            divisor = int(below) if len(below) <= _MAX_DIGITS else 0
            if divisor == 0:
                return None
            value = value + Fraction(int(mixed), divisor) if mixed else value / divisor
        if scale:
            value *= _SCALES.get(scale, _DOZEN)
    start, value = _signed(text, start, value)
    percent = _PERCENT.match(text, end) if text[end : end + 2].lstrip()[:1] in ("%", "p", "P") else None
    end = percent.end() if percent else end
    return [NumberMention(value, start, end, text[start:end], percent is not None)]


@lru_cache(maxsize=4096)
def plain_value(digits: str) -> Fraction:
    """The value of digits with their commas. `Fraction` reads text by a pattern of its own; an int spares it that."""
    figures = _GROUPING.sub("", digits)
    return Fraction(figures) if "." in figures else Fraction(int(figures))


def _signed(text: str, start: int, value: Fraction) -> tuple[int, Fraction]:
    """Includes a unary minus directly before the number: at the start, after an operator, a bracket or a word."""
    sign = _sign_word(text, start)
    if sign:
        return start - sign, -value
    if start == 0 or text[start - 1] not in _MINUS:
        return start, value
    before = text[: start - 1][-24:]
    stripped = before.rstrip()
    last = stripped[-1:]
    if last and (last.isdigit() or last in _ENDS_OPERAND):
        return start, value
    if last.isalpha():
        word = re.split(r"[^A-Za-z]", stripped)[-1]
        shortened_is = word == "s" and stripped[-2:-1] in "'’"  # "it's −2"
        if stripped == before or (len(word) == 1 and word not in "aA" and not shortened_is):
            return start, value
    return start - 1, -value


def _sign_word(text: str, start: int) -> int:
    """The length of the "negative " or "minus " that makes what starts here negative, 0 where there is none."""
    if text[start - 2 : start - 1] not in ("s", "S", "e", "E"):
        return 0
    found = _NEGATIVE.search(text[max(0, start - 24) : start])
    return len(found[1]) if found else 0


def _from_words(match: re.Match[str], text: str) -> list[NumberMention] | None:
    start, end = match.span()
    phrase = match["words"].lower()
    if phrase == "one" and (
        _PRONOUN_BEFORE.search(text[max(0, start - 12) : start]) or _PRONOUN_AFTER.match(text, end)
    ):
        return None
    percent = _PERCENT.match(text, end)
    end = percent.end() if percent else end
    pieces = [w for w in re.split(r"[\s-]+", phrase) if w != "and"]
    values = _word_values(pieces)
    if len(values) == 1:
        sign = _sign_word(text, start)
        start, values[0] = start - sign, -values[0] if sign else values[0]
        return [NumberMention(values[0], start, end, text[start:end], percent is not None)]
    return [NumberMention(v, start, end, text[start:end], percent is not None) for v in values]


def _word_values(words: list[str]) -> list[Fraction]:
    """The numbers in a run of number words: one for "two hundred and five", two for "two three", else none."""
    values: list[Fraction] = []
    total, current, last = 0, 0, ""
    for word in words:
        kind = _kind(word)
        if kind == "":
            return []
        if kind == "part":
            top = total + current if last else 1
            values.append(Fraction(top, _PARTS[word]))
            total, current, last = 0, 0, ""
            continue
        if last and (
            kind == last or (kind in ("tens", "unit") and last == "unit") or (last == "unit" and current == 0)
        ):
            values.append(Fraction(total + current))
            total, current = 0, 0
        if kind == "scale":
            scale = _SCALES.get(word, _DOZEN)
            current = (current or 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
        elif kind == "article":
            continue
        else:
            current += _UNITS.get(word, _TENS.get(word, 0))
        last = kind
    if last:
        values.append(Fraction(total + current))
    return values


def _kind(word: str) -> str:
    if word in _UNITS:
        return "unit"
    if word in _TENS:
        return "tens"
    if word in _SCALES or word == "dozen":
        return "scale"
    if word in _PARTS:
        return "part"
    return "article" if word == "a" else ""
