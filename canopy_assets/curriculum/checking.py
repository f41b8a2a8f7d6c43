"""Computes each answer a second time, by another way, before it counts.

- A solution of an equation is put into the equation, and their number is counted by Sturm's theorem. An inequality is
  tried on both sides of its boundary and on it. A system's values are put into both equations.
- An expression that was simplified, expanded or factored must have the original's value at several rational points.
- A derivative is compared with differences of the function, a limit with values beside the point.
- A number is computed again from the statement by the parser of `maths.expressions`.
- A topic with a `check.py` has its own second ways there: `CHECKS`, by family.
- For every family, no arithmetic in the steps may be wrong.

The second way shares the reading of the statement with the first only where it can't be read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module
from itertools import pairwise

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.curriculum.words import topics
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.evaluation import Value, close, same_expression, value_at
from canopy_assets.maths.expressions import ExpressionError, Relation, parse, parse_relation

Check = Callable[[str, Solution], bool]
"""Whether a second computation confirms the solution of a statement."""

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:/\d+)?")
_QUOTIENT = re.compile(r"((?:\d+ )?\d+/\d+|\d+) ?/ ((?:\d+ )?\d+/\d+|\d+)")
"""A fraction divided by a fraction: the division has the lower rank of the two."""
_HOLDS = {
    "=": lambda a, b: close(a, b),
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def disagreement(statement: str, solution: Solution) -> str | None:
    """What a second computation has against a solution; None where it confirms it."""
    check = _checks().get(solution.family)
    try:
        if check is not None and not check(statement, solution):
            return f"a second computation does not give {solution.answer}"
    except (ArithmeticError, ValueError, TypeError, AttributeError, LookupError) as error:
        return f"{solution.answer} could not be computed a second time ({error})"
    if not equivalent(solution.steps[-1].result, solution.answer, solution.answer_kind):
        return f"the steps end with {solution.steps[-1].result}, not with {solution.answer}"
    wrong = next((step.work for step in solution.steps if _is_wrong(step.work, solution.unit)), None)
    return f"a step is wrong: {wrong}" if wrong else None


def _is_wrong(work: str, unit: str | None) -> bool:
    """Whether a line of work states an equality of numbers that does not hold."""
    for clause in re.split(r",? so | and | means | → |, ", _without_units(work, unit)):
        values = [_constant(side) for side in clause.split("=")]
        if any(a is not None and b is not None and not close(a, b) for a, b in pairwise(values)):
            return True
    return False


def _without_units(text: str, unit: str | None) -> str:
    text = re.sub(r"[$€£]", "", text)
    return re.sub(
        r"(?<=[\dπ])\s(?:mm|cm|m|km|in|ft|yd|mi)[²³]?(?![\w²³])", "", text.replace(f" {unit}", "") if unit else text
    )


def _constant(text: str) -> Value | None:
    """The value of a text that is nothing but numbers; "5/6 ÷ 2/3" divides two fractions."""
    if re.search(r"[A-Za-zθ′]", text.replace("sqrt", "")):
        return None
    try:
        first, *others = (
            (value_at(parse(part)) for part in text.split("÷")) if "/" in text else (value_at(parse(text)),)
        )
    except ExpressionError:
        return None
    for other in others:
        if other == 0:
            return None
        first = first / other
    return first


def number_of(text: str) -> Value:
    """The value of an answer such as "−3/4", "25π cm²" or "$40".

    Raises:
        ExpressionError: it is no number.
    """
    return value_at(parse(re.sub(r"[$€£%]", "", text)))


def equation_of(statement: str) -> Relation:
    """The equation or inequality of a statement.

    Raises:
        ValueError: it has none.
    """
    instruction = read_instruction(statement)
    if instruction is None:
        raise ValueError("no equation")
    return parse_relation(instruction.mathematics.lower() if "log" in statement.lower() else instruction.mathematics)


def _symbol(relation: Relation) -> sympy.Symbol:
    (symbol,) = relation.left.free_symbols | relation.right.free_symbols
    return sympy.Symbol(str(symbol))


def values_of(answer: str) -> list[sympy.Expr]:
    """The values of "x = 3 or x = −2"; none of "no real solutions"."""
    return [parse(part.split("=")[1]) for part in answer.split(" or ") if "=" in part]


def solves_equation(statement: str, solution: Solution) -> bool:
    """Whether the answer's values solve the statement's equation, and no solution is missing."""
    relation = equation_of(statement)
    symbol, found = _symbol(relation), values_of(solution.answer)
    difference = relation.left - relation.right
    for value in found:
        at = {symbol.name: value_at(value)}
        if not close(value_at(relation.left, at), value_at(relation.right, at)):
            return False
    if not difference.is_polynomial(symbol):
        return len(found) == 1  # log_b(x) = n, which is monotonic
    return len(set(found)) == len(found) == sympy.Poly(sympy.expand(difference), symbol).count_roots()


def _solves_inequality(statement: str, solution: Solution) -> bool:
    relation, found = equation_of(statement), parse_relation(solution.answer)
    name = _symbol(relation).name
    boundary = value_at(found.right)
    assert isinstance(boundary, Fraction)
    return all(_holds(relation, {name: v}) == _holds(found, {name: v}) for v in (boundary - 1, boundary, boundary + 1))


def _holds(relation: Relation, values: dict[str, Value]) -> bool:
    return bool(_HOLDS[relation.op](value_at(relation.left, values), value_at(relation.right, values)))


def _solves_system(statement: str, solution: Solution) -> bool:
    instruction = read_instruction(statement)
    if instruction is None:
        return False
    values = {name.strip(): value_at(parse(value)) for name, value in re.findall(r"(\w+) = ([^,]+)", solution.answer)}
    parts = re.split(r"\s*(?:;|\band\b|,|\n|\\\\|&)\s*", instruction.mathematics.strip("{} "))
    equations = [parse_relation(part) for part in parts if part]
    return len(equations) == len(values) == 2 and all(_holds(equation, values) for equation in equations)


def same_everywhere(statement: str, solution: Solution) -> bool:
    """Whether the answer has the value of the statement's expression everywhere."""
    instruction = read_instruction(statement)
    return instruction is not None and same_expression(parse(instruction.mathematics), parse(solution.answer))


def same_number(statement: str, solution: Solution) -> bool:
    """The expression of the statement by the parser; in words ("2/3 of 60"), only the steps are checked."""
    instruction = read_instruction(ascii_statement(statement))
    text = re.sub(r"\s*=[\s_?]*$", "", instruction.mathematics) if instruction else ""
    quotient = _QUOTIENT.fullmatch(text) if solution.family == "fractions" else None
    parts = quotient.groups() if quotient else (text,)
    try:
        values = [value_at(parse(part)) for part in parts]
    except ExpressionError:
        return solution.family == "fractions" and re.search(r"[a-z]{2,}", statement) is not None
    return close(values[0] if len(values) == 1 else values[0] / values[1], number_of(solution.answer))


def _is_derivative(_statement: str, solution: Solution) -> bool:
    """The answer against (f(x + h) − f(x − h)) / 2h, whose error is of the order of h²; a second derivative in two
    such steps.
    """
    slots, answer = solution.steps[-1].slots, parse(solution.answer)
    function = parse(slots["function"])
    at = [value_at(parse(slots["point"]))] if "point" in slots else [Fraction(7, 5), Fraction(3, 4), Fraction(9, 4)]
    if solution.steps[-1].kind != "derivative.again":
        return _is_slope_of(function, answer, slots["variable"], at)
    first = parse(slots["first_derivative"])
    return _is_slope_of(function, first, slots["variable"], at) and _is_slope_of(first, answer, slots["variable"], at)


def _is_slope_of(function: sympy.Expr, derivative: sympy.Expr, name: str, at: Sequence[Value]) -> bool:
    h = Fraction(1, 10**5)
    for x in at:
        high, low = (complex(value_at(function, {name: x + d})) for d in (h, -h))
        slope, answer = (high - low) / complex(2 * h), complex(value_at(derivative, {name: x}))
        if abs(slope - answer) > 1e-5 * max(1.0, abs(slope)) * max(1.0, float(abs(x))) ** 2:
            return False
    return True


def _is_limit(statement: str, solution: Solution) -> bool:
    """The answer against the function's values on both sides of the point, or far out."""
    slots, answer = solution.steps[0].slots, complex(number_of(solution.answer))
    function, name = parse(slots["expression"]), slots["variable"]
    if "target" in slots:
        sign = -1 if slots["target"].startswith("−") else 1
        return abs(complex(value_at(function, {name: sign * Fraction(10**12)})) - answer) < 1e-6 * max(1.0, abs(answer))
    point, h = value_at(parse(slots["point"])), Fraction(1, 10**9)
    beside = [complex(value_at(function, {name: point + d})) for d in (h, -h)]
    return all(abs(value - answer) < 1e-4 * max(1.0, abs(answer)) for value in beside)


def numbers_of(statement: str) -> list[Fraction]:
    """The numbers that stand in a statement, in its order."""
    return [Fraction(n) for n in _NUMBER.findall(ascii_statement(statement))]


_CHECKS: dict[str, Check] = {
    "linear_equation": solves_equation,
    "quadratic_equation": solves_equation,
    "linear_inequality": _solves_inequality,
    "system_of_equations": _solves_system,
    "factoring": same_everywhere,
    "simplifying": same_everywhere,
    "derivative": _is_derivative,
    "limit": _is_limit,
}
"""By family. Other topics have theirs beside their solver."""


@cache
def _checks() -> dict[str, Check]:
    """The second computation of each family; a family that has none is checked by its steps alone."""
    beside = [t for t in topics() if (t.path.parent / "check.py").exists()]
    modules = [import_module(f"{__package__}.{t.name}.check") for t in beside]
    return _CHECKS | {family: check for module in modules for family, check in module.CHECKS.items()}
