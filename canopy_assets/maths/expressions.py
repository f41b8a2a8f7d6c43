"""Builds SymPy objects from mathematical text. The text is never executed.

`maths.notation` reads the text in any notation, and each rule of its grammar builds an object of a closed set here.
`sympify` and `parse_expr` are not used: they call `eval`. Length, exponents and the size of an expansion are bounded,
so a hostile line costs milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal

import sympy
from lark import Token, Transformer

from canopy_assets.maths.glyphs import VULGAR_FRACTIONS
from canopy_assets.maths.notation.lexer import AmbiguousError, ExpressionError, clip
from canopy_assets.maths.notation.parser import NotationParser

__all__ = ["AmbiguousError", "ExpressionError", "Relation", "RelationOperator", "parse", "parse_relation"]

MAX_CHARACTERS = 300
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
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "ln": sympy.log, "exp": sympy.exp, "abs": sympy.Abs,
    "log": lambda x: sympy.log(x, 10),
}  # fmt: skip
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}


def parse(text: str, *, latex: bool | None = None) -> sympy.Expr:
    r"""Parse an expression into SymPy, exactly: decimals become fractions.

    Understands + - * / ^ ** and their typographic forms, implicit multiplication (5x, 2(x+1), xy), ² ³ √ π ½, mixed
    numbers, |x|, `15%`, thousands commas, a leading $, roots, sin cos tan ln exp, log (base 10) and log_b, and the same
    in LaTeX.

    Args:
        text: The expression, without dollar signs around it.
        latex: Whether it is LaTeX; by default if it has a `\`, `^{` or `_{`.

    Raises:
        ExpressionError: for anything else, for what can be read in two ways, and for expressions that are too large to
            handle safely.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"an expression may have at most {MAX_CHARACTERS} characters, this one has {len(text)}")
    return _parse_cached(text, latex)


def parse_relation(text: str, *, latex: bool | None = None) -> Relation:
    """Parse an equation or inequality with one of = < <= > >= (or ≤ ≥).

    Raises:
        ExpressionError: when there is no relation sign or more than one, or a side can't be read.
    """
    if len(text) > 2 * MAX_CHARACTERS:
        raise ExpressionError(f"a relation may have at most {2 * MAX_CHARACTERS} characters")
    return _parse_relation_cached(text, latex)


@lru_cache(maxsize=8192)
def _parse_cached(text: str, latex: bool | None) -> sympy.Expr:
    return _finite(_parsed(text, "sum", latex).expr, text)


@lru_cache(maxsize=8192)
def _parse_relation_cached(text: str, latex: bool | None) -> Relation:
    left, op, right = _parsed(text, "relation", latex)
    return Relation(_finite(left.expr, text), op, _finite(right.expr, text))


def _parsed(text: str, start: Literal["sum", "relation"], latex: bool | None) -> Any:
    try:
        return _parser().parse(text, start, latex=latex)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError, RecursionError, MemoryError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(f"{clip(text)} is not a well-formed expression") from error


def _finite(expr: sympy.Expr, text: str) -> sympy.Expr:
    if expr.has(sympy.zoo, sympy.nan, sympy.oo):
        raise ExpressionError(f"{clip(text)} divides by zero")
    return expr


@cache
def _parser() -> NotationParser:
    return NotationParser(_Building())


class _Building(Transformer[Token, Any]):
    """What each rule of the grammar builds from the values of its parts."""

    def relation(self, parts: Sequence[Any]) -> tuple[_Built, str, _Built]:
        left, op, right = parts
        return left, str(op), right

    def add(self, parts: Sequence[Any]) -> _Built:
        left, _, right = parts
        tower = left.tower or right.tower
        return _bounded(_Built(left.expr + right.expr, max(left.degree, right.degree), left.terms + right.terms, tower))

    def subtract(self, parts: Sequence[Any]) -> _Built:
        return self.add([parts[0], parts[1], self.negative(parts[1:])])

    def multiply(self, parts: Sequence[Any]) -> _Built:
        return _product(parts[0], parts[2])

    def join(self, parts: Sequence[Any]) -> _Built:
        return _product(parts[0], parts[2])

    def divide(self, parts: Sequence[Any]) -> _Built:
        return _quotient(parts[0], parts[2])

    def fraction(self, parts: Sequence[Any]) -> _Built:
        return _quotient(parts[1], parts[2])

    def negative(self, parts: Sequence[Any]) -> _Built:
        inner = parts[1]
        return _Built(-inner.expr, inner.degree, inner.terms, inner.tower)

    def positive(self, parts: Sequence[Any]) -> _Built:
        return parts[1]

    def power(self, parts: Sequence[Any]) -> _Built:
        return _power(parts[0], parts[2])

    def bracket(self, parts: Sequence[Any]) -> _Built:
        return parts[1]

    braced = bracket

    def bars(self, parts: Sequence[Any]) -> _Built:
        return _call("abs", parts[1])

    def root(self, parts: Sequence[Any]) -> _Built:
        return _root(int(parts[0]), parts[1])

    def function(self, parts: Sequence[Any]) -> tuple[str, int]:
        return str(parts[0]), int(parts[1]) if len(parts) > 1 else 1

    def call(self, parts: Sequence[Any]) -> _Built:
        (name, exponent), argument = parts
        if exponent < 1:
            raise ExpressionError(f"{name} raised to {exponent} may be its inverse")
        called = _call(name, argument)
        return called if exponent == 1 else _power(called, _Built(sympy.Integer(exponent), 0, 1))

    def percent(self, parts: Sequence[Any]) -> _Built:
        return _Built(parts[0].expr / 100, 0, 1)

    def mixed(self, parts: Sequence[Any]) -> _Built:
        return _Built(_rational(str(parts[0])), 0, 1)

    number = mixed

    def name(self, parts: Sequence[Any]) -> _Built:
        constant = _CONSTANTS.get(parts[0])
        return _Built(sympy.Symbol(str(parts[0])), 1, 1) if constant is None else _Built(constant, 0, 1)


@lru_cache(maxsize=1024)
def _rational(text: str) -> sympy.Expr:
    """The value of a number as the lexer writes it: "1,250.5", "1/2", "½", "2 1/2", "2½"."""
    if text.isdecimal():
        return sympy.Integer(int(text))
    whole, _, part = text.rpartition(" ")
    if text[-1] in VULGAR_FRACTIONS:
        whole, part = text[:-1], VULGAR_FRACTIONS[text[-1]]
    value = Fraction(part.replace(",", "")) + int(whole or 0)
    return sympy.Rational(value.numerator, value.denominator)


def _product(left: _Built, right: _Built) -> _Built:
    tower = left.tower or right.tower
    return _bounded(_Built(left.expr * right.expr, left.degree + right.degree, left.terms * right.terms, tower))


def _quotient(above: _Built, below: _Built) -> _Built:
    if below.expr == 0:
        raise ExpressionError("division by zero")
    tower = above.tower or below.tower
    return _bounded(_Built(above.expr / below.expr, above.degree + below.degree, above.terms * below.terms, tower))


def _call(name: str, argument: _Built) -> _Built:
    if name.startswith("log_"):
        base = name[4:]
        value = sympy.Integer(int(base)) if base.isdigit() else sympy.Symbol(base)
        if value in (0, 1):
            raise ExpressionError(f"there is no logarithm with base {value}")
        result = sympy.log(argument.expr, value)
    else:
        if name == "exp" and argument.tower:
            raise ExpressionError("a tower of exponentials is too large")
        result = _FUNCTIONS[name](argument.expr)
    return _Built(result, argument.degree + 1, 1, argument.tower or name == "exp")


def _root(index: int, argument: _Built) -> _Built:
    """The real root; an odd one of a negative number is negative."""
    if not 2 <= index <= MAX_DEGREE:
        raise ExpressionError(f"there is no root of order {index}")
    expr, order = argument.expr, sympy.Rational(1, index)
    if index % 2 == 1 and isinstance(expr, sympy.Rational) and expr < 0:
        root = -sympy.Pow(-expr, order)
    else:
        root = sympy.Pow(expr, order)
    return _Built(root, argument.degree + 1, 1, argument.tower)


def _power(base: _Built, exponent: _Built) -> _Built:
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
