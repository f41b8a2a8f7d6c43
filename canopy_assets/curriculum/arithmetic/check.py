"""Calculations a second time, by the parser of expressions."""

from __future__ import annotations

from canopy_assets.curriculum.arithmetic.words import in_figures
from canopy_assets.curriculum.checking import Check, number_of, same_number
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.evaluation import close


def _is_right(statement: str, solution: Solution) -> bool:
    """The value of the expression, which the words of the statement may have been turned into."""
    figures = in_figures(ascii_statement(statement))
    return close(number_of(figures), number_of(solution.answer)) if figures else same_number(statement, solution)


CHECKS: dict[str, Check] = {"arithmetic": _is_right}
