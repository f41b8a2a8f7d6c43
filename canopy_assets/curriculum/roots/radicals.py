"""Roots of whole numbers as students write them: 6√2 is six times the root of two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isqrt

from canopy_assets.maths.formatting import show_number

SIGN = r"(?:√|sqrt)"
_TERM = re.compile(
    rf"""
    (?P<sign>[-+])?\s*
    (?:
        (?P<factor>\d{{1,3}})?\s*[*·×]?\s*{SIGN}\s*(?:\((?P<inside>\d{{1,6}})\)|(?P<bare>\d{{1,6}}))  # 3√12, sqrt(12)
        |(?P<number>\d{{1,4}})  # 7
    )\s*
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Radical:
    """factor · √inside. A whole number has the inside 1."""

    factor: int
    inside: int

    @property
    def square(self) -> int:
        """The largest square that divides the inside."""
        return max(k * k for k in range(1, isqrt(self.inside) + 1) if self.inside % (k * k) == 0)

    @property
    def simplified(self) -> Radical:
        """The same number with the smallest inside."""
        return Radical(self.factor * isqrt(self.square), self.inside // self.square)

    @property
    def text(self) -> str:
        """The radical as a student writes it."""
        if self.inside == 1:
            return show_number(self.factor)
        front = {1: "", -1: "−"}.get(self.factor, show_number(self.factor))
        return f"{front}√{self.inside}"


def root_of(number: int, order: int) -> int | None:
    """The square root (order 2) or cube root (order 3) of a whole number; None where it is no whole number."""
    if number < 0:
        root = root_of(-number, 3) if order == 3 else None
        return None if root is None else -root
    root = round(number ** (1 / order))
    return root if root**order == number else None


def radical_terms(text: str) -> list[Radical] | None:
    """The terms of a sum of roots and numbers; None for another text.

    Args:
        text: a sum with hyphens as minus signs: "√12 + 2√27 - 5".
    """
    terms: list[Radical] = []
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None or (terms and not match["sign"]) or match.end() == position:
            return None
        sign = -1 if match["sign"] == "-" else 1
        inside = int(match["inside"] or match["bare"] or 1)
        factor = int(match["number"] or match["factor"] or 1)
        if inside == 0 or factor == 0:
            return None
        terms.append(Radical(sign * factor, inside))
        position = match.end()
    return terms
