"""The families of exercises that code can solve, from specific to general."""

from __future__ import annotations

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
    """The solution by the first family that solves the statement, None when none does."""
    return next((s for f in FAMILIES if (s := f.solve(statement)) is not None), None)
