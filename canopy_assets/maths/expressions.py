"""Parses mathematical text into SymPy by a whitelist. The text is never executed.

The text is cut into tokens of a closed vocabulary, rewritten as Python source made only of those tokens, parsed by
Python's `ast` and rebuilt node by node from a whitelist. `sympify` and `parse_expr` are not used: they call `eval`.
Length, nesting, exponents and the size of an expansion are bounded, so a hostile line costs milliseconds.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import sympy

from canopy_assets.maths.tokens import ExpressionError, clip, python_source

__all__ = ["ExpressionError", "Relation", "RelationOperator", "parse", "parse_relation"]

MAX_CHARACTERS = 300
MAX_DEPTH = 100
MAX_EXPONENT = 1000
MAX_POWER_BITS = 4096
MAX_DEGREE = 64
MAX_TERMS = 2000

RelationOperator = Literal["=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Relation:
    """An equation or inequality: `left op right`."""

    left: sympy.Expr
    op: RelationOperator
    right: sympy.Expr


@dataclass(frozen=True)
class _Built:
    """An expression with bounds on what expanding it would cost."""

    expr: sympy.Expr
    degree: int
    terms: int
    tower: bool = False  # has an exponent that is not a plain number: may not itself become an exponent


_FUNCTIONS = {
    "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "ln": sympy.log, "exp": sympy.exp,
    "abs": sympy.Abs, "log": lambda x: sympy.log(x, 10),
}  # fmt: skip
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}


def parse(text: str) -> sympy.Expr:
    """Parse an expression into SymPy, exactly: decimals become fractions.

    Understands + - * / ^ ** and their typographic forms, implicit multiplication (5x, 2(x+1), xy), ² ³ √ π ½, mixed
    numbers, |x|, `15%`, thousands commas, a leading $, sqrt sin cos tan ln exp, log (base 10) and log_b.

    Raises:
        ExpressionError: for anything else, and for expressions that are too large to handle safely.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"an expression may have at most {MAX_CHARACTERS} characters, this one has {len(text)}")
    return _parse_cached(text)


def parse_relation(text: str) -> Relation:
    """Parse an equation or inequality with one of = < <= > >= (or ≤ ≥).

    Raises:
        ExpressionError: when there is no relation sign or more than one, or a side can't be read.
    """
    if len(text) > 2 * MAX_CHARACTERS:
        raise ExpressionError(f"a relation may have at most {2 * MAX_CHARACTERS} characters")
    unified = text.replace("≤", "<=").replace("≥", ">=").replace("⩽", "<=").replace("⩾", ">=")
    parts = re.split(r"(<=|>=|=|<|>)", unified)
    if len(parts) != 3:
        raise ExpressionError(f"expected one of = < <= > >= exactly once in {clip(text)}")
    op: RelationOperator = parts[1]  # type: ignore[assignment]
    return Relation(parse(parts[0]), op, parse(parts[2]))


@lru_cache(maxsize=8192)
def _parse_cached(text: str) -> sympy.Expr:
    source = python_source(text)
    if not source:
        raise ExpressionError("the expression is empty")
    try:
        tree = ast.parse(source, mode="eval")
        expr = _build(tree.body, 0).expr
    except ExpressionError:
        raise
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError, OverflowError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"{clip(text)} is not a well-formed expression") from error
    if expr.has(sympy.zoo, sympy.nan, sympy.oo):
        raise ExpressionError(f"{clip(text)} divides by zero")
    return expr


def _build(node: ast.AST, depth: int) -> _Built:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"the expression is nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return _Built(sympy.Integer(node.value), 0, 1)
    if isinstance(node, ast.Name):
        constant = _CONSTANTS.get(node.id)
        return _Built(sympy.Symbol(node.id), 1, 1) if constant is None else _Built(constant, 0, 1)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _build(node.operand, depth + 1)
        return _Built(
            -inner.expr if isinstance(node.op, ast.USub) else inner.expr, inner.degree, inner.terms, inner.tower
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
        return _build_call(node.func.id, _build(node.args[0], depth + 1))
    if isinstance(node, ast.BinOp):
        return _build_operation(node.op, _build(node.left, depth + 1), _build(node.right, depth + 1))
    raise ExpressionError(f"{type(node).__name__} is not allowed in an expression")


def _build_call(name: str, argument: _Built) -> _Built:
    if name.startswith("log_"):
        base = name[4:]
        value = sympy.Integer(int(base)) if base.isdigit() else sympy.Symbol(base)
        if not base.isdigit() and len(base) != 1:
            raise ExpressionError(f"{clip(name)} is not a logarithm")
        if value in (0, 1):
            raise ExpressionError(f"there is no logarithm with base {value}")
        result = sympy.log(argument.expr, value)
    elif name in _FUNCTIONS:
        if name == "exp" and argument.tower:
            raise ExpressionError("a tower of exponentials is too large")
        result = _FUNCTIONS[name](argument.expr)
    else:
        raise ExpressionError(f"{clip(name)} is not a known function")
    return _Built(result, argument.degree + 1, 1, argument.tower or name == "exp")


def _build_operation(op: ast.operator, left: _Built, right: _Built) -> _Built:
    tower = left.tower or right.tower
    if isinstance(op, ast.Add | ast.Sub):
        expr = left.expr + right.expr if isinstance(op, ast.Add) else left.expr - right.expr
        return _bounded(_Built(expr, max(left.degree, right.degree), left.terms + right.terms, tower))
    if isinstance(op, ast.Mult):
        return _bounded(_Built(left.expr * right.expr, left.degree + right.degree, left.terms * right.terms, tower))
    if isinstance(op, ast.Div):
        if right.expr == 0:
            raise ExpressionError("division by zero")
        return _bounded(_Built(left.expr / right.expr, left.degree + right.degree, left.terms * right.terms, tower))
    if isinstance(op, ast.Pow):
        return _build_power(left, right)
    raise ExpressionError(f"{type(op).__name__} is not an operation of an expression")


def _build_power(base: _Built, exponent: _Built) -> _Built:
    power = exponent.expr
    if not isinstance(power, sympy.Rational):
        if exponent.tower or base.tower:
            raise ExpressionError("a tower of powers is too large")
        return _bounded(_Built(base.expr**power, base.degree + exponent.degree + 1, 1, tower=True))
    size = math.ceil(abs(power))
    if size > MAX_EXPONENT or power.q > MAX_DEGREE:
        raise ExpressionError(f"an exponent may be at most {MAX_EXPONENT}")
    if isinstance(base.expr, sympy.Rational):
        bits = max(int(base.expr.p).bit_length(), int(base.expr.q).bit_length())
        if bits * max(size, 1) > MAX_POWER_BITS:
            raise ExpressionError("the power is too large a number")
    terms = math.comb(base.terms + size - 1, size) if base.degree else 1
    return _bounded(_Built(base.expr**power, base.degree * max(size, 1), terms, base.tower))


def _bounded(built: _Built) -> _Built:
    if built.degree > MAX_DEGREE or built.terms > MAX_TERMS:
        raise ExpressionError("the expression would be too large written out")
    if isinstance(built.expr, sympy.Rational) and int(built.expr.p).bit_length() > 2 * MAX_POWER_BITS:
        raise ExpressionError("the number is too large")
    return built
