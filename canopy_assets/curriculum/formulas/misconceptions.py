"""What students get wrong when they rearrange a formula, tested on the operation that they undo."""

from __future__ import annotations

from typing import cast

import sympy

from canopy_assets.curriculum.formulas.side import Undone, shown
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def undo_ideas(letter: sympy.Symbol, undone: Undone, equation: str, index: int) -> list[Misconception | None]:
    """The operation is repeated instead of undone, or a division reaches the first term only.

    Args:
        letter: the letter that the formula is solved for.
        undone: both sides after the operation was undone.
        equation: the formula before.
        index: the number of the step.
    """
    right = f"{shown(undone.side)} = {shown(undone.other)}"
    slots = {"equation": equation, "letter": letter, "operation": undone.operation, "before": shown(undone.before)}
    return [
        unless_right(
            _WORDS.misconception(name, answer=f"{shown(side)} = {shown(other)}", step=index, **slots),
            right,
            kind="expression",
        )
        for name, (side, other) in _attempts(letter, undone).items()
    ]


def _attempts(letter: sympy.Symbol, undone: Undone) -> dict[str, tuple[sympy.Expr, sympy.Expr]]:
    """Both sides after each wrong idea."""
    side, other, before, operand = undone.side, undone.other, undone.before, undone.operand
    if operand is None:
        return {"other_side_stays_as_it_was": (side, before)}
    if letter in operand.free_symbols:
        return {"other_side_stays_as_it_was": (letter, before)}
    if other == before - operand:
        return {"operation_repeated": (side, before + operand)}
    attempts = {"operation_repeated": (side, before * operand), "factor_taken_away": (side, before - operand)}
    if isinstance(before, sympy.Add):
        first, *rest = before.as_ordered_terms()
        attempts["division_of_first_term_only"] = (side, first / operand + sympy.Add(*cast(list[sympy.Expr], rest)))
    return attempts
