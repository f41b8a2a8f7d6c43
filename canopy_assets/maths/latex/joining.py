"""The parts of a formula on a line, and what has to stand between neighbours so that they are read as meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from canopy_assets.maths.notation import symbols

Kind = Literal["number", "letter", "word", "sign", "open", "close", "space", "power", "fraction", "call", "function"]
_OPERANDS = {"number", "letter", "power", "fraction", "call"}
_INFIX = frozenset("=<>≤≥≠≈+-−±·×÷")


class LatexError(ValueError):
    """LaTeX that is not understood, or that no line of plain text can express. The message names the cause."""


@dataclass(frozen=True)
class Piece:
    """A part of the line: its text, and what it is to its neighbours."""

    text: str
    kind: Kind


def character(token: str) -> Piece:
    if token.isspace() or token == "~":
        return Piece(" ", "space")
    if token[0] in "0123456789":
        return Piece(token.replace("{,}", ","), "number")
    if token.isalpha():
        return Piece(token, "letter")
    if token in "$#":
        raise LatexError(f"{token!r} inside a formula")
    return Piece(token, "open" if token in "([" else "close" if token in ")]" else "sign")


def kind_of_sign(name: str) -> Kind:
    if name in ("lbrace", "lbrack", "langle", "lfloor", "lceil", "lvert"):
        return "open"
    return "close" if name in ("rbrace", "rbrack", "rangle", "rfloor", "rceil", "rvert") else "sign"


def words(text: str) -> list[Piece]:
    """Text inside a formula: a lone letter or number is one of the formula's."""
    bare = text.strip()
    if not bare:
        return [Piece(" ", "space")]
    if bare in symbols.FUNCTIONS:
        return [Piece(bare, "function")]
    if re.fullmatch(r"\d+(\.\d+)?", bare):
        return [Piece(bare, "number")]
    kind: Kind = "letter" if len(bare) == 1 and bare.isalpha() else "word"
    before = [Piece(" ", "space")] if text[0].isspace() else []
    return [*before, Piece(bare, kind), *([Piece(" ", "space")] if text[-1].isspace() else [])]


def scripted(base: Piece, script: str, mark: str) -> Piece:
    """A piece with a power or an index."""
    if base.kind in ("function", "sign", "word"):
        return Piece(base.text + script, base.kind)
    if mark == "^" and base.kind == "power" and "^" in base.text:
        _refuse("a power of a power needs brackets")
    if base.kind == "close":  # it carries the power of everything inside the bracket
        return Piece(base.text + script, "close")
    if mark == "^" and (base.kind == "fraction" or (base.kind == "call" and not base.text.endswith(")"))):
        return Piece(f"({base.text}){script}", "power")
    return Piece(base.text + script, "power")


def _refuse(reason: str) -> NoReturn:
    raise LatexError(reason)


def fraction(above: list[Piece], below: list[Piece]) -> Piece:
    top, bottom = [p for p in above if p.kind != "space"], [p for p in below if p.kind != "space"]
    if not top or not bottom:
        raise LatexError("a fraction without a numerator or a denominator")
    # A product needs no brackets above the bar: 2x/3 is (2x)/3. Below it does: 3/2x is not 3/(2x).
    product = all(p.kind in ("number", "letter", "power") and p.text[0] != "(" for p in top)
    atom = len(bottom) == 1 and bottom[0].kind in ("number", "letter")
    if joined(top) == "d" and re.fullmatch("d[a-z]", joined(bottom)):
        return Piece(f"d/{joined(bottom)}", "word")  # the sign of a derivative, not a quotient
    over, under = joined(above).strip(), joined(below).strip()
    bare = product or (len(top) == 1 and top[0].kind == "word")
    return Piece(f"{over if bare else f'({over})'}/{under if atom else f'({under})'}", "fraction")


def joined(pieces: list[Piece]) -> str:
    """The pieces on a line, with brackets, spaces and signs where neighbours would run into each other."""
    solid = _without_double_brackets([p for i, p in enumerate(pieces) if not _is_needless_space(pieces, i)])
    text = ""
    before: Piece | None = None
    for index, piece in enumerate(solid):
        after = solid[index + 1] if index + 1 < len(solid) else None
        shown = piece.text
        if piece.kind == "fraction":
            shown = _fraction_text(piece, solid[:index], after)
        if piece.text in _INFIX and before and after and _stands_between(solid, index):
            shown = f"{'' if before.kind == 'space' else ' '}{shown}{'' if after.kind == 'space' else ' '}"
        text += _between(before, piece) + shown
        before = piece
    return text


def _stands_between(pieces: list[Piece], index: int) -> bool:
    """Whether a sign stands between two operands: a minus before an operand only is part of it."""
    before = next((p for p in reversed(pieces[:index]) if p.kind != "space"), None)
    after = next((p for p in pieces[index + 1 :] if p.kind != "space"), None)
    operand = before is not None and (
        before.kind in {*_OPERANDS, "close", "word"} or before.text in ("%", "!", "°", "'")
    )
    return operand and after is not None and after.kind != "close"


def _without_double_brackets(pieces: list[Piece]) -> list[Piece]:
    """A matrix or a column brings its own brackets; between bars, a matrix is its determinant."""
    kept: list[Piece] = []
    for piece in pieces:
        is_grid = len(kept) > 1 and kept[-1].kind == "call" and kept[-1].text.startswith(("[[", "("))
        pair = f"{kept[-2].text}{piece.text}" if is_grid else ""
        if pair in ("()", "[]") or (pair == "||" and kept[-1].text.startswith("[[")):
            grid = kept.pop()
            kept[-1] = Piece(f"det {grid.text}" if pair == "||" else grid.text, "call")
        else:
            kept.append(piece)
    return kept


def _is_needless_space(pieces: list[Piece], index: int) -> bool:
    """TeX shows no space between two numbers, before an operand that multiplies, or inside brackets."""
    if pieces[index].kind != "space":
        return False
    before = next((p for p in reversed(pieces[:index]) if p.kind != "space"), None)
    after = next((p for p in pieces[index + 1 :] if p.kind != "space"), None)
    if (before and before.kind == "open") or (after and after.kind == "close"):
        return True
    operands = before is not None and after is not None and {before.kind, after.kind} <= _OPERANDS
    return operands or (index > 0 and pieces[index - 1].kind == "space")


def _fraction_text(piece: Piece, earlier: list[Piece], after: Piece | None) -> str:
    before = earlier[-1] if earlier else None
    multiplies = after is not None and (after.kind in {*_OPERANDS, "open", "function"} or after.text == "!")
    # 3 1/2 is a mixed number; after anything else, a fraction next to an operand is a factor.
    mixed = before is not None and before.kind == "number" and re.fullmatch(r"\d+/\d+", piece.text) is not None
    factor = before is not None and (before.kind in _OPERANDS or before.kind == "close") and not mixed
    divided = next((p.text in ("/", "÷") for p in reversed(earlier) if p.kind != "space"), False)
    return f"({piece.text})" if multiplies or factor or divided else piece.text


def _between(before: Piece | None, piece: Piece) -> str:
    """What has to stand between two pieces so that they are not read as one."""
    if before is None:
        return ""
    if before.kind == "number" and piece.kind == "fraction" and re.fullmatch(r"\d+/\d+", piece.text):
        return " "
    if piece.kind == "number" and before.kind == "letter":
        _refuse(f"{before.text}{piece.text} may have lost a power or an index")
    if piece.kind == "number" and before.kind in ("power", "fraction", "call", "close"):
        return "·"
    if before.kind == "sign" and before.text[0] in "∫∬∮∑∏⋃⋂" and piece.kind != "space":
        return " "
    if before.kind == "function" and piece.kind in {*_OPERANDS, "function"}:
        return " "
    if piece.kind == "function" and before.kind in ("letter", "power", "close", "fraction", "call"):
        return " "
    if "word" in (before.kind, piece.kind) and {before.kind, piece.kind} <= {*_OPERANDS, "word", "function"}:
        return " "
    # f/(2x) g would be read as one denominator, and x^(2)(3) as one power, without the space.
    return "" if piece.kind != "open" or before.kind not in ("word", "function") or piece.text != "[" else " "
