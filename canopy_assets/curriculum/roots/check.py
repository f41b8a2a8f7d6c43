"""The second computation for roots: powers of the answer, the value of the expression, or the equation itself."""

from __future__ import annotations

import re

from canopy_assets.curriculum.checking import Check, same_everywhere, solves_equation
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse


def _is_root(statement: str, solution: Solution) -> bool:
    """A single root by its power, "√72" and "the cube root of 27" alike; any other expression by its value."""
    numbers = re.findall(r"-?\d+", ascii_statement(statement).replace(",", ""))
    cube = re.search(r"∛|cube root", statement.lower())
    if cube or re.search("square root", statement.lower()):
        return close(value_at(parse(solution.answer)) ** (3 if cube else 2), value_at(parse(numbers[-1])))
    return same_everywhere(statement, solution)


CHECKS: dict[str, Check] = {"roots": _is_root, "radical_equation": solves_equation}
