"""The algebra families: right answers, complete steps, misconceptions that are wrong, no false recognition."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canopy_assets.curriculum.loader import Topic
from canopy_assets.curriculum.registry import recognise
from canopy_assets.curriculum.words import topics
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import parse
from canopy_assets.maths.formatting import show
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.records import Misconception
from tests.curriculum.algebra_statements import STATEMENTS

TOPICS = ("linear", "systems", "quadratics", "straight_lines", "functions", "powers", "logarithms", "simplifying",
          "formulas", "roots", "absolute_values", "exponential_equations")  # fmt: skip
ANSWERS = [
    ("5x − 9 = 16", "linear_equation", "x = 5"),
    ("I", None, None),
    ("Solve for x: 2(x + 3) = 14", "linear_equation", "x = 4"),
    ("Solve 5x + 3 = 2x + 12.", "linear_equation", "x = 3"),
    ("If 3y + 2 = 11, what is y?", "linear_equation", "y = 3"),
    ("-x = 4", "linear_equation", "x = −4"),
    ("3. Solve 4 - 3(x - 2) = 1", "linear_equation", "x = 3"),
    ("Solve the inequality -2x + 3 < 11", "linear_inequality", "x > −4"),
    ("2(x-1) >= 3x + 4", "linear_inequality", "x ≤ −6"),
    ("Solve x^2 - 5x + 6 = 0", "quadratic_equation", "x = 3 or x = 2"),
    ("x² = 5x − 6", "quadratic_equation", "x = 3 or x = 2"),
    ("x^2 + 7 = 3", "quadratic_equation", "no real solutions"),
    ("Factor x² − 49", "factoring", "(x + 7)(x − 7)"),
    ("Factorise 3x^2 - 12", "factoring", "3(x + 2)(x − 2)"),
    ("Simplify 3x + 2y − x + 5", "simplifying", "2x + 2y + 5"),
    ("Expand (x+2)(x-3)", "simplifying", "x² − x − 6"),
    ("Simplify (x^2)^3", "exponents", "x⁶"),
    ("What is 2^-3?", "exponents", "1/8"),
    ("What is log base 3 of 81?", "logarithms", "4"),
    ("Solve log_2(x) = 5", "logarithms", "x = 32"),
    ("3x + 2y = 12, 2x + 5y = 19", "system_of_equations", "x = 2, y = 3"),
    ("Given g(t) = t² − 4t, what is g(−2)?", "function_evaluation", "12"),
    ("What is the slope between (−1, 4) and (2, −5)?", "slope", "−3"),
    ("Find the equation of the line through (1, 2) and (3, 6)", "line_equation", "y = 2x"),
]


@pytest.mark.parametrize(("statement", "family", "answer"), ANSWERS)
def test_exercises_get_their_family_and_answer(statement, family, answer):
    solution = recognise(statement)
    assert (solution and solution.family, solution and solution.answer) == (family, answer)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "Hello there",
        "x = 5",
        "Why is 5x − 9 = 16 called linear?",
        "2x + 3 = 2x + 3",
        "x + y = 3",
        "Solve x^3 = 8",
        "sin x = 1",
        "5x − 9",
        "3x + 2x",
        "Factor x² + x + 1",
        "Find the slope of the line through (1, 2) and (1, 5)",
        "log_2(7)",
        "x + y = 1, 2x + 2y = 2",
        "x" * 5000,
        "f(x) = 2x + 1",
        "Solve 5x − 9 = 16 and explain why the method works",
        "((x + 3)/2 + 1)/3 = 5",
        "2^9999999",
    ],
)
def test_what_is_not_understood_is_left_alone(statement):
    assert recognise(statement) is None


@pytest.mark.parametrize("statement", STATEMENTS)
def test_solutions_are_complete(statement):
    solution = recognise(statement)
    assert solution is not None
    assert 1 <= len(solution.steps) <= 5
    assert solution.steps[-1].result == solution.answer
    assert len(solution.concept.explanation.split()) <= 25
    for step in solution.steps:
        assert step.ask.endswith("?")
        assert not re.search(r"-(?![a-z])", step.work + step.result + step.ask + solution.answer), (
            "minus signs are typographic"
        )
        assert step.slots


@pytest.mark.parametrize("statement", STATEMENTS)
def test_misconceptions_are_wrong_and_their_checks_give_nothing_away(statement):
    solution = recognise(statement)
    assert solution is not None
    assert solution.misconceptions
    for idea in solution.misconceptions:
        step = solution.steps[idea.step]
        assert not equivalent(idea.answer, solution.answer, solution.answer_kind), idea
        assert not equivalent(idea.answer, step.result, "expression"), idea
        assert "wrong" not in idea.check.lower()
        assert idea.check.endswith("?")
        assert idea.work[0] == idea.work[0].upper()
        if len(solution.answer) > 3:
            assert solution.answer not in idea.check, idea


@pytest.mark.parametrize("name", TOPICS)
def test_the_statements_meet_every_misconception_of_a_topic(name, monkeypatch):
    asked: set[str] = set()
    fill = Topic.misconception

    def noted(topic: Topic, entry: str, **slots: Any) -> Misconception:
        if topic.name == name:
            asked.add(entry)
        return fill(topic, entry, **slots)

    monkeypatch.setattr(Topic, "misconception", noted)
    for statement in STATEMENTS:
        recognise(statement)
    (words,) = [topic for topic in topics() if topic.name == name]
    assert asked == words.misconceptions.keys() != set()


def test_most_exercises_have_two_misconceptions():
    counts = [len(s.misconceptions) for t in STATEMENTS if (s := recognise(t))]
    assert sum(c >= 2 for c in counts) / len(counts) > 0.7


@settings(max_examples=120)
@example(-2, 0, -1, 0, "x")
@given(
    st.integers(-9, 9).filter(bool),
    st.integers(-20, 20),
    st.integers(-9, 9),
    st.integers(-20, 20),
    st.sampled_from("xyztn"),
)
def test_linear_equations_solve_back(a, b, c, d, name):
    statement = f"{a}{name} + ({b}) = {c}{name} + ({d})".replace("+ (-", "- (").replace("(", "").replace(")", "")
    solution = recognise(statement)
    if solution is None:
        assert (a, b) == (c, d) or (b == 0 and c == 0 and a == 1), statement
        return
    if a == c:
        assert solution.answer == "no solution"
        return
    value = parse(solution.answer.split(" = ")[1])
    assert a * value + b == c * value + d, (statement, solution.answer)


@settings(max_examples=60)
@given(st.integers(-9, 9), st.integers(-9, 9))
def test_quadratics_with_integer_roots_solve_back(p, q):
    statement = f"x^2 {-(p + q):+d}x {p * q:+d} = 0"
    solution = recognise(statement)
    assert solution is not None, statement
    assert {int(n.value) for n in numbers_in(solution.answer)} == {p, q}


@settings(max_examples=60)
@given(*(st.integers(-9, 9) for _ in range(6)))
def test_systems_solve_back(a, b, c, d, e, f):
    statement = f"Solve {a}x {b:+d}y = {e}, {c}x {d:+d}y = {f}"
    solution = recognise(statement)
    assert (solution is None) == (a * d == b * c), statement
    if solution is None:
        assert a * d == b * c, statement
        return
    x, y = (parse(part.split(" = ")[1]) for part in solution.answer.split(", "))
    assert (a * x + b * y, c * x + d * y) == (e, f), statement


@settings(max_examples=200)
@given(st.text(alphabet="0123456789xy+-=<>()^², findsolvefactorlog_", max_size=60))
def test_recognising_never_raises(statement):
    recognise(statement)


@pytest.mark.parametrize(
    "text",
    [
        "5x−9",
        "x²−5x+6",
        "−x²+3x/2−1/2",
        "2x√3",
        "−2(x+1)",
        "1/(x+1)",
        "e^(2x)",
        "xe^x",
        "ln(x+1)",
        "3xy−2y",
        "(x+1)²/(x−1)",
        "|x−3|",
    ],
)
def test_shown_expressions_read_back_as_themselves(text):
    assert equivalent(show(parse(text)), text, "expression")
