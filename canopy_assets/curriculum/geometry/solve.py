"""Area, perimeter and volume of the plane and solid shapes of a school course; π stays a symbol ("25π cm²")."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.geometry import misconceptions as geometry_ideas
from canopy_assets.curriculum.geometry.figures import Figure, figure_in
from canopy_assets.curriculum.geometry.misconceptions import Measured
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_IDEAS = {
    "rectangle": "An area counts unit squares, row by row",
    "square": "A square is a rectangle whose sides are all equal",
    "triangle": "Two equal triangles make a parallelogram",
    "trapezoid": "A trapezoid equals a rectangle over the average of its bases",
    "circle": "A circle covers π times the square that is built on its radius",
    "perimeter": "A perimeter is the way around, along every side",
    "circumference": "The way around a circle is π times the way straight across it",
}


def _amount(value: Fraction, figure: Figure, power: int, pi: bool = False) -> str:
    coefficient = "" if pi and value == 1 else show_quantity(value)
    if pi and value.denominator != 1 and "/" in coefficient:
        coefficient = f"({coefficient})"
    unit = figure.unit + {1: "", 2: "²", 3: "³"}[power] if figure.unit else ""
    return f"{coefficient}{'π' if pi else ''}{' ' + unit if unit else ''}"


def _length(value: Fraction, figure: Figure) -> str:
    return _amount(value, figure, 1)


def _two_steps(
    figure: Figure, letter: str, expression: str, value: Fraction, power: int, pi: bool, named: str, idea: str
) -> list[Step]:
    """Substitute the measures into the formula, then compute."""
    slots = {"quantity": figure.quantity, "shape": figure.shape, "measures": named, "idea": _IDEAS[idea]}
    ask = f"How does the {figure.quantity} of the {figure.shape} come from its {named}?"
    formula = f"{letter} = {expression}"
    result = _amount(value, figure, power, pi)
    computed = {"quantity": figure.quantity, "shape": figure.shape, "expression": expression, "measures": named}
    return [
        Step("geometry.formula", ask, formula, formula, slots),
        Step(
            "geometry.compute",
            f"What does {expression} come to{', with its unit' if figure.unit else ''}?",
            f"{formula} = {result}",
            result,
            computed,
        ),
    ]


def _solution(
    figure: Figure, steps: list[Step], value: Fraction, ideas: list[Measured], power: int, pi: bool = False
) -> Solution:
    """The solution; the wrong ideas are written with the same unit and π as the answer."""
    unit = figure.unit + {1: "", 2: "²", 3: "³"}[power] if figure.unit else None
    shown = [Idea(idea.value, idea.misconception(_amount(idea.value, figure, power, pi))) for idea in ideas]
    concept = {1: "perimeter", 2: "area", 3: "volume"}[power]
    return Solution(
        family="volume" if power == 3 else "area",
        topic="geometry",
        answer=steps[-1].result,
        answer_kind="expression" if pi else "number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, shown, len(steps)),
        concept=_WORDS.concept(concept),
    )


def _rectangle(figure: Figure) -> Solution | None:
    """Area or perimeter of a rectangle or square."""
    if figure.shape == "square" and set(figure.measures) == {"side"}:
        a = b = figure.measures["side"][0]
        named = f"side {_length(a, figure)}"
    elif figure.shape == "rectangle" and set(figure.measures) == {"length", "width"}:
        a, b = figure.measures["length"][0], figure.measures["width"][0]
        named = f"length {_length(a, figure)} and width {_length(b, figure)}"
    else:
        return None
    if figure.quantity == "area":
        steps = _two_steps(
            figure, "A", f"{show_quantity(a)} × {show_quantity(b)}", a * b, 2, False, named, figure.shape
        )
        return _solution(figure, steps, a * b, geometry_ideas.rectangle_area(a, b), 2)
    if figure.quantity != "perimeter":
        return None
    expression = (
        f"4 × {show_quantity(a)}" if figure.shape == "square" else f"2 × ({show_quantity(a)} + {show_quantity(b)})"
    )
    steps = _two_steps(figure, "P", expression, 2 * (a + b), 1, False, named, "perimeter")
    return _solution(figure, steps, 2 * (a + b), geometry_ideas.rectangle_perimeter(a, b), 1)


def _triangle(figure: Figure) -> Solution | None:
    """Area of a triangle from base and height, or its perimeter from three sides."""
    measures = figure.measures
    if figure.quantity == "perimeter" and set(measures) == {"sides"}:
        sides = sorted(measures["sides"])
        if sides[0] + sides[1] <= sides[2]:
            return None  # no such triangle
        named = f"sides {listing(_length(s, figure) for s in measures['sides'])}"
        steps = _two_steps(
            figure,
            "P",
            " + ".join(show_quantity(s) for s in measures["sides"]),
            sum(sides, Fraction(0)),
            1,
            False,
            named,
            "perimeter",
        )
        return _solution(figure, steps, sum(sides, Fraction(0)), geometry_ideas.triangle_perimeter(sides), 1)
    if figure.quantity != "area" or set(measures) != {"base", "height"}:
        return None
    b, h = measures["base"][0], measures["height"][0]
    named = f"base {_length(b, figure)} and height {_length(h, figure)}"
    steps = _two_steps(
        figure, "A", f"½ × {show_quantity(b)} × {show_quantity(h)}", b * h / 2, 2, False, named, "triangle"
    )
    return _solution(figure, steps, b * h / 2, geometry_ideas.triangle_area(b, h), 2)


def _trapezoid(figure: Figure) -> Solution | None:
    if figure.quantity != "area" or set(figure.measures) != {"base", "height"} or len(figure.measures["base"]) != 2:
        return None
    (a, b), h = figure.measures["base"], figure.measures["height"][0]
    named = f"bases {_length(a, figure)} and {_length(b, figure)} and height {_length(h, figure)}"
    value = (a + b) * h / 2
    steps = _two_steps(
        figure,
        "A",
        f"½ × ({show_quantity(a)} + {show_quantity(b)}) × {show_quantity(h)}",
        value,
        2,
        False,
        named,
        "trapezoid",
    )
    return _solution(figure, steps, value, geometry_ideas.trapezoid_area(a, b, h), 2)


def _radius(figure: Figure) -> tuple[Fraction, list[Step]] | None:
    """The radius, with the step that halves the diameter if that is given; None if neither or both are given."""
    if "radius" in figure.measures and "diameter" not in figure.measures:
        return figure.measures["radius"][0], []
    if "diameter" not in figure.measures or "radius" in figure.measures:
        return None
    d = figure.measures["diameter"][0]
    result = _length(d / 2, figure)
    slots = {"diameter": _length(d, figure), "shape": figure.shape, "quantity": figure.quantity}
    ask = f"If the {figure.shape} is {slots['diameter']} across, what is its radius?"
    return d / 2, [Step("geometry.radius", ask, f"r = {show_quantity(d)} ÷ 2 = {result}", result, slots)]


def _circle(figure: Figure) -> Solution | None:
    """Area or circumference of a circle."""
    found = _radius(figure)
    if found is None or len(figure.measures) != 1 or figure.quantity not in ("area", "circumference", "perimeter"):
        return None
    r, steps = found
    named = f"radius {_length(r, figure)}"
    if figure.quantity == "area":
        steps += _two_steps(figure, "A", f"π × {show_quantity(r)}²", r * r, 2, True, named, "circle")
        return _solution(figure, steps, r * r, geometry_ideas.circle_area(r), 2, pi=True)
    steps += _two_steps(figure, "C", f"2 × π × {show_quantity(r)}", 2 * r, 1, True, named, "circumference")
    return _solution(figure, steps, 2 * r, geometry_ideas.circumference(r), 1, pi=True)


def _solid(figure: Figure) -> Solution | None:
    """Volume of a cylinder, cube or box: the area at the bottom times the height."""
    if figure.quantity != "volume":
        return None
    measures = figure.measures
    if figure.shape == "cylinder":
        found = _radius(figure)
        height = measures.get("height") or measures.get("length")
        if found is None or height is None or len(measures) != 2:
            return None
        (r, steps), h = found, height[0]
        named, base, product, pi = f"radius {_length(r, figure)}", r * r, f"π × {show_quantity(r)}²", True
        ideas, base_shape = geometry_ideas.cylinder(r, h), "circle"
    elif figure.shape == "cube" and set(measures) == {"side"}:
        h = measures["side"][0]
        steps, named, base, product, pi = (
            [],
            f"side {_length(h, figure)}",
            h * h,
            f"{show_quantity(h)} × {show_quantity(h)}",
            False,
        )
        ideas, base_shape = geometry_ideas.box(h, h, h), "square"
    elif figure.shape == "box" and set(measures) == {"length", "width", "height"}:
        length, width, h = (measures[k][0] for k in ("length", "width", "height"))
        named, pi, steps = f"length {_length(length, figure)} and width {_length(width, figure)}", False, []
        base, product = length * width, f"{show_quantity(length)} × {show_quantity(width)}"
        ideas, base_shape = geometry_ideas.box(length, width, h), "rectangle"
    else:
        return None
    area, volume = _amount(base, figure, 2, pi), _amount(base * h, figure, 3, pi)
    slots = {"shape": figure.shape, "base_shape": base_shape, "measures": named}
    ask = f"The {figure.shape} stands on a {base_shape} with {named}: what is that area?"
    steps.append(Step("geometry.base_area", ask, f"{product} = {area}", area, slots))
    slots = {"shape": figure.shape, "base_area": area, "height": _length(h, figure), "base_shape": base_shape}
    ask = f"With {area} at the bottom and a height of {slots['height']}, how much fits inside?"
    steps.append(Step("geometry.stack", ask, f"V = {area.split()[0]} × {show_quantity(h)} = {volume}", volume, slots))
    return _solution(figure, steps, base * h, ideas, 3, pi)


def _recognise(text: str) -> Solution | None:
    """The solution of a statement about one figure."""
    figure = figure_in(text)
    if figure is None:
        return None
    plane = {"rectangle": _rectangle, "square": _rectangle, "triangle": _triangle, "trapezoid": _trapezoid}
    return (plane | {"circle": _circle}).get(figure.shape, _solid)(figure)


def _of_family(text: str, family: str) -> Solution | None:
    """The solution of a statement, if it belongs to this one of the two families."""
    solution = _recognise(text)
    return solution if solution and solution.family == family else None


PRECEDENCE = 90
_INERT = """
area perimeter circumference volume shape shaped figure stands area_inside cover covers terms π pi measure measures
measuring hold holds contains side sides edge edges base bases lawn pond rug carpet plot tank poster sheet screen
right rectangle rectangular square triangle triangular circle circular trapezoid trapezium box cube cylinder prism cm
mm m km in ft yd mi centimeter centimeters centimetre centimetres millimeter millimeters millimetre millimetres meter
meters metre metres kilometer kilometers kilometre kilometres inch inches foot feet yard yards mile miles unit units
"""
"""All units of length are read: a statement with two of them is refused."""
FAMILIES: tuple[Family, ...] = (
    WordedFamily("area", "geometry", (lambda t: _of_family(t, "area"),), _INERT),
    WordedFamily("volume", "geometry", (lambda t: _of_family(t, "volume"),), _INERT),
)
