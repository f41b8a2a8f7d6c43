"""The side of a formula that has the letter: what was done to the letter last, and both sides without it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import sympy

from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.formatting import show, show_sum
from canopy_assets.maths.glyphs import MINUS
from canopy_assets.maths.notation.names import FUNCTIONS

_LETTERS = re.compile(r"[a-zA-Z]{2,}")


@dataclass(frozen=True)
class Undone:
    """Both sides after an operation was undone.

    Attributes:
        side: the side with the letter.
        other: the other side.
        operation: what was undone, in words: "adding u", "multiplication by a".
        operand: what was added or multiplied by; None for a root.
        before: the other side before.
    """

    side: sympy.Expr
    other: sympy.Expr
    operation: str
    operand: sympy.Expr | None
    before: sympy.Expr


def outermost(side: sympy.Expr, other: sympy.Expr, letter: sympy.Symbol) -> Undone | None:
    """Both sides without the last operation on the letter; None where the letter stands in several terms or factors, or
    under a power that more than one number has.
    """
    if isinstance(side, sympy.Add):
        return _without_terms(side, other, letter)
    if isinstance(side, sympy.Mul):
        return _without_factors(side, other, letter)
    if isinstance(side, sympy.Pow) and side.exp == sympy.Rational(1, 2):
        return Undone(side.base, other**2, "taking the square root", None, other)
    if isinstance(side, sympy.Pow) and side.exp == -1:
        return Undone(side.base, 1 / other, "taking the reciprocal", None, other)
    return None


def _without_terms(side: sympy.Add, other: sympy.Expr, letter: sympy.Symbol) -> Undone | None:
    with_letter = [term for term in side.args if letter in term.free_symbols]
    if len(with_letter) != 1:
        return None
    added = side - with_letter[0]
    operation = f"adding {shown(added)}"
    if shown(added).startswith(MINUS):
        operation = f"taking away {shown(-added)}"
    return Undone(with_letter[0], other - added, operation, added, other)


def _without_factors(side: sympy.Mul, other: sympy.Expr, letter: sympy.Symbol) -> Undone | None:
    with_letter = [cast(sympy.Expr, factor) for factor in side.args if letter in factor.free_symbols]
    if len(with_letter) != 1:
        return None
    (kept,) = with_letter
    if isinstance(kept, sympy.Pow) and kept.exp == -1:
        return Undone(other * kept.base, side / kept, f"dividing by {shown(kept.base)}", kept, other)
    factor = side / kept
    numerator, denominator = sympy.fraction(factor)
    operation = f"dividing by {shown(denominator)}" if numerator == 1 else f"multiplying by {shown(factor)}"
    return Undone(kept, cast(sympy.Expr, sympy.together(other / factor)), operation, factor, other)


def shown(expr: sympy.Expr) -> str:
    """An expression as a student writes it, a sum with its positive terms first: "(v − u)/a", not "(−u + v)/a"."""
    numerator, denominator = sympy.fraction(sympy.together(expr))
    if not isinstance(numerator, sympy.Add):
        return spaced(show(expr))
    terms = sorted(numerator.args, key=lambda t: (show(t).startswith(MINUS), show(t)))
    above = spaced(show_sum(terms))
    if denominator == 1:
        return above
    below = spaced(show(denominator))
    return f"({above})/{below if len(below) == 1 or below.isdigit() else f'({below})'}"


def spaced(text: str) -> str:
    """A formula with signs between letters that the parser would take for a word: "u + at" is "u + a·t"."""
    return _LETTERS.sub(lambda m: m[0] if m[0] in FUNCTIONS or try_parse(m[0]) is not None else "·".join(m[0]), text)
