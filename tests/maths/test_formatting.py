"""Numbers and expressions as people write them, in algebra and in word problems."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.formatting import (
    in_brackets,
    listing,
    quantity_in_brackets,
    show,
    show_amount,
    show_number,
    show_quantity,
    show_sum,
    superscript,
)

x = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("value", "in_algebra", "as_quantity"),
    [
        (Fraction(12), "12", "12"),
        (Fraction(-3), "−3", "−3"),
        (Fraction(3, 4), "3/4", "0.75"),
        (Fraction(5, 6), "5/6", "5/6"),
        (Fraction(9999), "9999", "9999"),
        (Fraction(80_000), "80000", "80,000"),
        (Fraction(-25_001, 2), "−25001/2", "−12,500.5"),
        (Fraction(1, 10_000), "1/10000", "0.0001"),
        (Fraction(1, 20_000), "1/20000", "1/20000"),
    ],
)
def test_a_number_is_a_fraction_in_algebra_and_a_decimal_in_a_word_problem(
    value: Fraction, in_algebra: str, as_quantity: str
) -> None:
    assert (show_number(value), show_quantity(value)) == (in_algebra, as_quantity)
    brackets = "({})" if value < 0 else "{}"
    assert in_brackets(value) == brackets.format(in_algebra)
    assert quantity_in_brackets(value) == brackets.format(as_quantity)


@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=20_000))
def test_a_shown_number_reads_back_as_itself(value: Fraction) -> None:
    assert equivalent(show_number(value), str(value))
    assert equivalent(show_quantity(value), str(value))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(119, 4), "$", "$29.75"),
        (Fraction(-5), "€", "−€5"),
        (Fraction(40), "%", "40%"),
        (Fraction(25), "cm²", "25 cm²"),
        (Fraction(12), None, "12"),
    ],
)
def test_an_amount_has_its_unit_where_people_put_it(value: Fraction, unit: str | None, text: str) -> None:
    assert show_amount(value, unit) == text


def test_a_sum_keeps_the_order_of_its_terms() -> None:
    assert show_sum([x**2, -3 * x, 2 * x, sympy.Integer(-6)]) == "x² − 3x + 2x − 6"
    assert show(x**2 - 3 * x + 2 * x - 6) == "x² − x − 6"


def test_exponents_are_raised_and_words_are_listed() -> None:
    assert superscript(-12) == "⁻¹²"
    assert [listing(words) for words in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
