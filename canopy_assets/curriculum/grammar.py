"""Reads statements by the grammar of a topic: `grammar.lark` beside its `solve.py`, or several for several kinds.

Every word of a statement must stand in the grammar, in its place. A grammar's `start` lists the kinds of statement; the
rules inside one of them name its parts. Grammars import mathematics between words from `mathematics.lark`. Those about
people, things and their numbers take in `english.lark` by a line `%include english`; in them

- a word in quotes is a whole word: "with" is not the beginning of "without";
- `/WORDS(things people -page)/` stands for the words of these groups of `inert.toml`, with or without an apostrophe's
  s, but without "page". A terminal that repeats it takes as many words as it can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from canopy_assets.curriculum.statement_grammar.matching import NoMatchError, Part, StatementGrammar
from canopy_assets.curriculum.statement_grammar.source import Source, read_source
from canopy_assets.curriculum.statement_grammar.terminals import Terminal
from canopy_assets.maths.notation.names import FUNCTIONS

_ROOM = Path(__file__).parent
_OTHER_WORD = "WORD"
"""The terminal for a word that is no keyword: with it, "in" is not the beginning of "inside"."""
_INCLUDE_ENGLISH = "%include english\n"
_MAX_WORDS = 90
"""A longer statement tells of more than one calculation."""
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
ANY_WORD = re.compile(".*", re.DOTALL)
NO_OTHER_WORD = re.compile("(?!)")
IN_FORMULAS = re.compile(rf"[a-z]{{1,3}}|[a-z]?(?:{'|'.join(sorted(FUNCTIONS))})")
"""Words of up to three letters may be factors; whether they are, the parser finds out."""
ONE_LETTER = re.compile("[a-z]")
_PAUSE = re.compile(r"[\s.,;:?]*")
_END = re.compile(r"[\s.?!_]*(?:=[\s?_.]*)?$")
_POSSESSIVE = re.compile(r"'s$")


@dataclass(frozen=True)
class Parsed:
    """A statement by a grammar.

    Attributes:
        kind: its kind, the name of a rule of `start`.
        parts: the text of each part by the name of its rule; the last one where there are several.
        listed: name and text of all parts, in the order of the statement.
        tree: how the parts are nested.
    """

    kind: str
    parts: dict[str, str]
    listed: tuple[tuple[str, str], ...]
    tree: Part

    def get(self, part: str) -> str | None:
        """The text of a part; None where the statement has none."""
        return self.parts.get(part)

    def all(self, part: str) -> list[str]:
        """The texts of every part of this name, in the order of the statement."""
        return [text for name, text in self.listed if name == part]


class Stop(NamedTuple):
    """Where a statement leaves a grammar: the word, if it is one, and how many words before it the grammar has."""

    word: str
    before: int


_STOPS: ContextVar[list[Stop] | None] = ContextVar("stops", default=None)


@contextmanager
def noted_stops() -> Iterator[list[Stop]]:
    """While this is open, where the statements that are refused leave their grammars."""
    stops: list[Stop] = []
    token = _STOPS.set(stops)
    try:
        yield stops
    finally:
        _STOPS.reset(token)


def parsed(
    package: str | None, text: str, names: re.Pattern[str] = ANY_WORD, *, file: str = "grammar"
) -> Parsed | None:
    """The kind and the parts of a statement by a topic's grammar; None where the grammar does not have it.

    Args:
        package: the topic's package (`__package__` of its `solve.py`).
        text: an `ascii_statement`; its case and final punctuation do not matter.
        names: what a word may be that is no keyword of the grammar. A statement with another word is refused unparsed.
        file: the grammar's name, without ".lark".
    """
    statement = (package or "", text, names, file)
    found, stops = _parsed(*statement), _STOPS.get()
    if found is None and stops is not None:
        stops += _stops(*statement)
    return found


@lru_cache(maxsize=4096)
def _parsed(package: str, text: str, names: re.Pattern[str], file: str) -> Parsed | None:
    text = _END.sub("", text)
    lower = text.lower()
    if (
        len(lower) != len(text)
        or len(lower.split()) > _MAX_WORDS
        or not all(names.fullmatch(word) or _is_keyword(package, file, word) for word in _WORD.findall(lower))
    ):
        return None
    try:
        kind = _grammar(package, file).match(lower)
    except NoMatchError:
        return None
    found = sorted((part for part in kind.inside() if part.start >= 0), key=lambda part: (part.start, part.end))
    listed = tuple((part.rule, text[part.start : part.end]) for part in found)
    return Parsed(kind.rule, dict(listed), listed, kind)


@lru_cache(maxsize=4096)
def _stops(package: str, text: str, names: re.Pattern[str], file: str) -> tuple[Stop, ...]:
    """The first word that is none of a grammar's, or else the one at which the text leaves it.

    A full stop or comma at which it leaves the grammar stands for the next word: "the mean of 4 and 6. Leave out …".
    There is no word where the text ends too early or leaves the grammar at a figure or another sign.
    """
    text = _END.sub("", text)
    lower = text.lower()
    if len(lower) != len(text) or len(lower.split()) > _MAX_WORDS:
        return ()
    words = list(_WORD.finditer(lower))
    try:
        _grammar(package, file).match(lower)
        before, left = len(words), None
    except NoMatchError as error:
        position = _PAUSE.match(lower, error.position).end()  # type: ignore[union-attr]
        before = sum(word.end() <= position for word in words)
        left = next((word for word in words if word.start() <= position < word.end()), None)
    unknown = (word for word in words if not (names.fullmatch(word[0]) or _is_keyword(package, file, word[0])))
    word = next(unknown, left)
    return (Stop(text[word.start() : word.end()] if word else "", before),)


@lru_cache(maxsize=4096)
def _is_keyword(package: str, file: str, word: str) -> bool:
    """Whether a word is one that the grammar names, by itself or among the choices of a terminal."""
    words, patterns = _keywords(package, file)
    alone = (word, _POSSESSIVE.sub("", word))
    return any(w in words or any(p.pattern.fullmatch(w) for p in patterns) for w in alone)


@cache
def _keywords(package: str, file: str) -> tuple[frozenset[str], list[Terminal]]:
    """The words that are written out in a grammar's terminals, and the terminals that may be a word besides."""
    terminals = [t for t in _grammar(package, file).terminals if t.name != _OTHER_WORD]
    words = frozenset(word for terminal in terminals for word in _WORD.findall(terminal.piece.regexp))
    return words, [t for t in terminals if t.literal not in words]


@cache
def _grammar(package: str, file: str) -> StatementGrammar:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).with_name(f"{file}.lark").read_text(encoding="utf-8")
    english = _INCLUDE_ENGLISH in text
    source = read_source(text.replace(_INCLUDE_ENGLISH, _shared("english")), shared_source)
    return StatementGrammar(source, whole_words=english, in_tokens=_OTHER_WORD in source.definitions)


@cache
def _shared(name: str) -> str:
    return (_ROOM / f"{name}.lark").read_text(encoding="utf-8")


@cache
def shared_source(name: str) -> Source:
    """The definitions of a file beside this one."""
    return read_source(_shared(name), shared_source)
