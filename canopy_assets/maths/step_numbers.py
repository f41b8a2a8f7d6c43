"""Reads the numbers in an author's worked steps: their values, their digits, and the operands of a calculation.

It is for single numbers and lines of arithmetic ("$1,250.50", "9*2"). `maths.numbers` finds numbers inside prose.
"""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")


def value_of(text: str) -> Fraction | None:
    """The value of a numeric expression ("9*2", "$1,250", "60%" as 60); None for any other text."""
    from canopy_assets.maths.expressions import ExpressionError, parse
    from canopy_assets.maths.formatting import as_fraction

    try:
        return as_fraction(parse(re.sub(r"[$€£%]", "", text)))
    except ExpressionError:
        return None


def values_in(text: str) -> set[Fraction]:
    """The values of all numbers that a text mentions."""
    from canopy_assets.maths.numbers import numbers_in

    return {mention.value for mention in numbers_in(text)}


def bare_number(number: str) -> str:
    """A number without currency, percent sign, thousands commas and superfluous zeros: "$1,250.50" → "1250.5"."""
    digits = re.sub(r"[$€£,%\s]", "", number)
    return digits.rstrip("0").rstrip(".") if "." in digits and _NUMBER.fullmatch(digits.lstrip("-−+")) else digits


def listed_operands(expression: str, result: str) -> str:
    """The numbers that go into a calculation as a list ("16, 3 and 4"), without its own result."""
    from canopy_assets.maths.formatting import listing

    outcome = value_of(result)
    found = [n.rstrip(",") for n in dict.fromkeys(_NUMBER.findall(expression)) if value_of(n.rstrip(",")) != outcome]
    return listing(found) if found else "the numbers you have so far"


def is_rounding(exact: Fraction, value: Fraction, written: str) -> bool:
    """Whether `value` is `exact`, rounded or cut to its written decimals. Whole numbers never count as rounded."""
    unit = Fraction(1, 10 ** len(bare_number(written).partition(".")[2]))
    return (exact / unit).denominator != 1 and abs(exact - value) < unit
