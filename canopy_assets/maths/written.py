"""Numbers of worked steps: their value, how they are written, and lists of them in words."""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")


def value_of(text: str) -> Fraction | None:
    """The value of an expression in numbers ("9*2", "$1,250", "60%" as 60), None when it isn't one."""
    from canopy_assets.maths.expressions import ExpressionError, parse

    try:
        expression = parse(re.sub(r"[$€£%]", "", text))
    except ExpressionError:
        return None
    return Fraction(int(expression.p), int(expression.q)) if expression.is_Rational else None  # type: ignore[attr-defined]


def values_in(text: str) -> set[Fraction]:
    """The values of all numbers that a text mentions."""
    from canopy_assets.maths.answers import numbers_in

    return {mention.value for mention in numbers_in(text)}


def bare(number: str) -> str:
    """A number without currency, percent sign, thousands commas and superfluous zeros: "$1,250.50" → "1250.5"."""
    digits = re.sub(r"[$€£,%\s]", "", number)
    return digits.rstrip("0").rstrip(".") if "." in digits and _NUMBER.fullmatch(digits.lstrip("-−+")) else digits


def in_words(expression: str, result: str) -> str:
    """The numbers that go into a calculation as a list ("16, 3 and 4"), without its own result."""
    outcome = value_of(result)
    found = [n.rstrip(",") for n in dict.fromkeys(_NUMBER.findall(expression)) if value_of(n.rstrip(",")) != outcome]
    if not found:
        return "the numbers you have so far"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def is_rounding(exact: Fraction, value: Fraction, written: str) -> bool:
    """Whether `value` is `exact` rounded or cut to the decimals it is written with; no whole number is ever rounded."""
    unit = Fraction(1, 10 ** len(bare(written).partition(".")[2]))
    return (exact / unit).denominator != 1 and abs(exact - value) < unit
