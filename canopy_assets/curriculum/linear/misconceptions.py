"""What students get wrong with linear equations and inequalities, each computed from the numbers and tested on them."""

from __future__ import annotations

from dataclasses import replace

import sympy

from canopy_assets.curriculum.linear.line import SIGNS, TURNED, Line
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import coefficient_of
from canopy_assets.curriculum.solution import unless_right
from canopy_assets.maths.expressions import ExpressionError, RelationOperator, parse
from canopy_assets.maths.formatting import as_fraction, in_brackets, show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)


def expand_ideas(line: Line, factor: str, bracket: str) -> list[Misconception | None]:
    """The factor, or only its minus sign, misses the second term of the bracket."""
    factor = factor.replace(" ", "")
    try:
        inside, multiplier = parse(bracket), parse({"": "1", "-": "-1"}.get(factor, factor))
    except ExpressionError:
        return []
    first, constant = multiplier * coefficient_of(inside, line.variable) * line.variable, inside.subs(line.variable, 0)
    attempts = {"factor_reaches_only_first_term": first + constant}
    if multiplier < 0:
        attempts["minus_reaches_only_first_term"] = first - multiplier * constant
    shown_factor = "" if multiplier == 1 else "−" if multiplier == -1 else show(multiplier)
    right = sympy.expand(multiplier * inside)
    trial = next((v for v in (1, 2, 10, 3) if v != line.solution), 1)
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=show(wrong),
                product=f"{shown_factor}({show(inside)})",
                variable=line.name,
                trial=trial,
                right_value=show(right.subs(line.variable, trial)),
                wrong_value=show(wrong.subs(line.variable, trial)),
            ),
            show(right),
            kind="expression",
        )
        for name, wrong in attempts.items()
    ]


def combine_idea(line: Line, terms: list[sympy.Expr]) -> Misconception | None:
    """Coefficients of like terms multiplied instead of added."""
    like = [t for t in terms if line.variable in t.free_symbols]
    if len(like) != 2 or not all(t.is_polynomial(line.variable) for t in like):
        return None
    first, second = (coefficient_of(t, line.variable) for t in like)
    total, product = first + second, first * second
    wrong = product if product not in (total, 0) else first - second
    trial = next((v for v in (1, 2, 10) if v != line.solution), 1)
    idea = _WORDS.misconception(
        "coefficients_of_like_terms_multiplied",
        answer=show(wrong * line.variable),
        together=f"{show(like[0])} {'−' if second < 0 else '+'} {show(abs(second) * line.variable)}",
        variable=line.name,
        trial=trial,
        right_value=show_number(total * trial),
        wrong_value=show_number(wrong * trial),
    )
    return unless_right(idea, show(total * line.variable), kind="expression")


def collect_idea(line: Line, moved: sympy.Expr, on_left: bool, index: int) -> Misconception | None:
    """The term is carried over with its sign unchanged."""
    keep, give = (line.left, line.right) if on_left else (line.right, line.left)
    sides = (keep[0] + moved, keep[1]), (sympy.Integer(0), give[1])
    wrong = replace(line, left=sides[0] if on_left else sides[1], right=sides[1] if on_left else sides[0])
    right = replace(line, left=(line.left[0] - moved, line.left[1]), right=(line.right[0] - moved, line.right[1]))
    idea = _WORDS.misconception(
        "term_crosses_with_same_sign",
        answer=wrong.text,
        step=index,
        term=show(moved * line.variable),
        side=line.side_text(give),
        side_with_term=line.side_text((give[0] + moved, give[1])),
        variable=line.name,
    )
    return unless_right(idea, right.text, kind="expression")


def constant_ideas(line: Line, after: Line, index: int) -> list[Misconception | None]:
    """The constant is undone by the same operation, or the division is done first and to one term only."""
    coefficient, constant, other = line.isolated
    wrong = other + constant
    idea = _WORDS.misconception(
        "subtracted_constant_undone_by_subtracting" if constant < 0 else "added_constant_undone_by_adding",
        answer=line.with_isolated(coefficient, sympy.Integer(0), wrong).text,
        step=index,
        constant=show_number(abs(constant)),
        other=show_number(other),
        term=show(coefficient * line.variable),
        wrong=show_number(wrong),
        side=line.original_side,
        side_value=show_number(wrong + constant),
    )
    return [unless_right(idea, after.text, kind="expression"), _one_term_divided(line, index)]


def _one_term_divided(line: Line, index: int) -> Misconception | None:
    """Dividing by the coefficient leaves the constant unchanged. Only where the other side stays an integer."""
    coefficient, constant, other = line.isolated
    if not coefficient.is_Integer or coefficient <= 1 or not (other / coefficient).is_Integer:
        return None
    idea = _WORDS.misconception(
        "only_one_term_divided",
        answer=line.with_isolated(sympy.Integer(1), constant, other / coefficient).text,
        step=index,
        coefficient=show_number(coefficient),
        side=line.original_side,
        constant=show_number(abs(constant)),
    )
    return unless_right(idea, line.original, kind="expression")


def coefficient_ideas(
    line: Line, op: RelationOperator, value: sympy.Expr, result: str, index: int
) -> list[Misconception | None]:
    """Wrong ideas about the last operation, the one that isolates the unknown.

    In an equation, the coefficient is subtracted or multiplied again. In an inequality, the sign is not turned round
    where it should be, or turned round without reason.

    Args:
        line: The line whose side with the unknown has no other term.
        op: The relation of the right result, read with the unknown on the left.
        value: The number that the unknown is compared with in the right result.
        result: The right result as a student writes it.
        index: The number of the step.
    """
    if line.op != "=":
        return [_direction_idea(line, op, value, result, index)]
    coefficient, _, other = line.isolated
    if as_fraction(coefficient).numerator == 1:
        operand = 1 / coefficient
        attempts = {
            "division_undone_by_dividing": other / operand,
            "division_undone_by_subtracting": other - operand,
        }
    else:
        operand = coefficient
        attempts = {
            "coefficient_undone_by_subtracting": other - operand,
            "coefficient_undone_by_multiplying": other * operand,
        }
    return [
        unless_right(
            _WORDS.misconception(
                name,
                answer=f"{line.name} = {show_number(wrong)}",
                step=index,
                operand=in_brackets(operand),
                wrong=show_number(wrong),
                variable=line.name,
                term=show(coefficient * line.variable),
                term_value=show_number(coefficient * wrong),
                other=show_number(other),
            ),
            result,
            kind="solutions",
        )
        for name, wrong in attempts.items()
    ]


def _direction_idea(
    line: Line, op: RelationOperator, value: sympy.Expr, result: str, index: int
) -> Misconception | None:
    """The inequality sign is turned where it should stay, or kept where it should turn; tested on a number two away."""
    coefficient, wrong = line.isolated[0], TURNED[op]
    trial = value + (2 if wrong in (">", ">=") else -2)
    idea = _WORDS.misconception(
        "direction_kept_for_negative_coefficient" if coefficient < 0 else "direction_turned_for_positive_coefficient",
        answer=f"{line.name} {SIGNS[wrong]} {show_number(value)}",
        step=index,
        coefficient=show_number(coefficient),
        variable=line.name,
        trial=show_number(trial),
        term=show(coefficient * line.variable),
        term_value=show_number(coefficient * trial),
        inequality=line.text,
    )
    return unless_right(idea, result, kind="inequality")


def contradiction_ideas(line: Line, index: int) -> list[Misconception | None]:
    """Where the unknown vanishes, zero or the difference of the constants is taken for the solution."""
    attempts = {
        "vanished_unknown_is_zero": sympy.Integer(0),
        "constants_give_the_solution": line.right[1] - line.left[1],
    }
    return [
        _WORDS.misconception(
            name,
            answer=f"{line.name} = {show_number(wrong)}",
            step=index,
            variable=line.name,
            wrong=show_number(wrong),
            equation=line.original,
            left=show_number(line.left[0] * wrong + line.left[1]),
            right=show_number(line.right[0] * wrong + line.right[1]),
        )
        for name, wrong in attempts.items()
    ]
