"""Intervals of shares and means for small evaluations: Wilson, Wilson with clusters, cluster bootstrap.

Edge cases are decided here once, so that nothing downstream sees a NaN: no observations give the rate None with the
interval [0, 1] (nothing is known).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Z_95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution: two-sided 95 %."""

RESAMPLES = 10_000
_MAX_DRAWN = 4_000_000
"""Cluster indices drawn at once: 32 MB of them."""


@dataclass(frozen=True)
class Proportion:
    """A share with its 95 % interval. `rate` is None when there was nothing to count; then the interval is [0, 1]."""

    successes: int
    n: int
    rate: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % percentile-bootstrap interval. All None when there were no values."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def wilson(successes: int, n: int, *, effective_n: float | None = None) -> Proportion:
    """A proportion with its Wilson score interval at 95 %.

    Wilson (1927) keeps its coverage for small n and rates near 0 or 1, where the textbook interval has width zero.

    Args:
        successes: how many there were.
        n: of how many.
        effective_n: how many independent observations carry as much information, where the n are not independent.

    Raises:
        ValueError: unless 0 ≤ successes ≤ n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n, got {successes} of {n}")
    if n == 0:
        return Proportion(0, 0, None, 0.0, 1.0)
    rate, z2, size = successes / n, Z_95**2, effective_n or n
    centre = (rate + z2 / (2 * size)) / (1 + z2 / size)
    half = Z_95 / (1 + z2 / size) * math.sqrt(rate * (1 - rate) / size + z2 / (4 * size * size))
    # At 0 and n the bound is exactly 0 or 1; rounding must not push the rate out of its own interval.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Proportion(successes, n, rate, low, high)


def effective_size(values: Sequence[float], clusters: Sequence[str]) -> float:
    """How many independent observations a clustered sample is worth: n / design effect.

    The design effect is the cluster-robust variance of the mean over that of independent observations (Kish 1965), and
    at least 1: clusters that happen to differ less than chance are no reason for a narrower interval. Where all values
    are equal, no variance shows how alike a cluster's members are, so each cluster counts once.

    Raises:
        ValueError: when the two differ in length.
    """
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values but {len(clusters)} clusters")
    members: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        members.setdefault(cluster, []).append(float(value))
    n, k = len(values), len(members)
    if k == n:
        return float(n)
    mean = sum(map(float, values)) / n
    independent = sum((value - mean) ** 2 for value in values) / n**2
    if independent == 0 or k == 1:
        return float(k)
    robust = k / (k - 1) * sum((sum(rows) - mean * len(rows)) ** 2 for rows in members.values()) / n**2
    return n / max(1.0, robust / independent)


def clustered(values: Sequence[bool], clusters: Sequence[str]) -> Proportion:
    """The share of yes with a 95 % Wilson interval at the effective sample size: replies about one problem are alike.

    With every observation a cluster of its own, it is `wilson`.

    Raises:
        ValueError: when the two differ in length.
    """
    if not values and not clusters:
        return wilson(0, 0)
    return wilson(sum(values), len(values), effective_n=effective_size(values, clusters))


def bootstrap_mean(
    values: Sequence[float], clusters: Sequence[str] | None = None, *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """The mean of `values` with a 95 % percentile-bootstrap interval.

    Args:
        values: one number per observation.
        clusters: the cluster of each observation. Whole clusters are drawn, because prompts about one problem are not
            independent. None: every observation is its own cluster.
        resamples: how many resamples are drawn.
        seed: of numpy's generator; the same input gives the same interval.

    Returns:
        The estimate. A single cluster has no spread to resample: the interval collapses onto the mean.

    Raises:
        ValueError: when `clusters` and `values` differ in length.
    """
    import numpy as np

    if clusters is not None and len(clusters) != len(values):
        raise ValueError(f"{len(values)} values but {len(clusters)} clusters")
    if not len(values):
        return Estimate(None, None, None, 0)
    labels = list(clusters) if clusters is not None else list(map(str, range(len(values))))
    _, index = np.unique(np.asarray(labels), return_inverse=True)
    sums = np.bincount(index, weights=np.asarray(values, dtype=float))
    sizes = np.bincount(index).astype(float)
    means = _resampled_means(sums, sizes, resamples, np.random.default_rng(seed))
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float(np.mean(np.asarray(values, dtype=float)))
    return Estimate(mean, float(low), float(high), len(values))


def _resampled_means(sums: np.ndarray, sizes: np.ndarray, resamples: int, generator: np.random.Generator) -> np.ndarray:
    """The mean of each resample.

    Args:
        sums: the sum of each cluster's values, shape (clusters,).
        sizes: how many values each cluster has, same shape.
        resamples: how many resamples are drawn.
        generator: the source of randomness.
    """
    import numpy as np

    count = len(sums)
    step = max(1, _MAX_DRAWN // count)  # bounds the memory, whatever the number of clusters
    parts = []
    for start in range(0, resamples, step):
        drawn = generator.integers(0, count, size=(min(step, resamples - start), count))
        parts.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(parts)
