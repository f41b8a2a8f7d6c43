"""How powers are written."""

from __future__ import annotations

import re

from canopy_assets.maths.formatting import superscript

AS_POWER = re.compile(
    r",?\s+(?:as|giving your answer as) an? (?:single )?power of (?P<base>[a-z]|\d{1,4})\.?$", re.IGNORECASE
)
"""The end of "Write 5² × 5⁶ as a power of 5"."""


def power_text(base: str, exponent: int) -> str:
    """A power with a raised exponent. Exponent 1 is not written; exponent 0 gives "1"."""
    if exponent == 0:
        return "1"
    return base if exponent == 1 else f"{base}{superscript(exponent)}"
