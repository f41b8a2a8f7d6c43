"""Computes values of expressions at points, and decides by such values whether expressions are identical.

SymPy's `simplify` and `evalf` can take seconds on odd input; a walk over the tree with exact fractions (and
complex floats for roots, logarithms and sines) takes microseconds and cannot hang.
"""

from __future__ import annotations

import cmath
from collections.abc import Mapping
from fractions import Fraction

import sympy

from canopy_assets.maths.expressions import ExpressionError

Value = Fraction | complex

# Schwartz–Zippel: expressions that agree at a few points without structure are the same. Positive, because roots and
# logarithms of the course are over positive numbers; an absolute value is tried on both sides of zero.
_POINTS = tuple(Fraction(n, d) for n, d in ((13, 7), (29, 11), (3, 17), (101, 19), (41, 23), (7, 31), (59, 13)))
_FUNCTIONS = {
    sympy.sin: cmath.sin,
    sympy.cos: cmath.cos,
    sympy.tan: cmath.tan,
    sympy.log: cmath.log,
    sympy.exp: cmath.exp,
}
_CONSTANTS = {sympy.pi: complex(cmath.pi), sympy.E: complex(cmath.e), sympy.I: 1j}
_MAX_BITS = 20_000


def value_at(expr: sympy.Basic, values: Mapping[str, Value] | None = None) -> Value:
    """The value of an expression, exact where it is rational.

    Args:
        expr: An expression built by `parse`, or computed from such expressions.
        values: The values of its variables, by name.

    Raises:
        ExpressionError: it has no value: division by zero, a variable without value, a number out of range.
    """
    try:
        return _value(expr, values or {})
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise ExpressionError(f"no value: {error}") from error


def same_expression(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Whether two expressions have the same value wherever both have one."""
    if left == right:
        return True
    names = sorted(s.name for s in left.free_symbols | right.free_symbols if isinstance(s, sympy.Symbol))
    signs = (1, -1) if left.has(sympy.Abs) or right.has(sympy.Abs) else (1,)
    compared = 0
    for offset in range(len(_POINTS) if names else 1):
        for sign in signs:
            point = {name: sign * _POINTS[(offset + 3 * i) % len(_POINTS)] for i, name in enumerate(names)}
            try:
                agree = close(value_at(left, point), value_at(right, point))
            except ExpressionError:
                continue
            if not agree:
                return False
            compared += 1
        if compared >= 4:
            return True
    return compared >= (3 if names else 1)


def constant_ratio(left: sympy.Expr, right: sympy.Expr) -> Value | None:
    """The k with left = k·right everywhere; None when there is none. It shows whether `… = 0` was only rearranged."""
    names = sorted(s.name for s in left.free_symbols | right.free_symbols if isinstance(s, sympy.Symbol))
    ratios: list[Value] = []
    for offset in range(len(_POINTS)):
        point = {name: _POINTS[(offset + 3 * i) % len(_POINTS)] for i, name in enumerate(names)}
        try:
            ratios.append(value_at(left, point) / value_at(right, point))
        except (ExpressionError, ZeroDivisionError):
            continue
    if len(ratios) < 3 or ratios[0] == 0 or any(not close(r, ratios[0]) for r in ratios[1:]):
        return None
    return ratios[0]


def close(left: Value, right: Value) -> bool:
    """Equality: exact between fractions, within 10⁻⁹ relative where floats are involved."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    try:
        a, b = complex(left), complex(right)
    except OverflowError:
        return False
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def _value(expr: sympy.Basic, values: Mapping[str, Value]) -> Value:
    if isinstance(expr, sympy.Rational):
        return Fraction(int(expr.p), int(expr.q))
    if isinstance(expr, sympy.Symbol):
        if expr.name not in values:
            raise ValueError(f"{expr.name} has no value")
        return values[expr.name]
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]
    if isinstance(expr, sympy.Float):
        return complex(float(expr))
    arguments = [_value(a, values) for a in expr.args]
    if isinstance(expr, sympy.Add):
        return _small(sum(arguments[1:], arguments[0]))
    if isinstance(expr, sympy.Mul):
        product = arguments[0]
        for factor in arguments[1:]:
            product = _small(product * factor)
        return product
    if isinstance(expr, sympy.Pow):
        return _power(arguments[0], arguments[1])
    if isinstance(expr, sympy.Abs):
        return abs(arguments[0]) if isinstance(arguments[0], Fraction) else complex(abs(arguments[0]))
    function = _FUNCTIONS.get(expr.func)
    if function is None:
        raise ValueError(f"{expr.func} is not supported")
    return function(complex(arguments[0]))


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        if _bits(base) * abs(exponent) > _MAX_BITS:
            raise OverflowError("number out of range")
        return base ** int(exponent)
    return complex(base) ** complex(exponent)


def _small(value: Value) -> Value:
    if isinstance(value, Fraction) and _bits(value) > _MAX_BITS:
        raise OverflowError("number out of range")
    return value


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())
