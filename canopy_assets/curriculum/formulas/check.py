"""Puts a rearranged formula into the formula that it comes from."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import same_expression
from canopy_assets.maths.expressions import parse_relation


def _is_rearranged(_statement: str, solution: Solution) -> bool:
    """Whether both sides are the same expression with the letter's value in its place, which must be free of it."""
    formula, found = parse_relation(solution.steps[0].slots["equation"]), parse_relation(solution.answer)
    letter = found.left
    if not isinstance(letter, sympy.Symbol) or letter in found.right.free_symbols:
        return False
    return same_expression(formula.left.subs(letter, found.right), formula.right.subs(letter, found.right))


CHECKS: dict[str, Check] = {"rearranging": _is_rearranged}
