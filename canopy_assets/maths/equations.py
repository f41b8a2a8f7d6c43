"""Finds equations in prose: "so 5x = 25", "16 − 3 − 4 = 9". The truth gate checks them, the eval metrics count them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import sympy

from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import MAX_CHARACTERS, ExpressionError, parse
from canopy_assets.maths.glyphs import SUPERSCRIPT_DIGITS, SUPERSCRIPT_MINUS, VULGAR_FRACTIONS

MAX_SCANNED = 20_000


@dataclass(frozen=True)
class EquationMention:
    """`left = right` in a text, with its position. A chain a = b = c gives two."""

    left: str
    right: str
    start: int
    end: int
    text: str


class _Piece(NamedTuple):
    kind: str
    start: int
    end: int
    text: str


_EQUALS = re.compile(r"(?<![<>=!:≤≥])=(?![=>])")
_PIECE = re.compile(
    rf"""
    (?P<number>
        [$€£]?\s?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:\s?%)?  # 12, $1,250.50, 15 %
        | [{"".join(VULGAR_FRACTIONS)}]
    )
    | (?P<function>\b(?:sqrt|sin|cos|tan|ln|log(?:_[0-9]+)?|exp)\b|√)
    | (?P<operator>\*\*|[-−–+*×·⋅/÷^]|\bof\b)  # "15 % of 80" is a product
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | (?P<power>[{SUPERSCRIPT_DIGITS}{SUPERSCRIPT_MINUS}]+)
    | (?P<variable>(?<![A-Za-z’'])[a-zA-Zπθ]{{1,2}}(?![A-Za-z’']))  # x, xy; `_is_word` finds short words among them
    | (?P<equals>=)
    | (?P<space>\s+)
    | (?P<word>[A-Za-z’']+)
    | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_WORD = re.compile(
    r"""
    (?<![A-Za-z’'])
    (?!(?:sqrt|sin|cos|tan|log|exp)(?![A-Za-z]))  # a function belongs to its equation
    [A-Za-z]{3,}
    (?![A-Za-z’'])
    """,
    re.VERBOSE,
)
_CALL = re.compile(r"[fghFGH]\s?\(")
_SHORT_WORDS = frozenset({
    "a", "i", "is", "it", "in", "on", "at", "to", "so", "or", "of", "if", "as", "an", "am", "be", "by", "do", "go",
    "he", "me", "my", "no", "oh", "ok", "up", "us", "we",
})  # fmt: skip
_BINDING = frozenset({
    "of", "and", "plus", "minus", "times", "by", "over", "than", "percent", "per", "squared", "cubed", "half",
    "third", "quarter", "double", "twice", "divided", "sum", "difference", "product", "point", "remainder", "r",
    "to", "quotient", "hundred", "thousand", "dozen",
})  # fmt: skip
"""Words that join numbers into arithmetic that is not parsed. A lone number next to them is not a whole side."""


def equations_in(text: str) -> list[EquationMention]:
    """Equations written out in a text: around each `=`, the longest piece of mathematics on either side.

    Pieces that prose continues ("half of 24 = 12") are left out rather than misread.
    """
    if "=" not in text:
        return []
    text = text[:MAX_SCANNED]
    found = []
    for pieces in _stretches(text):
        for index, piece in enumerate(pieces):
            if piece.kind != "equals" or not _EQUALS.match(text, piece.start):
                continue
            first, last = _left_edge(pieces, index), _right_edge(pieces, index)
            if first is None or last is None:
                continue
            start, end = pieces[first].start, pieces[last].end
            left, right = text[start : piece.start], text[piece.end : end]
            start += len(left) - len(left.lstrip())
            found.append(EquationMention(left.strip(), right.strip(), start, end, text[start:end]))
    return found


def _stretches(text: str) -> Iterator[list[_Piece]]:
    """The pieces between words that contain an `=`. No side of an equation extends beyond a word."""
    start = end = 0
    for word in _WORD.finditer(text):
        if text.find("=", end, word.start()) >= 0:
            yield _pieces(text, start, word.end())
        start, end = word.span()
    if text.find("=", end) >= 0:
        yield _pieces(text, start, len(text))


def _pieces(text: str, start: int, end: int) -> list[_Piece]:
    return [_Piece(m.lastgroup or "other", m.start(), m.end(), m[0]) for m in _PIECE.finditer(text, start, end)]


def equation_holds(equation: EquationMention) -> bool | None:
    """True or False if it can be decided, otherwise None. With unknowns, only if it holds always or never.

    A decimal with at least two places on one side may be the rounded value of the other.
    """
    if max(len(equation.left), len(equation.right)) > MAX_CHARACTERS:
        return None
    if _CALL.match(equation.left) or _CALL.match(equation.right):
        return None  # f(0) is a function's value, not f times 0
    try:
        left, right = (parse(_times(side)) for side in (equation.left, equation.right))
        if not (left.free_symbols or right.free_symbols):
            return _same_number(left, right, equation)
        difference = _expanded_difference(left, right)
    except ExpressionError:
        return None
    if difference == 0:
        return True
    return None if difference.free_symbols else False


def _times(side: str) -> str:
    return re.sub(r"\bof\b", "*", side)


def _expanded_difference(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    difference = left - right
    return sympy.expand(difference) if difference.is_polynomial() else difference


def _same_number(left: sympy.Expr, right: sympy.Expr, equation: EquationMention) -> bool:
    a, b = value_at(left), value_at(right)
    if close(a, b):
        return True
    places = max(_places(equation.left), _places(equation.right))
    return places >= 2 and abs(complex(a) - complex(b)) <= 0.5 * 10.0**-places * (1 + 1e-9)


def _places(side: str) -> int:
    match = re.fullmatch(r"[-−$€£\s]*[0-9][0-9,]*\.([0-9]+)\s*", side)
    return len(match[1]) if match else 0


def _is_operand(piece: _Piece) -> bool:
    return piece.kind in ("number", "variable", "function", "power", "open", "close") and not _is_word(piece)


def _is_word(piece: _Piece) -> bool:
    return piece.kind == "word" or (piece.kind == "variable" and piece.text.lower() in _SHORT_WORDS)


def _left_edge(pieces: list[_Piece], equals: int) -> int | None:
    """The index of the first piece of the left side; None when no left side can be read."""
    index, depth, first, last = equals - 1, 0, None, None
    while index >= 0:
        piece = pieces[index]
        if piece.kind == "space":
            index -= 1
            continue
        if not (_is_operand(piece) or (piece.kind == "operator" and last is not None)):
            break
        if last is not None and _unjoined(piece, last, pieces, index):
            break
        depth += {"close": 1, "open": -1}.get(piece.kind, 0)
        if depth < 0:
            break
        first = last = index
        index -= 1
    if first is None or depth > 0:
        return None
    return None if _bound_before(pieces, first, equals) else first


def _unjoined(piece: _Piece, other: int, pieces: list[_Piece], index: int) -> bool:
    """Two operands side by side with a space between, as in "gives 3 5x": not a product, except at brackets."""
    following = pieces[other]
    if "operator" in (piece.kind, following.kind) or other == index + 1:
        return False
    return (
        piece.kind != "function"
        and following.kind != "open"
        and not (
            piece.kind == "number" and following.kind == "number" and "/" in [p.text for p in pieces[other : other + 3]]
        )
    )


def _bound_before(pieces: list[_Piece], first: int, equals: int) -> bool:
    if pieces[first].kind == "operator" and pieces[first].text not in "-−–+":
        return True
    before = next((p for p in reversed(pieces[:first]) if p.kind != "space"), None)
    if before is None:
        return False
    lone = sum(p.kind != "space" for p in pieces[first:equals]) == 1 and pieces[first].kind == "number"
    if before.kind in ("operator", "number") or before.text in ("?", "_", "…"):
        return True
    word = before.text.lower()
    return word in _BINDING and (lone or word not in ("and", "to", "than", "by"))


def _right_edge(pieces: list[_Piece], equals: int) -> int | None:
    index, depth, last = equals + 1, 0, None
    while index < len(pieces):
        piece = pieces[index]
        if piece.kind == "space":
            index += 1
            continue
        if not (_is_operand(piece) or piece.kind == "operator"):
            break
        if last is not None and _unjoined_right(pieces, last, index):
            break
        depth += {"open": 1, "close": -1}.get(piece.kind, 0)
        if depth < 0:
            break
        last = index
        index += 1
    if last is None or depth > 0:
        return None
    if pieces[last].kind == "operator":
        # "5x = 25 - so" or "= 5 × ?": of trailing operators, only a dash is allowed.
        if pieces[last].text not in "-−–" or pieces[last - 1].kind != "space":
            return None
        last = next((i for i in range(last - 1, equals, -1) if pieces[i].kind != "space"), None)
    return None if last is None or _bound_after(pieces, last) else last


def _unjoined_right(pieces: list[_Piece], last: int, index: int) -> bool:
    return _unjoined(pieces[last], index, pieces, last)


def _bound_after(pieces: list[_Piece], last: int) -> bool:
    after = next((p for p in pieces[last + 1 :] if p.kind != "space"), None)
    if after is None:
        return False
    return after.text.lower() in _BINDING - {"and", "by", "to", "per", "than"} or after.text in "?_…"
