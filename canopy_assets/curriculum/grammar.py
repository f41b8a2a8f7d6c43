"""Reads statements by the grammar of a topic: `grammar.lark` beside its `solve.py`.

Every word of a statement must stand in the grammar, in its place. A grammar's `start` lists the kinds of statement; the
rules inside one of them name its parts. `mathematics.lark` has what several grammars import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

from canopy_assets.maths.tokens import FUNCTIONS

if TYPE_CHECKING:
    from lark import Lark

FILE = "grammar.lark"
_NO_WORD = "quibble"
_LONG_WORD = re.compile(r"[a-z]{4,}")
_END = re.compile(r"[\s.?!_]*(?:=[\s?_.]*)?$")


@dataclass(frozen=True)
class Parsed:
    """A statement by a grammar: its kind, and the text of each part by the name of its rule."""

    kind: str
    parts: dict[str, str]

    def get(self, part: str) -> str | None:
        """The text of a part; None where the statement has none."""
        return self.parts.get(part)


@lru_cache(maxsize=4096)
def parsed(package: str, text: str) -> Parsed | None:
    """The kind and the parts of a statement by a topic's grammar; None where the grammar does not have it.

    Args:
        package: the topic's package (`__package__` of its `solve.py`).
        text: an `ascii_statement`; its case and final punctuation do not matter.
    """
    from lark import Tree
    from lark.exceptions import UnexpectedInput

    text = _END.sub("", text)
    known = _vocabulary(package)
    if known is not None and not known.issuperset(_LONG_WORD.findall(text.lower())):
        return None
    try:
        tree = _grammar(package).parse(text.lower())
    except UnexpectedInput:
        return None
    (kind,) = tree.children
    assert isinstance(kind, Tree)
    parts = {str(p.data): text[p.meta.start_pos : p.meta.end_pos] for p in kind.iter_subtrees() if not p.meta.empty}
    return Parsed(str(kind.data), parts)


@cache
def _grammar(package: str) -> Lark:
    from lark import Lark

    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).with_name(FILE).read_text(encoding="utf-8")
    return Lark(
        source,
        parser="earley",
        propagate_positions=True,
        maybe_placeholders=False,
        import_paths=[str(Path(__file__).parent)],
    )


@cache
def _vocabulary(package: str) -> frozenset[str] | None:
    """The words of at least four letters that a grammar knows; None where it takes any word, as a unit for example.

    Most statements are not a topic's, and looking their words up is quicker than parsing.
    """
    patterns = [terminal.pattern for terminal in _grammar(package).terminals]
    if any(p.type == "re" and re.fullmatch(p.to_regexp(), _NO_WORD) for p in patterns):
        return None
    words = {word for p in patterns for word in _LONG_WORD.findall(p.value)}
    return frozenset(words) | {letter + word for letter in ascii_lowercase for word in words & FUNCTIONS}
