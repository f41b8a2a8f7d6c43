"""The families of exercises that code can solve, from specific to general."""

from __future__ import annotations

from dataclasses import replace

from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.families import (
    arithmetic,
    calculus,
    fractions,
    functions,
    geometry,
    linear,
    lines,
    logarithms,
    percent,
    powers,
    probability,
    quadratics,
    simplifying,
    statistics,
    systems,
    vectors,
)
from canopy_assets.maths.families.model import Concept, Family, Solution

__all__ = ["FAMILIES", "Concept", "Family", "Solution", "recognise"]

# Families that need telling words come first, bare forms ("3 + 4 × 2") last: they can't take a worded exercise then.
FAMILIES: tuple[Family, ...] = (
    *calculus.FAMILIES,
    *vectors.FAMILIES,
    *systems.FAMILIES,
    *lines.FAMILIES,
    *functions.FAMILIES,
    *statistics.FAMILIES,
    *probability.FAMILIES,
    *geometry.FAMILIES,
    *percent.FAMILIES,
    *quadratics.FAMILIES,
    *linear.FAMILIES,
    *logarithms.FAMILIES,
    *powers.FAMILIES,
    *simplifying.FAMILIES,
    *fractions.FAMILIES,
    *arithmetic.FAMILIES,
)


def recognise(statement: str) -> Solution | None:
    """The solution by the first family that solves the statement, None when none does.

    A family checks a misconception against the result of the step that it spoils; one that happens to give the final
    answer (−6 + 4 is −2, and so is the slope) is left out here: planted, it would make a student right by accident.
    """
    solution = next((s for f in FAMILIES if (s := f.solve(statement)) is not None), None)
    if solution is None:
        return None
    wrong = tuple(m for m in solution.misconceptions if not equivalent(m.answer, solution.answer, solution.answer_kind))
    return solution if wrong == solution.misconceptions else replace(solution, misconceptions=wrong)
