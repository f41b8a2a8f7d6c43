"""The families of exercises that code can solve, from specific to general."""

from __future__ import annotations

from dataclasses import replace

from canopy_assets.curriculum.arithmetic import solve as arithmetic
from canopy_assets.curriculum.derivatives import solve as calculus
from canopy_assets.curriculum.fractions import solve as fractions
from canopy_assets.curriculum.functions import solve as functions
from canopy_assets.curriculum.geometry import solve as geometry
from canopy_assets.curriculum.linear import solve as linear
from canopy_assets.curriculum.lines import solve as lines
from canopy_assets.curriculum.logarithms import solve as logarithms
from canopy_assets.curriculum.model import Concept, Family, Solution
from canopy_assets.curriculum.percent import solve as percent
from canopy_assets.curriculum.powers import solve as powers
from canopy_assets.curriculum.probability import solve as probability
from canopy_assets.curriculum.quadratics import solve as quadratics
from canopy_assets.curriculum.simplifying import solve as simplifying
from canopy_assets.curriculum.statistics import solve as statistics
from canopy_assets.curriculum.systems import solve as systems
from canopy_assets.curriculum.vectors import solve as vectors
from canopy_assets.maths.answers import equivalent

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
