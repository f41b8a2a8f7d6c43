"""The second computation for powers: the answer has the expression's value at several points."""

from __future__ import annotations

from canopy_assets.curriculum.checking import Check, same_everywhere
from canopy_assets.curriculum.powers.notation import AS_POWER
from canopy_assets.curriculum.solution import Solution


def _is_power(statement: str, solution: Solution) -> bool:
    return same_everywhere(AS_POWER.sub(" as a single power", statement), solution)


CHECKS: dict[str, Check] = {"exponents": _is_power}
