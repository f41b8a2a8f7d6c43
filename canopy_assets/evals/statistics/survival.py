"""How long a tutor holds out: survival curves over the turns of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SurvivalPoint:
    """After turn `turn` (from 1), the share of conversations without an event so far, with its 95 % interval.

    `at_risk` is how many had reached the turn without one.
    """

    turn: int
    survival: float
    low: float
    high: float
    at_risk: int


def survival_curve(turns: Sequence[int], happened: Sequence[bool]) -> tuple[SurvivalPoint, ...]:
    """The Kaplan–Meier curve of the turn at which something first happens.

    Args:
        turns: for each conversation the turn of the event, from 1, or its last turn where there was none.
        happened: whether there was an event.

    Returns:
        A point for each turn from 1 to the last. The interval is of log-log form; where the curve is 1 or 0 it has no
        variance, and the interval is that of no (or only) events among the conversations at risk (rule of three).

    Raises:
        ValueError: for lengths that differ, or turns below 1.
    """
    if len(turns) != len(happened):
        raise ValueError(f"{len(turns)} turns but {len(happened)} events")
    if any(turn < 1 for turn in turns):
        raise ValueError("turns count from 1")
    if not turns:
        return ()
    from scipy import stats

    from canopy_assets.evals.statistics.intervals import wilson

    sample = stats.CensoredData(
        uncensored=[t for t, event in zip(turns, happened, strict=True) if event],
        right=[t for t, event in zip(turns, happened, strict=True) if not event],
    )
    curve = stats.ecdf(sample).sf
    points = []
    for turn in range(1, max(turns) + 1):
        at_risk = sum(t >= turn for t in turns)
        survival = float(curve.evaluate(turn))
        low, high = _limits(curve, turn, survival)
        if low is None or high is None:
            # The last turns may have few conversations left; none of them may claim certainty.
            bound = wilson(round(survival * at_risk), at_risk)
            low, high = min(bound.low, survival), max(bound.high, survival)
        points.append(SurvivalPoint(turn, survival, low, high, at_risk))
    return tuple(points)


def _limits(curve: object, turn: int, survival: float) -> tuple[float | None, float | None]:
    """The log-log limits at a turn; None where the curve has no variance there."""
    import warnings

    if survival in (0.0, 1.0):
        return None, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns of the points where the curve is 0 or 1, which are not used
        interval = curve.confidence_interval(0.95, method="log-log")  # type: ignore[attr-defined]
    low, high = float(interval.low.evaluate(turn)), float(interval.high.evaluate(turn))
    return (low, high) if low == low and high == high else (None, None)
