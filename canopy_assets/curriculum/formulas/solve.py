"""Formulas rearranged for a letter: what was done to the letter is undone, the last operation first."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.formulas.misconceptions import undo_ideas
from canopy_assets.curriculum.formulas.side import Undone, outermost, shown, spaced
from canopy_assets.curriculum.grammar import IN_FORMULAS, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, kept
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_STEPS = 4
_HALF_PRODUCT = re.compile(r"(\d) (bh|mv|gh|gt|lw)\b")
"""The product in A = 1/2 bh."""
_WORD = re.compile(r"[\w)]\s+(?!sqrt)[a-zA-Z]{2,}|(?<![a-zA-Z])(?!sqrt)[a-zA-Z]{2,}\s+[\w(]")
"""Letters beside an operand, with a space between, may be a word ("3x nur − 7 = 8"); products of letters have none."""


@dataclass(frozen=True)
class Formula:
    """A formula whose letter stands on one side only, in one place."""

    letter: sympy.Symbol
    side: sympy.Expr
    other: sympy.Expr
    text: str


def _formula(text: str) -> Formula | None:
    """The formula of a statement and the letter that it is solved for; None where that is no clean task."""
    found = parsed(__package__, text, IN_FORMULAS) if "=" in text else None
    if found is None:
        return None
    typed = _HALF_PRODUCT.sub(r"\1\2", found.parts["formula"])
    if _WORD.search(typed):
        return None
    written = spaced(typed)
    sides, letter = try_equation(written), sympy.Symbol(found.parts["letter"])
    if sides is None or re.search(r"e", re.sub("sqrt", "", written), re.IGNORECASE):
        return None  # e is a number to the parser
    letters = sides[0].free_symbols | sides[1].free_symbols
    others = found.get("others")
    if letter not in letters or len(letters) < 2:
        return None
    if others is not None and set(re.findall(r"\b\w\b", others)) != {str(s) for s in letters - {letter}}:
        return None
    holds = [letter in side.free_symbols for side in sides]
    if all(holds):
        return None
    side, other = sides if holds[0] else sides[::-1]
    if "(" in written:
        side = sympy.factor_terms(side)  # 5(F − 32)/9 as it was written; SymPy multiplies the number in
    return Formula(letter, side, other, laid_out(written))


def _rearranged(text: str) -> Solution | None:
    """The steps that isolate the letter; None where another method than undoing operations is needed."""
    formula = _formula(text)
    if formula is None or formula.side == formula.letter:
        return None
    equation, side, other = formula.text, formula.side, formula.other
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    while side != formula.letter:
        undone = outermost(side, other, formula.letter)
        if undone is None or len(steps) == MAX_STEPS:
            return None
        steps.append(_step(formula, undone, equation))
        ideas += undo_ideas(formula.letter, undone, equation, len(steps) - 1)
        equation, side, other = steps[-1].result, undone.side, undone.other
    concept = _WORDS.concept("rearranging")
    answer = steps[-1].result
    return Solution("rearranging", "formulas", answer, "expression", None, tuple(steps), kept(*ideas), concept)


def _step(formula: Formula, undone: Undone, equation: str) -> Step:
    """Undo one operation on both sides."""
    letter = str(formula.letter)
    result = f"{shown(undone.side)} = {shown(undone.other)}"
    slots = {"equation": equation, "letter": letter, "operation": undone.operation}
    ask = f"In {equation}, the last thing done on the side of {letter} is {undone.operation}. How is that undone?"
    return Step("formula.undo", ask, f"{equation}, so {result}", result, slots)


PRECEDENCE = 55
FAMILIES: tuple[Family, ...] = (WordedFamily("rearranging", "formulas", (_rearranged,)),)
