"""Quadratic equations, solved by factoring or by the formula, and factoring of polynomials of degree two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import only_variable, rational_coefficients
from canopy_assets.curriculum.quadratics.factor_steps import factor_steps
from canopy_assets.curriculum.quadratics.misconceptions import (
    discriminant_idea,
    formula_idea,
    standard_form_idea,
    zero_product_ideas,
)
from canopy_assets.curriculum.quadratics.square_steps import square_steps
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, roots_text
from canopy_assets.curriculum.solution import Concept, Solution, kept
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_Part = tuple[list[Step], list[Misconception | None]]


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
        factored = sides[1] == 0 and isinstance(sides[0], sympy.Mul) and coefficients[1:] != (0, 0)
        trinomial = Trinomial.of(variable, coefficients)
        text = laid_out(instruction.mathematics)
        return _from_factored(trinomial, text) if factored else _solution(trinomial, sides, text)


def _from_factored(trinomial: Trinomial, text: str) -> Solution | None:
    if not trinomial.factors_rationally:
        return None
    steps, ideas = _zero_product(trinomial, text.split(" = ")[0], 0)
    return _assembled(steps, ideas, _WORDS.concept("zero_product_property"))


def _solution(trinomial: Trinomial, sides: tuple[sympy.Expr, sympy.Expr], text: str) -> Solution | None:
    """The solution by square root, factoring or the formula: the first of these that can be used."""
    steps, ideas = [], []
    pure = trinomial.b == 0 and trinomial.c != 0
    if sides[1] != 0 and not pure:
        steps, ideas = _standard_form(trinomial, sides, text)
    method: Callable[[Trinomial, str, int], _Part | None] = _by_formula
    concept = _WORDS.concept("discriminant")
    if pure:
        method, concept = square_steps, _WORDS.concept("square_root")
    elif trinomial.factors_rationally:
        method, concept = _by_factors, _WORDS.concept("zero_product_property")
    part = method(trinomial, steps[-1].result if steps else text, len(steps))
    if part is None:
        return None
    return _assembled(steps + part[0], ideas + part[1], concept)


def _assembled(steps: list[Step], ideas: list[Misconception | None], concept: Concept) -> Solution:
    answer = steps[-1].result
    kind = "text" if answer == "no real solutions" else "solutions"
    # The negated pair of the factoring step is the pair of solutions. As a wrong idea, it would give them away.
    safe = [i for i in ideas if i is None or not equivalent(i.answer, answer, "solutions")]
    return Solution("quadratic_equation", "quadratic equations", answer, kind, None, tuple(steps), kept(*safe), concept)


def _standard_form(trinomial: Trinomial, sides: tuple[sympy.Expr, sympy.Expr], text: str) -> _Part:
    result = f"{trinomial.text} = 0"
    right = show(sympy.expand(sides[1]))
    step = Step(
        "quadratic.standard_form",
        f"How can {text} be rewritten so that one side is zero?",
        f"{text}, so {result}",
        result,
        {"equation": text, "variable": trinomial.name, "left": show(sympy.expand(sides[0])), "right": right},
    )
    return [step], [standard_form_idea(*sides, result)]


def _by_factors(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
    steps, ideas = factor_steps(trinomial, equation, index, as_equation=True)
    more, wrong = _zero_product(trinomial, trinomial.factored, index + len(steps))
    return steps + more, ideas + wrong


def _zero_product(trinomial: Trinomial, product: str, index: int) -> _Part:
    result = roots_text(trinomial.name, trinomial.roots)
    step = Step(
        "quadratic.zero_product",
        f"Which values of {trinomial.name} make a factor of {product} zero?",
        f"{product} = 0, so {result}",
        result,
        {"equation": f"{product} = 0", "product": product, "variable": trinomial.name},
    )
    return [step], zero_product_ideas(trinomial, product, result, index)


def _by_formula(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
    """Works out the discriminant, then applies the quadratic formula."""
    a, b, c = trinomial.coefficients
    discriminant = b**2 - 4 * a * c
    numbers = {
        "equation": equation,
        "variable": trinomial.name,
        "a": show_number(a),
        "b": show_number(b),
        "c": show_number(c),
    }
    work = f"{in_brackets(b)}² − 4 × {in_brackets(a)} × {in_brackets(c)} = {show_number(discriminant)}"
    first = Step(
        "quadratic.discriminant",
        f"What is b² − 4ac for {equation}, with a = {numbers['a']}, b = {numbers['b']} and c = {numbers['c']}?",
        work,
        show_number(discriminant),
        numbers,
    )
    if discriminant < 0:
        result = "no real solutions"
    else:
        root = sympy.sqrt(discriminant)
        result = roots_text(trinomial.name, ((-b + root) / (2 * a), (-b - root) / (2 * a)))
    second = Step(
        "quadratic.formula",
        f"What does the quadratic formula give for {equation}, with b² − 4ac = {show_number(discriminant)}?",
        f"(−b ± √{in_brackets(discriminant)})/(2a), so {result}",
        result,
        {**numbers, "discriminant": show_number(discriminant)},
    )
    return [first, second], [
        discriminant_idea(trinomial, first.result, index),
        formula_idea(trinomial, discriminant, result, index + 1),
    ]


@dataclass(frozen=True)
class FactoringFamily:
    """Common factor, difference of squares, and trinomials that factor over the integers."""

    name: str = "factoring"
    topic: str = "factoring"
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None when the task is not factoring, or is impossible over the integers."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("factor") or "=" in instruction.mathematics:
            return None
        try:
            expr = sympy.expand(parse(instruction.mathematics))
        except ExpressionError:
            return None
        variable = only_variable(expr)
        coefficients = rational_coefficients(expr, variable, 2) if variable else None
        if variable is None or coefficients is None or any(c.q != 1 or abs(c) > 10_000 for c in coefficients):
            return None
        trinomial = Trinomial.of(variable, coefficients)
        if not trinomial.factors_rationally:
            return None
        steps, ideas = factor_steps(trinomial, laid_out(instruction.mathematics), 0, as_equation=False)
        if not steps:
            return None
        return Solution(
            self.name,
            self.topic,
            steps[-1].result,
            "expression",
            None,
            tuple(steps),
            kept(*ideas),
            _WORDS.concept("factoring"),
        )


PRECEDENCE = 110
FAMILIES = (QuadraticFamily(), FactoringFamily())
