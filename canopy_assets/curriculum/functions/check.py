"""The second computation for values of functions: exact arithmetic on the tree, without SymPy's substitution."""

from __future__ import annotations

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse


def _is_value(statement: str, solution: Solution) -> bool:
    slots = solution.steps[0].slots
    at = {slots["variable"]: value_at(parse(slots["input"]))}
    return close(value_at(parse(slots["rule"]), at), value_at(parse(solution.answer)))


CHECKS: dict[str, Check] = {"function_evaluation": _is_value}
