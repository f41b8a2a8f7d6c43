"""Reads from a statement which figure it is about, what is asked for, and the figure's measures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.statements import NUMBER, number

MAX_MEASURE = 10**6

_FLAGS = re.IGNORECASE | re.VERBOSE

_UNITS = {
    "centimeter": "cm",
    "centimetre": "cm",
    "millimeter": "mm",
    "millimetre": "mm",
    "meter": "m",
    "metre": "m",
    "kilometer": "km",
    "kilometre": "km",
    "inch": "in",
    "inche": "in",
    "foot": "ft",
    "feet": "ft",
    "yard": "yd",
    "mile": "mi",
    "unit": "",
}
_UNIT_WORDS = r"""
    (?:centi|milli|kilo)?met(?:er|re)s?|inch(?:es)?|foot|feet|yards?|miles?|units?  # written out
    |cm|mm|km|ft|yd|m|in|mi  # abbreviated
"""
_UNIT = rf"(?:\s*-?\s*(?:{_UNIT_WORDS})(?![a-z]))?"
_NAMED_UNIT = rf"(?:\s*-?\s*(?P<unit>{_UNIT_WORDS})(?![a-z]))?"
_QUANTITY = re.compile(r"\b(area|volume|perimeter|circumference)\b", re.IGNORECASE)
_SHAPES = (
    ("cylinder", re.compile(r"\bcylind(?:er|rical)", re.IGNORECASE)),
    ("cube", re.compile(r"\bcub(?:e|ical)\b", re.IGNORECASE)),
    (
        "box",
        re.compile(
            r"""
            \bbox\b|\brectangular\ prism\b|\bcuboid\b
            |\brectangular\ (?:tank|pool|block|solid|container|aquarium)\b
            """,
            _FLAGS,
        ),
    ),
    ("trapezoid", re.compile(r"\btrapez(?:oid|ium)", re.IGNORECASE)),
    ("triangle", re.compile(r"\btriang(?:le|ular)", re.IGNORECASE)),
    ("circle", re.compile(r"\bcirc(?:le|ular)\b", re.IGNORECASE)),
    ("rectangle", re.compile(r"\brectang(?:le|ular)\b", re.IGNORECASE)),
    (
        "square",
        re.compile(
            r"""
            \bsquare
            (?!\ (?:cent|met|inch|f[eo]|unit|yard|mile|kilo|mill))\b  # not a square centimetre
            """,
            _FLAGS,
        ),
    ),
)
_LABELS = {
    "length": r"length|long",
    "width": r"width|breadth|wide",
    "height": r"(?:perpendicular\ )?height|altitude|high|tall|deep|depth",
    "base": r"base",
    "radius": r"radius",
    "diameter": r"diameter|across",
    "side": r"sides?(?:\ length)?|edges?(?:\ length)?|side\ lengths?|edge\ lengths?",
}
_NEEDS: dict[str, tuple[str, ...]] = {
    "rectangle": ("length", "width"),
    "square": ("side",),
    "triangle": ("base", "height"),
    "box": ("length", "width", "height"),
    "cube": ("side",),
    "trapezoid": ("base", "base", "height"),
}
_PAIR = re.compile(
    rf"""
    (?:parallel\ sides|bases)[^\d]{{0,30}}  # parallel sides of
    (?P<a>{NUMBER}){_UNIT}\ and\ (?P<b>{NUMBER})  # 4 cm and 6
    """,
    _FLAGS,
)
_BY = re.compile(
    rf"""
    (?P<a>{NUMBER}){_UNIT}\s*(?:by|x|\*)\s*(?P<b>{NUMBER}){_UNIT}  # 4 cm by 6 cm
    (?:\s*(?:by|x|\*)\s*(?P<c>{NUMBER}))?  # by 3
    """,
    _FLAGS,
)
_MEASURE = re.compile(rf"(?P<value>{NUMBER}){_NAMED_UNIT}", _FLAGS)
_GIVEN_QUANTITY = re.compile(
    r"""
    \bsquare\ (?:cent|met|inch|f[eo]|unit)|[²³]  # its unit
    |\bis\ \d[^.?]*\b(?:area|volume)\b  # 12 is the area
    |\b(?:area|volume|perimeter|circumference)\ (?:of\ \d|is\ \d|is\ equal|=)  # an area of 12
    """,
    re.VERBOSE,
)
"""The area or another such quantity is given, so the exercise asks for a side."""


@dataclass(frozen=True)
class Figure:
    """A figure, the quantity that is asked for, and its measures by name. All share one unit ("" if there is none)."""

    shape: str
    quantity: str
    measures: dict[str, tuple[Fraction, ...]]
    unit: str


def figure_in(text: str) -> Figure | None:
    """The only figure of a statement; None where a measure is missing, or a number is not a measure."""
    asked = {m.lower() for m in _QUANTITY.findall(text)}
    shapes = [name for name, pattern in _SHAPES if pattern.search(text)]
    if "box" in shapes and "rectangle" in shapes:
        shapes.remove("rectangle")
    if len(asked) != 1 or len(shapes) != 1:
        return None
    units = {_unit(m["unit"]) for m in _MEASURE.finditer(text) if m["unit"]}
    if len(units) > 1 or _GIVEN_QUANTITY.search(text):
        return None
    measures = _measures(text, shapes[0])
    if measures is None or any(v <= 0 or v > MAX_MEASURE for values in measures.values() for v in values):
        return None
    return Figure(shapes[0], asked.pop(), measures, units.pop() if units else "")


def _unit(word: str) -> str:
    """The abbreviation of a unit."""
    word = word.lower()
    return _UNITS.get(word, _UNITS.get(word.removesuffix("s"), word))


def _measures(text: str, shape: str) -> dict[str, tuple[Fraction, ...]] | None:
    """The measures by name, or None unless every number in the text is one of them."""
    numbers = len(re.findall(NUMBER, text))
    by = _BY.search(text)
    needs = _NEEDS.get(shape, ())
    if by and shape in ("rectangle", "box"):
        given = [number(by[g]) for g in "abc" if by[g]]
        if len(given) == len(needs) == numbers:
            return {name: (value,) for name, value in zip(needs, given, strict=True)}
        return None
    found: dict[str, tuple[Fraction, ...]] = {}
    if shape == "trapezoid":
        pair = _PAIR.search(text)
        if pair is None:
            return None
        found["base"] = (number(pair["a"]), number(pair["b"]))
    if shape == "triangle" and re.search(r"\bsides\b", text):
        values = tuple(number(v) for v in re.findall(NUMBER, text))
        return {"sides": values} if len(values) == 3 else None
    for name in _NEEDS.get(shape, ("radius", "diameter", "height", "length")):
        value = None if name in found else _labelled(text, _LABELS[name])
        if value is not None:
            found[name] = (value,)
    return found if sum(map(len, found.values())) == numbers else None


def _labelled(text: str, labels: str) -> Fraction | None:
    """The number beside one of the labels: "a radius of 5 cm", "5 cm wide"."""
    label_first = re.search(
        rf"""
        \b(?:{labels})\b(?:\ of\ (?:an?|the)\ [a-z]+\ is)?
        (?:\s*(?:of|is|=|:|are|measures|equal\ to|has|are\ all))*\s*  # a width of
        (?P<v>{NUMBER})  # 4
        (?!\s*(?:[a-z-]+\ )?(?:long|wide|high|tall|deep|across)\b)  # not the next measure: "width and is 4 cm high"
        """,
        text,
        _FLAGS,
    )
    number_first = re.search(rf"(?P<v>{NUMBER}){_UNIT}\s*(?:in\ )?(?:{labels})\b", text, _FLAGS)
    match = label_first or number_first
    return number(match["v"]) if match else None
