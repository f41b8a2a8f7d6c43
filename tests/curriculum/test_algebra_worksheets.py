"""Wordings of worksheets: right answers, and refusals of what asks for something else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.curriculum.registry import recognise, recognise_redrawn
from canopy_assets.maths.answers import equivalent, infer_kind
from canopy_assets.maths.evaluation import close, value_at
from canopy_assets.maths.expressions import parse, parse_relation
from canopy_assets.maths.formatting import show
from tests.curriculum.algebra_worksheets import WORKSHEETS

SETTINGS = settings(max_examples=20, deadline=None)
SMALL = st.integers(-9, 9)
NOT_ZERO = SMALL.filter(bool)


@pytest.mark.parametrize(("statement", "answer"), WORKSHEETS)
def test_a_problem_of_a_worksheet_is_right_or_refused(statement: str, answer: str | None) -> None:
    solution = recognise(statement)
    if answer is None:
        assert solution is None
        return
    assert solution is not None
    assert any(equivalent(solution.answer, answer, kind) for kind in (solution.answer_kind, infer_kind(answer)))


@pytest.mark.parametrize(
    "statement",
    [
        "Find the derivative of f(x) = x² at y = 2.",
        "Find g'(x) if f(x) = x².",
        "Find the slope of the tangent to y = x² at (2, 5).",
        "Find the slope of y = x² at its vertex.",
        "Find the derivative of f(x) = x² squared.",
        "Find ∫ 2x dt.",
        "Find the integral of 2x from x = 1 to y = 3.",
        "Find the area under the curve y = x − 2 from x = 0 to x = 3.",
        "Evaluate ∫_−1^1 1/x dx.",
        "Evaluate ∫_0^1 1/x² dx.",
        "Evaluate the integral ∫_1^3 2x dx and double it.",
        "Find lim x→2+ of x.",
        "Find lim_(x→2^−) x/(x − 2).",
        "Find lim x→0 of √x.",
        "Find lim x→2 of t².",
        "If u = (1, 2) and v = (3, 4), find u + w.",
        "If u = (1, 2) and v = (3, 4, 5), find u + v.",
        "If u = (1, 2) and v = (3, 4), find u · u.",
        "Find the length of the shortest of the vectors (1, 2) and (3, 4).",
        "Find the magnitude of (3, 4) and (6, 8).",
        "Find the vertex of y = 3x + 2.",
        "Find the maximum value of f(x) = x² − 4x + 9.",
        "Write x² + 8x + 3 in the form (y + p)² + q.",
        "Solve x² + x + 1 = 0 by factoring.",
        "Find the zeros of f(t) = x² − 4.",
        "Make t the subject of v = u + ax.",
        "Make x the subject of ax + b = cx + d.",
        "Make r the subject of A = πr².",
        "Solve for x: 3x nur − 7 = 8",
        "Make x the subject of y = 3x not + 2",
        "Make m the subject of E = mc².",
        "Express x in terms of z: 2x − y = 8",
        "Solve the system by graphing: x + y = 5, x − y = 1",
        "Find the point of intersection of the lines 2x = 6",
        "Solve 2x + 3 = 2x + 3",
        "Solve ((x + 3)/2 + 1)/3 = 5",
        "Factor out 2 from 4x² + 8x",
        "Factor x⁴ + 16",
    ],
)
def test_what_does_not_fit_together_or_is_not_unique_refuses(statement: str) -> None:
    assert recognise(statement) is None


@SETTINGS
@given(NOT_ZERO, SMALL, SMALL, st.integers(-4, 4), st.integers(1, 5))
def test_a_definite_integral_is_the_limit_of_its_sums(a: int, b: int, c: int, lower: int, width: int) -> None:
    function = show(parse(f"({a})x^2 + ({b})x + ({c})"))
    solution = recognise_redrawn(f"Evaluate the definite integral of {function} from {lower} to {lower + width}.")
    assert solution is not None
    n = 2000
    heights = (a * x * x + b * x + c for x in (lower + (i + 0.5) * width / n for i in range(n)))
    assert abs(complex(value_at(parse(solution.answer))) - sum(heights) * width / n) < 1e-3 * max(1, abs(a) * width**3)


@SETTINGS
@given(NOT_ZERO, SMALL, SMALL, SMALL)
def test_the_slope_at_a_point_is_that_of_close_secants(a: int, b: int, c: int, x: int) -> None:
    function = show(parse(f"({a})x^3 + ({b})x + ({c})"))
    solution = recognise_redrawn(f"Find the gradient of the curve y = {function} at x = {x}.".replace("−", "-"))
    assert solution is not None
    assert value_at(parse(solution.answer)) == 3 * a * x * x + b


@SETTINGS
@given(st.integers(-6, 6).filter(bool), SMALL)
def test_a_parabola_has_its_vertex_where_it_was_built(p: int, q: int) -> None:
    function = show(parse(f"(x - ({p}))^2 + ({q})").expand())
    vertex = recognise_redrawn(f"Find the vertex of y = {function}.")
    square = recognise_redrawn(f"Complete the square: {function}")
    assert vertex is not None
    assert square is not None
    assert vertex.answer == f"({p}, {q})".replace("-", "−")
    assert equivalent(square.answer, f"(x - ({p}))^2 + ({q})", "expression")


@SETTINGS
@given(st.tuples(SMALL, SMALL), st.tuples(SMALL, SMALL), st.integers(2, 5))
def test_vectors_are_combined_place_by_place(u: tuple[int, int], v: tuple[int, int], k: int) -> None:
    solution = recognise_redrawn(f"Let a = {u} and b = {v}. Find {k}a − b.")
    assert solution is not None
    assert solution.answer == str(tuple(k * x - y for x, y in zip(u, v, strict=True))).replace("-", "−")


@SETTINGS
@given(NOT_ZERO, SMALL, st.integers(2, 6), SMALL, st.integers(2, 6))
def test_equations_with_divided_brackets_solve_back(a: int, b: int, c: int, d: int, e: int) -> None:
    statement = f"({a}x {b:+d})/{c} = (x {d:+d})/{e}"
    solution = recognise_redrawn(statement)
    if solution is None or solution.answer == "no solution":
        assert a * e == c
        return
    relation, value = parse_relation(statement), value_at(parse(solution.answer.split(" = ")[1]))
    assert close(value_at(relation.left, {"x": value}), value_at(relation.right, {"x": value}))


@pytest.mark.parametrize(
    "formula", ["V = lwh", "P = 2l + 2w", "v = u + at", "A = (a + b)h/2", "C = 5(F - 32)/9", "T = 2π√(l/g)"]
)
def test_a_formula_holds_after_it_is_rearranged_for_any_of_its_letters(formula: str) -> None:
    letters = sorted(set(formula) & set("abcdfghlmtuvwFP"))
    solved = 0
    for letter in letters:
        solution = recognise_redrawn(f"Rearrange {formula} to make {letter} the subject.")
        if solution is None:
            continue
        solved += 1
        right = parse_relation(solution.answer).right
        sides = formula.replace("at", "a·t").replace("lwh", "l·w·h").split(" = ")
        values = {x: 1.5 + 0.25 * i + 0j for i, x in enumerate(letters) if x != letter} | {formula[0]: 3.75 + 0j}
        values = {k: v for k, v in values.items() if k != letter}
        values[letter] = complex(value_at(right, values))
        assert close(*(value_at(parse(side), values) for side in sides)), (formula, letter, solution.answer)
    assert solved >= 1
