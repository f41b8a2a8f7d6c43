"""Quadratic equations, by factors or by the formula, and factoring of polynomials of degree two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Concept, Solution, kept, unless_right
from canopy_assets.curriculum.polynomials import only_variable, rational_coefficients, tidy
from canopy_assets.curriculum.quadratics.factor_steps import Trinomial, factor_steps, factored_text
from canopy_assets.curriculum.quadratics.square_steps import square_steps
from canopy_assets.curriculum.statements import try_equation
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import ExpressionError, parse
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.maths.glyphs import MINUS
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_Part = tuple[list[Step], list[Misconception | None]]


@dataclass(frozen=True)
class QuadraticFamily:
    """a·x² + b·x + c = 0 and what can be brought to that form."""

    name: str = "quadratic_equation"
    topic: str = "quadratic equations"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when the statement is no quadratic equation with rational coefficients."""
        instruction = read_instruction(statement)
        sides = try_equation(instruction.mathematics) if instruction else None
        if instruction is None or sides is None or instruction.asks("simplify", "expand", "evaluate"):
            return None
        variable = only_variable(*sides)
        coefficients = rational_coefficients(sympy.expand(sides[0] - sides[1]), variable, 2) if variable else None
        if variable is None or coefficients is None or coefficients[0] == 0 or any(c.q != 1 for c in coefficients):
            return None
        if max(abs(c) for c in coefficients) > 10_000:
            return None
        factored = sides[1] == 0 and isinstance(sides[0], sympy.Mul) and coefficients[1:] != (0, 0)
        trinomial = Trinomial.of(variable, coefficients)
        text = tidy(instruction.mathematics)
        return _from_factored(trinomial, text) if factored else _solution(trinomial, sides, text)


def _from_factored(trinomial: Trinomial, text: str) -> Solution | None:
    if not trinomial.factors_rationally:
        return None
    steps, ideas = _zero_product(trinomial, text.split(" = ")[0], 0)
    return _assembled(steps, ideas, _WORDS.concept("zero_product_property"))


def _solution(trinomial: Trinomial, sides: tuple[sympy.Expr, sympy.Expr], text: str) -> Solution | None:
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
    # The negated pair of the factoring step is the pair of solutions: as a wrong idea it would give them away.
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
    wrong = sympy.expand(sides[0] + sides[1])
    idea = unless_right(
        _WORDS.misconception(
            "terms_cross_other_side",
            answer=f"{show(wrong)} = 0",
            right=right,
            wrong=show(wrong),
            expand_sides=show(sympy.expand(2 * sides[1])),
        ),
        result,
        kind="expression",
    )
    return [step], [idea]


def _by_factors(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
    steps, ideas = factor_steps(trinomial, equation, index, as_equation=True)
    more, wrong = _zero_product(trinomial, factored_text(trinomial), index + len(steps))
    return steps + more, ideas + wrong


def _zero_product(trinomial: Trinomial, product: str, index: int) -> _Part:
    roots = trinomial.roots
    result = _roots_text(trinomial.name, roots)
    step = Step(
        "quadratic.zero_product",
        f"Which values of {trinomial.name} make a factor of {product} zero?",
        f"{product} = 0, so {result}",
        result,
        {"equation": f"{product} = 0", "product": product, "variable": trinomial.name},
    )
    wrong = tuple(-r for r in roots)
    trial = wrong[0] if wrong[0] not in roots else wrong[-1]
    value = trinomial.expr.subs(trinomial.variable, trial)
    idea = None
    if value != 0:
        idea = unless_right(
            _WORDS.misconception(
                "numbers_brackets_solutions_sign",
                answer=_roots_text(trinomial.name, wrong),
                step=index,
                variable=trinomial.name,
                trial=show_number(trial),
                product=product,
                value=show_number(value),
            ),
            result,
            kind="solutions",
        )
    return [step], [idea, _lost_root(trinomial, product, result, index)]


def _lost_root(trinomial: Trinomial, product: str, result: str, index: int) -> Misconception | None:
    roots = trinomial.roots
    if len(roots) < 2:
        return None
    name, root = trinomial.name, show_number(roots[0])
    return unless_right(
        _WORDS.misconception(
            "quadratic_equation_has_one",
            answer=f"{name} = {root}",
            step=index,
            variable=name,
            root=root,
            product=product,
        ),
        result,
        kind="solutions",
    )


def _roots_text(name: str, roots: tuple[sympy.Expr, ...]) -> str:
    return " or ".join(f"{name} = {show(r)}" for r in roots)


def _by_formula(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
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
        result = _roots_text(trinomial.name, ((-b + root) / (2 * a), (-b - root) / (2 * a)))
    second = Step(
        "quadratic.formula",
        f"What does the quadratic formula give for {equation}, with b² − 4ac = {show_number(discriminant)}?",
        f"(−b ± √{in_brackets(discriminant)})/(2a), so {result}",
        result,
        {**numbers, "discriminant": show_number(discriminant)},
    )
    return [first, second], [
        _sign_of_4ac(trinomial, first.result, index),
        _forgotten_minus(trinomial, discriminant, result, index + 1),
    ]


def _sign_of_4ac(trinomial: Trinomial, right: str, index: int) -> Misconception | None:
    a, b, c = trinomial.coefficients
    wrong = show_number(b**2 + 4 * a * c)
    return unless_right(
        _WORDS.misconception(
            "ac_added_b",
            answer=wrong,
            step=index,
            b=in_brackets(b),
            a=in_brackets(a),
            c=in_brackets(c),
            minus=MINUS,
            a2=show_number(a),
            c2=show_number(c),
            a_c=show_number(4 * a * c),
        ),
        right,
    )


def _forgotten_minus(trinomial: Trinomial, discriminant: sympy.Expr, right: str, index: int) -> Misconception | None:
    a, b, _ = trinomial.coefficients
    if discriminant < 0 or b == 0:
        return None
    root = sympy.sqrt(discriminant)
    wrong = _roots_text(trinomial.name, ((b + root) / (2 * a), (b - root) / (2 * a)))
    return unless_right(
        _WORDS.misconception(
            "formula_starts_b_instead", answer=wrong, step=index, b=show_number(b), b2=show_number(-b)
        ),
        right,
        kind="solutions",
    )


@dataclass(frozen=True)
class FactoringFamily:
    """Common factor, difference of squares, and trinomials that factor over the integers."""

    name: str = "factoring"
    topic: str = "factoring"

    def solve(self, statement: str) -> Solution | None:
        """The worked solution, None when nothing is to be factored or it doesn't factor over the integers."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("factor", "as a product") or "=" in instruction.mathematics:
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
        steps, ideas = factor_steps(trinomial, tidy(instruction.mathematics), 0, as_equation=False)
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
