"""How small a difference a paired comparison can show, before anyone reads one into the table."""

from __future__ import annotations

import math
from typing import cast

Z_POWER = 0.8416212335729143
"""The 80th percentile of the standard normal distribution: power 80 %."""
_Z_TWO_SIDED = 1.959963984540054


def detectable_difference(n: float, discordant: float) -> float:
    """The smallest difference of two shares that a McNemar test at 5 % detects with 80 % power.

    Connor's (1987) sample size n = (z₀ √ψ + z₁ √(ψ − d²))² / d², solved for d; ψ is the share of items on which the two
    measurements differ.

    Args:
        n: how many independent pairs there are.
        discordant: ψ, between 0 and 1. It cannot be smaller than the difference: a larger d raises it.

    Returns:
        d between 0 and 1; 1 where even that could not be detected.
    """

    def power_missing(d: float) -> float:
        psi = max(discordant, d)
        needed = (_Z_TWO_SIDED * math.sqrt(psi) + Z_POWER * math.sqrt(psi - d * d)) ** 2 / (d * d)
        return needed - n

    if n <= 0 or power_missing(1.0) > 0:
        return 1.0
    from scipy.optimize import brentq

    return cast("float", brentq(power_missing, 1e-6, 1.0))
