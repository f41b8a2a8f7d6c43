"""The second computation for absolute values: the sides of the equation at the solutions and around them."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, equation_of, values_of
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.evaluation import Value, close, value_at
from canopy_assets.maths.expressions import parse

_FAR = (Fraction(-(10**7)), Fraction(10**7))


def _is_absolute(statement: str, solution: Solution) -> bool:
    (number,) = re.findall(r"-?\d+(?:\.\d+)?(?:/\d+)?", ascii_statement(statement))
    return (
        value_at(parse(solution.answer)) in (value_at(parse(number)), -value_at(parse(number)))
        and "−" not in solution.answer
    )


def _solves_absolute(statement: str, solution: Solution) -> bool:
    """Both values solve the equation; without any, the difference of the sides never changes its sign.

    The difference is a bend: it has the same sign far out on both sides and is extreme where the inside is zero.
    """
    relation = equation_of(statement)
    (symbol,) = relation.left.free_symbols | relation.right.free_symbols

    def difference(x: Value) -> Value:
        return value_at(relation.left, {str(symbol): x}) - value_at(relation.right, {str(symbol): x})

    found = [value_at(value) for value in values_of(solution.answer)]
    if found:
        return len(set(found)) == 2 and all(close(difference(x), Fraction(0)) for x in found)
    inside = re.search(r"\|(.+)\|", statement)
    if inside is None:
        return False
    at = [value_at(parse(inside[1]), {str(symbol): Fraction(x)}) for x in (0, 1)]
    bend = difference(at[0] / (at[0] - at[1]))
    signs = {complex(value).real > 0 for value in (bend, *map(difference, _FAR))}
    return len(signs) == 1 and bend != 0


CHECKS: dict[str, Check] = {"absolute_value": _is_absolute, "absolute_value_equation": _solves_absolute}
