"""What is asked about the roots of a quadratic equation: one of them, how many there are, their sum or product."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import sympy

from canopy_assets.curriculum.grammar import IN_FORMULAS, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import only_variable, rational_coefficients
from canopy_assets.curriculum.quadratics.equation_steps import discriminant_step, usual_solution
from canopy_assets.curriculum.quadratics.misconceptions import discriminant_idea
from canopy_assets.curriculum.quadratics.trinomial import Trinomial
from canopy_assets.curriculum.solution import Solution, kept, unless_right
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import parse
from canopy_assets.maths.formatting import show, show_number
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_COEFFICIENT = 10_000
_TELLING = re.compile(r"root|solution|zero|value|x-intercept|cross|cut|meet", re.IGNORECASE)
_LARGEST = ("larger", "largest", "greater", "greatest", "bigger")
_Sides = tuple[sympy.Expr, sympy.Expr]


def _read(text: str, *kinds: str) -> tuple[Parsed, Trinomial, _Sides, str] | None:
    """The parts of a statement of these kinds, the difference of its sides, the sides, and the equation as shown."""
    found = parsed(__package__, text, IN_FORMULAS, file="roots") if _TELLING.search(text) else None
    if found is None or found.kind not in kinds:
        return None
    left_text, right_text = found.parts["left"], found.get("right") or "0"
    left, right = try_parse(left_text), try_parse(right_text)
    variable = only_variable(left, right) if left is not None and right is not None else None
    if left is None or right is None or variable is None:
        return None
    if any(letter != variable.name for letter in found.all("letter")) or found.get("output") == variable.name:
        return None
    coefficients = rational_coefficients(sympy.expand(left - right), variable, 2)
    if coefficients is None or not coefficients[0] or any(c.q != 1 or abs(c) > MAX_COEFFICIENT for c in coefficients):
        return None
    return found, Trinomial.of(variable, coefficients), (left, right), laid_out(f"{left_text} = {right_text}")


def chosen(text: str) -> Solution | None:
    """The larger, smaller, positive or negative root; None unless exactly one of two is meant."""
    read = _read(text, "chosen")
    solution = usual_solution(read[1], read[3], read[2]) if read else None
    if read is None or solution is None or solution.answer_kind != "solutions":
        return None
    found, trinomial, _, shown = read
    wanted = found.parts["size"].lower()
    roots = sorted((parse(part.split("=")[1]) for part in solution.answer.split(" or ")), key=float)
    if len(roots) != 2:
        return None
    if wanted in ("positive", "negative"):
        if not roots[0] < 0 < roots[1]:
            return None
        at = 1 if wanted == "positive" else 0
    else:
        at = 1 if wanted in _LARGEST else 0
    answer, other = (f"{trinomial.name} = {show(roots[i])}" for i in (at, 1 - at))
    slots = {"equation": shown, "wanted": wanted, "variable": trinomial.name}
    ask = f"Which of the solutions of {shown} is the {wanted} one?"
    step = Step("quadratic.choose", ask, f"{solution.answer}, and the {wanted} one is {answer}", answer, slots)
    idea = _WORDS.misconception("other_root_chosen", answer=other, step=len(solution.steps), **slots)
    ideas = [i for i in solution.misconceptions if not equivalent(i.answer, answer, "solutions")]
    return replace(
        solution,
        family="chosen_root",
        answer=answer,
        steps=(*solution.steps, step),
        misconceptions=kept(*ideas, unless_right(idea, answer, kind="solutions")),
    )


def count(text: str) -> Solution | None:
    """How many real solutions there are, by the discriminant.

    Returns:
        None where it depends on how they are counted: a double root, or solutions that may be complex.
    """
    read = _read(text, "count")
    if read is None:
        return None
    found, trinomial, _, _ = read
    discriminant = trinomial.discriminant
    if discriminant < 0 and not {"real", "crossing", "crossing_points"} & set(found.parts):
        return None
    if discriminant == 0 and "roots" in found.parts and "distinct" not in found.parts:
        return None
    if "crossing" in found.parts and discriminant == 0 and found.parts["crossing"].lower().startswith(("cross", "cut")):
        return None
    shown = f"{trinomial.text} = 0"
    first = discriminant_step(trinomial, shown)
    number = 0 if discriminant < 0 else 1 if discriminant == 0 else 2
    sign = "below" if discriminant < 0 else "equal to" if discriminant == 0 else "above"
    slots = {"equation": shown, "discriminant": first.result, "variable": trinomial.name}
    ask = f"With b² − 4ac = {first.result}, how many real solutions does {shown} have?"
    step = Step("quadratic.count", ask, f"{first.result} is {sign} zero, which means {number}", str(number), slots)
    name, value = ("minus_root_forgotten", "1") if number == 2 else ("every_quadratic_has_two_solutions", "2")
    idea = _WORDS.misconception(name, answer=value, step=1, **slots)
    return Solution(
        "solution_count",
        "quadratic equations",
        str(number),
        "number",
        None,
        (first, step),
        kept(discriminant_idea(trinomial, first.result, 0), idea),
        _WORDS.concept("discriminant"),
    )


def together(text: str) -> Solution | None:
    """The sum or the product of the roots, by the coefficients; None where it depends on which roots count."""
    read = _read(text, "sum", "product")
    if read is None:
        return None
    found, trinomial, sides, _ = read
    if trinomial.discriminant == 0 or (trinomial.discriminant < 0 and "real" in found.parts) or sides[1] != 0:
        return None
    a, b, c = trinomial.coefficients
    is_sum = found.kind == "sum"
    value, rule = (sympy.Rational(-b, a), "−b/a") if is_sum else (sympy.Rational(c, a), "c/a")
    answer = show(value)
    shown = f"{trinomial.text} = 0"
    slots = {"equation": shown, "combined": found.kind, "rule": rule, "variable": trinomial.name}
    ask = f"Which coefficients of {shown} give the {found.kind} of its roots by {rule}, and what is it?"
    top = f"−{show_number(b) if b >= 0 else f'({show_number(b)})'}" if is_sum else show_number(c)
    step = Step("quadratic.vieta", ask, f"({top})/({show_number(a)}) = {answer}", answer, slots)
    wrong = {
        "sign_of_sum_of_roots_forgotten": sympy.Rational(b, a) if is_sum else None,
        "sign_of_product_of_roots_turned": None if is_sum else sympy.Rational(-c, a),
        "leading_coefficient_forgotten": -b if is_sum else c,
    }
    ideas = [
        unless_right(_WORDS.misconception(name, answer=show(number), step=0, **slots), answer)
        for name, number in wrong.items()
        if number is not None
    ]
    concept = _WORDS.concept("sum_and_product_of_roots")
    return Solution("combined_roots", "quadratic equations", answer, "number", None, (step,), kept(*ideas), concept)


ASKED: tuple[tuple[str, Callable[[str], Solution | None]], ...] = (
    ("chosen_root", chosen),
    ("solution_count", count),
    ("combined_roots", together),
)
"""The families by name."""
