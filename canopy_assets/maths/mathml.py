"""Plain text to HTML with its mathematics in MathML, set as the grammar of `maths.notation` reads it.

Browsers set MathML themselves. Each formula carries its plain text (`alttext`) for programs that do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any, NamedTuple

from lark import Token, Transformer

from canopy_assets.maths.glyphs import SUBSCRIPT_DIGITS, SUPERSCRIPT_DIGITS, SUPERSCRIPT_MINUS, VULGAR_FRACTIONS
from canopy_assets.maths.notation.lexer import ExpressionError
from canopy_assets.maths.notation.parser import NotationParser

_TIMES, _INVISIBLE_TIMES, _APPLIED = "×", "\u2062", "\u2061"
_RELATIONS = {"<=": "≤", ">=": "≥"}
_RELATION = re.compile(r"(<=|>=|[=<>≤≥≠≈])")
_OPERAND = rf"""
    (?:
        [0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?(?:\s[0-9]+/[0-9]+)?(?:\s?%)?    # 12  1,250.5  2 1/2  15 %
      | (?<![A-Za-z])(?:sqrt|sin|cos|tan|ln|log(?:_[0-9a-z]|[{SUBSCRIPT_DIGITS}]+)?|exp)(?![A-Za-z])\s?
      | (?<![A-Za-z'’])[A-Za-zθ](?![A-Za-z'’]|-[A-Za-z]{{2}}) | (?<=[0-9])[abxyz]{{2}}(?![A-Za-z])
      | [()\[\]|√π{"".join(VULGAR_FRACTIONS)}{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]
    )
"""
_SIGN = r"(?:\s*(?:\*\*|<=|>=|[-−–+×·*/÷^=<>≤≥≠≈])\s*)"
_STRETCH = re.compile(rf"{_SIGN}*{_OPERAND}+(?:{_SIGN}+{_OPERAND}+)*", re.VERBOSE)
"""Operands and signs without a word, where only signs have spaces around them: "3x + 2 = 11", and not "11 a"."""
_IS_FORMULA = re.compile(
    rf"""
    [=<>≤≥≠≈+×·*/÷^√π{SUPERSCRIPT_DIGITS}{"".join(VULGAR_FRACTIONS)}]
  | [-−–]\s?[0-9A-Za-z(] | [0-9][a-z(] | [a-z]\(
    """,
    re.VERBOSE,
)
_VARIABLE = re.compile(r"[b-hj-zθ]")
"""A letter that stands by itself and is no word of English."""
_UNIT = re.compile(r"[0-9] [A-Za-z]")
_NAMED_FUNCTION = re.compile(r"\s*([fghFGHpqrsuv])\(([^()]+)\)\s*")


def html_of(text: str) -> str:
    """A text as HTML, with MathML for each stretch of it that is mathematics. What cannot be parsed stays text."""
    shown: list[str] = []
    end = 0
    for match in _STRETCH.finditer(text):
        start, formula = _trimmed(match)
        is_unit = _UNIT.fullmatch(text, max(0, start - 2), start + len(formula))
        made = None if is_unit else _math(formula)
        if made is not None:
            shown += [escape(text[end:start]), made]
            end = start + len(formula)
    return "".join([*shown, escape(text[end:])])


def _trimmed(match: re.Match[str]) -> tuple[int, str]:
    """Where a stretch begins and its text, without spaces and brackets that belong to the words around it."""
    start, text = match.start(), match[0]
    while text:
        lone = text[0] in ")]" or (text[0] in "([" and _surplus(text) > 0)
        if not (text[0].isspace() or lone):
            break
        start, text = start + 1, text[1:]
    while text and (text[-1].isspace() or text[-1] in "([" or (text[-1] in ")]" and _surplus(text) < 0)):
        text = text[:-1]
    return start, text


def _surplus(text: str) -> int:
    """How many more brackets open than close."""
    return sum((sign in "([") - (sign in ")]") for sign in text)


def _math(text: str) -> str | None:
    """A formula as MathML; None for what is none, a lone number among them."""
    if not (_IS_FORMULA.search(text) or _VARIABLE.fullmatch(text)):
        return None
    parts = _RELATION.split(text)
    try:
        sides = [_side(part) for part in parts[::2]]
    except ExpressionError:
        return None
    signs = [f"<mo>{escape(_RELATIONS.get(sign, sign))}</mo>" for sign in parts[1::2]]
    body = "".join(side + sign for side, sign in zip(sides, [*signs, ""], strict=True))
    return f'<math alttext="{escape(text)}"><mrow>{body}</mrow></math>'


def _side(text: str) -> str:
    """An expression, or a function's name with what it is applied to, which the grammar does not read.

    Raises:
        ExpressionError: it is neither.
    """
    named = _NAMED_FUNCTION.fullmatch(text)
    if named is None:
        return _parser().parse(text, "sum").mathml
    name, argument = named.groups()
    return f"<mi>{name}</mi><mo>{_APPLIED}</mo><mo>(</mo>{_parser().parse(argument, 'sum').mathml}<mo>)</mo>"


class _Node(NamedTuple):
    """A part of a formula in MathML, and the same without brackets around it: a bar or a raised place needs none."""

    mathml: str
    bare: str


@cache
def _parser() -> NotationParser:
    return NotationParser(_Setting())


class _Setting(Transformer[Token, Any]):
    """What each rule of the grammar sets from its parts."""

    def add(self, parts: Sequence[Any]) -> _Node:
        return _node(f"{parts[0].mathml}<mo>+</mo>{parts[2].mathml}")

    def subtract(self, parts: Sequence[Any]) -> _Node:
        return _node(f"{parts[0].mathml}<mo>−</mo>{parts[2].mathml}")

    def multiply(self, parts: Sequence[Any]) -> _Node:
        return _node(f"{parts[0].mathml}<mo>{_TIMES}</mo>{parts[2].mathml}")

    def join(self, parts: Sequence[Any]) -> _Node:
        return _node(f"{parts[0].mathml}<mo>{_INVISIBLE_TIMES}</mo>{parts[2].mathml}")

    def divide(self, parts: Sequence[Any]) -> _Node:
        return _fraction(parts[0], parts[2])

    def fraction(self, parts: Sequence[Any]) -> _Node:
        return _fraction(parts[1], parts[2])

    def negative(self, parts: Sequence[Any]) -> _Node:
        return _node(f'<mo form="prefix">−</mo>{parts[1].mathml}')

    def positive(self, parts: Sequence[Any]) -> _Node:
        return _node(f'<mo form="prefix">+</mo>{parts[1].mathml}')

    def percent(self, parts: Sequence[Any]) -> _Node:
        return _node(parts[0].mathml.replace("</mn>", "%</mn>"))

    def mixed(self, parts: Sequence[Any]) -> _Node:
        whole, _, part = str(parts[0]).partition(" ")
        if "/" not in part:
            return _node(f"<mn>{parts[0]}</mn>")
        above, below = (_node(f"<mn>{number}</mn>") for number in part.split("/"))
        return _node(f"<mn>{whole}</mn>{_fraction(above, below).mathml}")

    def number(self, parts: Sequence[Any]) -> _Node:
        return _node(f"<mn>{parts[0]}</mn>")

    def name(self, parts: Sequence[Any]) -> _Node:
        return _node("<mi>π</mi>" if parts[0] == "pi" else f"<mi>{parts[0]}</mi>")

    def bracket(self, parts: Sequence[Any]) -> _Node:
        return _Node(f"<mrow><mo>(</mo>{parts[1].mathml}<mo>)</mo></mrow>", parts[1].mathml)

    def braced(self, parts: Sequence[Any]) -> _Node:
        return parts[1]

    def bars(self, parts: Sequence[Any]) -> _Node:
        return _node(f"<mrow><mo>|</mo>{parts[1].bare}<mo>|</mo></mrow>")

    def root(self, parts: Sequence[Any]) -> _Node:
        index, inside = parts
        if index == "2":
            return _node(f"<msqrt>{inside.bare}</msqrt>")
        return _node(f"<mroot>{_row(inside.bare)}<mn>{index}</mn></mroot>")

    def power(self, parts: Sequence[Any]) -> _Node:
        return _node(f"<msup>{_row(parts[0].mathml)}{_row(parts[2].bare)}</msup>")

    def function(self, parts: Sequence[Any]) -> str:
        name, _, base = str(parts[0]).partition("_")
        shown = f"<mi>{name}</mi>"
        if base:
            shown = f"<msub>{shown}{f'<mn>{base}</mn>' if base.isdigit() else f'<mi>{base}</mi>'}</msub>"
        return f"<msup>{shown}<mn>{parts[1]}</mn></msup>" if len(parts) > 1 else shown

    def call(self, parts: Sequence[Any]) -> _Node:
        return _node(f"{parts[0]}<mo>{_APPLIED}</mo>{parts[1].mathml}")


def _node(mathml: str) -> _Node:
    return _Node(mathml, mathml)


def _row(mathml: str) -> str:
    """Several elements as one."""
    return f"<mrow>{mathml}</mrow>"


def _fraction(above: _Node, below: _Node) -> _Node:
    return _node(f"<mfrac>{_row(above.bare)}{_row(below.bare)}</mfrac>")
