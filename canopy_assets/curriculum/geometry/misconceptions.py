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


def parallelogram_area(b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the area of a parallelogram with base b and height h."""
    return [
        _idea("parallelogram_halved", b * h / 2, base=b, height=h),
        _idea("parallelogram_way_around", 2 * (b + h), base=b, height=h),
    ]


def polygon_perimeter(a: Fraction, count: int) -> list[Measured]:
    """Wrong ideas about the way around a regular polygon with sides of length a."""
    return [
        _idea("polygon_side_forgotten", (count - 1) * a, side=a, count=Fraction(count), fewer=Fraction(count - 1)),
        _idea("polygon_side_squared", a * a, side=a, count=Fraction(count)),
    ]


def surface(a: Fraction, b: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the surface of a box."""
    return [
        _idea("surface_of_three_faces", a * b + a * h + b * h, length=a, width=b, face=a * b),
        _idea("volume_for_surface", a * b * h, length=a, width=b, height=h, face=a * b),
    ]


def cone(r: Fraction, h: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a cone; values are the factors of π."""
    return [
        _idea("cone_as_cylinder", r * r * h, LAST_STEP - 1, radius=r, height=h),
        _idea("cone_radius_not_squared", r * h / 3, LAST_STEP - 1, radius=r, height=h, double_radius=2 * r),
    ]


def sphere(r: Fraction) -> list[Measured]:
    """Wrong ideas about the volume of a sphere; values are the factors of π."""
    return [
        _idea("sphere_surface_for_volume", 4 * r * r, LAST_STEP - 1, radius=r),
        _idea("sphere_radius_only_squared", 4 * r * r / 3, LAST_STEP - 1, radius=r, double_radius=2 * r),
    ]


def hypotenuse(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the hypotenuse of a right triangle with legs a and b."""
    return [
        _idea("legs_added", a + b, LAST_STEP, first=a, second=b),
        _idea("hypotenuse_not_rooted", a * a + b * b, LAST_STEP, first=a, second=b, square=a * a + b * b),
    ]


def leg(c: Fraction, a: Fraction) -> list[Measured]:
    """Wrong ideas about a leg of a right triangle with hypotenuse c and other leg a."""
    return [
        _idea("leg_subtracted", c - a, LAST_STEP, hypotenuse=c, leg=a),
        _idea("leg_not_rooted", c * c - a * a, LAST_STEP, hypotenuse=c, leg=a, square=c * c - a * a),
    ]


def third_angle(a: Fraction, b: Fraction) -> list[Measured]:
    """Wrong ideas about the third angle of a triangle, in degrees."""
    return [
        _idea("known_angles_for_third", a + b, LAST_STEP, first=a, second=b, both=a + b),
        _idea("angles_of_full_turn", 360 - a - b, LAST_STEP, first=a, second=b),
    ]


def side_of_square(value: Fraction, known: str) -> list[Measured]:
    """Wrong ideas about the side of a square whose area or perimeter is known."""
    if known == "perimeter":
        return [
            _idea("perimeter_shared_by_two", value / 2, whole=value),
            _idea("perimeter_for_side", value, whole=value),
        ]
    return [
        _idea("area_halved_for_side", value / 2, whole=value, square=value * value / 4),
        _idea("area_shared_by_four", value / 4, whole=value, square=value * value / 16),
    ]
