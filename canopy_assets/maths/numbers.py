"""Finds the numbers mentioned in prose, fast and by regular expressions only.

It reads digits with decimals, thousands commas and currency; fractions such as 3/4, ½ and "two thirds"; percentages;
and number words. Every gate that asks "does this turn say the number?" uses `numbers_in`, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from canopy_assets.maths.glyphs import NARROW_SPACES, VULGAR_FRACTIONS
from canopy_assets.maths.number_words import PARTS, SCALES, TENS, UNITS, numbers_from_words

MAX_SCANNED = 20_000
_MAX_DIGITS = 30


class NumberMention(NamedTuple):
    """A number in a text: its value and its position. For `15 %` the value is 15 and `percent` is set."""

    value: Fraction
    start: int
    end: int
    text: str
    percent: bool = False


_ATOM = "|".join(sorted({*UNITS, *TENS, *SCALES}, key=len, reverse=True))
_VULGAR = f"[{''.join(VULGAR_FRACTIONS)}]"
_MENTION = re.compile(
    rf"""
    (?P<digits>
        (?:[$€£]\s?)?
        (?P<whole>
            (?<=[$€£])[0-9]{{1,3}}(?:[ ][0-9]{{3}})+(?![0-9])  # $118 000; elsewhere a space may part two numbers
            | [0-9]{{1,3}}(?:[,{NARROW_SPACES}][0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?
            | [0-9]+(?:\.[0-9]+)?
            | \.[0-9]+
        )
        (?:
            (?:\s(?P<mixed>[0-9]+))?(?:\s?[/⁄]\s?(?P<below>[0-9]+)(?![0-9]*[/.][0-9]))  # 3/4, 2 1/2
            | \s?(?P<vulgar>{_VULGAR})  # 2½
            | \s?(?P<scale>{"|".join(SCALES)})\b  # 1.2 million
        )?
    )
    | (?P<alone>{_VULGAR})
    | \b(?P<words>
        (?:a\s(?:hundred|thousand|million|dozen)|{_ATOM})
        (?:(?:[\s-]+|(?:(?<=hundred)|(?<=thousand))\sand\s)(?:{_ATOM}))*
        (?:[\s-](?:{"|".join(PARTS)}))?  # two thirds
        | half
        | a\s(?:third|quarter)
    )\b
    """,
    re.VERBOSE,
)
_FIGURE = re.compile(rf"[\d{''.join(VULGAR_FRACTIONS)}]")
# Where a mention can begin. Searching for these characters is ten times as fast as trying to match a mention.
_FIGURE_START = re.compile(f"[$€£.0-9{''.join(VULGAR_FRACTIONS)}]")
_START = re.compile(rf"{_FIGURE_START.pattern}|a\s|{_ATOM}|half")
_GROUPING = re.compile(f"[, {NARROW_SPACES}]")
_LETTERS = re.compile("[a-z]+")
NUMBER_WORDS = frozenset({*UNITS, *TENS, *SCALES, "half", "third", "quarter"})
"""A text without any of these has no number in words."""
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_ORDINAL_STARTS = frozenset("snrtSNRT")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
# "one" as a pronoun: "which one", "one of the two", "the other one".
_PRONOUN_BEFORE = re.compile(
    r"""
    \b(?:
        which|that|this|the|each|every|other|another|any|no|first|last|next|right|same|only  # which of several
        |new|easy|easier|simple|simpler|hard|harder|good|tough  # what it is like
    )\s$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PRONOUN_AFTER = re.compile(
    r"""
    \s(?:
        of|another|at|by  # "one of the two"
        |thing|step|way|idea|question|moment|piece|side|part|place|time|more|last  # "one more", "one way"
    )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEGATIVE = re.compile(
    r"""
    \b(
        negative\s
        # "minus 7" where nothing stands that it could be taken from
        |(?:(?<=is[ ])|(?<=are[ ])|(?<=equals[ ])|(?<=get[ ])|(?<=gives[ ])|(?<=be[ ])|(?<=to[ ])|(?<=[=(,.:;!][ ])|^)
        minus\s
    )$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MINUS = "-−–"
_ENDS_OPERAND = ")]²³%" + "".join(VULGAR_FRACTIONS)
"""A minus after one of these is an operation, not the sign of the number that follows."""


def numbers_in(text: str) -> list[NumberMention]:
    """All numbers that a text mentions, in order. A minus sign counts where it is a sign, not in `7-2` or `x − 3`.

    Pronouns ("which one") and ordinals ("2nd", "third") do not count. Only the first 20,000 characters are read.
    """
    mentions: list[NumberMention] = []
    text = text[:MAX_SCANNED]
    lower = text.lower()
    lower = (
        lower if len(lower) == len(text) else text
    )  # a few letters get longer in lower case, which would shift the positions
    for match in _matches(lower):
        if match["words"]:
            mentions += _from_words(match, text)
        elif (mention := _from_digits(match, text)) is not None:
            mentions.append(mention)
    return mentions


def may_mention_number(text: str) -> bool:
    """False only for texts in which `numbers_in` finds nothing. It takes a tenth of the time."""
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


def _from_digits(match: re.Match[str], text: str) -> NumberMention | None:
    start, end = match.span()
    if match["whole"] is None:
        value = Fraction(VULGAR_FRACTIONS[match["alone"]])
    else:
        before = text[start - 1] if start else " "
        if (before in "_." and match["whole"][0] != ".") or (
            text[end : end + 1] in _ORDINAL_STARTS and _ORDINAL.match(text, end)
        ):
            return None
        value = _figures_value(match)
        if value is None:
            return None
    start, value = _signed(text, start, value)
    percent = _PERCENT.match(text, end) if text[end : end + 2].lstrip()[:1] in ("%", "p", "P") else None
    end = percent.end() if percent else end
    return NumberMention(value, start, end, text[start:end], percent is not None)


def _figures_value(match: re.Match[str]) -> Fraction | None:
    """The value of digits, with a fraction or scale after them; None for too many digits or a division by 0."""
    whole, mixed, below, vulgar, scale = match.group("whole", "mixed", "below", "vulgar", "scale")
    if any(len(digits or "") > _MAX_DIGITS for digits in (whole, mixed, below)):
        return None
    value = value_of_digits(whole)
    if vulgar:
        return value + Fraction(VULGAR_FRACTIONS[vulgar])
    if scale:
        return value * SCALES[scale]
    if below:
        divisor = int(below)
        if divisor == 0:
            return None
        return value + Fraction(int(mixed), divisor) if mixed else value / divisor
    return value


@lru_cache(maxsize=4096)
def value_of_digits(digits: str) -> Fraction:
    """The value of digits with commas. Integers avoid `Fraction`'s slow parsing of text."""
    figures = _GROUPING.sub("", digits)
    return Fraction(figures) if "." in figures else Fraction(int(figures))


def _signed(text: str, start: int, value: Fraction) -> tuple[int, Fraction]:
    """Start and value, with a unary minus before the number: at the start, or after an operator, bracket or word."""
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
    """The length of a "negative " or "minus " before the number that starts here; 0 where there is none."""
    if text[start - 2 : start - 1] not in ("s", "S", "e", "E"):
        return 0
    found = _NEGATIVE.search(text[max(0, start - 24) : start])
    return len(found[1]) if found else 0


def _from_words(match: re.Match[str], text: str) -> list[NumberMention]:
    start, end = match.span()
    phrase = match["words"].lower()
    if phrase == "one" and (
        _PRONOUN_BEFORE.search(text[max(0, start - 12) : start]) or _PRONOUN_AFTER.match(text, end)
    ):
        return []
    percent = _PERCENT.match(text, end)
    end = percent.end() if percent else end
    values = numbers_from_words(phrase)
    if len(values) == 1:
        sign = _sign_word(text, start)
        start, values[0] = start - sign, -values[0] if sign else values[0]
    return [NumberMention(v, start, end, text[start:end], percent is not None) for v in values]
