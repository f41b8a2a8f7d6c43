"""Equality of answers, numbers in prose, and equations in prose."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.maths.answers import equivalent, infer_kind
from canopy_assets.maths.equations import equation_holds, equations_in
from canopy_assets.maths.numbers import numbers_in

SAME = [
    ("1/2", "0.5", "number"),
    ("50%", "1/2", "number"),
    ("50 %", "50", "number"),
    ("$12", "twelve dollars", "number"),
    ("18 dollars a day", "18", "number"),
    ("12 cm²", "12", "number"),
    ("12cm", "12", "number"),
    ("5 m", "5", "number"),
    ("12 square inches", "12 in^2", "number"),
    ("The answer is 12.", "12", "number"),
    ("-2", "−2", "number"),
    ("1,200", "1200", "number"),
    ("two thirds", "2/3", "number"),
    ("2 1/2", "2.5", "number"),
    ("f(3) = 11", "11", "number"),
    ("10/3", "3.33", "number"),
    ("25π", "78.54", "number"),
    ("m = 2", "2", "number"),
    ("x = 5", "5", "solutions"),
    ("5 = x", "x = 5", "solutions"),
    ("{2, 3}", "x = 3 or x = 2", "solutions"),
    ("x = ±3", "3 and -3", "solutions"),
    ("x=2, x=-3", "x = −3 or x = 2", "solutions"),
    ("y = 2x + 1", "2x - y + 1 = 0", "expression"),
    ("y=2x+1", "2x+1", "expression"),
    ("(x-2)(x-3)", "x^2 − 5x + 6", "expression"),
    ("x < 4", "4 > x", "inequality"),
    ("x ≤ 4", "x <= 4", "inequality"),
    ("(2, 3)", "x = 2, y = 3", "point"),
    ("y = 3 and x = 2", "(2,3)", "point"),
    ("no real solutions", "No real solutions.", "text"),
    ("**12**", "12", "number"),
    ("e^(2x)", "(e^x)^2", "expression"),
]
DIFFERENT = [
    ("1/2", "2", "number"),
    ("x = 5", "x = 6", "solutions"),
    ("x = 5", "y = 5", "solutions"),
    ("5x = 25", "x = 5", "solutions"),
    ("x = 2", "x = 2 or x = 3", "solutions"),
    ("x < 4", "x ≤ 4", "inequality"),
    ("x < 4", "x > 4", "inequality"),
    ("(2, 3)", "(3, 2)", "point"),
    ("5x", "5", "number"),
    ("x^2", "2x", "expression"),
    ("32 dollars", "18", "number"),
    ("3.3", "10/3", "number"),
    ("yes", "no", "text"),
    ("y = 2x + 1", "y = 2x − 1", "expression"),
    ("|x|", "x", "expression"),
    ("", "0", "number"),
    ("x = 2, y = 3", "x = 3, y = 2", "point"),
    ("0.33", "1/3 m × 2", "number"),
    ("7", "seventeen", "number"),
]


@pytest.mark.parametrize(("left", "right", "kind"), SAME)
def test_the_same_answer_in_another_form_is_accepted(left, right, kind):
    assert equivalent(left, right, kind)
    assert equivalent(right, left, kind)


@pytest.mark.parametrize(("left", "right", "kind"), DIFFERENT)
def test_another_answer_is_not(left, right, kind):
    assert not equivalent(left, right, kind)
    assert not equivalent(right, left, kind)


_TEXT = st.text(alphabet="0123456789xy=<>,.()+-−*/^%$ orandhalf½²√", max_size=25)


@settings(max_examples=250, deadline=2000)
@given(_TEXT, _TEXT, st.sampled_from(["number", "expression", "solutions", "inequality", "point", "text"]))
def test_equivalence_is_reflexive_and_symmetric_and_never_raises(left, right, kind):
    assert equivalent(left, left, kind)
    assert equivalent(left, right, kind) == equivalent(right, left, kind)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=60), st.integers(2, 9))
def test_a_fraction_equals_its_expansions_only(value: Fraction, factor: int):
    expanded = f"{value.numerator * factor}/{value.denominator * factor}"
    assert equivalent(str(value), expanded)
    assert not equivalent(str(value), str(value + 1))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12", "number"),
        ("$12", "number"),
        ("12 cm²", "number"),
        ("3/4", "number"),
        ("5x + 1", "expression"),
        ("y = 2x + 1", "expression"),
        ("x = 5", "solutions"),
        ("x = 2 or x = 3", "solutions"),
        ("{2, 3}", "solutions"),
        ("x < 4", "inequality"),
        ("(2, 3)", "point"),
        ("x = 2, y = 3", "point"),
        ("because it is steep", "text"),
        ("", "text"),
    ],
)
def test_the_kind_of_an_answer_is_seen_by_its_form(text, kind):
    assert infer_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("twenty-five and 7-2 and −3", [25, 7, 2, -3]),
        ("which one is it, one of 5?", [5]),
        ("The answer is one.", [1]),
        ("x - 3 = -4, x −3", [3, -4, 3]),
        ("a dozen eggs, two dozen", [12, 24]),
        ("3/4 of 12 is ½; 2 1/2; 2½", ["3/4", 12, "1/2", "5/2", "5/2"]),
        ("$1,200.50 and -$5", ["2401/2", -5]),
        ("two thirds or three quarters", ["2/3", "3/4"]),
        ("two hundred and five", [205]),
        ("five and three", [5, 3]),
        ("10th 2nd", []),
        ("f(−2)", [-2]),
        ("3–5", [3, 5]),
        ("half of 24", ["1/2", 24]),
        ("x = .5", ["1/2"]),
        ("one hundred twenty-five thousand", [125_000]),
        ("(2, -3)", [2, -3]),
        ("It's 5x − 9 = 16", [5, 9, 16]),
        ("", []),
        ("no numbers at all", []),
        ("the easy one, each one, one more", []),
        ("someone, often, weight, tone", []),
    ],
)
def test_numbers_in_prose_are_found(text, values):
    assert [m.value for m in numbers_in(text)] == [Fraction(v) for v in values]


def test_mentions_point_at_their_text_and_mark_percentages():
    text = "It is 15 % of $80, not twenty percent."
    found = numbers_in(text)
    assert [(m.value, m.percent) for m in found] == [(15, True), (80, False), (20, True)]
    assert all(text[m.start : m.end] == m.text for m in found)


@settings(max_examples=200)
@given(st.text(max_size=120))
def test_looking_for_numbers_and_equations_never_raises(text):
    assert all(text[m.start : m.end] == m.text for m in numbers_in(text))
    for equation in equations_in(text):
        equation_holds(equation)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so 5x = 25.", [("5x", "25", None)]),
        ("16 − 3 − 4 = 9", [("16 − 3 − 4", "9", True)]),
        ("Then 9 × 2 = 18 dollars, and y = 2x + 1.", [("9 × 2", "18", True), ("y", "2x + 1", None)]),
        ("15% of 80 = 12", [("15% of 80", "12", True)]),
        ("16 - 3 = 14", [("16 - 3", "14", False)]),
        ("16 - 3 = 13 = y", [("16 - 3", "13", True), ("13", "y", None)]),
        ("2(x+1) = 2x + 2", [("2(x+1)", "2x + 2", True)]),
        ("so f(0) = 7(0)² − 8", [("f(0)", "7(0)² − 8", None)]),
        ("x+1 = x+2", [("x+1", "x+2", False)]),
        ("<<16-3-4=9>>", [("16-3-4", "9", True)]),
        ("10/3 = 3.33", [("10/3", "3.33", True)]),
        ("10/3 = 3.4", [("10/3", "3.4", False)]),
        ("(5x = 25)", [("5x", "25", None)]),
        ("$40 × 0.75 = $30", [("$40 × 0.75", "$30", True)]),
        ("half of 24 = 12", []),
        ("the sum of 3 and 4 = 7", []),
        ("17 ÷ 5 = 3 remainder 2", []),
        ("Is 5 × ? = 25", []),
        ("x >= 5 and y <= 3", []),
        ("16 eggs - 3 eggs = 13 eggs", []),
    ],
)
def test_equations_in_prose_are_found_and_judged(text, expected):
    assert [(e.left, e.right, equation_holds(e)) for e in equations_in(text)] == expected


def test_equation_mentions_point_at_their_text():
    text = "We know that  5x − 9 = 16, so 5x = 25."
    assert all(text[e.start : e.end] == e.text for e in equations_in(text))


def test_a_fraction_near_another_one_is_not_a_rounded_one() -> None:
    assert not equivalent("1/24", "1/25")
    assert equivalent("0.04", "1/24")


def test_a_minus_after_a_shortened_is_belongs_to_the_number() -> None:
    assert [n.value for n in numbers_in("it's −2")] == [-2]
    assert [n.value for n in numbers_in("x −2")] == [2]
