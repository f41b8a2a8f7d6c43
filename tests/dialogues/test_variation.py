"""New numbers for an exercise: same kind of problem, as nice as the original, really solved."""

from __future__ import annotations

import re
from dataclasses import replace
from math import gcd
from random import Random

import pytest

from canopy_assets.dialogues.planning.variation import solve, vary
from canopy_assets.maths.numbers import numbers_in
from tests.dialogues.material import exercise, exercises

VARIED = ("5x − 9 = 16", "What is 15% of 80?", "3/4 + 2/5", "Find the mean of 4, 8, 6 and 10.",
          "A shirt costs $40 and is on sale for 25% off. What is the sale price?")  # fmt: skip


@pytest.mark.parametrize("statement", VARIED)
def test_a_variation_is_another_problem_of_the_same_family_with_its_own_answer(statement):
    original = exercise(statement)
    variations = [v for seed in range(12) if (v := vary(original, Random(seed)))]
    assert len({v.statement for v in variations}) >= 4
    for variation in variations:
        assert variation.statement != statement
        assert variation.solution == solve(variation.statement)
        assert variation.solution.family == original.family
        assert variation.solution.answer_kind == original.answer_kind


def test_whole_number_answers_stay_whole_and_small():
    original = exercise("5x − 9 = 16")
    variations = [v for seed in range(12) if (v := vary(original, Random(seed)))]
    assert len(variations) >= 6
    for variation in variations:
        (value,) = [n.value for n in numbers_in(variation.solution.answer)]
        assert value.denominator == 1
        assert abs(value) <= 20


def test_a_decimal_stays_one_and_a_fraction_stays_in_lowest_terms():
    decimals = [v.statement for seed in range(20) if (v := vary(exercise("Solve 2.5x = 20."), Random(seed)))]
    assert decimals
    assert not any(re.search(r"\d\.0\b", s) for s in decimals), decimals
    fractions = [v.statement for seed in range(40) if (v := vary(exercise("Work out 5/6 ÷ 2/3."), Random(seed)))]
    assert fractions
    pairs = [pair for s in fractions for pair in re.findall(r"(\d+)/(\d+)", s)]
    assert len(pairs) == 2 * len(fractions)
    assert all(gcd(int(top), int(bottom)) == 1 for top, bottom in pairs), fractions


def test_a_growing_price_still_grows():
    original = exercise("A price rises from $50 to $60. What is the percent increase?")
    variations = [v for seed in range(12) if (v := vary(original, Random(seed)))]
    assert variations
    for variation in variations:
        low, high = [n.value for n in numbers_in(variation.statement)]
        assert low < high


def test_exponents_and_words_stay():
    squares = [e for e in exercises() if "²" in e.statement or "^2" in e.statement]
    varied = [v for e in squares if (v := vary(e, Random(4)))]
    assert varied
    assert all("²" in v.statement or "^2" in v.statement for v in varied)


def test_an_exercise_of_no_known_family_is_not_varied():
    assert vary(replace(exercise("5x − 9 = 16"), statement="Tell me about triangles.", family=None), Random(1)) is None


def test_equal_randomness_gives_equal_variations():
    original = exercise("What is 15% of 80?")
    assert vary(original, Random(9)) == vary(original, Random(9)) is not None
