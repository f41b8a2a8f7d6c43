"""Volume and surface area of solids."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from canopy_assets.curriculum.geometry import misconceptions as geometry_ideas
from canopy_assets.curriculum.geometry.figures import Figure
from canopy_assets.curriculum.geometry.misconceptions import Measured
from canopy_assets.curriculum.geometry.working import amount, length, radius, solution, two_steps
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.formatting import show_quantity
from canopy_assets.records import Step


def box(figure: Figure) -> Solution | None:
    """Volume or surface area of a box."""
    if figure.measures.keys() != {"length", "width", "height"}:
        return None
    a, b, h = (figure.measures[name][0] for name in ("length", "width", "height"))
    if figure.quantity == "surface area":
        named = f"length {length(a, figure)}, width {length(b, figure)} and height {length(h, figure)}"
        x, y, z = map(show_quantity, (a, b, h))
        value, formula = 2 * (a * b + a * h + b * h), f"2 × ({x} × {y} + {x} × {z} + {y} × {z})"
        steps = two_steps(figure, ("S", formula), value, 2, named, "surface")
        return solution(figure, steps, value, geometry_ideas.surface(a, b, h), 2)
    if figure.quantity != "volume":
        return None
    named = f"length {length(a, figure)} and width {length(b, figure)}"
    steps = _stacked(figure, "rectangle", named, (a * b, f"{show_quantity(a)} × {show_quantity(b)}"), h)
    return solution(figure, steps, a * b * h, geometry_ideas.box(a, b, h), 3)


def cube(figure: Figure) -> Solution | None:
    """Volume or surface area of a cube."""
    if figure.measures.keys() != {"side"}:
        return None
    a = figure.measures["side"][0]
    named = f"side {length(a, figure)}"
    if figure.quantity == "surface area":
        steps = two_steps(figure, ("S", f"6 × {show_quantity(a)}²"), 6 * a * a, 2, named, "surface")
        return solution(figure, steps, 6 * a * a, geometry_ideas.surface(a, a, a), 2)
    if figure.quantity != "volume":
        return None
    steps = _stacked(figure, "square", named, (a * a, f"{show_quantity(a)} × {show_quantity(a)}"), a)
    return solution(figure, steps, a**3, geometry_ideas.box(a, a, a), 3)


def cylinder(figure: Figure) -> Solution | None:
    """Volume of a cylinder."""
    found, height = radius(figure), figure.measures.get("height") or figure.measures.get("length")
    if found is None or height is None or len(figure.measures) != 2 or figure.quantity != "volume":
        return None
    (r, steps), h = found, height[0]
    named = f"radius {length(r, figure)}"
    steps += _stacked(figure, "circle", named, (r * r, f"π × {show_quantity(r)}²"), h, pi=True)
    return solution(figure, steps, r * r * h, geometry_ideas.cylinder(r, h), 3, pi=True)


def _stacked(
    figure: Figure, base_shape: str, named: str, base: tuple[Fraction, str], h: Fraction, pi: bool = False
) -> list[Step]:
    """The area at the bottom, then that area times the height. `base` has the area, without π, and its product."""
    area, volume = amount(base[0], figure, 2, pi), amount(base[0] * h, figure, 3, pi)
    slots = {"shape": figure.shape, "base_shape": base_shape, "measures": named}
    ask = f"The {figure.shape} stands on a {base_shape} with {named}: what is that area?"
    first = Step("geometry.base_area", ask, f"{base[1]} = {area}", area, slots)
    slots = {"shape": figure.shape, "base_area": area, "height": length(h, figure), "base_shape": base_shape}
    ask = f"With {area} at the bottom and a height of {slots['height']}, how much fits inside?"
    work = f"V = {area.split()[0]} × {show_quantity(h)} = {volume}"
    return [first, Step("geometry.stack", ask, work, volume, slots)]


def cone(figure: Figure) -> Solution | None:
    """Volume of a cone."""
    found, height = radius(figure), figure.measures.get("height")
    if found is None or height is None or len(figure.measures) != 2 or figure.quantity != "volume":
        return None
    (r, steps), h = found, height[0]
    named = f"radius {length(r, figure)} and height {length(h, figure)}"
    formula = f"⅓ × π × {show_quantity(r)}² × {show_quantity(h)}"
    return _with_pi(figure, steps, formula, r * r * h / 3, named, geometry_ideas.cone(r, h))


def sphere(figure: Figure) -> Solution | None:
    """Volume of a sphere."""
    found = radius(figure)
    if found is None or len(figure.measures) != 1 or figure.quantity != "volume":
        return None
    r, steps = found
    formula, value = f"4/3 × π × {show_quantity(r)}³", 4 * r**3 / 3
    return _with_pi(figure, steps, formula, value, f"radius {length(r, figure)}", geometry_ideas.sphere(r))


def _with_pi(
    figure: Figure, steps: list[Step], formula: str, value: Fraction, named: str, ideas: list[Measured]
) -> Solution:
    """The solution by one formula for a volume with π; `steps` come before."""
    steps = [*steps, *two_steps(figure, ("V", formula), value, 3, named, figure.shape, pi=True)]
    return solution(figure, steps, value, ideas, 3, pi=True)


SOLIDS: dict[str, Callable[[Figure], Solution | None]] = {
    "box": box,
    "cube": cube,
    "cylinder": cylinder,
    "cone": cone,
    "sphere": sphere,
}
