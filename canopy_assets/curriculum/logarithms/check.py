"""The second computation for logarithms: powers of the base, or floating-point logarithms of a whole sum."""

from __future__ import annotations

from canopy_assets.curriculum.checking import Check, solves_equation
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse


def _is_logarithm(statement: str, solution: Solution) -> bool:
    if solution.answer_kind == "solutions":
        return solves_equation(statement, solution)
    slots, answer = solution.steps[0].slots, value_at(parse(solution.answer))
    if solution.steps[0].kind == "logarithms.each":
        return close(value_at(parse(slots["expression"])), answer)
    return close(value_at(parse(slots["base"])) ** answer, value_at(parse(slots["argument"])))


CHECKS: dict[str, Check] = {"logarithms": _is_logarithm}
