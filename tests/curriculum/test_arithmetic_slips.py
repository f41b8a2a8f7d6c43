"""Wrong results of single calculations: typical, wrong, and found out by a check that does not give the right one."""

import operator as operators
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from canopy_assets.curriculum.stories.arithmetic_slips import slip_in, written
from canopy_assets.maths.numbers import numbers_in

_APPLY = {"+": operators.add, "-": operators.sub, "*": operators.mul, "/": operators.truediv}
_NUMBERS = st.one_of(
    st.integers(1, 9999).map(str),
    st.integers(1, 400).map(lambda n: f"{n}000"),
    st.integers(1, 9999).map(lambda n: f"{n / 100}"),
    st.sampled_from(["1,200", ".5", "0.25", "10.", "3.50"]),
)


def _said(text: str) -> set[Fraction]:
    return {n.value for n in numbers_in(text)}


@pytest.mark.parametrize(
    ("calculation", "belief", "wrong"),
    [
        ("28 + 14", "forgets a carry", 32),
        ("175 + 125", "forgets a carry", 290),
        ("200 - 80", "counts back from the wrong number", 130),
        ("46 - 18", "takes the smaller digit from the larger one", 32),
        ("6 * 8", "takes the product before it in the table", 40),
        ("2 * 17", "takes the product after it in the table", 51),
        ("30 * 40", "loses a nought", 120),
        ("28 / 2", "counts one part too few", 13),
        ("12000 / 60", "loses a nought", 20),
    ],
)
def test_typical_slips(calculation: str, belief: str, wrong: int):
    left, operator, right = calculation.split()
    slip = slip_in(left, operator, right, 0)
    assert slip is not None
    assert (slip.belief, slip.wrong) == (belief, wrong)


@given(_NUMBERS, st.sampled_from("+-*/"), _NUMBERS, st.integers(0, 10**6))
def test_the_result_is_wrong_and_nothing_said_about_it_gives_the_right_one(left, operator, right, variant):
    slip = slip_in(left, operator, right, variant)
    assume(slip is not None)
    assert slip is not None
    a, b = (Fraction(n.replace(",", "")) for n in (left, right))
    exact = _APPLY[operator](a, b)
    assert slip.wrong > 0
    assert slip.wrong not in (exact, a, b)
    assert slip.check.count("?") == 1
    given_numbers = {slip.wrong, a, b}
    assert _said(slip.check) <= given_numbers
    assert exact not in _said(slip.check) - {a, b}
    found = _said(slip.found) - {a, b}
    assert exact not in found


@given(_NUMBERS, st.sampled_from("+-*/"), _NUMBERS, st.integers(0, 10**6))
def test_the_student_finds_what_the_opposite_operation_gives(left, operator, right, variant):
    slip = slip_in(left, operator, right, variant)
    assume(slip is not None)
    assert slip is not None
    a, b = (Fraction(n.replace(",", "")) for n in (left, right))
    back = {"+": {slip.wrong - b}, "-": {slip.wrong + b}, "*": {slip.wrong / a, slip.wrong / b}, "/": {slip.wrong * b}}
    first, second = (n.value for n in numbers_in(slip.found))
    assert first in back[operator]
    assert second in (a, b)
    assert first != second


@pytest.mark.parametrize("calculation", ["2 + 3", "3 - 8", "5 / 0", "1 * 1"])
def test_no_slip_where_none_is_typical_or_the_check_would_not_work(calculation: str):
    left, operator, right = calculation.split()
    assert slip_in(left, operator, right, 0) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(7), "7"), (Fraction(1, 4), "0.25"), (Fraction(5, 2), "2.5"), (Fraction(0), "0")],
)
def test_values_are_written_as_students_write_them(value: Fraction, text: str):
    assert written(value) == text
    assert written(value + Fraction(1, 3)) is None
