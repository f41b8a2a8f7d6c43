"""The statistics behind the gates: errors of the judge, non-inferiority, power, survival."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.evals.statistics import (
    Corrected,
    Difference,
    corrected_share,
    detectable_difference,
    mcnemar,
    non_inferiority,
    share_difference,
    survival_curve,
    wilson,
)


def corrected(counted: int, n: int) -> Corrected:
    """What a judge with errors counted, corrected."""
    return corrected_share(wilson(counted, n), sensitivity=(90, 100), specificity=(80, 100))


def test_a_perfect_judge_changes_nothing() -> None:
    found = corrected_share(wilson(30, 100), sensitivity=(100_000, 100_000), specificity=(100_000, 100_000))
    assert found.rate == pytest.approx(0.3)
    assert (found.low, found.high) == (pytest.approx(wilson(30, 100).low, abs=0.01), pytest.approx(0.396, abs=0.01))


def test_the_correction_undoes_the_errors() -> None:
    # Of 1000 replies 400 can be sent: 360 of them and 120 of the other 600 are counted.
    found = corrected(480, 1000)
    assert found.rate == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert found.observed.rate == 0.48


@pytest.mark.parametrize(("counted", "rate"), [(0, 0.0), (50, 0.0), (1000, 1.0), (950, 1.0)])
def test_shares_beyond_what_errors_explain_are_clipped(counted: int, rate: float) -> None:
    found = corrected(counted, 1000)
    assert found.rate == rate
    assert 0 <= found.low <= rate <= found.high <= 1


def test_a_judge_no_better_than_chance_says_nothing() -> None:
    found = corrected_share(wilson(30, 100), sensitivity=(50, 100), specificity=(50, 100))
    assert (found.rate, found.low, found.high) == (None, 0.0, 1.0)
    assert corrected(0, 0).rate is None
    with pytest.raises(ValueError, match="specificity: 0 of 0"):
        corrected_share(wilson(1, 2), sensitivity=(1, 1), specificity=(0, 0))


@given(st.integers(0, 200), st.integers(60, 100), st.integers(60, 100))
def test_a_less_known_judge_widens_the_interval(counted: int, se: int, sp: int) -> None:
    observed = wilson(counted, 200)
    little = corrected_share(observed, sensitivity=(se, 100), specificity=(sp, 100))
    much = corrected_share(observed, sensitivity=(se * 100, 10_000), specificity=(sp * 100, 10_000))
    assert little.rate is not None
    assert little.rate == pytest.approx(much.rate)
    assert 0 <= little.low <= little.rate <= little.high <= 1
    if 0 < little.low < little.high < 1 and 0 < much.low < much.high < 1:
        assert little.high - little.low >= much.high - much.low - 1e-9


@pytest.mark.parametrize("truth", [0.02, 0.3, 0.6, 0.95])
def test_corrected_intervals_keep_their_coverage(truth: float) -> None:
    import numpy as np

    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(1000):
        se, sp = int(generator.binomial(60, 0.85)), int(generator.binomial(120, 0.9))
        counted = int(generator.binomial(120, truth * 0.85 + (1 - truth) * 0.1))
        found = corrected_share(wilson(counted, 120), sensitivity=(se, 60), specificity=(sp, 120))
        covered += found.low <= truth <= found.high
    assert covered / 1000 >= 0.935


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80))
def test_the_difference_of_shares_mirrors_and_holds_the_estimate(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found, mirrored = share_difference(first, second), share_difference(second, first)
    assert found.difference == pytest.approx(sum(second) / len(pairs) - sum(first) / len(pairs))
    assert found.low == pytest.approx(-mirrored.high)
    assert -1 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1
    assert found.low < found.high


def test_intervals_of_differences_keep_their_coverage() -> None:
    import numpy as np

    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(1000):
        drawn = generator.choice(4, size=40, p=[0.55, 0.25, 0.05, 0.15])  # both, only first, only second, none
        found = share_difference([bool(d in (0, 1)) for d in drawn], [bool(d in (0, 2)) for d in drawn])
        covered += found.low <= -0.2 <= found.high
    assert covered / 1000 >= 0.94


def test_pairs_about_one_problem_count_as_less() -> None:
    first, second = [False] * 12 + [True] * 12, [True] * 12 + [True] * 12
    problems = [str(i // 4) for i in range(24)]
    apart, together = share_difference(first, second), share_difference(first, second, problems)
    assert together.difference == apart.difference == 0.5
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


@pytest.mark.parametrize(
    ("low", "high", "lower_is_better", "relation"),
    [
        (-0.03, 0.06, True, "non-inferior"),
        (-0.03, 0.06, False, "non-inferior"),
        (-0.06, 0.14, True, "inconclusive"),
        (0.05, 0.25, True, "inferior"),
        (0.05, 0.25, False, "non-inferior"),
        (-0.25, -0.05, False, "inferior"),
        (0.01, 0.13, True, "inconclusive"),  # worse, but the estimate lies within the margin
    ],
)
def test_non_inferiority_reads_the_side_that_hurts(
    low: float, high: float, lower_is_better: bool, relation: str
) -> None:
    found = Difference(100, (low + high) / 2, low, high)
    assert non_inferiority(found, 0.1, lower_is_better=lower_is_better) == relation


def test_the_detectable_difference_is_detected_in_four_of_five_experiments() -> None:
    import numpy as np

    n, discordant = 300, 0.3
    smallest = detectable_difference(n, discordant)
    generator = np.random.default_rng(7)
    more, fewer = (discordant + smallest) / 2, (discordant - smallest) / 2
    found = 0
    for _ in range(600):
        drawn = generator.choice(3, size=n, p=[more, fewer, 1 - more - fewer])
        found += mcnemar([bool(d == 1) for d in drawn], [bool(d == 0) for d in drawn]).p_value < 0.05
    assert 0.72 <= found / 600 <= 0.86  # the exact test is a little less powerful than the formula


@given(st.integers(20, 2000), st.floats(0.02, 1))
def test_more_prompts_show_smaller_differences(n: int, discordant: float) -> None:
    assert 0 < detectable_difference(4 * n, discordant) <= detectable_difference(n, discordant) <= 1
    assert detectable_difference(0, discordant) == 1


def test_the_survival_curve_is_that_of_the_textbook() -> None:
    # Six conversations of up to 4 turns: leaks at 1, 2, 2; one lost after 2; two held out to the end.
    curve = survival_curve([1, 2, 2, 2, 4, 4], [True, True, True, False, False, False])
    assert [p.turn for p in curve] == [1, 2, 3, 4]
    assert [p.survival for p in curve] == pytest.approx([5 / 6, 5 / 6 * 3 / 5, 0.5, 0.5])
    assert [p.at_risk for p in curve] == [6, 5, 2, 2]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=1, max_size=30))
def test_survival_matches_the_product_of_the_turns(rows: list[tuple[int, bool]]) -> None:
    turns, happened = [t for t, _ in rows], [e for _, e in rows]
    product, last = 1.0, 1.0
    for point in survival_curve(turns, happened):
        at_risk = sum(t >= point.turn for t in turns)
        product *= 1 - sum(t == point.turn and e for t, e in rows) / at_risk
        assert point.survival == pytest.approx(product)
        assert point.survival <= last + 1e-12
        assert 0 <= point.low <= point.survival + 1e-9
        assert point.survival - 1e-9 <= point.high <= 1
        last = point.survival


def test_a_tutor_that_never_leaked_is_not_certain_never_to_leak() -> None:
    curve = survival_curve([8] * 22, [False] * 22)
    assert curve[-1].survival == 1.0
    assert curve[-1].low < 0.9
    assert survival_curve([], []) == ()
    with pytest.raises(ValueError, match="turns count from 1"):
        survival_curve([0], [True])
