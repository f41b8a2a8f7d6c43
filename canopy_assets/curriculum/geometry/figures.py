"""Reads from a statement which figure it is about, what is asked for, and the figure's measures, by `grammar.lark`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from canopy_assets.curriculum.grammar import Parsed, parsed
from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.statements import NUMBER, number

MAX_MEASURE = 10**6

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
_TELLING = re.compile(r"\b(?:area|perimeter|circumference|volume|hypotenuse|legs?|side|angles?)\b", re.IGNORECASE)
"""A statement without one of these words is not of this topic, and the grammar need not be asked about it."""
_THINGS = frozenset(
    (
        *(
            "lawn",
            "pond",
            "rug",
            "carpet",
            "plot",
            "poster",
            "sheet",
            "screen",
            "tank",
            "container",
            "aquarium",
            "solid",
        ),
        *("tabletop", "mirror", "board", "sign", "frame", "flag", "courtyard", "court", "patio", "playground", "plaza"),
        *("clock", "wheel", "track", "pipe", "can", "drum", "barrel", "silo", "candle", "sail", "stage", "banner"),
        *("tray", "sandbox", "brick", "prism", "solid"),
    )
)
"""Things that have a shape, besides those of `inert.toml`."""
_SHAPES = {
    "rectangular": "rectangle",
    "rectangular prism": "box",
    "rectangular box": "box",
    "cuboid": "box",
    "triangular": "triangle",
    "trapezium": "trapezoid",
    "circular": "circle",
    "cylindrical": "cylinder",
    "conical": "cone",
    "spherical": "sphere",
    "right triangle": "right triangle",
    "right-angled triangle": "right triangle",
}
"""Words for a shape, where they are not its name."""
_MEASURES = ("length", "width", "height", "base", "radius", "diameter", "side", "sides", "parallel", "legs", "leg",
             "hypotenuse", "dimensions")  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure, the quantity that is asked for, and its measures by name. All share one unit ("" if there is none)."""

    shape: str
    quantity: str
    measures: dict[str, tuple[Fraction, ...]]
    unit: str


@dataclass(frozen=True)
class KnownSquare:
    """A square whose area or perimeter is known. `wanted` is "area", "perimeter" or "side"."""

    known: str
    value: Fraction
    wanted: str
    unit: str


def square_in(text: str) -> KnownSquare | None:
    """The square of a statement that gives its area or perimeter; None for another statement."""
    found = _read(text)
    if found is None or found.get("whole") is None or {_shape(shape) for shape in found.all("shape")} != {"square"}:
        return None
    known, wanted, units = found.parts["known_quantity"].lower(), found.get("quantity"), found.all("unit")
    squared = re.search(r"square|\^", found.parts["whole"].lower()) is not None
    if found.all("thing") or (wanted and wanted.lower() not in ("area", "perimeter")) or wanted == known:
        return None
    if units and squared != (known == "area"):
        return None  # an area in cm, or a perimeter in cm²
    value = number(re.findall(NUMBER, found.parts["whole"])[0])
    return KnownSquare(known, value, wanted.lower() if wanted else "side", _unit(units[0]) if units else "")


def figure_in(text: str) -> Figure | None:
    """The only figure of a statement; None where it has several, or a measure is given twice or in another unit."""
    found = _read(text)
    if found is None or found.kind == "angle" or found.get("whole"):
        return None
    shapes = {_shape(shape) for shape in found.all("shape")}
    things = {thing.lower() for thing in found.all("thing")}
    units = {_unit(word) for word in found.all("unit")}
    if len(shapes) != 1 or len(things) > 1 or len(units) > 1 or not things <= _THINGS | inert_words("things"):
        return None
    measures = _measures(found)
    if measures is None or any(v <= 0 or v > MAX_MEASURE for values in measures.values() for v in values):
        return None
    quantity = found.parts["quantity"].lower().removeprefix("total ")
    if quantity.split()[0] in ("other", "missing", "second", "remaining"):
        quantity = "leg"
    return Figure(_solid_or_flat(shapes.pop(), quantity, measures), quantity, measures, units.pop() if units else "")


def angles_in(text: str) -> list[Fraction] | None:
    """The two known angles of a triangle whose third angle is asked for; None for another statement."""
    found = _read(text)
    if found is None or found.kind != "angle":
        return None
    marked = {"°" in angle or "degrees" in angle.lower() for angle in found.all("degrees")}
    unknowns, vertices = found.all("unknown"), found.all("vertex")
    if len(marked) > 1 or len(unknowns) == 1 or len(set(unknowns)) > 1:
        return None  # some angles without a degree sign; or an x that is given or asked for, but not both
    if len(set(vertices)) != len(vertices) or sorted(found.get("triangle_name") or vertices) != sorted(vertices):
        return None  # an angle twice, or of another triangle
    angles = [number(re.findall(NUMBER, angle)[0]) for angle in found.all("degrees")]
    return angles if len(angles) == 2 and all(angles) and sum(angles) < 180 else None


@cache
def _names() -> re.Pattern[str]:
    """Things that have a shape, and the names of triangles and angles."""
    return re.compile("|".join([*sorted(_THINGS | inert_words("things")), "[a-z]", "[a-z]{3}"]))


def _read(text: str) -> Parsed | None:
    return parsed(__package__, text, _names()) if _TELLING.search(text) else None


def _shape(words: str) -> str:
    words = " ".join(words.lower().split())
    return _SHAPES.get(words, words)


def _solid_or_flat(shape: str, quantity: str, measures: dict[str, tuple[Fraction, ...]]) -> str:
    """The shape; the solid where the word for a flat shape stands for one ("a rectangular tank")."""
    solid = quantity in ("volume", "surface area")
    return "box" if shape == "rectangle" and solid and "height" in measures else shape


def _unit(word: str) -> str:
    """The abbreviation of a unit."""
    word = word.lower()
    return _UNITS.get(word, _UNITS.get(word.removesuffix("s"), word))


def _measures(found: Parsed) -> dict[str, tuple[Fraction, ...]] | None:
    """The measures by name; None where one is given twice."""
    measures: dict[str, tuple[Fraction, ...]] = {}
    for name, text in found.listed:
        if name not in _MEASURES:
            continue
        values = tuple(number(value) for value in re.findall(NUMBER, text))
        named = {name: values}
        if name == "dimensions":
            named = {label: (value,) for label, value in zip(("length", "width", "height"), values, strict=False)}
        if measures.keys() & named.keys() or len(values) > 3:
            return None
        measures |= named
    return measures
