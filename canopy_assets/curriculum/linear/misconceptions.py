"""What students get wrong with linear equations and inequalities, each computed from the numbers and tested on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import unless_right
from canopy_assets.curriculum.polynomials import coefficient_of
from canopy_assets.maths.expressions import ExpressionError, RelationOperator, parse
from canopy_assets.maths.formatting import as_fraction, in_brackets, show, show_number
from canopy_assets.records import Misconception

_WORDS = topic(__package__)

_SIGNS = {"=": "=", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_TURNED: dict[str, RelationOperator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_Side = tuple[sympy.Expr, sympy.Expr]


@dataclass(frozen=True)
class Line:
    """A line a·x + b (op) c·x + d of a solution; `original` is how it was written."""

    variable: sympy.Symbol
    left: _Side
    right: _Side
    op: RelationOperator
    original: str

    @property
    def name(self) -> str:
        """The unknown's letter."""
        return self.variable.name

    @property
    def text(self) -> str:
        """The line with like terms collected."""
        return f"{self.side_text(self.left)} {_SIGNS[self.op]} {self.side_text(self.right)}"

    def side_text(self, side: _Side) -> str:
        """A side with like terms collected."""
        return show(side[0] * self.variable + side[1])

    @property
    def on_left(self) -> bool:
        """Whether the unknown stands on the left (it stands on one side only by now)."""
        return self.left[0] != 0

    @property
    def isolated(self) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
        """Coefficient and constant on the unknown's side, and the number on the other."""
        (a, b), (_, d) = (self.left, self.right) if self.on_left else (self.right, self.left)
        return a, b, d

    @property
    def oriented_op(self) -> RelationOperator:
        """The relation sign read with the unknown on the left."""
        return self.op if self.on_left else _TURNED[self.op]

    @property
    def original_side(self) -> str:
        """The unknown's side as it was written."""
        sides = self.original.split(f" {_SIGNS[self.op]} ")
        return (
            sides[0 if self.on_left else 1]
            if len(sides) == 2
            else self.side_text(self.left if self.on_left else self.right)
        )

    @property
    def solution(self) -> sympy.Expr:
        """Where both sides are equal."""
        return (self.right[1] - self.left[1]) / (self.left[0] - self.right[0])

    @property
    def turned_left(self) -> Line:
        """The line with the unknown on the left: "5 > x" becomes "x < 5"."""
        if self.on_left:
            return self
        line = replace(self, left=self.right, right=self.left, op=_TURNED[self.op])
        return replace(line, original=line.text)

    def with_isolated(self, a: sympy.Expr, b: sympy.Expr, d: sympy.Expr) -> Line:
        """The line with other numbers, written out anew."""
        zero = sympy.Integer(0)
        line = (
            replace(self, left=(a, b), right=(zero, d)) if self.on_left else replace(self, left=(zero, d), right=(a, b))
        )
        return replace(line, original=line.text)


def expand_ideas(line: Line, factor: str, bracket: str, index: int) -> list[Misconception | None]:
    """The factor, or only its minus sign, misses the second term of the bracket."""
    factor = factor.replace(" ", "")
    try:
        inside, multiplier = parse(bracket), parse({"": "1", "-": "-1"}.get(factor, factor))
    except ExpressionError:
        return []
    first, constant = multiplier * coefficient_of(inside, line.variable) * line.variable, inside.subs(line.variable, 0)
    shown = ("" if multiplier == 1 else "−" if multiplier == -1 else show(multiplier)) + f"({show(inside)})"
    right = sympy.expand(multiplier * inside)
    trial = next((v for v in (1, 2, 10, 3) if v != line.solution), 1)
    attempts = [("the factor multiplies only the first term of the bracket", first + constant)]
    if multiplier < 0:
        attempts.append(
            ("the minus in front reaches only the first term of the bracket", first - multiplier * constant)
        )
    return [
        unless_right(
            _WORDS.misconception(
                "idea_2",
                answer=show(wrong),
                step=index,
                belief=belief,
                shown=shown,
                variable=line.name,
                trial=trial,
                right_subs_variable=show(right.subs(line.variable, trial)),
                wrong_subs_variable=show(wrong.subs(line.variable, trial)),
            ),
            show(right),
            kind="expression",
        )
        for belief, wrong in attempts
    ]


def combine_ideas(line: Line, terms: list[sympy.Expr], index: int) -> Misconception | None:
    """Coefficients of like terms multiplied instead of added."""
    like = [t for t in terms if line.variable in t.free_symbols]
    if len(like) != 2 or not all(t.is_polynomial(line.variable) for t in like):
        return None
    first, second = (coefficient_of(t, line.variable) for t in like)
    wrong = first * second if first * second not in (first + second, 0) else first - second
    together = f"{show(like[0])} {'−' if second < 0 else '+'} {show(abs(second) * line.variable)}"
    trial = next((v for v in (1, 2, 10) if v != line.solution), 1)
    return unless_right(
        _WORDS.misconception(
            "like_terms_combined_multiplying",
            answer=show(wrong * line.variable),
            step=index,
            together=together,
            variable=line.name,
            trial=trial,
            first_second_trial=show_number((first + second) * trial),
            wrong_trial=show_number(wrong * trial),
        ),
        show((first + second) * line.variable),
        kind="expression",
    )


def collect_ideas(line: Line, moved: sympy.Expr, on_left: bool, index: int) -> Misconception | None:
    """The term is carried over with its sign unchanged."""
    keep, give = (line.left, line.right) if on_left else (line.right, line.left)
    sides = (keep[0] + moved, keep[1]), (sympy.Integer(0), give[1])
    wrong = replace(line, left=sides[0] if on_left else sides[1], right=sides[1] if on_left else sides[0])
    right = replace(line, left=(line.left[0] - moved, line.left[1]), right=(line.right[0] - moved, line.right[1]))
    term, giver = show(moved * line.variable), line.side_text(give)
    return unless_right(
        _WORDS.misconception(
            "term_can_cross_other",
            answer=wrong.text,
            step=index,
            term=term,
            giver=giver,
            side_text_give_moved=line.side_text((give[0] + moved, give[1])),
            variable=line.name,
        ),
        right.text,
        kind="expression",
    )


def constant_ideas(line: Line, after: Line, index: int) -> list[Misconception | None]:
    """The constant is undone by the same operation; or the division is done first, to one term only."""
    coefficient, constant, other = line.isolated
    term, side = show(coefficient * line.variable), line.original_side
    wrong = line.with_isolated(coefficient, sympy.Integer(0), other + constant)
    verb, preposition = ("take", "from") if constant < 0 else ("add", "to")
    size = show_number(abs(constant))
    same = unless_right(
        _WORDS.misconception(
            "constant_undone_same_operation",
            answer=wrong.text,
            step=index,
            verb=verb,
            size=size,
            preposition=preposition,
            other=show_number(other),
            term=term,
            other_constant=show_number(other + constant),
            side=side,
            other_constant2=show_number(other + 2 * constant),
        ),
        after.text,
        kind="expression",
    )
    return [same, _one_term_divided(line, index)]


def _one_term_divided(line: Line, index: int) -> Misconception | None:
    coefficient, constant, other = line.isolated
    if not coefficient.is_Integer or coefficient <= 1 or not (other / coefficient).is_Integer:
        return None
    half = line.with_isolated(sympy.Integer(1), constant, other / coefficient)
    return unless_right(
        _WORDS.misconception(
            "dividing_coefficient_leaves_constant",
            answer=half.text,
            step=index,
            coefficient=show_number(coefficient),
            original_side=line.original_side,
            constant=show_number(abs(constant)),
        ),
        line.original,
        kind="expression",
    )


def coefficient_ideas(line: Line, op: str, value: sympy.Expr, result: str, index: int) -> list[Misconception | None]:
    """The coefficient is subtracted, or multiplied again; in inequalities the direction is forgotten or turned."""
    coefficient, _, other = line.isolated
    term, sign = show(coefficient * line.variable), _SIGNS[op]
    if line.op != "=":
        return [_direction_idea(line, op, value, result, index)]
    divides = as_fraction(coefficient).numerator == 1
    number = 1 / coefficient if divides else coefficient
    attempts = (
        (
            ("a division is undone by dividing again", other / number, f"{show_number(other)} ÷ {in_brackets(number)}"),
            ("a division is undone by subtracting", other - number, f"{show_number(other)} − {in_brackets(number)}"),
        )
        if divides
        else (
            (
                "a coefficient is undone by subtracting it",
                other - number,
                f"{show_number(other)} − {in_brackets(number)}",
            ),
            (
                "a coefficient is undone by multiplying again",
                other * number,
                f"{show_number(other)} × {in_brackets(number)}",
            ),
        )
    )
    return [
        unless_right(
            _WORDS.misconception(
                "idea_3",
                answer=f"{line.name} {sign} {show_number(wrong)}",
                step=index,
                belief=belief,
                sum=sum_,
                wrong=show_number(wrong),
                variable=line.name,
                term=term,
                coefficient_wrong=show_number(coefficient * wrong),
                other=show_number(other),
            ),
            result,
            kind="solutions",
        )
        for belief, wrong, sum_ in attempts
    ]


def _direction_idea(line: Line, op: str, value: sympy.Expr, result: str, index: int) -> Misconception | None:
    coefficient = line.isolated[0]
    wrong = _TURNED[op]
    offset = 2 if wrong in (">", ">=") else -2
    trial = value + offset
    term = show(coefficient * line.variable)
    belief = (
        "dividing by a negative number keeps the direction"
        if coefficient < 0
        else "dividing turns the direction of an inequality"
    )
    return unless_right(
        _WORDS.misconception(
            "idea",
            answer=f"{line.name} {_SIGNS[wrong]} {show_number(value)}",
            step=index,
            belief=belief,
            coefficient=show_number(coefficient),
            variable=line.name,
            _signs_wrong=_SIGNS[wrong],
            value=show_number(value),
            trial=show_number(trial),
            term=term,
            text=line.text,
            coefficient_trial=show_number(coefficient * trial),
        ),
        result,
        kind="inequality",
    )
