"""Checks what was found about a parabola, by symmetry, by roots and by the resultant."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.polynomials import only_variable
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import close, same_expression, value_at
from canopy_assets.maths.expressions import parse, parse_relation


def _is_of_parabola(_statement: str, solution: Solution) -> bool:
    """The heights beside a vertex or an axis are equal, and a least or greatest value is reached once."""
    function = parse(solution.steps[0].slots["function"])
    name = solution.steps[0].slots["variable"]
    if solution.answer_kind == "number":
        difference = sympy.Poly(function - parse(solution.answer), sympy.Symbol(name))
        return difference.count_roots() == 1
    place, *height = solution.answer.split("=")[-1].strip(" ()").split(",")
    x = value_at(parse(place))
    left, right = (value_at(function, {name: x + d}) for d in (-1, 1))
    return close(left, right) and all(close(value_at(function, {name: x}), value_at(parse(h))) for h in height)


def _is_discriminant(_statement: str, solution: Solution) -> bool:
    """The resultant of f and f′ is −a times the discriminant."""
    function = parse_relation(solution.steps[0].slots["equation"]).left
    x = only_variable(function)
    resultant = sympy.resultant(function, sympy.diff(function, x), x)
    return sympy.expand(resultant + sympy.LC(function, x) * parse(solution.answer)) == 0


def _is_completed_square(_statement: str, solution: Solution) -> bool:
    """The same polynomial, written as the square of a bracket and at most a number."""
    answer = parse(solution.answer)
    squares = [term for term in sympy.Add.make_args(answer) if isinstance(term, sympy.Pow) and term.exp == 2]
    rest = sympy.Add(*(term for term in sympy.Add.make_args(answer) if term not in squares))
    same = same_expression(parse(solution.steps[0].slots["expression"]), answer)
    return same and len(squares) == 1 and not rest.free_symbols


def _are_zeros(_statement: str, solution: Solution) -> bool:
    """The function is zero at each value, and has no other zeros."""
    slots = solution.steps[0].slots
    function = parse_relation(slots.get("equation") or slots["expression"]).left
    x = only_variable(function)
    assert x is not None
    found = [parse(part.split("=")[1]) for part in solution.answer.split(" or ") if "=" in part]
    zero = all(close(value_at(function, {x.name: value_at(v)}), value_at(sympy.Integer(0))) for v in found)
    return zero and len(set(found)) == sympy.Poly(sympy.expand(function), x).count_roots()


def _root_is_right_one(statement: str, solution: Solution) -> bool:
    """The answer solves the equation of the steps, and the other root lies on the other side of it, or of zero."""
    equation = parse_relation(solution.steps[-1].slots["equation"])
    polynomial = sympy.Poly(sympy.expand(equation.left - equation.right))
    (found,) = [parse(solution.answer.split("=")[1])]
    (other,) = [r for r in sympy.roots(polynomial) if sympy.simplify(r - found) != 0]
    if not close(
        value_at(equation.left, {str(polynomial.gen): value_at(found)}),
        value_at(equation.right, {str(polynomial.gen): value_at(found)}),
    ):
        return False
    wanted = solution.steps[-1].slots["wanted"]
    sign = {"positive": found > 0 > other, "negative": found < 0 < other}
    is_larger = bool(found > other)
    return (
        bool(sign.get(wanted, is_larger == wanted.startswith(("larg", "great", "big")))) and wanted in statement.lower()
    )


def _are_counted(_statement: str, solution: Solution) -> bool:
    """The number of real roots by Sturm's theorem."""
    equation = parse_relation(solution.steps[-1].slots["equation"])
    return sympy.Poly(sympy.expand(equation.left - equation.right)).count_roots() == int(solution.answer)


def _is_sum_or_product(_statement: str, solution: Solution) -> bool:
    """The roots themselves, complex ones too, added or multiplied."""
    slots = solution.steps[-1].slots
    roots = sympy.roots(sympy.Poly(parse_relation(slots["equation"]).left))
    listed = [root for root, times in roots.items() for _ in range(times)]
    combined = sympy.Add(*listed) if slots["combined"] == "sum" else sympy.Mul(*listed)
    return sympy.simplify(combined - parse(solution.answer)) == 0


CHECKS: dict[str, Check] = {
    "parabola": _is_of_parabola,
    "discriminant": _is_discriminant,
    "completed_square": _is_completed_square,
    "zeros": _are_zeros,
    "chosen_root": _root_is_right_one,
    "solution_count": _are_counted,
    "combined_roots": _is_sum_or_product,
}
