"""Worked solutions have exact fractions; a problem with decimals is talked about in decimals."""

from __future__ import annotations

import re
from fractions import Fraction

_DECIMAL_COEFFICIENT = re.compile(r"\d\.\d+[a-z]\b")
_FRACTION = re.compile(r"(?<![\w./])(\d+)([a-z]?)/(\d+)(?![\w/]|\.\d)")


def as_posed(text: str, statement: str) -> str:
    """Fractions become decimals where the statement has a decimal coefficient: if it has 2.5x, say so, and not 5x/2."""
    return _FRACTION.sub(_as_decimal, text) if _DECIMAL_COEFFICIENT.search(statement) else text


def _as_decimal(fraction: re.Match[str]) -> str:
    top, letter, bottom = fraction.groups()
    thousandths = Fraction(int(top), int(bottom) or 1) * 1000
    ends = int(bottom) > 1 and thousandths.denominator == 1
    return f"{float(thousandths) / 1000:g}{letter}" if ends else fraction.group()
