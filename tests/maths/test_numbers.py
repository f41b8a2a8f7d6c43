"""Numbers and equations in prose: what is written in how many ways, and what the shortcuts must not lose."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.maths.equations import equations_in
from canopy_assets.maths.numbers import may_mention_number, numbers_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.2 million toys", ["1200000"]),
        ("$3 thousand", ["3000"]),
        ("2 dozen eggs and 5 hundred nuts", ["24", "500"]),
        ("two and a half, or 2½", ["2", "1/2", "5/2"]),
        ("1\u202f250 and 1\u00a0000\u00a0000", ["1250", "1000000"]),
        ("eight hundredths", ["2/25"]),
        ("negative seven", ["-7"]),
        ("It is minus 3/4.", ["-3/4"]),
        ("equals minus twelve", ["-12"]),
        ("5 minus 7", ["5", "7"]),
        ("take minus signs seriously", []),
        ("nobody, often, tone, a hat", []),
    ],
)
def test_numbers_are_read_in_figures_and_words(text: str, values: list[str]) -> None:
    found = numbers_in(text)
    assert [m.value for m in found] == [Fraction(v) for v in values]
    assert all(text[m.start : m.end] == m.text for m in found)


def test_a_number_too_long_to_read_is_passed_over() -> None:
    assert [m.value for m in numbers_in(f"1 {'9' * 5000}/3, then 7")] == [7]


PIECES = """
5 12 3.5 .5 1,250 $ − ½ 3/4 one Twenty-five a hundred dozen half third minus % th _ x é İ million . 's = + sin of word
"""
TEXTS = st.lists(st.sampled_from([*PIECES.split(), " ", " ", "\n", " = "]), max_size=14).map("".join)


@settings(max_examples=300)
@given(TEXTS)
def test_a_text_passed_over_has_no_number(text: str) -> None:
    assert may_mention_number(text) or numbers_in(text) == []


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["x", "5x", "3", "12", "(2 + 1)", "√9", "b", "y²"]), min_size=2, max_size=4), TEXTS)
def test_words_around_an_equation_change_nothing(sides: list[str], text: str) -> None:
    chain, before = " = ".join(sides), f"{text} because "
    start, end = len(before), len(before) + len(chain)
    around = equations_in(f"{before}{chain} holds: {text}")
    alone = [(e.left, e.right) for e in equations_in(chain)]
    assert len(alone) == len(sides) - 1
    assert [(e.left, e.right) for e in around if start <= e.start and e.end <= end] == alone
