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
    """What to differentiate.

    Attributes:
        function: the function.
        variable: its variable.
        name: the letter of the function or of its value ("f", "y").
        point: where the slope is asked for, if at one point.
        order: 2 where the second derivative is asked for.
    """

    function: sympy.Expr
    variable: sympy.Symbol
    name: str
    point: sympy.Rational | None
    order: int = 1

    @property
    def derivative(self) -> sympy.Expr:
        """The first derivative."""
        return sympy.diff(self.function, self.variable)


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
    """Whether a term is c·xⁿ with |n| up to `MAX_DEGREE`; n may be negative or a fraction, but not 0 or 1."""
    coefficient, power = term.as_coeff_exponent(x)
    return bool(coefficient.is_Rational and power.is_Rational and power not in (0, 1) and abs(power) <= MAX_DEGREE)


def inner_of(term: sympy.Expr, x: sympy.Symbol) -> sympy.Expr | None:
    """The ax + b inside a term c·g(ax + b), where g is a power, sin, cos, exp or ln; None for any other term."""
    _, outer = term.as_coeff_Mul()
    if isinstance(outer, sympy.exp):
        inner = outer.args[0]
    elif isinstance(outer, sympy.Pow) and outer.exp.is_Rational and abs(outer.exp) <= MAX_DEGREE:
        inner = outer.base
    elif type(outer) in FACTS:
        inner = outer.args[0]
    else:
        return None
    if not isinstance(inner, sympy.Expr) or inner == x or not inner.is_polynomial(x):
        return None
    return inner if sympy.Poly(inner, x).degree() == 1 and sympy.diff(inner, x).is_Rational else None
