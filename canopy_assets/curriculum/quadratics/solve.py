"""Quadratic equations, what is asked of parabolas, and factoring of polynomials of degree two."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import only_variable, rational_coefficients
from canopy_assets.curriculum.quadratics import parabola
from canopy_assets.curriculum.quadratics.asked_roots import ASKED
from canopy_assets.curriculum.quadratics.equation_steps import usual_solution
from canopy_assets.curriculum.quadratics.factor_steps import polynomial_steps
from canopy_assets.curriculum.quadratics.trinomial import Trinomial
from canopy_assets.curriculum.solution import Family, Solution, kept
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.layout import laid_out

_WORDS = topic(__package__)

MAX_DEGREE = 8


@dataclass(frozen=True)
class QuadraticFamily:
    """Equations that have or can be brought to the form a·x² + b·x + c = 0."""

    name: str = "quadratic_equation"
    topic: str = "quadratic equations"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None when the statement is not a quadratic equation with rational coefficients."""
        instruction = read_instruction(statement)
        sides = try_equation(instruction.mathematics) if instruction else None
        variable = only_variable(*sides) if sides else None
        if instruction is None or sides is None or variable is None:
            return None
        if not instruction.asks("solve", "bare", variables=(variable.name,)):
            return None
        coefficients = rational_coefficients(sympy.expand(sides[0] - sides[1]), variable, 2) if variable else None
        if variable is None or coefficients is None or coefficients[0] == 0 or any(c.q != 1 for c in coefficients):
            return None
        if max(abs(c) for c in coefficients) > 10_000:
            return None
        trinomial, text, method = (
            Trinomial.of(variable, coefficients),
            laid_out(instruction.mathematics),
            instruction.method,
        )
        if method == "factors" and not trinomial.factors_rationally:
            return None
        return usual_solution(trinomial, text, sides, method)


@dataclass(frozen=True)
class FactoringFamily:
    """Common factor, difference of squares, and trinomials that factor over the integers."""

    name: str = "factoring"
    topic: str = "factoring"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None when the task is not factoring, or is impossible over the integers."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("factor", "common_factor") or "=" in instruction.mathematics:
            return None
        try:
            expr = sympy.expand(parse(instruction.mathematics))
        except ExpressionError:
            return None
        variable = only_variable(expr)
        coefficients = rational_coefficients(expr, variable, MAX_DEGREE) if variable else None
        if variable is None or coefficients is None or any(c.q != 1 or abs(c) > 10_000 for c in coefficients):
            return None
        only_common = instruction.asks("common_factor")
        part = polynomial_steps(expr, variable, laid_out(instruction.mathematics), only_common)
        if part is None:
            return None
        steps, ideas = part
        concept = _WORDS.concept("factoring")
        answer = steps[-1].result
        return Solution(self.name, self.topic, answer, "expression", None, tuple(steps), kept(*ideas), concept)


PRECEDENCE = 110
FAMILIES: tuple[Family, ...] = (
    WordedFamily("parabola", "quadratic functions", (parabola.vertex,)),
    WordedFamily("discriminant", "quadratic functions", (parabola.discriminant,)),
    WordedFamily("completed_square", "quadratic functions", (parabola.completed,)),
    WordedFamily("zeros", "quadratic functions", (parabola.zeros,)),
    *(WordedFamily(name, "quadratic equations", (recogniser,)) for name, recogniser in ASKED),
    QuadraticFamily(),
    FactoringFamily(),
)
