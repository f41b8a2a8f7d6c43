"""Writes numbers and expressions as text for people: typographic minus, raised exponents, correct signs.

A number is written in one of two ways. `show_number` and `show` are for algebra: exact, a fraction stays a fraction, no
commas ("3/4", "10000"). `show_quantity` and `show_amount` are for word problems and sums: a decimal where it ends
within four places, commas from 10,000 on ("0.75", "10,000"). For text that others typed there is `maths.typography`.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import sympy

from canopy_assets.maths.expressions import ExpressionError
from canopy_assets.maths.glyphs import MINUS, TO_SUPERSCRIPT
from canopy_assets.maths.layout import product


def as_fraction(value: int | Fraction | sympy.Basic) -> Fraction:
    """A rational number as a Fraction, whether it comes from SymPy or Python.

    Raises:
        ExpressionError: the expression is not a rational number.
    """
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, sympy.Basic):
        raise ExpressionError(f"{value} is not a rational number")
    return Fraction(value)


def show_number(value: int | Fraction | sympy.Basic) -> str:
    """A number in algebra: "12", "−3", "3/4"."""
    return str(as_fraction(value)).replace("-", MINUS)


def in_brackets(value: int | Fraction | sympy.Basic) -> str:
    """A number for use inside an expression: in brackets if it is negative."""
    return f"({show_number(value)})" if as_fraction(value) < 0 else show_number(value)


def show_quantity(value: Fraction | int) -> str:
    """A number in a word problem: "12", "0.75", "5/6", "−3", "80,000"."""
    value = Fraction(value)
    if value.denominator == 1:
        digits = f"{abs(value.numerator):,}" if abs(value) >= 10_000 else str(abs(value.numerator))
    elif 10_000 % value.denominator == 0:
        digits = f"{float(abs(value)):,.4f}".rstrip("0")
        digits = digits.replace(",", "") if abs(value) < 10_000 else digits
    else:
        digits = f"{abs(value.numerator)}/{value.denominator}"
    return MINUS + digits if value < 0 else digits


def quantity_in_brackets(value: Fraction | int) -> str:
    """A number of a word problem as a factor or later term: in brackets if it is negative."""
    return f"({show_quantity(value)})" if value < 0 else show_quantity(value)


def show_amount(value: Fraction, unit: str | None) -> str:
    """A quantity with its unit: "$29.75", "40%", "25 cm²", "12"."""
    if unit == "%":
        return show_quantity(value) + "%"
    if unit in ("$", "€", "£"):
        text = f"{float(abs(value)):,.2f}" if value.denominator != 1 else show_quantity(abs(value))
        return (MINUS if value < 0 else "") + unit + text
    return f"{show_quantity(value)} {unit}" if unit else show_quantity(value)


def superscript(exponent: int) -> str:
    """An integer exponent in raised digits."""
    return str(exponent).translate(TO_SUPERSCRIPT)


def listing(items: Iterable[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    words = list(items)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def show(expr: sympy.Basic | int) -> str:
    """An expression as a student writes it: "5x − 9", "x² − 5x + 6", "√2", "(x − 2)(x − 3)", "3/4".

    SymPy's own printers write "x**2 - 5*x + 6" or LaTeX, and order the terms of several variables in another way.
    """
    return _show(sympy.Integer(expr) if isinstance(expr, int) else expr)


def show_sum(terms: Iterable[sympy.Basic]) -> str:
    """A sum of the terms in the given order, without collecting: [x², −3x, 2x, −6] → "x² − 3x + 2x − 6"."""
    text = ""
    for term in terms:
        shown = _show(term)
        if not text:
            text = shown
        else:
            text += f" {MINUS} {shown[1:]}" if shown.startswith(MINUS) else f" + {shown}"
    return text


def _show(expr: sympy.Basic) -> str:
    if isinstance(expr, sympy.Rational):
        return show_number(expr)
    if isinstance(expr, sympy.Add):
        return show_sum(sorted(expr.args, key=_order))
    if isinstance(expr, sympy.Mul):
        return _show_product(expr)
    if isinstance(expr, sympy.Pow):
        return _show_power(expr)
    if expr == sympy.pi:
        return "π"
    if expr == sympy.E:
        return "e"
    if isinstance(expr, sympy.exp):
        return "e" + _exponent(expr.args[0])
    if isinstance(expr, sympy.log):
        return f"ln({_show(expr.args[0])})"
    if isinstance(expr, sympy.Abs):
        inside = _show(expr.args[0])
        return f"abs({inside})" if "|" in inside else f"|{inside}|"
    if isinstance(expr, sympy.Function):
        return f"{expr.func.__name__}({_show(expr.args[0])})"
    return str(expr).replace("-", MINUS)


def _order(term: sympy.Basic) -> tuple[int, str]:
    if not isinstance(term, sympy.Expr):
        return (0, str(term))
    symbols = term.free_symbols
    degree = sum(int(p) for s in symbols if (p := term.as_coeff_exponent(s)[1]).is_Integer)
    return (-degree, "".join(sorted(str(s) for s in symbols)))


def _show_product(expr: sympy.Mul) -> str:
    coefficient, rest = expr.as_coeff_Mul()
    sign = MINUS if coefficient < 0 else ""
    numerator, denominator = sympy.fraction(abs(coefficient) * rest)
    if denominator != 1:
        below = _show(denominator)
        below = (
            f"({below})" if len(below) > 1 and not below.isdigit() and not isinstance(denominator, sympy.Pow) else below
        )
        above = _show(numerator)
        return f"{sign}{f'({above})' if isinstance(numerator, sympy.Add) else above}/{below}"
    number, factors = numerator.as_coeff_Mul()
    ordered = sorted(sympy.Mul.make_args(factors), key=_factor_order)
    shown = [f"({_show(f)})" if isinstance(f, sympy.Add) else _show(f) for f in ordered]
    return sign + product(shown if number == 1 else [_show(number), *shown])


def _factor_order(factor: sympy.Expr) -> tuple[bool, bool, bool, str]:
    """Sort key for factors: numbers, then powers of variables, then functions, then brackets."""
    base = factor.as_base_exp()[0]
    plain = isinstance(base, sympy.Symbol) and not isinstance(factor, sympy.exp)
    return (len(factor.free_symbols) > 0, isinstance(factor, sympy.Add), not plain, str(factor))


def _show_power(expr: sympy.Pow) -> str:
    base, exponent = expr.base, expr.exp
    if exponent == sympy.Rational(1, 2):
        inner = _show(base)
        return f"√{inner}" if len(inner) == 1 or inner.isdigit() else f"√({inner})"
    if exponent.is_negative and base != sympy.E:
        below = _show(sympy.Pow(base, -exponent))
        return f"1/({below})" if isinstance(base, sympy.Add) and exponent == -1 else f"1/{below}"
    inner = _show(base)
    if not isinstance(base, sympy.Symbol) and not (base.is_Integer and base >= 0) and base != sympy.E:
        inner = f"({inner})"
    return inner + _exponent(exponent)


def _exponent(exponent: sympy.Basic) -> str:
    if isinstance(exponent, sympy.Integer):
        return "" if exponent == 1 else superscript(int(exponent))
    shown = _show(exponent)
    return f"^{shown}" if len(shown) == 1 else f"^({shown})"
