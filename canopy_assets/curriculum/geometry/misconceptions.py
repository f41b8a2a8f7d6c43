"""What students get wrong about areas, perimeters and volumes, computed from the measures."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP
from canopy_assets.maths.formatting import show_quantity
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


@dataclass(frozen=True)
class Measured:
    """A wrong idea with the value that it leads to, without π and unit."""

    name: str
    value: Fraction
    step: int
    measures: dict[str, str]

    def misconception(self, shown: str) -> Misconception:
        """The idea in words.

        Args:
            shown: The value as the student writes it.
        """
        return _WORDS.misconception(self.name, answer=shown, step=self.step, **self.measures)


def _idea(name: str, value: Fraction, step: int = 0, /, **measures: Fraction) -> Measured:
    return Measured(name, value, step, {slot: show_quantity(measure) for slot, measure in measures.items()})


def rectangle_area(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a rectangle with sides a and b."""
    return [
        _idea("area_as_way_around", 2 * (a + b), length=a, width=b),
        _idea("area_as_length_plus_width", a + b, length=a, width=b),
    ]


def rectangle_perimeter(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the way around a rectangle with sides a and b."""
    return [
        _idea("perimeter_as_product", a * b, length=a, width=b),
        _idea("perimeter_of_two_sides", a + b, length=a, width=b),
    ]


def triangle_area(b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a triangle with base b and height h."""
    return [
        _idea("triangle_area_not_halved", b * h, base=b, height=h),
        _idea("triangle_area_as_sum", b + h, base=b, height=h, double_base=2 * b),
    ]


def triangle_perimeter(sides: list[Fraction]) -> list[Measured]:
    """Wrong ideas about the way around a triangle."""
    a, b, c = sides
    return [
        _idea("triangle_side_left_out", a + b, first=a, second=b, missing=c),
        _idea("triangle_area_for_perimeter", a * b / 2, first=a, second=b),
    ]


def trapezoid_area(a: Fraction, b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a trapezoid with parallel sides a and b, h apart."""
    longer, shorter = max(a, b), min(a, b)
    return [
        _idea("bases_not_halved", (a + b) * h, first=a, second=b, height=h, both=a + b),
        _idea("only_longer_base", longer * h, longer=longer, shorter=shorter, height=h),
    ]


def circle_area(r: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a circle; values are the factors of π."""
    return [
        _idea("circumference_for_area", 2 * r, LAST_STEP - 1, radius=r),
        _idea("diameter_squared", 4 * r * r, LAST_STEP - 1, diameter=2 * r),
        _idea("circle_radius_not_squared", r, LAST_STEP - 1, radius=r, double_radius=2 * r),
    ]


def circumference(r: Fraction) -> list[Measured]:
    """Wrong ideas about the way around a circle; values are the factors of π."""
    return [
        _idea("area_for_circumference", r * r, LAST_STEP - 1, radius=r),
        _idea("radius_for_diameter", r, LAST_STEP - 1, radius=r, diameter=2 * r),
    ]


def box(a: Fraction, b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a box."""
    return [
        _idea("volume_as_sum", a + b + h, length=a, width=b, height=h),
        _idea("surface_for_volume", 2 * (a * b + b * h + a * h), length=a, width=b),
        _idea("one_face_for_volume", a * b, LAST_STEP, length=a, width=b, height=h),
    ]


def cylinder(r: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a cylinder; values are the factors of π."""
    return [
        _idea("cylinder_radius_not_squared", r * h, LAST_STEP - 1, radius=r, height=h),
        _idea("curved_side_for_volume", 2 * r * h, LAST_STEP - 1, radius=r, height=h),
        _idea("diameter_for_radius", 4 * r * r * h, LAST_STEP - 1, radius=r, height=h, diameter=2 * r),
    ]
