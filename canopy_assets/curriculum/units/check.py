"""Conversions a second time: by the meaning of the prefixes, by `datetime`, and by chains of neighbouring units."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution

_PREFIXES = {"m": Fraction(1, 1000), "c": Fraction(1, 100), "d": Fraction(1, 10), "": Fraction(1), "k": Fraction(1000)}
_CHAINS = (
    (("inch", 12), ("foot", 3), ("yard", 1760), ("mile", 1)), (("ounce", 16), ("pound", 1)),
    (("cup", 2), ("pint", 2), ("quart", 4), ("gallon", 1)), (("month", 12), ("year", 1)),
)  # fmt: skip
_PLURALS = {"inches": "inch", "feet": "foot"}
_RAISED = {"²": 2, "³": 3}


def _is_conversion(statement: str, solution: Solution) -> bool:
    """The quantities that were converted, in base units, must be equal to the answer in base units."""
    slots = [step.slots for step in solution.steps]
    quantity = next(s for s in slots if "quantity" in s or "speed" in s)
    total = in_base(quantity.get("quantity") or quantity["speed"])
    total += sum(in_base(s["extra"]) for s in slots if "extra" in s)
    return total == in_base(solution.answer)


def in_base(text: str) -> Fraction:
    """The size of "3.5 km", "1,200 ml", "72 km/h" in base units.

    Raises:
        ValueError: the unit is not known.
    """
    match = re.fullmatch(r"([\d.,]*\d(?:/\d+)?)\s*(.+)", text)
    if match is None:
        raise ValueError(f"no quantity: {text}")
    return Fraction(match[1].replace(",", "")) * _size(match[2])


def _size(unit: str) -> Fraction:
    if "/" in unit:
        way, time = unit.split("/")
        return _size(way) / _size({"h": "hours", "s": "seconds", "min": "minutes"}[time])
    if unit[-1] in _RAISED:
        return _size(unit[:-1]) ** _RAISED[unit[-1]]
    if unit == "ha":
        return Fraction(100) ** 2
    if unit == "t":
        return Fraction(10**6)
    metric = re.fullmatch("([mcdk]?)(m|g|l)", unit)
    if metric:
        return _PREFIXES[metric[1]] * (Fraction(1, 1000) if metric[2] == "l" else 1)
    plain = _PLURALS.get(unit, unit.removesuffix("s"))
    if plain in ("second", "minute", "hour", "day", "week"):
        return Fraction(timedelta(**{f"{plain}s": 1}) / timedelta(seconds=1))
    return _in_chain(plain)


def _in_chain(unit: str) -> Fraction:
    for chain in _CHAINS:
        size = Fraction(1)
        for name, in_next in chain:
            if name == unit:
                return size
            size *= in_next
    raise ValueError(f"no unit: {unit}")


CHECKS: dict[str, Check] = {"unit_conversion": _is_conversion}
