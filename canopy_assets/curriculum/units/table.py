"""Units of measurement: their names, and how many of the smaller one make the larger one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.statements import number


@dataclass(frozen=True)
class Unit:
    """A unit. Two units of one `dimension` can be converted; `size` is in the dimension's own smallest unit."""

    dimension: str
    size: Fraction
    one: str
    many: str
    power: int = 1


def _unit(dimension: str, size: Fraction | int, one: str, many: str | None = None) -> Unit:
    return Unit(dimension, Fraction(size), one, many or one)


_LENGTH = (_unit("length", 1, "mm"), _unit("length", 10, "cm"), _unit("length", 100, "dm"),
           _unit("length", 1000, "m"), _unit("length", 10**6, "km"))  # fmt: skip
_OTHERS = (
    _unit("length in feet", 1, "inch", "inches"), _unit("length in feet", 12, "foot", "feet"),
    _unit("length in feet", 36, "yard", "yards"), _unit("length in feet", 63_360, "mile", "miles"),
    _unit("mass", 1, "mg"), _unit("mass", 1000, "g"), _unit("mass", 10**6, "kg"), _unit("mass", 10**9, "t"),
    _unit("mass in pounds", 1, "ounce", "ounces"), _unit("mass in pounds", 16, "pound", "pounds"),
    _unit("volume", 1000, "ml"), _unit("volume", 10_000, "cl"), _unit("volume", 10**5, "dl"),
    _unit("volume", 10**6, "l"),
    _unit("volume in gallons", 1, "cup", "cups"), _unit("volume in gallons", 2, "pint", "pints"),
    _unit("volume in gallons", 4, "quart", "quarts"), _unit("volume in gallons", 16, "gallon", "gallons"),
    _unit("time", 1, "second", "seconds"), _unit("time", 60, "minute", "minutes"), _unit("time", 3600, "hour", "hours"),
    _unit("time", 86_400, "day", "days"), _unit("time", 604_800, "week", "weeks"),
    _unit("calendar", 1, "month", "months"), _unit("calendar", 12, "year", "years"),
    _unit("area", 10**10, "ha"),
)  # fmt: skip
_BY_NAME = {name: unit for unit in (*_LENGTH, *_OTHERS) for name in (unit.one, unit.many)}
_SHORT = {
    "in": "inch", "ft": "foot", "yd": "yard", "oz": "ounce", "lb": "pound", "lbs": "pound", "s": "second",
    "sec": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "hectare": "ha",
    "hectares": "ha", "tonne": "t", "tonnes": "t",
}  # fmt: skip
_PREFIXES = {"milli": "m", "centi": "c", "deci": "d", "kilo": "k", "": ""}
_LONG = re.compile(r"(milli|centi|deci|kilo|)(met(?:re|er)|lit(?:re|er)|gram)s?")
_SYMBOL = {"met": "m", "lit": "l", "gra": "g"}
_DIMENSION = {2: ("area", "²"), 3: ("volume", "³")}


_QUANTITY = re.compile(r"(?P<amount>\d[\d,./\s]*|\.\d+|an?\b|one\b)\s*(?P<unit>.+)", re.IGNORECASE)


def quantity_of(text: str) -> tuple[Fraction, str]:
    """The amount and the name of the unit of a quantity: "3.5 km", "2 1/2 hours", "a week".

    Raises:
        ValueError: it is no quantity.
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"no quantity: {text}")
    amount = match["amount"].strip().lower()
    if amount in ("a", "an", "one"):
        return Fraction(1), match["unit"]
    *whole, part = re.sub(r"\s*/\s*", "/", amount).split(" ")
    return sum((number(w) for w in whole), number(part)), match["unit"]


def unit_of(text: str) -> Unit:
    """The unit that a text names: "km", "square metres", "cm^3".

    Raises:
        LookupError: no unit has this name, or it has no such power.
    """
    name = " ".join(text.lower().split())
    power = 2 if re.match(r"sq(?:uare)? |.*\^2", name) else 3 if re.match(r"cubic |.*\^3", name) else 1
    unit = _BY_NAME[_symbol(re.sub(r"^(?:sq|square|cubic) |\s*\^[23]$", "", name))]
    if power == 1:
        return unit
    if unit not in _LENGTH:
        raise LookupError(f"no power of {unit.one}")
    dimension, raised = _DIMENSION[power]
    return Unit(dimension, unit.size**power, unit.one + raised, unit.one + raised, power)


def _symbol(name: str) -> str:
    long = _LONG.fullmatch(name)
    return _PREFIXES[long[1]] + _SYMBOL[long[2][:3]] if long else _SHORT.get(name, name)
