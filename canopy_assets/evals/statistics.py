"""Intervals and paired tests for small evaluations: Wilson, cluster bootstrap, exact McNemar, Holm.

Edge cases are decided here once, so that nothing downstream sees a NaN: no observations give the rate None with the
interval [0, 1] (nothing is known); no discordant pairs give p = 1 (no evidence of a difference).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class McNemar:
    """Two yes/no measurements of the same items. `only_first` and `only_second` are the discordant pairs."""

    n: int
    only_first: int
    only_second: int
    p_value: float


def wilson(successes: int, n: int) -> Proportion:
    """A proportion with its Wilson score interval at 95 %.

    Wilson (1927) keeps its coverage for small n and rates near 0 or 1, where the textbook interval has width zero.

    Raises:
        ValueError: unless 0 ≤ successes ≤ n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n, got {successes} of {n}")
    if n == 0:
        return Proportion(0, 0, None, 0.0, 1.0)
    rate, z2 = successes / n, Z_95**2
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    # At 0 and n the bound is exactly 0 or 1; rounding must not push the rate out of its own interval.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Proportion(successes, n, rate, low, high)


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


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """The exact two-sided McNemar test of two yes/no measurements of the same items, in the same order.

    p = min(1, 2 · Σ_{i ≤ min(b, c)} C(b + c, i) / 2^(b + c)), where b and c count the discordant pairs of either
    direction. p < 0.05 needs at least six discordant pairs, all in one direction. Without any, p = 1.

    Raises:
        ValueError: when the two differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"a paired test needs pairs: {len(first)} against {len(second)} measurements")
    only_first = sum(a and not b for a, b in zip(first, second, strict=True))
    only_second = sum(b and not a for a, b in zip(first, second, strict=True))
    discordant = only_first + only_second
    tail = sum(math.comb(discordant, i) for i in range(min(only_first, only_second) + 1))
    # Dividing two integers rounds once, whatever their size; adding up floats would underflow.
    p_value = min(1.0, 2 * tail / 2**discordant) if discordant else 1.0
    return McNemar(len(first), only_first, only_second, p_value)


def paired_difference(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[str] | None = None, *, seed: int = 0
) -> Estimate:
    """The mean of `second − first` over the same items, with a 95 % (cluster) bootstrap interval.

    Raises:
        ValueError: when the lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"a paired difference needs pairs: {len(first)} against {len(second)} values")
    return bootstrap_mean([float(b) - float(a) for a, b in zip(first, second, strict=True)], clusters, seed=seed)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjustment of several p-values: the family-wise error stays at the level tested against.

    Returns:
        The adjusted p-values under the same names, in the same order; never below the raw ones, never above 1.
    """
    ordered = sorted(p_values, key=lambda name: p_values[name])
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}
