"""The steps for a·x² + c = d: undo constant and coefficient, as in a linear equation for x², then take roots."""

from __future__ import annotations

import sympy

from canopy_assets.curriculum.quadratics.misconceptions import constant_idea, root_ideas
from canopy_assets.curriculum.quadratics.trinomial import Trinomial, roots_text
from canopy_assets.maths.formatting import in_brackets, show, show_number
from canopy_assets.records import Misconception, Step

_Part = tuple[list[Step], list[Misconception | None]]


def square_steps(trinomial: Trinomial, equation: str, index: int) -> _Part | None:
    """The steps that solve an `equation` without an x-term, given as it was written. `index` steps come before."""
    square = trinomial.variable**2
    a, value = trinomial.a, sympy.Rational(-trinomial.c, trinomial.a)
    name, unknown = trinomial.name, show(square)
    steps: list[Step] = []
    ideas: list[Misconception | None] = []
    target, isolated = f"{show(a * square)} = {show_number(-trinomial.c)}", f"{unknown} = {show_number(value)}"
    if _squeezed(equation) not in (_squeezed(target), _squeezed(isolated)):
        outcome = _constant(trinomial, equation, target)
        if outcome is None:
            return None
        steps, ideas = outcome
    if a != 1 and _squeezed(steps[-1].result if steps else equation) == _squeezed(target):
        steps.append(
            Step(
                "linear.undo_coefficient",
                f"What is left to do to {target} so that {unknown} stands alone?",
                f"{show_number(-trinomial.c)} ÷ {in_brackets(a)} = {show_number(value)}, so {isolated}",
                isolated,
                {
                    "equation": target,
                    "variable": unknown,
                    "term": show(a * square),
                    "other": show_number(-trinomial.c),
                    "coefficient": show_number(a),
                },
            )
        )
    steps.append(_root_step(name, unknown, value))
    return steps, ideas + root_ideas(name, unknown, value, steps[-1].result, len(steps) - 1)


def _squeezed(text: str) -> str:
    return text.replace(" ", "")


def _constant(trinomial: Trinomial, equation: str, target: str) -> _Part | None:
    """The step that undoes the constant; None unless the right side of the equation is an integer."""
    left, right = equation.split(" = ")
    other = show_number(0) if right == "0" else right
    if not right.lstrip("−").isdigit():
        return None
    number = sympy.Integer(int(right.replace("−", "-")))
    constant = trinomial.c + number
    term = show(trinomial.a * trinomial.variable**2)
    operation = f"{'adding' if constant > 0 else 'taking away'} {show_number(abs(constant))}"
    work = f"{other} {'−' if constant > 0 else '+'} {show_number(abs(constant))} = {show_number(number - constant)}"
    step = Step(
        "linear.undo_constant",
        f"What does {term} have to be, once {operation} is undone in {equation}?",
        f"{work}, so {target}",
        target,
        {
            "equation": equation,
            "variable": show(trinomial.variable**2),
            "term": term,
            "constant": show_number(abs(constant)),
            "constant_operation": operation,
            "side": left,
            "other": other,
        },
    )
    return [step], [constant_idea(term, left, number, constant, target)]


def _root_step(name: str, unknown: str, value: sympy.Expr) -> Step:
    root = sympy.sqrt(value)
    result = roots_text(name, (root, -root)) if value > 0 else "no real solutions"
    equation = f"{unknown} = {show_number(value)}"
    return Step(
        "quadratic.square_root",
        f"Which numbers {name} have the square {show_number(value)}?",
        f"{equation}, so {result}",
        result,
        {"equation": equation, "variable": name, "square": unknown, "value": show_number(value)},
    )
