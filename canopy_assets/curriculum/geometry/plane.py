"""Area and perimeter of plane figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from canopy_assets.curriculum.geometry import misconceptions as geometry_ideas
from canopy_assets.curriculum.geometry.figures import Figure, KnownSquare
from canopy_assets.curriculum.geometry.working import amount, length, radius, solution, square_root, two_steps
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.formatting import listing, show_quantity
from canopy_assets.records import Step

_SIDES = {"equilateral triangle": 3, "regular pentagon": 5, "regular hexagon": 6, "regular octagon": 8}


def _first(figure: Figure, *names: str) -> list[Fraction] | None:
    """The measures of these names; None unless the figure has these and no others."""
    return [figure.measures[n][0] for n in names] if figure.measures.keys() == set(names) else None


def rectangle(figure: Figure) -> Solution | None:
    """Area or perimeter of a rectangle."""
    sides = _first(figure, "length", "width") or _first(figure, "base", "height")
    if sides is None:
        return None
    a, b = sides
    names = ("length", "width") if "length" in figure.measures else ("base", "height")
    named = f"{names[0]} {length(a, figure)} and {names[1]} {length(b, figure)}"
    return _four_sides(figure, a, b, named, f"2 × ({show_quantity(a)} + {show_quantity(b)})")


def square(figure: Figure) -> Solution | None:
    """Area or perimeter of a square."""
    sides = _first(figure, "side")
    if sides is None:
        return None
    (a,) = sides
    return _four_sides(figure, a, a, f"side {length(a, figure)}", f"4 × {show_quantity(a)}")


def known_square(given: KnownSquare) -> Solution | None:
    """The side of a square from its area or perimeter, and then the other of the two; None for an irrational side."""
    side = given.value / 4 if given.known == "perimeter" else square_root(given.value)
    if side is None or side <= 0:
        return None
    figure = Figure("square", given.wanted, {"side": (side,)}, given.unit)
    value, power = show_quantity(given.value), 1 if given.known == "perimeter" else 2
    work = f"{value} ÷ 4 = {show_quantity(side)}" if power == 1 else f"√{value} = {show_quantity(side)}"
    result = length(side, figure)
    slots = {"known": given.known, "value": amount(given.value, figure, power)}
    ask = f"How long is a side of a square whose {given.known} is {slots['value']}?"
    first = Step("geometry.square_side", ask, f"{work}, so a side is {result}", result, slots)
    if given.wanted == "side":
        ideas = geometry_ideas.side_of_square(given.value, given.known)
        return solution(figure, [first], side, ideas, 1)
    rest = square(figure)
    if rest is None:
        return None
    later = tuple(replace(idea, step=idea.step + 1) for idea in rest.misconceptions)
    return replace(rest, steps=(first, *rest.steps), misconceptions=later)


def _four_sides(figure: Figure, a: Fraction, b: Fraction, named: str, around: str) -> Solution | None:
    if figure.quantity == "area":
        formula = ("A", f"{show_quantity(a)} × {show_quantity(b)}")
        steps = two_steps(figure, formula, a * b, 2, named, figure.shape)
        return solution(figure, steps, a * b, geometry_ideas.rectangle_area(a, b), 2)
    if figure.quantity != "perimeter":
        return None
    steps = two_steps(figure, ("P", around), 2 * (a + b), 1, named, "perimeter")
    return solution(figure, steps, 2 * (a + b), geometry_ideas.rectangle_perimeter(a, b), 1)


def triangle(figure: Figure) -> Solution | None:
    """Area of a triangle from base and height (or from the legs of a right one), or its perimeter from three sides."""
    sides = figure.measures.get("sides")
    if figure.quantity == "perimeter" and sides and len(figure.measures) == 1:
        return _around_triangle(figure, sides)
    legs = figure.measures.get("legs") if len(figure.measures) == 1 else None
    pair = legs or _first(figure, "base", "height")
    if figure.quantity != "area" or not pair:
        return None
    b, h = pair
    named = f"base {length(b, figure)} and height {length(h, figure)}"
    formula = ("A", f"½ × {show_quantity(b)} × {show_quantity(h)}")
    steps = two_steps(figure, formula, b * h / 2, 2, named, "triangle")
    return solution(figure, steps, b * h / 2, geometry_ideas.triangle_area(b, h), 2)


def _around_triangle(figure: Figure, given: tuple[Fraction, ...]) -> Solution | None:
    sides = sorted(given)
    if len(sides) != 3 or sides[0] + sides[1] <= sides[2]:
        return None  # no such triangle
    named = f"sides {listing(length(s, figure) for s in given)}"
    total = sum(sides, Fraction(0))
    steps = two_steps(figure, ("P", " + ".join(map(show_quantity, given))), total, 1, named, "perimeter")
    return solution(figure, steps, total, geometry_ideas.triangle_perimeter(sides), 1)


def parallelogram(figure: Figure) -> Solution | None:
    """Area of a parallelogram."""
    pair = _first(figure, "base", "height")
    if figure.quantity != "area" or pair is None:
        return None
    b, h = pair
    named = f"base {length(b, figure)} and height {length(h, figure)}"
    steps = two_steps(figure, ("A", f"{show_quantity(b)} × {show_quantity(h)}"), b * h, 2, named, "parallelogram")
    return solution(figure, steps, b * h, geometry_ideas.parallelogram_area(b, h), 2)


def trapezoid(figure: Figure) -> Solution | None:
    """Area of a trapezoid."""
    if figure.quantity != "area" or figure.measures.keys() != {"parallel", "height"}:
        return None
    (a, b), h = figure.measures["parallel"], figure.measures["height"][0]
    named = f"bases {length(a, figure)} and {length(b, figure)} and height {length(h, figure)}"
    formula = ("A", f"½ × ({show_quantity(a)} + {show_quantity(b)}) × {show_quantity(h)}")
    steps = two_steps(figure, formula, (a + b) * h / 2, 2, named, "trapezoid")
    return solution(figure, steps, (a + b) * h / 2, geometry_ideas.trapezoid_area(a, b, h), 2)


def circle(figure: Figure) -> Solution | None:
    """Area or circumference of a circle."""
    found = radius(figure)
    if found is None or len(figure.measures) != 1 or figure.quantity not in ("area", "circumference", "perimeter"):
        return None
    r, steps = found
    named = f"radius {length(r, figure)}"
    if figure.quantity == "area":
        steps += two_steps(figure, ("A", f"π × {show_quantity(r)}²"), r * r, 2, named, "circle", pi=True)
        return solution(figure, steps, r * r, geometry_ideas.circle_area(r), 2, pi=True)
    steps += two_steps(figure, ("C", f"2 × π × {show_quantity(r)}"), 2 * r, 1, named, "circumference", pi=True)
    return solution(figure, steps, 2 * r, geometry_ideas.circumference(r), 1, pi=True)


def regular_polygon(figure: Figure) -> Solution | None:
    """Perimeter of an equilateral triangle or another regular polygon."""
    sides, count = _first(figure, "side"), _SIDES[figure.shape]
    if sides is None or figure.quantity != "perimeter":
        return None
    (a,) = sides
    named = f"side {length(a, figure)}"
    steps = two_steps(figure, ("P", f"{count} × {show_quantity(a)}"), count * a, 1, named, "perimeter")
    return solution(figure, steps, count * a, geometry_ideas.polygon_perimeter(a, count), 1)


PLANE: dict[str, Callable[[Figure], Solution | None]] = {
    "rectangle": rectangle,
    "square": square,
    "triangle": triangle,
    "right triangle": triangle,
    "parallelogram": parallelogram,
    "trapezoid": trapezoid,
    "circle": circle,
    **dict.fromkeys(_SIDES, regular_polygon),
}
