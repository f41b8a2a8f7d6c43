"""What is asked of a parabola: its vertex, axis, least or greatest value, zeros, discriminant, completed square."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

import sympy

from canopy_assets.curriculum.grammar import IN_FORMULAS, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import only_variable, rational_coefficients
from canopy_assets.curriculum.quadratics.complete_steps import complete_steps
from canopy_assets.curriculum.quadratics.equation_steps import discriminant_step, equation_solution
from canopy_assets.curriculum.quadratics.misconceptions import discriminant_idea
from canopy_assets.curriculum.quadratics.parabola_misconceptions import axis_ideas, height_ideas
from canopy_assets.curriculum.quadratics.trinomial import Trinomial
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.curriculum.statements import try_parse
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import AnswerKind, Misconception, Step

_WORDS = topic(__package__)

MAX_COEFFICIENT = 10_000
_TELLING = re.compile(r"vertex|turning|symmetry|value|discriminant|square|form|zero|root", re.IGNORECASE)


def _read(text: str, *kinds: str) -> tuple[Parsed, Trinomial, str] | None:
    """The parts of a statement of these kinds, its polynomial with integer coefficients, and that as it is shown."""
    found = parsed(__package__, text, IN_FORMULAS) if _TELLING.search(text) else None
    if found is None or found.kind not in kinds:
        return None
    left, right = try_parse(found.parts["expression"]), try_parse(found.get("right") or "0")
    if left is None or right is None:
        return None
    expr = sympy.expand(left - right)
    variable = only_variable(expr)
    if variable is None or found.get("argument") not in (None, variable.name) or found.get("name") == variable.name:
        return None
    coefficients = rational_coefficients(expr, variable, 2)
    if coefficients is None or not coefficients[0] or any(c.q != 1 or abs(c) > MAX_COEFFICIENT for c in coefficients):
        return None
    trinomial = Trinomial.of(variable, coefficients)
    return found, trinomial, trinomial.text


def vertex(text: str) -> Solution | None:
    """The vertex, the axis of symmetry, or the least or greatest value of a parabola."""
    read = _read(text, "vertex", "axis", "minimum", "maximum")
    if read is None or (read[0].kind == "minimum" and read[1].a < 0) or (read[0].kind == "maximum" and read[1].a > 0):
        return None
    found, trinomial, shown = read
    place = cast(sympy.Rational, sympy.Rational(-trinomial.b, 2 * trinomial.a))
    first = _axis_step(trinomial, shown, place)
    ideas = axis_ideas(trinomial, first.result)
    if found.kind == "axis":
        return _solution("parabola", first.result, [first], ideas, "vertex", "solutions")
    height = show(trinomial.expr.subs(trinomial.variable, place))
    answer = f"({show(place)}, {height})" if found.kind == "vertex" else height
    second = Step(
        "quadratic.height",
        f"How high is {shown} at {trinomial.name} = {show(place)}?",
        f"{_at(trinomial, place)} = {height}, so {answer}"
        if found.kind == "vertex"
        else f"{_at(trinomial, place)} = {height}",
        answer,
        {"function": shown, "variable": trinomial.name, "place": show(place)},
    )
    ideas += height_ideas(trinomial, place, answer, as_point=found.kind == "vertex")
    kind = "point" if found.kind == "vertex" else "number"
    return _solution("parabola", answer, [first, second], ideas, "vertex", kind)


def _at(trinomial: Trinomial, place: sympy.Rational) -> str:
    """The polynomial with a number in the place of the variable."""
    a, b, c = trinomial.coefficients
    put_in = f"({show(place)})" if place < 0 or place.q != 1 else show(place)
    square = f"{'' if a == 1 else '−' if a == -1 else show(a) + ' × '}{put_in}²"
    parts = [square]
    for factor, shown in ((b, f"{show(abs(b))} × {put_in}" if abs(b) != 1 else put_in), (c, show(abs(c)))):
        if factor:
            parts.append(f"{'+' if factor > 0 else '−'} {shown}")
    return " ".join(parts)


def _axis_step(trinomial: Trinomial, shown: str, place: sympy.Rational) -> Step:
    result = f"{trinomial.name} = {show(place)}"
    work = f"−{in_brackets(trinomial.b)}/(2 × {in_brackets(trinomial.a)}) = {show(place)}, so {result}"
    slots = {
        "function": shown,
        "variable": trinomial.name,
        "a": show_number(trinomial.a),
        "b": show_number(trinomial.b),
    }
    ask = f"Where is the axis of {shown}, with a = {slots['a']} and b = {slots['b']} in −b/(2a)?"
    return Step("quadratic.axis", ask, work, result, slots)


def discriminant(text: str) -> Solution | None:
    """The discriminant b² − 4ac of a polynomial or an equation."""
    read = _read(text, "discriminant")
    if read is None:
        return None
    _, trinomial, shown = read
    step = discriminant_step(trinomial, f"{shown} = 0")
    ideas: list[Misconception | None] = [discriminant_idea(trinomial, step.result, 0)]
    return _solution("discriminant", step.result, [step], ideas, "discriminant", "number")


def completed(text: str) -> Solution | None:
    """x² + bx + c as (x + p)² + q; None where the square can't be completed without fractions."""
    read = _read(text, "square")
    if read is None or not read[1].can_be_completed:
        return None
    found, trinomial, shown = read
    if "form" in found.parts and not re.search(rf"\(\s*{trinomial.name}\b", found.parts["form"]):
        return None
    steps, ideas = complete_steps(trinomial, shown, ending="")
    return _solution("completed_square", steps[-1].result, steps, ideas, "completed_square", "expression")


def zeros(text: str) -> Solution | None:
    """The zeros of a function or polynomial, as solutions of the equation that sets it to zero."""
    read = _read(text, "zeros")
    solution = equation_solution(read[1], f"{read[2]} = 0") if read else None
    return replace(solution, family="zeros") if solution else None


def _solution(
    family: str, answer: str, steps: list[Step], ideas: list[Misconception | None], concept: str, kind: AnswerKind
) -> Solution:
    topic_name = "quadratic functions"
    return Solution(family, topic_name, answer, kind, None, tuple(steps), kept(*ideas), _WORDS.concept(concept))
