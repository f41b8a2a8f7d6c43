"""Intervals and tests against known values and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.evals.statistics import (
    bootstrap_mean,
    clustered,
    effective_size,
    holm,
    mcnemar,
    paired_difference,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (3, 3, 0.4385, 1.0),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (1, 29, 0.0061, 0.1718),
    ],
)  # (81, 263) and (1, 29): Newcombe 1998, table I, method 3
def test_wilson_matches_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_observed_means_nothing_known() -> None:
    found = wilson(0, 0)
    assert (found.rate, found.low, found.high) == (None, 0.0, 1.0)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_scipy(counts: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    found, theirs = wilson(*counts), binomtest(*counts).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == (pytest.approx(theirs.low, abs=1e-9), pytest.approx(theirs.high, abs=1e-9))


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_without_clusters_every_observation_counts(values: list[bool]) -> None:
    alone = list(map(str, range(len(values))))
    assert clustered(values, alone) == wilson(sum(values), len(values))


@given(st.lists(st.booleans(), min_size=2, max_size=20), st.integers(2, 5))
def test_repeating_an_observation_adds_no_information(values: list[bool], times: int) -> None:
    labels = [str(i) for i in range(len(values)) for _ in range(times)]
    repeated = [value for value in values for _ in range(times)]
    found, single = clustered(repeated, labels), wilson(sum(values), len(values))
    assert found.n == times * len(values)
    assert found.rate == pytest.approx(single.rate)
    assert found.low <= single.low + 1e-9
    assert found.high >= single.high - 1e-9
    assert effective_size(repeated, labels) <= len(values)


def test_clustered_intervals_keep_their_coverage() -> None:
    import numpy as np

    generator = np.random.default_rng(5)
    labels = [str(i) for i in range(40) for _ in range(4)]
    covered = {"clustered": 0, "plain": 0}
    for _ in range(400):
        chances = generator.beta(1.4, 0.6, size=40)  # problems differ in difficulty: mean 0.7
        values = [bool(v) for chance in chances for v in generator.random(4) < chance]
        for name, found in (("clustered", clustered(values, labels)), ("plain", wilson(sum(values), len(values)))):
            covered[name] += found.low <= 0.7 <= found.high
    assert 0.92 <= covered["clustered"] / 400 <= 0.99
    assert covered["plain"] / 400 < 0.90


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_contains_the_rate_and_mirrors(counts: tuple[int, int]) -> None:
    successes, n = counts
    found, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert found.rate is not None
    assert 0 <= found.low <= found.rate <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high)


@given(st.integers(1, 60), st.floats(0.05, 0.95))
def test_more_data_at_the_same_rate_narrows_wilson(n: int, rate: float) -> None:
    k = round(n * rate)
    assert wilson(4 * k, 4 * n).high - wilson(4 * k, 4 * n).low < wilson(k, n).high - wilson(k, n).low


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [(6, 0, 0.03125), (5, 0, 0.0625), (10, 2, 0.03857421875), (3, 3, 1.0), (0, 0, 1.0), (121, 59, 4.434e-06)],
)
def test_mcnemar_matches_the_binomial(b: int, c: int, p: float) -> None:
    first = [True] * b + [False] * c + [True, False]
    second = [False] * b + [True] * c + [True, False]
    found = mcnemar(first, second)
    assert (found.only_first, found.only_second, found.n) == (b, c, b + c + 2)
    assert found.p_value == pytest.approx(p, rel=1e-3)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_scipys_sign_test(b: int, c: int) -> None:
    from scipy.stats import binomtest

    found = mcnemar([True] * b + [False] * c, [False] * b + [True] * c)
    assert found.p_value == pytest.approx(binomtest(b, b + c, 0.5).pvalue if b + c else 1.0, rel=1e-9)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=300))
def test_mcnemar_is_symmetric_and_a_probability(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = mcnemar(first, second)
    assert 0 < found.p_value <= 1
    assert found.p_value == mcnemar(second, first).p_value


def test_mcnemar_survives_thousands_of_pairs() -> None:
    assert mcnemar([True] * 3000, [False] * 3000).p_value < 1e-300
    assert mcnemar([True, False] * 3000, [False, True] * 3000).p_value == 1


def test_pairs_have_to_be_pairs() -> None:
    with pytest.raises(ValueError, match="2 against 1"):
        mcnemar([True, False], [True])
    with pytest.raises(ValueError, match="1 against 2"):
        paired_difference([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="2 values but 1 clusters"):
        bootstrap_mean([1.0, 2.0], ["a"])


@settings(max_examples=25)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=40))
def test_bootstrap_interval_lies_within_the_data(values: list[float]) -> None:
    found = bootstrap_mean(values, resamples=200)
    assert found.low is not None
    assert found.high is not None
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_bootstrap_is_reproducible_and_close_to_the_normal_interval() -> None:
    values = [float(i % 2) for i in range(400)]
    found = bootstrap_mean(values, seed=3)
    assert found == bootstrap_mean(values, seed=3)
    assert found.low == pytest.approx(0.5 - 1.96 * math.sqrt(0.25 / 400), abs=0.01)
    assert found.high == pytest.approx(0.5 + 1.96 * math.sqrt(0.25 / 400), abs=0.01)


def test_observations_of_one_problem_count_once() -> None:
    values = [1.0] * 10 + [0.0] * 10 + [1.0] * 10 + [0.0] * 10
    clusters = [label for label in "abcd" for _ in range(10)]
    alone, grouped = bootstrap_mean(values), bootstrap_mean(values, clusters)
    assert alone.mean == grouped.mean == 0.5
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)  # type: ignore[operator]


def test_bootstrap_of_nothing_and_of_one_cluster() -> None:
    assert bootstrap_mean([]).mean is None
    one = bootstrap_mean([0.0, 1.0], ["a", "a"])
    assert (one.low, one.mean, one.high) == (0.5, 0.5, 0.5)


def test_paired_difference_has_the_sign_of_second_minus_first() -> None:
    found = paired_difference([1.0] * 20, [0.0] * 19 + [1.0])
    assert found.mean == pytest.approx(-0.95)
    assert found.high is not None
    assert found.high < 0


def test_holm_matches_the_textbook() -> None:
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
    assert found == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(found) == ["a", "b", "c", "d"]
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_makes_a_test_more_significant(p_values: dict[str, float]) -> None:
    found = holm(p_values)
    assert list(found) == list(p_values)
    assert all(p_values[name] <= adjusted <= 1 for name, adjusted in found.items())


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_holm_rejects_what_the_closed_test_of_bonferroni_rejects(p_values: list[float]) -> None:
    from itertools import chain, combinations

    named = {str(i): p for i, p in enumerate(p_values)}
    subsets = list(chain.from_iterable(combinations(named, size) for size in range(1, len(named) + 1)))
    for name, adjusted in holm(named).items():
        # A hypothesis is rejected when every intersection that holds it is rejected by Bonferroni.
        closed = max(min(1.0, len(s) * min(named[i] for i in s)) for s in subsets if name in s)
        assert adjusted == pytest.approx(closed)
