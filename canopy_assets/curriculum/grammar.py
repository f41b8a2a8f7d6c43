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
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from canopy_assets.curriculum.inert import inert_words
from canopy_assets.maths.notation.names import FUNCTIONS

if TYPE_CHECKING:
    from lark import Lark, Tree

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
_END = re.compile(r"[\s.?!_]*(?:=[\s?_.]*)?$")
_POSSESSIVE = re.compile(r"'s$")
_QUOTED_WORD = re.compile(r'"([a-z][a-z\'-]*)"')
_GROUPS = re.compile(r"WORDS\(([a-z_ -]+)\)")
_BEFORE, _AFTER = "(?<![a-z])", "(?!['-]?[a-z])"
"""The limits of a word in a regular expression."""


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
    tree: Tree

    def get(self, part: str) -> str | None:
        """The text of a part; None where the statement has none."""
        return self.parts.get(part)

    def all(self, part: str) -> list[str]:
        """The texts of every part of this name, in the order of the statement."""
        return [text for name, text in self.listed if name == part]


@lru_cache(maxsize=4096)
def parsed(package: str, text: str, names: re.Pattern[str] = ANY_WORD, *, file: str = "grammar") -> Parsed | None:
    """The kind and the parts of a statement by a topic's grammar; None where the grammar does not have it.

    Args:
        package: the topic's package (`__package__` of its `solve.py`).
        text: an `ascii_statement`; its case and final punctuation do not matter.
        names: what a word may be that is no keyword of the grammar. A statement with another word is refused unparsed.
        file: the grammar's name, without ".lark".
    """
    from lark import Tree
    from lark.exceptions import UnexpectedInput

    text = _END.sub("", text)
    lower = text.lower()
    if (
        len(lower) != len(text)
        or len(lower.split()) > _MAX_WORDS
        or not all(names.fullmatch(word) or _is_keyword(package, file, word) for word in _WORD.findall(lower))
    ):
        return None
    try:
        tree = _grammar(package, file).parse(lower)
    except UnexpectedInput:
        return None
    (kind,) = tree.children
    assert isinstance(kind, Tree)
    found = (part for part in kind.iter_subtrees() if part is not kind and not part.meta.empty)
    ordered = sorted(found, key=lambda part: (part.meta.start_pos, part.meta.end_pos))
    listed = tuple((str(part.data), text[part.meta.start_pos : part.meta.end_pos]) for part in ordered)
    return Parsed(str(kind.data), dict(listed), listed, kind)


@lru_cache(maxsize=4096)
def _is_keyword(package: str, file: str, word: str) -> bool:
    """Whether a word is one that the grammar names, by itself or among the choices of a terminal."""
    words, pattern = _keywords(package, file)
    return any(w in words or pattern.fullmatch(w) for w in (word, _POSSESSIVE.sub("", word)))


@cache
def _keywords(package: str, file: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """The words that are written out in a grammar's terminals, and a pattern for any of the terminals."""
    terminals = [t.pattern.to_regexp() for t in _grammar(package, file).terminals if t.name != _OTHER_WORD]
    words = frozenset(word for terminal in terminals for word in _WORD.findall(terminal))
    return words, re.compile("|".join(f"(?:{terminal})" for terminal in terminals))


@cache
def _grammar(package: str, file: str) -> Lark:
    from lark import Lark

    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).with_name(f"{file}.lark").read_text(encoding="utf-8")
    if _INCLUDE_ENGLISH in source:
        english = (_ROOM / "english.lark").read_text(encoding="utf-8")
        source = _with_words(source.replace(_INCLUDE_ENGLISH, english))
    # Without that terminal, the parser looks for the words that it expects at each place.
    return Lark(
        source,
        parser="earley",
        lexer="basic" if f"\n{_OTHER_WORD}: " in source else "dynamic",
        propagate_positions=True,
        maybe_placeholders=False,
        import_paths=[str(_ROOM)],
    )


def _with_words(source: str) -> str:
    """The grammar with quoted words as whole words, and its groups of words written out."""
    source = _QUOTED_WORD.sub(lambda m: f"/{_BEFORE}{m[1]}{_AFTER}/", source)
    return _GROUPS.sub(lambda m: _one_of(_words(*m[1].split())), source)


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
