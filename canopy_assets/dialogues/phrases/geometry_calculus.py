"""Phrases for geometry, calculus and vectors, gathered from the modules that hold them."""

from __future__ import annotations

from canopy_assets.dialogues.phrases import (
    derivative_products,
    derivatives,
    geometry,
    geometry_solids,
    limits,
    limits_at_infinity,
    vectors,
)
from canopy_assets.dialogues.phrases.model import StepPhrases

PHRASES: dict[str, StepPhrases] = (
    geometry.PHRASES
    | geometry_solids.PHRASES
    | derivatives.PHRASES
    | derivative_products.PHRASES
    | limits.PHRASES
    | limits_at_infinity.PHRASES
    | vectors.PHRASES
)
