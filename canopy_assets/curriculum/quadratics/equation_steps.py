"""The steps that solve a·x² + b·x + c = 0: by a square root, by factors, by completing the square, by the formula."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.quadratics.complete_steps import square_equation_steps
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
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_Part = tuple[list[Step], list[Misconception | None]]


def factored_solution(trinomial: Trinomial, text: str) -> Solution | None:
    """The solution of a product that is zero, which is written in the `text`; None if its roots are irrational."""
    if not trinomial.factors_rationally:
        return None
    steps, ideas = _zero_product(trinomial, text.split(" = ")[0], 0)
    return _assembled(steps, ideas, _WORDS.concept("zero_product_property"))


def usual_solution(
    trinomial: Trinomial, text: str, sides: tuple[sympy.Expr, sympy.Expr], method: str | None = None
) -> Solution | None:
    """The solution of an equation as it is written: a product that is zero falls apart at once."""
    if sides[1] == 0 and isinstance(sides[0], sympy.Mul) and (trinomial.b, trinomial.c) != (0, 0):
        return factored_solution(trinomial, text)
    return equation_solution(trinomial, text, sides, method)


def equation_solution(
    trinomial: Trinomial, text: str, sides: tuple[sympy.Expr, sympy.Expr] | None = None, method: str | None = None
) -> Solution | None:
    """The solution by the method that is asked for, where it can be used, or by the first of these that can be used:
    square root, factors, formula.

    Args:
        trinomial: the difference of the sides.
        text: the equation as it is written.
        sides: its sides; None where the right one is 0.
        method: "factors", "square", "formula" or None.
    """
    steps, ideas = [], []
    pure = trinomial.b == 0 and trinomial.c != 0
    if sides is not None and sides[1] != 0 and not (pure and method is None):
        steps, ideas = _standard_form(trinomial, sides, text)
    solve: Callable[[Trinomial, str, int], _Part | None] = _by_formula
    concept = _WORDS.concept("discriminant")
    if method == "square" and trinomial.can_be_completed:
        solve, concept = square_equation_steps, _WORDS.concept("completed_square")
    elif method == "formula":
        pass
    elif pure and method != "factors":
        solve, concept = square_steps, _WORDS.concept("square_root")
    elif trinomial.factors_rationally:
        solve, concept = _by_factors, _WORDS.concept("zero_product_property")
    part = solve(trinomial, steps[-1].result if steps else text, len(steps))
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
    a, b, _ = trinomial.coefficients
    first = discriminant_step(trinomial, equation)
    discriminant = trinomial.discriminant
    if discriminant < 0:
        result = "no real solutions"
    else:
        root = sympy.sqrt(discriminant)
        roots = dict.fromkeys(((-b + root) / (2 * a), (-b - root) / (2 * a)))
        result = roots_text(trinomial.name, tuple(roots))
    second = Step(
        "quadratic.formula",
        f"What does the quadratic formula give for {equation}, with b² − 4ac = {show_number(discriminant)}?",
        f"(−b ± √{in_brackets(discriminant)})/(2a), so {result}",
        result,
        {**first.slots, "discriminant": show_number(discriminant)},
    )
    return [first, second], [
        discriminant_idea(trinomial, first.result, index),
        formula_idea(trinomial, discriminant, result, index + 1),
    ]


def discriminant_step(trinomial: Trinomial, equation: str) -> Step:
    """Work out b² − 4ac."""
    a, b, c = trinomial.coefficients
    numbers = {
        "equation": equation,
        "variable": trinomial.name,
        "a": show_number(a),
        "b": show_number(b),
        "c": show_number(c),
    }
    result = show_number(trinomial.discriminant)
    work = f"{in_brackets(b)}² − 4 × {in_brackets(a)} × {in_brackets(c)} = {result}"
    ask = f"What is b² − 4ac for {equation}, with a = {numbers['a']}, b = {numbers['b']} and c = {numbers['c']}?"
    return Step("quadratic.discriminant", ask, work, result, numbers)
