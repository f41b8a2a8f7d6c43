"""Restates problems in German, French and Spanish in English, where nothing but the instruction is language.

`de.toml`, `fr.toml` and `es.toml` have the instructions whose English form is known, as a whole. A text with any other
word stays as it is; the recognisers then refuse it, because they do not know its words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from canopy_assets.maths.notation.names import FUNCTIONS

LANGUAGES = ("de", "fr", "es")
"""The languages whose instructions are known."""

_LETTER = r"[^\W\d_²³¹⁰⁴-⁹ⁿ₀-₉¼-¾⅐-⅞]"
"""Raised and lowered digits count as letters elsewhere, and would make a word of "x²"."""
_WORD = re.compile(rf"{_LETTER}{{2,}}")
_VARIABLES = re.compile(r"[a-cm-np-zA-Z]{2,3}(?=\s*[=+*/^<>≤≥²³×·−-])|(?<=\d)[a-cm-np-z]{2,3}\b")
"""Products of variables ("xy = 6", "3xy")."""
_SHORT_WORDS = frozenset(["ab", "an", "am", "au", "du", "en", "et", "el", "es", "al", "la", "le", "ne", "un"])
"""Words of these languages that look like products of variables."""
_NO_FUNCTIONS = {"es": frozenset({"sin"})}
"""What is a word in a language: in Spanish, "sin" is "without"."""
_PRICE = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)\s?€")
_RATIO = re.compile(r"(?<=[\w)])\s*:\s*(?=[\d(a-z])")
_LONE_LETTER = re.compile(rf"(?<=[\w)%])\s+{_LETTER}\s+(?=[\w(√]|[−-]\d)")
"""A letter between two pieces of mathematics ("5 y 3x") may be a word."""
_MAX_CHARACTERS = 400
"""A longer text is more than an instruction and its mathematics."""
_END = r"[\s.:!?]*"


class _Table(NamedTuple):
    instructions: tuple[tuple[re.Pattern[str], str], ...]
    between: tuple[tuple[re.Pattern[str], str], ...]
    fillers: re.Pattern[str]
    titles: frozenset[str]
    no_functions: frozenset[str]


def in_english(text: str, language: str) -> str | None:
    """A text in English, where all its words are a known instruction; None for any other text.

    Args:
        text: an instruction with or without its mathematics: "Löse die Gleichung 2x + 3 = 7.", "Berechne:".
        language: one of `LANGUAGES`.
    """
    table, text = _table(language), unicodedata.normalize("NFC", text).strip()
    if len(text) > _MAX_CHARACTERS:
        return None
    text = text[: len(text) - len(_filler_tail(table, _folded(text)))].strip()
    for pattern, english in table.instructions:
        match = pattern.fullmatch(_folded(text))
        if match is None:
            continue
        groups = match.groupdict()
        start, end = match.span("m")
        mathematics = _mathematics(text[start:end], table)
        if mathematics is None or (
            groups.get("v") and not re.search(rf"\b\d*{groups['v']}", mathematics or groups["v"])
        ):
            continue
        return _put_together(english.replace("{v}", groups.get("v") or ""), mathematics)
    return None


def mathematics_in_english(text: str, language: str) -> str | None:
    """Mathematics with "and", "or" and "of" in English ("x = 2 oder x = 3"); None where there is any other word."""
    return _mathematics(text, _table(language)) or None


def has_words(text: str) -> bool:
    """Whether a text has a word, not only mathematics."""
    return next(_foreign(text), None) is not None


def says_no_task(title: str, language: str) -> bool:
    """Whether a heading in this language says nothing about what to do: "Arbeitsblatt 3: Lineare Gleichungen"."""
    return all(word in _table(language).titles for word in _WORD.findall(_folded(title)))


def _put_together(english: str, mathematics: str) -> str:
    return f"{english} {mathematics}" if mathematics else f"{english.rstrip(':')}:"


def _mathematics(text: str, table: _Table) -> str | None:
    """Mathematics with the words between its parts in English; None where there is any other word."""
    plain = text.strip(" .:?!")
    for pattern, english in table.between:
        plain = pattern.sub(f" {english} ", plain)
    if any(word not in ("of", "and", "or") for word in _foreign(plain)) or _LONE_LETTER.search(plain):
        return None
    if table.no_functions & {word.lower() for word in _WORD.findall(plain)}:
        return None
    return _PRICE.sub(r"€\1", _RATIO.sub(" ÷ ", plain))


def _foreign(text: str) -> Iterator[str]:
    """The words of a text that are neither functions nor products of variables."""
    products = {m.span() for m in _VARIABLES.finditer(text)}
    for word in _WORD.finditer(text):
        lower = word[0].lower()
        if lower in _SHORT_WORDS or (lower not in FUNCTIONS and word.span() not in products):
            yield word[0]


def _filler_tail(table: _Table, folded: str) -> str:
    found = table.fillers.search(folded)
    return found[0] if found else ""


def _folded(text: str) -> str:
    """Lower case without accents, character by character, so that positions stay."""
    text = text.replace("’", "'")
    return "".join(_fold(c) for c in text)


def _fold(character: str) -> str:
    if not character.isalpha():
        return character
    return unicodedata.normalize("NFD", character)[0].lower()[:1]


@cache
def _table(language: str) -> _Table:
    data = tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))
    entries = [(phrase, english) for english, phrases in data["instructions"].items() for phrase in phrases]
    # "löse … nach x auf" before "löse …": what says more comes first.
    entries.sort(key=lambda e: (-("{v}" in e[0]), -len(e[0])))
    between = tuple(
        (re.compile(rf"(?<=[\w%)])\s+{word}\s+(?=[\w(√])", re.IGNORECASE), english)
        for english, word in data["between"].items()
    )
    sentences = "|".join(_spaced(s) for s in data["fillers"]["sentences"])
    return _Table(
        tuple((re.compile(_pattern(phrase)), english) for phrase, english in entries),
        between,
        re.compile(rf"(?:(?<=[.!?])\s*(?:{sentences})[.!]?)+$"),
        frozenset(data["titles"]["words"].split()),
        _NO_FUNCTIONS.get(language, frozenset()),
    )


def _pattern(phrase: str) -> str:
    words = _spaced(phrase).replace(r"\{v\}", "{v}").replace("{v}", r"(?P<v>[a-z])(?!\s*[(=+*/^<>²³·×−-])")
    if "§" in words:
        return words.replace("§", "(?P<m>.+?)") + _END
    return rf"{words}(?![\w'])\s*:?\s*(?P<m>.*?){_END}"


def _spaced(phrase: str) -> str:
    return re.sub(r" ", r"\\s+", phrase)
