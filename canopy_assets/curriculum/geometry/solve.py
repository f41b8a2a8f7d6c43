"""Figures of a school course: area, perimeter and volume (π stays a symbol: "25π cm²"), right triangles, angles."""

from __future__ import annotations

from canopy_assets.curriculum.geometry.figures import Figure, angles_in, figure_in, square_in
from canopy_assets.curriculum.geometry.plane import PLANE, known_square
from canopy_assets.curriculum.geometry.solids import SOLIDS
from canopy_assets.curriculum.geometry.triangles import third_angle, third_side
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.curriculum.worded import WordedFamily


def _solved(figure: Figure) -> Solution | None:
    if figure.quantity in ("hypotenuse", "leg"):
        return third_side(figure) if figure.shape == "right triangle" else None
    solver = (PLANE | SOLIDS).get(figure.shape)
    return solver(figure) if solver else None


def _of_family(text: str, family: str) -> Solution | None:
    """The solution of a statement about one figure, if it belongs to this family."""
    figure = figure_in(text)
    solution = _solved(figure) if figure else None
    return solution if solution and solution.family == family else None


def _known_square(text: str) -> Solution | None:
    square = square_in(text)
    return known_square(square) if square else None


def _angle(text: str) -> Solution | None:
    angles = angles_in(text)
    return third_angle(angles) if angles else None


PRECEDENCE = 90
FAMILIES: tuple[Family, ...] = (
    WordedFamily("area", "geometry", (lambda t: _of_family(t, "area"), _known_square)),
    WordedFamily("volume", "geometry", (lambda t: _of_family(t, "volume"),)),
    WordedFamily("right_triangle", "geometry", (lambda t: _of_family(t, "right_triangle"),)),
    WordedFamily("triangle_angle", "geometry", (_angle,)),
)
