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
from typing import TYPE_CHECKING

from canopy_assets.maths.notation.names import FUNCTIONS

if TYPE_CHECKING:
    from lark import Lark

FILE = "grammar.lark"
_OTHER_WORD = "WORD"
"""The terminal for a word that is no keyword: with it, "in" is not the beginning of "inside"."""
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
ANY_WORD = re.compile(".*", re.DOTALL)
NO_OTHER_WORD = re.compile("(?!)")
IN_FORMULAS = re.compile(rf"[a-z]{{1,3}}|[a-z]?(?:{'|'.join(sorted(FUNCTIONS))})")
"""Words of up to three letters may be factors; whether they are, the parser finds out."""
_END = re.compile(r"[\s.?!_]*(?:=[\s?_.]*)?$")


@dataclass(frozen=True)
class Parsed:
    """A statement by a grammar: its kind, and the text of each part by the name of its rule.

    `listed` has every part in the order of the statement, also those whose rule occurs more than once.
    """

    kind: str
    parts: dict[str, str]
    listed: tuple[tuple[str, str], ...]

    def get(self, part: str) -> str | None:
        """The text of a part; None where the statement has none."""
        return self.parts.get(part)

    def all(self, part: str) -> list[str]:
        """The texts of every part of this name, in the order of the statement."""
        return [text for name, text in self.listed if name == part]


@lru_cache(maxsize=4096)
def parsed(package: str, text: str, names: re.Pattern[str] = ANY_WORD) -> Parsed | None:
    """The kind and the parts of a statement by a topic's grammar; None where the grammar does not have it.

    Args:
        package: the topic's package (`__package__` of its `solve.py`).
        text: an `ascii_statement`; its case and final punctuation do not matter.
        names: what a word may be that is no keyword of the grammar. A statement with another word is refused unparsed.
    """
    from lark import Tree
    from lark.exceptions import UnexpectedInput

    text = _END.sub("", text)
    if not all(names.fullmatch(word) or _is_keyword(package, word) for word in _WORD.findall(text.lower())):
        return None
    try:
        tree = _grammar(package).parse(text.lower())
    except UnexpectedInput:
        return None
    (kind,) = tree.children
    assert isinstance(kind, Tree)
    found = sorted((p for p in kind.iter_subtrees() if not p.meta.empty), key=lambda p: p.meta.start_pos)
    listed = tuple((str(p.data), text[p.meta.start_pos : p.meta.end_pos]) for p in found)
    return Parsed(str(kind.data), dict(listed), listed)


@lru_cache(maxsize=4096)
def _is_keyword(package: str, word: str) -> bool:
    """Whether a word is one that the grammar names, by itself or among the choices of a terminal."""
    return any(re.fullmatch(t.pattern.to_regexp(), word) for t in _grammar(package).terminals if t.name != _OTHER_WORD)


@cache
def _grammar(package: str) -> Lark:
    from lark import Lark

    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).with_name(FILE).read_text(encoding="utf-8")
    # Without that terminal, the parser looks for the words that it expects at each place.
    return Lark(
        source,
        parser="earley",
        lexer="basic" if f"\n{_OTHER_WORD}: " in source else "dynamic",
        propagate_positions=True,
        maybe_placeholders=False,
        import_paths=[str(Path(__file__).parent)],
    )
