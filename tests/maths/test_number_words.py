"""What phrases of number words are worth."""

from __future__ import annotations

from fractions import Fraction

import pytest

from canopy_assets.maths.number_words import COUNTING_WORDS, number_from_words, numbers_from_words


@pytest.mark.parametrize(
    ("phrase", "values"),
    [
        ("two hundred and five", [205]),
        ("Twenty-five", [25]),
        ("two three", [2, 3]),
        ("one hundred twenty-five thousand", [125_000]),
        ("two dozen", [24]),
        ("a dozen", [12]),
        ("three quarters", [Fraction(3, 4)]),
        ("half", [Fraction(1, 2)]),
        ("five apples", []),
        ("", []),
    ],
)
def test_phrases_are_read_as_people_mean_them(phrase: str, values: list[Fraction]) -> None:
    assert numbers_from_words(phrase) == values
    assert number_from_words(phrase) == (values[0] if len(values) == 1 else None)


def test_every_number_that_people_count_in_words_has_its_word() -> None:
    assert sorted(COUNTING_WORDS) == list(range(21))
    assert [number_from_words(word) for word in COUNTING_WORDS.values()] == list(COUNTING_WORDS)
