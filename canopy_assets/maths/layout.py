"""Writes mathematics that somebody typed as a textbook prints it on a line: "2x*3-9" is "2x × 3 − 9".

`maths.notation` reads it, and each rule of the grammar writes its part. So the line means what the text means, and is
read again as the same; `maths.formatting` writes what the code computes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from lark import Token, Transformer

from canopy_assets.maths.glyphs import MINUS, SUPERSCRIPT_DIGITS, TO_SUBSCRIPT, TO_SUPERSCRIPT
from canopy_assets.maths.notation.lexer import CALLED, ExpressionError
from canopy_assets.maths.notation.names import names
from canopy_assets.maths.notation.parser import NotationParser

_ROOTS = {"2": "√", "3": "∛", "4": "∜"}
_SIGNS = {"<=": "≤", ">=": "≥"}
_RAISED = re.compile(rf"\(?({MINUS}?[0-9]{{1,3}})\)?")
_BARE_ROOT = re.compile(r"[√∛∜](?:[0-9.,]+|[^\W0-9])$")
_UNCLEAR_END = re.compile(rf"{_BARE_ROOT.pattern}|\^[^\W_]$|[0-9]/[0-9]+$")
"""The end of a factor that a space has to part from the next: √2, 2^x, 1/2."""
_LAST_LETTERS = re.compile(r"[A-Za-zθ]+$")
_FIRST_LETTERS = re.compile(r"[A-Za-zθ]+")


class _Line(NamedTuple):
    """A part of the line, and what it is to its neighbours."""

    text: str
    kind: Literal["simple", "bracket", "factor", "quotient", "sum"] = "factor"
    """A simple part is a number or a letter. A quotient needs brackets beside other factors."""


def laid_out(text: str, *, latex: bool | None = None) -> str:
    """An expression or relation in a textbook's typography: spaces around + and −, × for *, raised exponents.

    Args:
        text: Mathematics in any notation.
        latex: Whether it is LaTeX; by default if it looks like it.

    Raises:
        ExpressionError: it cannot be read, or not be written on a line.
    """
    return _parser().parse(text, "mathematics", latex=latex).text


@cache
def _parser() -> NotationParser:
    return NotationParser(_Writing())


class _Writing(Transformer[Token, Any]):
    """What each rule of the grammar writes from its parts."""

    def relation(self, parts: Sequence[Any]) -> _Line:
        left, op, right = parts
        return _Line(f"{left.text} {_SIGNS.get(op, op)} {right.text}", "sum")

    def add(self, parts: Sequence[Any]) -> _Line:
        return _Line(f"{parts[0].text} + {parts[2].text}", "sum")

    def subtract(self, parts: Sequence[Any]) -> _Line:
        return _Line(f"{parts[0].text} {MINUS} {parts[2].text}", "sum")

    def multiply(self, parts: Sequence[Any]) -> _Line:
        left, sign, right = parts
        return _Line(f"{left.text} {sign} {right.text}", "sum")

    def divide(self, parts: Sequence[Any]) -> _Line:
        above, sign, below = parts
        shown = _in_brackets(below) if below.kind == "quotient" else below.text
        return _Line(f"{above.text} ÷ {shown}" if sign == "÷" else f"{above.text}/{shown}", "quotient")

    def negative(self, parts: Sequence[Any]) -> _Line:
        return _Line(MINUS + parts[1].text, "sum")

    def positive(self, parts: Sequence[Any]) -> _Line:
        return _Line(f"+{parts[1].text}", "sum")

    def join(self, parts: Sequence[Any]) -> _Line:
        left, _, right = parts
        return _Line(product([_in_brackets(p) if p.kind == "quotient" else p.text for p in (left, right)]))

    def percent(self, parts: Sequence[Any]) -> _Line:
        return _Line(f"{parts[0].text}%")

    def mixed(self, parts: Sequence[Any]) -> _Line:
        return _Line(str(parts[0]), "quotient" if "/" in parts[0] else "factor")

    def number(self, parts: Sequence[Any]) -> _Line:
        return _Line(str(parts[0]), "factor" if "/" in parts[0] else "simple")

    def name(self, parts: Sequence[Any]) -> _Line:
        return _Line("π" if parts[0] == "pi" else str(parts[0]), "simple")

    def bracket(self, parts: Sequence[Any]) -> _Line:
        return _Line(f"{parts[0]}{parts[1].text}{parts[2]}", "bracket")

    def braced(self, parts: Sequence[Any]) -> _Line:
        return parts[1]

    def bars(self, parts: Sequence[Any]) -> _Line:
        inside = parts[1].text
        return _Line(f"abs({inside})" if "|" in inside else f"|{inside}|")

    def fraction(self, parts: Sequence[Any]) -> _Line:
        _, above, below = parts
        over = above.text if above.kind in ("simple", "bracket", "factor") else _in_brackets(above)
        under = below.text if below.kind in ("simple", "bracket") else _in_brackets(below)
        return _Line(f"{over}/{under}", "quotient")

    def root(self, parts: Sequence[Any]) -> _Line:
        index, inside = parts
        if index not in _ROOTS:
            raise ExpressionError(f"a root of order {index} cannot be written on a line")
        if inside.kind == "simple":
            return _Line(_ROOTS[index] + inside.text)
        return _Line(_ROOTS[index] + _in_brackets(inside))

    def power(self, parts: Sequence[Any]) -> _Line:
        base, _, exponent = parts
        shown = (
            base.text if base.kind in ("simple", "bracket") or base.text.endswith((")", "|")) else _in_brackets(base)
        )
        raised = _RAISED.fullmatch(exponent.text)
        if raised:
            return _Line(shown + raised[1].replace(MINUS, "-").translate(TO_SUPERSCRIPT))
        if exponent.kind == "simple":
            return _Line(f"{shown}^{exponent.text}")
        return _Line(f"{shown}^{_in_brackets(exponent)}")

    def function(self, parts: Sequence[Any]) -> str:
        name, _, base = str(parts[0]).partition("_")
        lowered = base.translate(TO_SUBSCRIPT) if base.isdigit() else f"_{base}" if base else ""
        return name + lowered + (str(parts[1]).translate(TO_SUPERSCRIPT) if len(parts) > 1 else "")

    def call(self, parts: Sequence[Any]) -> _Line:
        return _Line(parts[0] + _in_brackets(parts[1]))


def _in_brackets(line: _Line) -> str:
    return line.text if line.kind == "bracket" else f"({line.text})"


def product(factors: Sequence[str]) -> str:
    """Factors side by side, with a space or a dot where they would be read as something else."""
    text = factors[0]
    for factor in factors[1:]:
        text += _between(text, factor) + factor
    return text


def _between(left: str, right: str) -> str:
    if left[-1] == "|" or right[0].isdigit() or (left[-1] in SUPERSCRIPT_DIGITS and right[0] in _ROOTS.values()):
        return "·"
    if _UNCLEAR_END.search(left):
        return "" if _BARE_ROOT.search(left) and right[0] in _ROOTS.values() else " "
    before, after = _LAST_LETTERS.search(left), _FIRST_LETTERS.match(right)
    if before and after:
        letters = before[0] + after[0]
        return "" if names(letters) == [("NAME", letter) for letter in letters] else " "
    return "·" if before and right[0] == "(" and before[0][-1] in CALLED else ""
