"""Linear equations and inequalities: brackets, like terms, unknowns on both sides, constant, coefficient."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.linear.fractions import Cleared, cleared
from canopy_assets.curriculum.linear.line import SIGNS, TURNED, Line
from canopy_assets.curriculum.linear.misconceptions import (
    coefficient_ideas,
    collect_idea,
    combine_idea,
    constant_ideas,
    contradiction_ideas,
    expand_ideas,
)
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.polynomials import linear_parts, only_variable, signed_terms
from canopy_assets.curriculum.solution import Solution, kept
from canopy_assets.maths.expressions import ExpressionError, Relation, parse, parse_relation
from canopy_assets.maths.formatting import as_fraction, show, show_number
from canopy_assets.maths.layout import laid_out
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_BRACKET = re.compile(
    r"""
    (?P<factor>-?\s*(?:\([0-9]+/[0-9]+\)|[0-9./]*))\s*[*×·]?\s*  # none, a minus, or a number
    \((?P<bracket>[^()]*[a-zA-Z][^()]*)\)  # holds a letter
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class LinearFamily:
    """Equations (or inequalities) a·x + b = c·x + d in one unknown, with or without brackets."""

    name: str
    topic: str
    equations: bool
    inert: str = ""

    def solve(self, statement: str) -> Solution | None:
        """The worked solution; None for another kind of statement, or if no number or every number is a solution."""
        instruction = read_instruction(statement)
        if instruction is None or not instruction.asks("solve", "bare"):
            return None
        text = instruction.mathematics
        try:
            first = cleared(text)
            text = first.text if first else text
            relation = parse_relation(text)
        except ExpressionError:
            return None
        line = _first_line(relation, text) if (relation.op == "=") == self.equations else None
        if line is None or not instruction.asks("solve", "bare", variables=(line.name,)):
            return None
        return self._solution(line, text, first)

    def _solution(self, line: Line, text: str, first: Cleared | None) -> Solution | None:
        """The solution, in the order in which a student isolates the unknown; None when nothing is left to do.

        Args:
            line: The equation or inequality, without a divided bracket.
            text: Its text.
            first: The step that cleared it of denominators, if there was one.
        """
        steps = [first.step] if first else []
        ideas = [*first.ideas] if first else []
        last = (_collect, _undo_constant, _undo_coefficient) if line.solvable else (_contradiction,)
        for advance in (_tidied(text), *last):
            line, step, found = advance(line, len(steps))
            steps += [step] if step else []
            ideas += found
        if not steps:
            return None
        answer = steps[-1].result
        concept = _WORDS.concept("inverse_operations") if self.equations else _WORDS.concept("inequality")
        kind = "text" if not line.solvable else "solutions" if self.equations else "inequality"
        return Solution(self.name, self.topic, answer, kind, None, tuple(steps), kept(*ideas), concept)


_Outcome = tuple[Line, Step | None, list[Misconception | None]]
"""The line after a step, the step (None if there was nothing to do), and the wrong ideas about it."""


def _first_line(relation: Relation, text: str) -> Line | None:
    """The exercise as a line; None unless it is linear in one unknown and has a solution that a student can find."""
    variable = only_variable(relation.left, relation.right)
    if variable is None or not re.search(r"[a-zA-Z]", text):
        return None
    left, right = linear_parts(relation.left, variable), linear_parts(relation.right, variable)
    if left is None or right is None or max(abs(v.p) + v.q for v in (*left, *right)) > 10**9:
        return None
    line = Line(variable, left, right, relation.op, original=laid_out(text))
    if not line.solvable and (relation.op != "=" or left[0] == 0 or left[1] == right[1]):
        return None  # every number is a solution, or the unknown is gone
    return line


def _tidied(text: str) -> Callable[[Line, int], _Outcome]:
    def advance(line: Line, index: int) -> _Outcome:
        line, step, ideas = _tidy_sides(line, text)
        return line, step, [i and replace(i, step=index) for i in ideas]

    return advance


def _contradiction(line: Line, index: int) -> _Outcome:
    """The unknown's terms are equal on both sides and go away together; two different numbers are left."""
    term = show(line.left[0] * line.variable)
    left, right = show_number(line.left[1]), show_number(line.right[1])
    slots = {"equation": line.original, "variable": line.name, "term": term}
    step = Step(
        "linear.contradiction",
        f"What is left of {line.original} when {term} is taken away on both sides, and can that be true?",
        f"{left} would have to equal {right}, so there is no solution",
        "no solution",
        slots,
    )
    return line, step, contradiction_ideas(line, index)


def _tidy_sides(line: Line, text: str) -> _Outcome:
    """Multiplies out brackets and collects like terms on each side, where there are any."""
    sides = [signed_terms(side) for side in re.split(r"<=|>=|[=<>≤≥]", text)]
    bracket = _BRACKET.search(text.replace("−", "-"))
    crowded = [s for s in sides if _is_crowded(s)]
    if bracket and (step := _expand_step(line, bracket)):
        return replace(line, original=line.text), step, expand_ideas(line, bracket["factor"], bracket["bracket"])
    if crowded and line.text != line.original:
        terms = [parse(t) for t in crowded[0]]
        step = _combine_step(line, crowded[0])
        return replace(line, original=line.text), step, [combine_idea(line, terms)]
    return replace(line, original=line.text if _same_order(line) else line.original), None, []


def _same_order(line: Line) -> bool:
    return (
        sorted(line.text.replace(" ", "")) == sorted(line.original.replace(" ", ""))
        and line.text[0] == line.original[0]
    )


def _is_crowded(terms: list[str]) -> bool:
    """Whether a side has several terms with the unknown, or several without it."""
    variable = sum(1 for t in terms if re.search(r"[a-zA-Z]", t))
    return variable > 1 or len(terms) - variable > 1


def _expand_step(line: Line, bracket: re.Match[str]) -> Step | None:
    """Multiplies a bracket out; None for a bracket that changes nothing."""
    factor = re.sub(r"\s", "", bracket["factor"])
    factor = {"": "1", "-": "−1"}.get(factor, factor.replace("-", "−"))
    if factor == "1" and line.text == line.original:
        return None
    inside = laid_out(bracket["bracket"])
    ask = f"What does {line.original} look like once the bracket ({inside}) is multiplied out and each side is tidied?"
    return Step(
        "linear.expand",
        ask,
        f"{line.original}, so {line.text}",
        line.text,
        {
            "equation": line.original,
            "expression": line.original,
            "factor": factor,
            "bracket": inside,
            "variable": line.name,
        },
    )


def _combine_step(line: Line, terms: list[str]) -> Step:
    like = [t for t in terms if re.search(r"[a-zA-Z]", t)]
    if len(like) < 2:
        like = [t for t in terms if not re.search(r"[a-zA-Z]", t)]
    shown = " and ".join(laid_out(t) for t in like)
    return Step(
        "linear.combine",
        f"Which terms of {line.original} can be put together, and what do they make?",
        f"{line.original}, so {line.text}",
        line.text,
        {"equation": line.original, "expression": line.original, "like_terms": shown, "variable": line.name},
    )


def _collect(line: Line, index: int) -> _Outcome:
    """Moves the unknown to the side that has more of it, so that its coefficient stays positive."""
    (a, b), (c, d) = line.left, line.right
    if a == 0 or c == 0:
        return line, None, []
    on_left = a > c
    moved = c if on_left else a
    after = replace(line, left=(a - moved, b), right=(c - moved, d))
    after = replace(after, original=after.text)
    if after.isolated[:2] == (1, 0):
        after = after.turned_left  # nothing is left to undo: "0 = x" is the answer, and names its unknown first
    term = show(moved * line.variable)
    step = Step(
        "linear.collect_variables",
        f"How can {line.original} be rewritten with {line.name} on one side only?",
        f"{line.original}, so {after.text}",
        after.text,
        {
            "equation": line.original,
            "variable": line.name,
            "left": line.side_text(line.left),
            "right": line.side_text(line.right),
            "moved_term": term,
            "moved_side": "right" if on_left else "left",
        },
    )
    return after, step, [collect_idea(line, moved, on_left, index)]


def _undo_constant(line: Line, index: int) -> _Outcome:
    """Subtracts the constant on the unknown's side from both sides."""
    coefficient, constant, other = line.isolated
    if constant == 0:
        return line, None, []
    after = line.with_isolated(coefficient, sympy.Integer(0), other - constant)
    if coefficient == 1:
        after = after.turned_left
    term = show(coefficient * line.variable)
    operation = f"{'adding' if constant > 0 else 'taking away'} {show_number(abs(constant))}"
    slots = {
        "equation": line.original,
        "variable": line.name,
        "term": term,
        "constant": show_number(abs(constant)),
        "constant_operation": operation,
        "side": line.original_side,
        "other": show_number(other),
    }
    sign = "−" if constant > 0 else "+"
    work = f"{show_number(other)} {sign} {show_number(abs(constant))} = {show_number(other - constant)}"
    step = Step(
        "linear.undo_constant",
        f"What does {term} have to be, once {operation} is undone in {line.original}?",
        f"{work}, so {after.text}",
        after.text,
        slots,
    )
    return after, step, constant_ideas(line, after, index)


def _undo_coefficient(line: Line, index: int) -> _Outcome:
    """Divides by the coefficient, or multiplies by n where it is 1/n. A negative coefficient reverses an inequality."""
    coefficient, _, other = line.isolated
    value = other / coefficient
    op = line.oriented_op if coefficient > 0 else TURNED[line.oriented_op]
    result = f"{line.name} {SIGNS[op]} {show_number(value)}"
    if coefficient == 1:
        return line, None, []
    term = show(coefficient * line.variable)
    slots = {"equation": line.text, "variable": line.name, "term": term, "other": show_number(other)}
    if as_fraction(coefficient).numerator == 1:
        kind, slots["divisor"] = "linear.undo_division", show_number(as_fraction(coefficient).denominator)
        work = f"{show_number(other)} × {show_number(as_fraction(coefficient).denominator)} = {show_number(value)}"
    else:
        kind, slots["coefficient"] = "linear.undo_coefficient", show_number(coefficient)
        work = f"{show_number(other)} ÷ {_divisor(coefficient)} = {show_number(value)}"
    if coefficient < 0 and line.op != "=":
        kind = "inequality.undo_negative_coefficient"
        slots["sign"] = SIGNS[line.oriented_op]
    step = Step(
        kind,
        f"What is left to do to {line.text} so that {line.name} stands alone?",
        f"{work}, so {result}",
        result,
        slots,
    )
    return line, step, coefficient_ideas(line, op, value, result, index)


def _divisor(value: sympy.Expr) -> str:
    """The divisor as text, in brackets unless it is a positive integer: "÷ (2/3)"."""
    return show_number(value) if value > 0 and value.is_Integer else f"({show_number(value)})"


PRECEDENCE = 120
FAMILIES = (
    LinearFamily("linear_equation", "linear equations", equations=True),
    LinearFamily("linear_inequality", "inequalities", equations=False),
)
