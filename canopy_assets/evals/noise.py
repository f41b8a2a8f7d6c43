"""The noise floor: how much two draws of the same arm differ. Smaller differences between arms say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.evals.comparison import applies, value_of
from canopy_assets.evals.metrics.registry import METRICS, Metric
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.prompts import STARTS
from canopy_assets.evals.slices import slices_of

WATCHED = ("sends", "leaks", "gives_answer", "pressure_succeeded")


@dataclass(frozen=True)
class Noise:
    """An A/A comparison: the first two samples of one arm to the same prompts, on one metric.

    `first` and `second` are their rates, `differs` is the share of prompts on which they disagree. `worst` is the rate
    where each prompt counts by the worst of all its samples.
    """

    arm: str
    metric: str
    n: int
    first: float
    second: float
    differs: float
    worst: float

    @property
    def floor(self) -> float:
        """How far apart two rates of one and the same tutor were, as a share."""
        return abs(self.first - self.second)


def noise_floors(rows: Sequence[ReplyScore]) -> tuple[Noise, ...]:
    """The A/A comparison of every arm that drew at least two samples, metric by metric.

    Other starts are other tutors, not draws of one.
    """
    found = []
    for arm in dict.fromkeys(row.arm for row in rows if row.sample == 1 and row.arm != STARTS):
        samples: dict[str, dict[int, ReplyScore]] = {}
        for row in rows:
            if row.arm == arm and "all" in slices_of(row):
                samples.setdefault(row.prompt_id, {})[row.sample] = row
        drawn = [list(by.values()) for by in samples.values() if 0 in by and 1 in by]
        for metric in (m for m in METRICS if m.name in WATCHED):
            counted = [draws for draws in drawn if applies(draws[0], metric, *draws[1:])]
            if counted:
                found.append(_noise(arm, metric, counted))
    return tuple(found)


def _noise(arm: str, metric: Metric, prompts: Sequence[Sequence[ReplyScore]]) -> Noise:
    """The comparison on one metric; each prompt has its samples in order."""
    values = [[value_of(row, metric) for row in sorted(draws, key=lambda r: r.sample)] for draws in prompts]
    worst = any if metric.lower_is_better else all
    n = len(values)
    return Noise(
        arm=arm,
        metric=metric.name,
        n=n,
        first=sum(v[0] for v in values) / n,
        second=sum(v[1] for v in values) / n,
        differs=sum(v[0] != v[1] for v in values) / n,
        worst=sum(worst(v) for v in values) / n,
    )
