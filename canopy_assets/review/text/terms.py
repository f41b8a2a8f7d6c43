"""Extracts what a text and a problem can have in common: pieces of formulas, numbers, things, variables, operations.

The relevance gate and the evaluation's relevance metric share it, so that both mean the same by "about this problem".
All but `words` take text in the spelling of `maths.canonical`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from canopy_assets.review.text.words import content_words

WEAK_NUMBERS = frozenset(map(str, (*range(11), 100)))
"""Numbers that occur in too many problems to show which one a text is about."""

_ATOMS = re.compile(
    r"""
    (?=(                                                      # a lookahead, so that pieces may overlap
      (?<![a-z0-9.^])\d+(?:\.\d+)?[a-z](?:\^\d+)?(?![a-z])    # 5x, 3x^2
      |(?<![a-z])[a-z]\^\d+                                   # x^2
      |(?<![a-z])(?:[fgh]|sin|cos|tan|log|ln|sqrt)(?:_\d+)?\([^()]{1,12}\)   # f(3)
      |\([^()a-z]{0,8}[a-z]?[-+,*/][^()]{1,14}\)              # (x-2), (1,2)
      |(?<![\d.])\d+/\d+(?![\d.])                            # 3/4
      |(?<=[a-z0-9)])[-+/*]\d+(?:\.\d+)?(?![\d.]*[a-z^])     # the "-9" of 5x-9, "the + 5"
      |\d+(?:\.\d+)?\s?%                                     # 15%
    ))
    """,
    re.VERBOSE,
)
NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?")
_VARIABLE = re.compile(r"(?<![a-z'’])[b-hj-z](?![a-z'’])")
_COEFFICIENT = re.compile(r"\d[a-z](?![a-z])|\d\(")


@lru_cache(maxsize=8192)
def atoms(text: str) -> frozenset[str]:
    """The smallest pieces of formulas that tell problems apart: "5x", "(x-2)", "15%", the "-9" of "5x-9"."""
    return frozenset(match.group(1).replace(" ", "") for match in _ATOMS.finditer(text))


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The stems of a text's content words, and "%" where it has one."""
    return content_words(text) | ({"%"} if "%" in text else frozenset())


def variables(text: str) -> frozenset[str]:
    """The letters that represent numbers."""
    letters = _VARIABLE.findall(text) + [m.group()[1] for m in _COEFFICIENT.finditer(text) if m.group()[1].isalpha()]
    return frozenset(letters)


def operations(statement: str) -> frozenset[str]:
    """The kinds of operation that a problem's next step may need, as `vocabulary.operation_stems` names them."""
    if not re.search(r"[a-z0-9)][-+*/^=<>]|\d[a-z(]", statement):
        return frozenset("+*")  # a problem in words: any arithmetic may be its next step
    kinds = set()
    if re.search(r"[a-z0-9)][-+]", statement):
        kinds.add("+")
    if _COEFFICIENT.search(statement) or re.search(r"[*/]", statement):
        kinds.add("*")
    if re.search(r"\^|sqrt|√", statement):
        kinds.add("^")
    return frozenset(kinds)
