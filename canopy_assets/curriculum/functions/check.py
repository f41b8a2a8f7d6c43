"""The second computation for values of functions: exact arithmetic on the tree, without SymPy's substitution."""

from __future__ import annotations

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse


def _is_value(statement: str, solution: Solution) -> bool:
    slots = [step.slots for step in solution.steps if step.kind == "functions.substitute"]
    value = value_at(parse(slots[0]["input"]))
    for function in slots:
        if not close(value_at(parse(function["input"])), value):
            return False  # the outer function's input is the inner one's value
        value = value_at(parse(function["rule"]), {function["variable"]: value})
    return close(value, value_at(parse(solution.answer)))


CHECKS: dict[str, Check] = {"function_evaluation": _is_value}
