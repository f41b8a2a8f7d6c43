"""Patterns of terminals: what a string, a regular expression or a named terminal matches at a place of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.statement_grammar.source import (
    Choice,
    Name,
    Node,
    Regexp,
    Repeated,
    Sequence,
    Source,
    Text,
)

CHUNK = re.compile(r"[a-z]+(?:['-][a-z]+)*")
"""A whole word: neither "with" in "without" nor "person" in "person's"."""
_BEFORE, _AFTER = "(?<![a-z])", "(?!['-]?[a-z])"
"""The limits of a word in a regular expression."""
_QUOTED_WORD = re.compile(r"[a-z][a-z'-]*")
_GROUPS = re.compile(r"WORDS\(([a-z_ -]+)\)")
_NO_LIMIT = 1 << 30


class Piece(NamedTuple):
    """A regular expression for a part of a terminal, and the least and greatest number of characters that it takes."""

    regexp: str
    least: int
    most: int
    length: int
    """The length of what stands in the file, which decides between pieces that take equally many characters."""


class Terminal:
    """What is not made of anything else. `match` says where it ends at a place of a text.

    Attributes:
        name: None for one that is written where it is used.
        literal: what it is, for a quoted string.
        word: whether the string is a whole word.
        kept: whether it stands in the tree.
    """

    def __init__(self, piece: Piece, *, name: str | None, priority: int, literal: str | None, word: bool) -> None:
        self.name = name
        self.priority = priority
        self.literal = literal
        self.word = word
        self.piece = piece
        self.kept = name is not None and not name.startswith("_")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first needed: the lists of words are long."""
        return re.compile(self.piece.regexp)

    def match(self, text: str, position: int) -> int:
        """The end of the terminal at a place; −1 where it is not."""
        match = self.pattern.match(text, position)
        return match.end() if match else -1


class TerminalMaker:
    """Makes terminals of nodes, the same for equal ones.

    Args:
        source: has the definitions of named terminals.
        whole_words: whether quoted words are whole words, and `/WORDS(things)/` stands for words of `inert.toml`.
    """

    def __init__(self, source: Source, *, whole_words: bool) -> None:
        self._source = source
        self._whole_words = whole_words
        self._pieces: dict[str, Piece] = {}

    def named(self, name: str, priority: int) -> Terminal:
        """The terminal of this name."""
        body = self._source.find(name)[1].body
        literal = body.value if isinstance(body, Text) else None
        return self._terminal(self._piece_of(name), name, priority, literal)

    def unnamed(self, node: Text | Regexp) -> Terminal:
        """A terminal that is written where it is used."""
        return self._terminal(self._piece(node), None, 0, node.value if isinstance(node, Text) else None)

    def _terminal(self, piece: Piece, name: str | None, priority: int, literal: str | None) -> Terminal:
        word = self._whole_words and literal is not None and CHUNK.fullmatch(literal) is not None
        if self._whole_words and literal is not None and not word and _QUOTED_WORD.fullmatch(literal):
            literal = None
        return Terminal(piece, name=name, priority=priority, literal=literal, word=word)

    def _piece_of(self, name: str) -> Piece:
        if name not in self._pieces:
            self._pieces[name] = self._piece(self._source.find(name)[1].body)
        return self._pieces[name]

    def _piece(self, node: Node) -> Piece:
        match node:
            case Text(value):
                return self._text(value)
            case Regexp(value):
                return self._regexp(value)
            case Name(value):
                return self._piece_of(value)
            case Sequence(parts):
                pieces = [self._piece(part) for part in parts]
                regexp = "".join(p.regexp for p in pieces)
                return Piece(regexp, sum(p.least for p in pieces), _sum(p.most for p in pieces), len(regexp))
            case Choice(options):
                return _longest_first([self._piece(option) for option in options])
            case Repeated(part, sign):
                piece = self._piece(part)
                regexp = f"(?:{piece.regexp}){sign}"
                most = piece.most if sign == "?" else _NO_LIMIT
                return Piece(regexp, piece.least if sign == "+" else 0, most, len(regexp))

    def _text(self, value: str) -> Piece:
        if self._whole_words and _QUOTED_WORD.fullmatch(value):
            regexp = f"{_BEFORE}{value}{_AFTER}"
            return Piece(regexp, len(value), len(value), len(regexp))
        return Piece(re.escape(value), len(value), len(value), len(value))

    def _regexp(self, value: str) -> Piece:
        groups = _GROUPS.fullmatch(value) if self._whole_words else None
        if groups:
            words = _words(*groups[1].split())
            regexp = _one_of(words)
            return Piece(regexp, min(map(len, words)), max(map(len, words)) + 2, len(regexp))
        from lark.utils import get_regexp_width

        least, most = get_regexp_width(value)
        return Piece(value, least, min(most, _NO_LIMIT), len(value))


class Lexer:
    """Cuts a text into terminals: at each place the most important one, then the longest, that fits.

    A word that a pattern fits is a quoted string, if it is one as a whole.
    """

    def __init__(self, terminals: Iterable[Terminal]) -> None:
        by_width = sorted(terminals, key=lambda t: (-t.priority, -t.piece.most, -t.piece.length, t.name or ""))
        patterns = [t for t in by_width if t.literal is None]
        self._strings = {
            pattern: {
                t.literal: t
                for t in by_width
                if t.literal is not None and t.priority == pattern.priority and pattern.pattern.fullmatch(t.literal)
            }
            for pattern in patterns
        }
        within = {t for strings in self._strings.values() for t in strings.values()}
        self._terminals = [t for t in by_width if t not in within]
        self._any = re.compile("|".join(f"(?P<t{i}>{t.piece.regexp})" for i, t in enumerate(self._terminals)))

    def read(self, text: str, ignored: re.Pattern[str]) -> dict[int, tuple[Terminal, int]]:
        """The terminals of a text and their ends, by the places where they begin, up to where none fits."""
        tokens: dict[int, tuple[Terminal, int]] = {}
        position = 0
        while True:
            skipped = ignored.match(text, position)
            position = skipped.end() if skipped else position
            match = self._any.match(text, position)
            if match is None:
                return tokens
            terminal = self._terminals[int(str(match.lastgroup)[1:])]
            terminal = self._strings.get(terminal, {}).get(match[0], terminal)
            tokens[position] = (terminal, match.end())
            position = match.end()


def _sum(numbers: Iterable[int]) -> int:
    return min(sum(numbers), _NO_LIMIT)


def _longest_first(pieces: list[Piece]) -> Piece:
    """One of the pieces; Python takes the first that matches."""
    pieces = sorted(pieces, key=lambda p: (-p.most, -p.least, -p.length))
    regexp = f"(?:{'|'.join(p.regexp for p in pieces)})"
    return Piece(regexp, min(p.least for p in pieces), max(p.most for p in pieces), len(regexp))


def _words(*names: str) -> frozenset[str]:
    """The words of the groups, without those after a hyphen."""
    words = {word.lower() for word in inert_words(*(name for name in names if name[0] != "-"))}
    return frozenset(words - {name[1:] for name in names if name[0] == "-"})


def _one_of(words: frozenset[str]) -> str:
    """A pattern for one of the words, sorted by their first letters: long lists are searched at each word of a text."""
    initials = sorted({word[0] for word in words})
    rests = {i: sorted((w[1:] for w in words if w[0] == i), key=lambda r: (-len(r), r)) for i in initials}
    branches = [initial + "(?:" + "|".join(rest) + ")" for initial, rest in rests.items()]
    return f"{_BEFORE}(?:{'|'.join(branches)})(?:'s|')?{_AFTER}"
