"""The second computation for exponential equations: a power is monotonic, so one value that fits is the solution."""

from __future__ import annotations

from canopy_assets.curriculum.checking import Check, solves_equation

CHECKS: dict[str, Check] = {"exponential_equation": solves_equation}
