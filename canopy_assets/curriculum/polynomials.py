"""Polynomials as students write them: the terms are kept, and brackets are multiplied out without collecting.

SymPy collects like terms at once, but the steps of a solution need the line before that.
"""

from __future__ import annotations

import re

import sympy

from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.glyphs import TO_HYPHEN

_BRACKETED = re.compile(
    r"""
    ^(?P<front>[^()]*?)[*×·]?\s*\((?P<first>[^()]+)\)\s*
    (?:
        [*×·]?\s*\((?P<second>[^()]+)\)  # (x + 2)(x − 3)
        |(?P<square>\^2|²|\*\*2)  # (x + 2)²
    )?$
    """,
    re.VERBOSE,
)


def signed_terms(text: str) -> list[str]:
    """The terms of a sum at the top level, each with its sign: "2(x + 3) − 4x" → ["2(x + 3)", "-4x"]."""
    text = text.translate(TO_HYPHEN)
    terms, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        before = text[:index].rstrip()[-1:]
        if character in "+-" and depth == 0 and before and before not in "+-*/^×·÷":
            terms.append(text[start:index])
            start = index
    terms.append(text[start:])
    return [re.sub(r"^\+\s*", "", re.sub(r"^-\s*", "-", t.strip())) for t in terms if t.strip()]


def expanded_terms(text: str) -> list[sympy.Expr]:
    """The terms of a sum with every bracket multiplied out, and like terms not collected.

    Raises:
        ExpressionError: where a term is neither plain nor `factor (sum)`, `(sum)(sum)` or `(sum)²`.
    """
    return [term for signed in signed_terms(text) for term in _expand_term(signed)]


def _expand_term(text: str) -> list[sympy.Expr]:
    """The terms of one signed term, with its bracket multiplied out.

    Raises:
        ExpressionError: as in `expanded_terms`.
    """
    if "(" not in text:
        return [parse(text)]
    match = _BRACKETED.match(text)
    if match is None:
        raise ExpressionError(f"can't multiply out {text!r}")
    front = match["front"].strip()
    factor = sympy.Integer(-1) if front == "-" else parse(front) if front else sympy.Integer(1)
    first = [parse(t) for t in signed_terms(match["first"])]
    second = [sympy.Integer(1)]
    if match["square"]:
        second = first
    elif match["second"]:
        second = [parse(t) for t in signed_terms(match["second"])]
    products = [factor * a * b for a in first for b in second]
    if any(isinstance(p, sympy.Add) for p in products):
        raise ExpressionError("a bracket inside a bracket")
    return products


def linear_parts(expr: sympy.Expr, variable: sympy.Symbol) -> tuple[sympy.Rational, sympy.Rational] | None:
    """(a, b) of an expression a·x + b with rational a and b; None for any other expression."""
    coefficients = rational_coefficients(expr, variable, 1)
    return None if coefficients is None else (coefficients[0], coefficients[1])


def rational_coefficients(expr: sympy.Expr, variable: sympy.Symbol, degree: int) -> tuple[sympy.Rational, ...] | None:
    """The coefficients from `degree` down to 0; None for a higher degree or irrational coefficients."""
    if not expr.is_polynomial(variable):
        return None
    polynomial = sympy.Poly(expr, variable)
    if polynomial.degree() > degree:
        return None
    coefficients = tuple(polynomial.coeff_monomial(variable**k) for k in range(degree, -1, -1))
    return coefficients if all(isinstance(c, sympy.Rational) for c in coefficients) else None


def coefficient_of(expr: sympy.Expr, variable: sympy.Symbol, degree: int = 1) -> sympy.Expr:
    """The coefficient of a power of the variable."""
    return sympy.Poly(expr, variable).coeff_monomial(variable**degree)


def only_variable(*expressions: sympy.Expr) -> sympy.Symbol | None:
    """The single variable of the expressions; None when there are none or several."""
    symbols = set().union(*(e.free_symbols for e in expressions))
    symbol = symbols.pop() if len(symbols) == 1 else None
    return symbol if isinstance(symbol, sympy.Symbol) else None
