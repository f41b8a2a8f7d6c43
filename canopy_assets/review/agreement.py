"""Agreement with people's labels: Cohen's κ, and intervals by resampling whole conversations.

Replies to one conversation are not independent, so the bootstrap draws conversations: each is a list of counts, the
cells of a confusion table row by row.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; NaN where it is undefined (for example without positives)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(clusters: Sequence[Sequence[int]], resamples: int, seed: int) -> list[list[int]]:
    """Counts summed over clusters drawn with replacement, one list per resample; an empty list without clusters."""
    generator = random.Random(seed)
    samples = []
    for _ in range(resamples if clusters else 0):
        drawn = generator.choices(clusters, k=len(clusters))
        samples.append([sum(column) for column in zip(*drawn, strict=True)])
    return samples


def estimate(
    measure: Callable[[Sequence[int]], float], counts: Sequence[int], samples: Sequence[Sequence[int]]
) -> Estimate:
    """A measure of counts with its 95 % interval over bootstrap samples of them (percentiles)."""
    values = sorted(v for v in map(measure, samples) if not math.isnan(v))
    if not values:
        return Estimate(measure(counts), math.nan, math.nan)
    low, high = int(0.025 * len(values)), min(len(values) - 1, int(0.975 * len(values)))
    return Estimate(measure(counts), values[low], values[high])


def ratio(part: float, whole: float) -> float:
    """A share; NaN where the whole is 0."""
    return part / whole if whole else math.nan


def kappa(counts: Sequence[int]) -> float:
    """Cohen's κ of a square table of counts, row by row; NaN where chance alone explains everything."""
    size, total = math.isqrt(len(counts)), sum(counts)
    if not total:
        return math.nan
    rows = [sum(counts[i * size : (i + 1) * size]) for i in range(size)]
    columns = [sum(counts[i::size]) for i in range(size)]
    agreed = sum(counts[i * size + i] for i in range(size)) / total
    chance = sum(r * c for r, c in zip(rows, columns, strict=True)) / total**2
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan
