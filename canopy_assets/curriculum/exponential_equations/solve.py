"""Exponential equations whose sides are powers of one base: 2^x = 32, 3^(x + 1) = 81, 9^x = 27, 2^x = 8^(x − 2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import gcd

import sympy

from canopy_assets.curriculum.exponential_equations.linear_rest import linear_rest, solved_for
from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import linear_parts, only_variable
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.maths.expressions import ExpressionError, parse_relation
from canopy_assets.maths.formatting import show, superscript
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)
_MAX_EXPONENT = 12


@dataclass(frozen=True)
class _Power:
    """A side of the equation: base^exponent, where the base is root^factor. A number has the exponent 1."""

    base: sympy.Rational
    exponent: sympy.Expr
    root: int
    factor: int

    @property
    def rooted(self) -> sympy.Expr:
        """The exponent over the root."""
        return sympy.expand(self.factor * self.exponent)


@dataclass(frozen=True)
class _Equation:
    """Two sides that are powers of one root; the unknown is in the exponent on the left, at least."""

    text: str
    left: _Power
    right: _Power
    root: int

    @property
    def same_base(self) -> str:
        """The equation with the same base on both sides."""
        return f"{_written(self.root, self.left.rooted)} = {_written(self.root, self.right.rooted)}"


@dataclass(frozen=True)
class ExponentialFamily:
    """Equations with the unknown in an exponent, where both sides are powers of one base."""

    name: str = "exponential_equation"
    topic: str = "exponential equations"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for another statement, and where the number is no power of the base."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("solve", "bare"):
            return None
        equation = _equation(instruction.mathematics)
        if equation is None:
            return None
        (symbol,) = equation.left.exponent.free_symbols
        if not instruction.asks("solve", "bare", variables=(str(symbol),)):
            return None
        first = [_same_base(equation), _compare(equation)]
        rest = linear_rest(equation.left.rooted, equation.right.rooted, len(first))
        if rest is None or len(first) + len(rest[0]) > 4:
            return None
        steps = [*first, *rest[0]]
        ideas = [*_ideas(equation, steps[-1].result), *rest[1]]
        concept = _WORDS.concept("exponential_equation")
        return Solution(self.name, self.topic, steps[-1].result, "solutions", None, tuple(steps), kept(*ideas), concept)


def _equation(text: str) -> _Equation | None:
    try:
        relation = parse_relation(text)
    except ExpressionError:
        return None
    sides = [_power(relation.left), _power(relation.right)]
    if sides[0] and not sides[0].exponent.free_symbols:
        sides.reverse()
    left, right = sides
    if relation.op != "=" or left is None or right is None or len(left.exponent.free_symbols) != 1:
        return None
    other = right.exponent.free_symbols
    if (other and other != left.exponent.free_symbols) or left.root < 2 or right.root not in (left.root, 1):
        return None
    return _Equation(laid_out(text), left, right, left.root)


def _power(side: sympy.Expr) -> _Power | None:
    """A side as a power of a positive number; None for any other side, and where the exponent is not linear."""
    if isinstance(side, sympy.Rational):
        base, exponent = side, sympy.Integer(1)
    elif isinstance(side, sympy.Pow):
        base, exponent = side.as_base_exp()
    else:
        return None
    variable = only_variable(exponent)
    if not isinstance(base, sympy.Rational) or base <= 0 or (variable and linear_parts(exponent, variable) is None):
        return None
    if variable is None and exponent != 1:
        return None
    root, factor = _primitive(base)
    return _Power(base, exponent, root, factor) if abs(factor) <= _MAX_EXPONENT else None


def _primitive(number: sympy.Rational) -> tuple[int, int]:
    """(b, k) with number = b^k and the smallest whole b: 16 → (2, 4), 1/9 → (3, −2); (1, 0) for 1 and for 2/3."""
    size = number.p if number.q == 1 else number.q
    if number == 1 or 1 not in (number.p, number.q):
        return 1, 0
    powers = sympy.factorint(int(size), limit=1000)
    k = reduce(gcd, powers.values())
    base = 1
    for prime, exponent in powers.items():
        base *= int(prime) ** (exponent // k)
    return base, k if number.q == 1 else -k


def _written(base: int, exponent: sympy.Expr) -> str:
    if exponent.is_Integer:
        return f"{base}{superscript(int(exponent))}"
    shown = show(exponent)
    return f"{base}^{shown}" if len(shown) == 1 else f"{base}^({shown})"


def _same_base(equation: _Equation) -> Step:
    """Writes both sides as powers of the same base."""
    root, number = str(equation.root), show(equation.right.base)
    parts = [f"{show(side.base)} = {root}{superscript(side.factor)}" for side in _rewritten(equation)]
    slots = {"equation": equation.text, "base": root, "number": number}
    return Step(
        "exponential.same_base",
        f"How does {equation.text} look with a power of {root} on both sides?",
        f"{' and '.join(parts) or equation.text}, so {equation.same_base}",
        equation.same_base,
        slots,
    )


def _rewritten(equation: _Equation) -> list[_Power]:
    """The sides whose base is not yet the common one. A plain number counts, even if it is the base itself."""
    sides = (equation.left, equation.right)
    return [side for side in sides if side.factor != 1 or not side.exponent.free_symbols]


def _compare(equation: _Equation) -> Step:
    """Sets the exponents equal."""
    result = f"{show(equation.left.rooted)} = {show(equation.right.rooted)}"
    slots = {"powers": equation.same_base, "base": str(equation.root)}
    ask = f"What does {equation.same_base} say about the exponents?"
    return Step("exponential.compare", ask, f"Both sides are powers of {equation.root}, so {result}", result, slots)


def _ideas(equation: _Equation, right: str) -> list[Misconception | None]:
    """The power is read as a product, the exponent for the unknown, or only the number becomes a power."""
    left, other = equation.left, equation.right
    if other.exponent.free_symbols:
        return []
    (symbol,) = left.exponent.free_symbols
    attempts = {"power_as_product": (0, solved_for(left.exponent, other.base / left.base))}
    if left.factor != 1:
        attempts["base_not_rewritten"] = (1, solved_for(left.exponent, other.rooted))
    if left.rooted != symbol:
        attempts["exponent_taken_for_unknown"] = (1, f"{symbol} = {show(other.rooted)}")
    else:
        attempts["base_to_the_number"] = (0, f"{symbol} = {show(other.base - left.base)}")
    slots = {
        "equation": equation.text,
        "base": show(left.base),
        "number": show(other.base),
        "power": _written(equation.root, left.rooted),
        "left": show(left.rooted),
    }
    return [
        unless_right(_WORDS.misconception(name, answer=wrong, step=step, **slots), right, kind="solutions")
        for name, (step, wrong) in attempts.items()
    ]


PRECEDENCE = 115
FAMILIES = (ExponentialFamily(),)
