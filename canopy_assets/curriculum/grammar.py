"""Reads statements by the grammar of a topic: `grammar.lark` beside its `solve.py`, or several for several kinds.

Every word of a statement must stand in the grammar, in its place. A grammar's `start` lists the kinds of statement; the
rules inside one of them name its parts. What is added to lark's own notation:

- `english.lark` stands before each grammar: numbers, units, and the phrases that ask for something.
- A word in quotes is a whole word: "with" is not the beginning of "without".
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

if TYPE_CHECKING:
    from lark import Lark, Tree

_SHARED = Path(__file__).with_name("english.lark")
_MAX_WORDS = 90
"""A longer statement tells of more than one calculation."""
_END = re.compile(r"[\s.?!_]*(?:=[\s?_.]*)?$")
_WORD = re.compile(r"[a-z]{2,}(?:['-][a-z]+)*'?")
_POSSESSIVE = re.compile(r"'s?$")
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
        found: name and text of all parts, in their order.
        tree: how the parts are nested.
    """

    kind: str
    parts: dict[str, str]
    found: tuple[tuple[str, str], ...]
    tree: Tree

    def get(self, part: str) -> str | None:
        """The text of a part; None where the statement has none."""
        return self.parts.get(part)

    def all(self, part: str) -> list[str]:
        """The texts of a part that may stand more than once."""
        return [text for name, text in self.found if name == part]


@lru_cache(maxsize=4096)
def parsed(package: str, text: str, file: str = "grammar") -> Parsed | None:
    """The kind and the parts of a statement by a topic's grammar; None where the grammar does not have it.

    Args:
        package: the topic's package (`__package__` of its `solve.py`).
        text: an `ascii_statement`; its case and final punctuation do not matter.
        file: the grammar's name, without ".lark".
    """
    from lark import Tree
    from lark.exceptions import UnexpectedInput

    text = _END.sub("", text)
    lower = text.lower()
    grammar, known = _grammar(package, file)
    words = _WORD.findall(lower)
    if (
        len(lower) != len(text)
        or len(lower.split()) > _MAX_WORDS
        or any(w not in known and _POSSESSIVE.sub("", w) not in known for w in words)
    ):
        return None
    try:
        tree = grammar.parse(lower)
    except UnexpectedInput:
        return None
    (kind,) = tree.children
    assert isinstance(kind, Tree)
    spans = sorted(
        (p.meta.start_pos, p.meta.end_pos, str(p.data))
        for p in kind.iter_subtrees()
        if p is not kind and not p.meta.empty
    )
    found = tuple((name, text[start:end]) for start, end, name in spans)
    return Parsed(str(kind.data), dict(found), found, kind)


@cache
def _grammar(package: str, file: str) -> tuple[Lark, frozenset[str]]:
    """A topic's grammar and its words: a statement with another word need not be parsed."""
    from lark import Lark

    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (Path(spec.origin).with_name(f"{file}.lark"), _SHARED)
    )
    groups = {m[1]: _words(*m[1].split()) for m in _GROUPS.finditer(source)}
    words = frozenset(_QUOTED_WORD.findall(source)).union(*groups.values())
    source = _QUOTED_WORD.sub(lambda m: f"/{_BEFORE}{m[1]}{_AFTER}/", source)
    source = _GROUPS.sub(lambda m: _one_of(groups[m[1]]), source)
    return Lark(source, parser="earley", propagate_positions=True, maybe_placeholders=False), words


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
