"""A function to integrate, taken apart into terms whose antiderivatives are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import sympy

from canopy_assets.curriculum.derivatives.terms import MAX_DEGREE, inner_of, standard, terms_of
from canopy_assets.records import Step

__all__ = ["Bounds", "Problem", "antiderivative", "terms_of"]

Bounds = tuple[sympy.Expr, sympy.Expr]
"""The lower and the upper bound."""


@dataclass(frozen=True)
class Problem:
    """What to integrate.

    Attributes:
        function: the function, as a sum.
        variable: its variable.
        bounds: the bounds of a definite integral.
        expansion: the steps that made a sum of the function, if it was given as a product.
    """

    function: sympy.Expr
    variable: sympy.Symbol
    bounds: Bounds | None
    expansion: tuple[Step, ...] = ()

    @property
    def antiderivative(self) -> sympy.Expr:
        """The antiderivative without a constant. Every term must have one."""
        terms = terms_of(self.function)
        return sympy.Add(*(cast(sympy.Expr, antiderivative(term, self.variable)) for term in terms))


def antiderivative(term: sympy.Expr, x: sympy.Symbol) -> sympy.Expr | None:
    """An antiderivative of a term c·xⁿ, or of c·g(ax + b) with a sine, a cosine or an exponential function g; None for
    any other term.
    """
    coefficient, power = term.as_coeff_exponent(x)
    if coefficient.is_Rational and power.is_Rational and abs(power) <= MAX_DEGREE:
        return coefficient * sympy.log(sympy.Abs(x)) if power == -1 else coefficient * x ** (power + 1) / (power + 1)
    factor, outer = term.as_coeff_Mul()
    inner = x if standard(term, x) else inner_of(term, x)
    if inner is None or not factor.is_Rational:
        return None
    if isinstance(outer, sympy.exp):
        return factor * outer / sympy.diff(inner, x)
    if isinstance(outer, sympy.sin | sympy.cos):
        found = sympy.sin(inner) if isinstance(outer, sympy.cos) else -sympy.cos(inner)
        return factor * found / sympy.diff(inner, x)
    return None
