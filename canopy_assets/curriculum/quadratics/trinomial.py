"""The polynomials of degree two that are factored, or set to zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

import sympy

from canopy_assets.maths.formatting import show


@dataclass(frozen=True)
class Trinomial:
    """a·x² + b·x + c with integer coefficients; a is 0 for a·x + b."""

    variable: sympy.Symbol
    a: sympy.Integer
    b: sympy.Integer
    c: sympy.Integer

    @classmethod
    def of(cls, variable: sympy.Symbol, coefficients: tuple[sympy.Expr, ...]) -> Trinomial:
        """The trinomial with these coefficients of x², x and 1, which must be integers."""
        return cls(variable, *(sympy.Integer(int(c)) for c in coefficients))

    @property
    def name(self) -> str:
        """The variable's letter."""
        return self.variable.name

    @property
    def coefficients(self) -> tuple[sympy.Integer, sympy.Integer, sympy.Integer]:
        """a, b and c."""
        return self.a, self.b, self.c

    @property
    def expr(self) -> sympy.Expr:
        """The polynomial."""
        return self.a * self.variable**2 + self.b * self.variable + self.c

    @property
    def text(self) -> str:
        """The polynomial as a student writes it."""
        return show(self.expr)

    @property
    def discriminant(self) -> sympy.Integer:
        """b² − 4ac."""
        return sympy.Integer(self.b**2 - 4 * self.a * self.c)

    @property
    def can_be_completed(self) -> bool:
        """Whether the square is completed without fractions: x² + bx + c with an even b other than 0."""
        return self.a == 1 and self.b != 0 and self.b % 2 == 0

    @property
    def factors_rationally(self) -> bool:
        """Whether the roots are rational (for a = 0: always)."""
        discriminant = int(self.discriminant)
        return discriminant >= 0 and math.isqrt(discriminant) ** 2 == discriminant

    @property
    def roots(self) -> tuple[sympy.Expr, ...]:
        """The rational roots, the larger one first and a double root once. Requires `factors_rationally` and a ≠ 0."""
        root = math.isqrt(int(self.discriminant))
        found = {sympy.Rational(-self.b + root, 2 * self.a), sympy.Rational(-self.b - root, 2 * self.a)}
        return tuple(sorted(found, reverse=True))

    @property
    def factored(self) -> str:
        """The product as a student writes it: "2(x − 3)(x + 1)", "x(x − 5)", "(x − 3)²"."""
        return show(sympy.factor(self.expr))


def terms_of(polynomial: sympy.Expr, x: sympy.Symbol) -> list[sympy.Expr]:
    """The terms of a polynomial, highest power first."""
    return [coefficient * x**power for (power,), coefficient in sympy.Poly(polynomial, x).terms()]


def common_factor(polynomial: sympy.Expr, x: sympy.Symbol) -> sympy.Expr:
    """The greatest common factor of the terms, with a power of x and the sign of the leading term.

    Of a single term with a power of x, one x is left: x² is x(x), not x²(1).
    """
    terms = sympy.Poly(polynomial, x).terms()
    lowest = min(power for (power,), _ in terms)
    if len(terms) == 1 and lowest:
        lowest -= 1
    number = math.gcd(*(int(coefficient) for _, coefficient in terms))
    sign = -1 if terms[0][1] < 0 else 1
    return sign * number * x**lowest


def roots_text(name: str, roots: tuple[sympy.Expr, ...]) -> str:
    """The solutions of an equation as a student writes them: "x = 3 or x = 2"."""
    return " or ".join(f"{name} = {show(root)}" for root in roots)


def with_content(content: sympy.Expr, bracket: str) -> str:
    """A bracket with a common factor in front. For −1, only the sign is written."""
    return ("−" if content == -1 else show(content)) + bracket
