"""How powers are written."""

from __future__ import annotations

from canopy_assets.maths.formatting import superscript


def power_text(base: str, exponent: int) -> str:
    """A power with a raised exponent. Exponent 1 is not written; exponent 0 gives "1"."""
    if exponent == 0:
        return "1"
    return base if exponent == 1 else f"{base}{superscript(exponent)}"
