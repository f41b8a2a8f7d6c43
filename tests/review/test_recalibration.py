"""The judge's calibration on people's ratings (Platt scaling)."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from canopy_assets.review.usefulness import Usefulness
from canopy_assets.review.usefulness.recalibration import (
    Recalibration,
    recalibrated,
    store_recalibration,
    stored_recalibration,
)
from canopy_assets.settings import Settings


def _drawn(slope: float, intercept: float, count: int) -> tuple[list[float], list[bool]]:
    """Probabilities of a judge, and labels drawn from those that a line through its log-odds gives."""
    generator = random.Random(5)
    truth = Recalibration(slope, intercept)
    probabilities = [generator.uniform(0.02, 0.98) for _ in range(count)]
    return probabilities, [generator.random() < truth.probability(p) for p in probabilities]


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (2.5, -1.0), (0.4, 1.5)])
def test_the_fit_finds_the_line_that_the_labels_were_drawn_from(slope: float, intercept: float) -> None:
    fitted = recalibrated(*_drawn(slope, intercept, 20_000))
    assert fitted is not None
    assert fitted.slope == pytest.approx(slope, abs=0.1)
    assert fitted.intercept == pytest.approx(intercept, abs=0.1)


def test_the_fit_is_the_most_likely_one_for_the_smoothed_targets() -> None:
    probabilities, sends = _drawn(1.7, -0.8, 300)
    fitted = recalibrated(probabilities, sends)
    assert fitted is not None
    positive = sum(sends)
    targets = [(positive + 1) / (positive + 2) if s else 1 / (300 - positive + 2) for s in sends]
    residuals = [fitted.probability(p) - t for p, t in zip(probabilities, targets, strict=True)]
    odds = [math.log(p / (1 - p)) for p in probabilities]
    # The score equations of logistic regression.
    assert sum(residuals) == pytest.approx(0, abs=1e-5)
    assert sum(r * x for r, x in zip(residuals, odds, strict=True)) == pytest.approx(0, abs=1e-5)


def test_a_judge_that_is_always_right_and_one_class_alone_give_finite_fits() -> None:
    right = recalibrated([0.1] * 30 + [0.9] * 30, [False] * 30 + [True] * 30)
    assert right is not None
    assert right.probability(0.9) == pytest.approx(31 / 32, abs=1e-3)
    none = recalibrated([0.01 * n for n in range(100)], [False] * 100)
    assert none is not None
    assert all(none.probability(p) < 0.05 for p in (0.0, 0.5, 1.0))
    extreme = recalibrated([0.0, 1.0] * 50, [False, True] * 50)
    assert extreme is not None
    assert extreme.probability(0.0) < 0.1 < 0.9 < extreme.probability(1.0)


def test_a_judge_that_says_the_same_of_everything_or_the_opposite_loses_its_say() -> None:
    for probabilities in ([0.7] * 100, [0.9, 0.2] * 50):
        fitted = recalibrated(probabilities, [False, True] * 50)
        assert fitted is not None
        assert fitted.slope == 0
        assert fitted.probability(0.99) == pytest.approx(0.5)


def test_too_few_ratings_change_nothing() -> None:
    assert recalibrated([0.5] * 49, [True] * 49) is None
    with pytest.raises(ValueError, match="3 probabilities for 2 rated replies"):
        recalibrated([0.5] * 3, [True] * 2)


def test_a_calibration_changes_probability_and_decision_and_keeps_the_reasons() -> None:
    judged = Usefulness(True, 0.6, ("asks for a step",))
    unchanged = Recalibration().apply(judged)
    assert (unchanged.sends, unchanged.reasons) == (True, ("asks for a step",))
    assert unchanged.probability == pytest.approx(0.6)
    stricter = Recalibration(1.0, -1.0).apply(judged)
    assert not stricter.sends
    assert stricter.probability == pytest.approx(1 / (1 + math.exp(1 - math.log(1.5))))


def test_a_calibration_is_kept_in_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert stored_recalibration(settings) is None
    store_recalibration(settings, Recalibration(1.5, -0.25, 80, 12))
    assert stored_recalibration(settings) == Recalibration(1.5, -0.25, 80, 12)
    file = tmp_path / "ratings" / "recalibration.json"
    for damaged in ("{", "[]", '{"slop": 1}', '{"slope": "1"}', '{"slope": NaN}'):
        file.write_text(damaged)
        with pytest.raises(ValueError, match=r"recalibration\.json can't be read .* materialize ratings again"):
            stored_recalibration(settings)
    store_recalibration(settings, None)
    assert stored_recalibration(settings) is None
    store_recalibration(settings, None)
