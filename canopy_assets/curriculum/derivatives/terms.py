"""A function to differentiate, taken apart into its terms."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

MAX_DEGREE = 12


FACTS = {
    sympy.sin: "The sine curve is steepest where it crosses zero and level at its peaks",
    sympy.cos: "The cosine curve starts level at its peak and then falls",
    sympy.exp: "The exponential curve is, at each point, exactly as steep as it is high",
    sympy.log: "The logarithm curve grows ever flatter as its argument grows",
}


@dataclass(frozen=True)
class Problem:
    """A function to differentiate, its name, its variable, and where the slope is asked for, if at one point."""

    function: sympy.Expr
    variable: sympy.Symbol
    name: str
    point: sympy.Rational | None


def terms_of(expr: sympy.Expr) -> list[sympy.Expr]:
    """The terms of a sum, highest power first."""
    return sorted(sympy.Add.make_args(expr), key=lambda t: (-degree(t), str(t)))


def degree(term: sympy.Expr) -> int:
    """The power of the variable in a term, 0 where there is none."""
    symbols = list(term.free_symbols)
    exponent = term.as_coeff_exponent(symbols[0])[1] if symbols else sympy.Integer(0)
    return int(exponent) if exponent.is_Integer else 0


def standard(term: sympy.Expr, x: sympy.Symbol) -> type | None:
    """Which of sin, cos, exp, ln a term c·f(x) is; None when it is none of them."""
    _, rest = term.as_coeff_Mul()
    return next((f for f in FACTS if rest == f(x)), None)


def power_term(term: sympy.Expr, x: sympy.Symbol) -> bool:
    """Whether a term is c·xⁿ with n from 2 to `MAX_DEGREE`."""
    coefficient, power = term.as_coeff_exponent(x)
    return bool(coefficient.is_Rational and power.is_Integer and 2 <= power <= MAX_DEGREE)
