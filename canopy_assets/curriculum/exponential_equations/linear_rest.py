"""The linear equation that is left of another equation, once a power, a root or bars are undone."""

from __future__ import annotations

from dataclasses import replace

import sympy

from canopy_assets.curriculum.linear.solve import LinearFamily
from canopy_assets.maths.formatting import show
from canopy_assets.records import Misconception, Step

_LINEAR = LinearFamily("linear_equation", "linear equations", equations=True)


def linear_rest(
    left: sympy.Expr, right: sympy.Expr, index: int
) -> tuple[list[Step], list[Misconception | None]] | None:
    """The steps that solve `left = right`, and their misconceptions; no steps where the unknown stands alone already.

    Args:
        left: A linear expression.
        right: A number, or another linear expression.
        index: How many steps come before.

    Returns:
        None where the linear equation cannot be solved.
    """
    if isinstance(left, sympy.Symbol) and not right.free_symbols:
        return [], []
    solution = _LINEAR.solve(f"{show(left)} = {show(right)}")
    if solution is None:
        return None
    return list(solution.steps), [replace(m, step=m.step + index) for m in solution.misconceptions]


def solved_for(left: sympy.Expr, right: sympy.Expr) -> str:
    """The solution of a linear equation as text: "x = 3"."""
    (symbol,) = left.free_symbols
    slope, constant = sympy.Poly(left, symbol).all_coeffs()
    return f"{symbol} = {show((right - constant) / slope)}"
