"""Plain text to HTML with its mathematics in MathML, set as the parser reads it: `1/2x` shows a half, times x.

Browsers set MathML themselves. Each formula carries its plain text (`alttext`) for programs that do not.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from canopy_assets.maths.glyphs import SUBSCRIPT_DIGITS, SUPERSCRIPT_DIGITS, SUPERSCRIPT_MINUS, VULGAR_FRACTIONS
from canopy_assets.maths.tokens import ExpressionError, Token, tokens_of

_TIMES, _INVISIBLE_TIMES, _APPLIED = "×", "\u2062", "\u2061"
_RELATIONS = {"=": "=", "<": "<", ">": ">", "≤": "≤", "≥": "≥", "<=": "≤", ">=": "≥", "≠": "≠", "≈": "≈"}
_RELATION = re.compile(r"(<=|>=|[=<>≤≥≠≈])")
_OPERATORS = {"+": "+", "-": "−"}
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
        sides = [_Setter(tokens_of(part)).whole() for part in parts[::2]]
    except ExpressionError:
        return None
    signs = [f"<mo>{escape(_RELATIONS[sign])}</mo>" for sign in parts[1::2]]
    body = "".join(side + sign for side, sign in zip(sides, [*signs, ""], strict=True))
    return f'<math alttext="{escape(text)}"><mrow>{body}</mrow></math>'


class _Node(NamedTuple):
    """A part of a formula in MathML, and the same without brackets around it: a bar or a raised place needs none."""

    mathml: str
    bare: str


class _Setter:
    """Sets the tokens of an expression, from the weakest operator to the strongest, bound as in Python."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = [*tokens, Token("close", "")]
        self._next = 0

    def whole(self) -> str:
        made = self._sum()
        if self._next < len(self._tokens) - 1:
            raise ExpressionError(f"{self._tokens[self._next].text} has no place here")
        return made

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _sum(self) -> str:
        made = self._product().mathml
        while self._peek().text in _OPERATORS:
            made += f"<mo>{_OPERATORS[self._take().text]}</mo>{self._product().mathml}"
        return made

    def _product(self) -> _Node:
        made = self._signed()
        while self._peek().text in ("*", "/"):
            if self._take().text == "/":
                made = _node(f"<mfrac>{_row(made.bare)}{_row(self._signed().bare)}</mfrac>")
            else:
                sign = _TIMES if self._peek().kind == "number" or self._peek().text in _OPERATORS else _INVISIBLE_TIMES
                made = _node(f"{made.mathml}<mo>{sign}</mo>{self._signed().mathml}")
        return made

    def _signed(self) -> _Node:
        if self._peek().text in _OPERATORS:
            return _node(f'<mo form="prefix">{_OPERATORS[self._take().text]}</mo>{self._signed().mathml}')
        return self._power()

    def _power(self) -> _Node:
        base = self._operand()
        if self._peek().text != "**":
            return base
        self._take()
        return _node(f"<msup>{_row(base.mathml)}{_row(self._signed().bare)}</msup>")

    def _operand(self) -> _Node:
        token = self._take()
        if token.kind == "number":
            return _node(f"<mn>{token.written}</mn>")
        if token.kind == "name":
            return _node("<mi>π</mi>" if token.text == "pi" else f"<mi>{token.text}</mi>")
        if token.kind == "function":
            return _node(_applied(token.text, self._operand()))
        if token.kind != "open":
            raise ExpressionError("an operand is missing")
        inner = self._sum()
        if self._take().text != ")":
            raise ExpressionError("a bracket is not closed")
        return _Node(f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>", inner)


def _node(mathml: str) -> _Node:
    return _Node(mathml, mathml)


def _row(mathml: str) -> str:
    """Several elements as one."""
    return f"<mrow>{mathml}</mrow>"


def _applied(function: str, argument: _Node) -> str:
    if function == "sqrt":
        return f"<msqrt>{argument.bare}</msqrt>"
    if function == "abs":
        return f"<mrow><mo>|</mo>{argument.bare}<mo>|</mo></mrow>"
    name, _, base = function.partition("_")
    shown = f"<mi>{name}</mi>"
    if base:
        shown = f"<msub>{shown}{f'<mn>{base}</mn>' if base.isdigit() else f'<mi>{base}</mi>'}</msub>"
    return f"{shown}<mo>{_APPLIED}</mo>{argument.mathml}"
