"""Two measurements of the same items: exact McNemar, differences with intervals, non-inferiority, Holm.

Edge cases are decided here once: no discordant pairs give p = 1 (no evidence of a difference).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from canopy_assets.evals.statistics.intervals import Z_95, Estimate, bootstrap_mean, effective_size

Relation = Literal["non-inferior", "inferior", "inconclusive"]


@dataclass(frozen=True)
class McNemar:
    """Two yes/no measurements of the same items. `only_first` and `only_second` are the discordant pairs."""

    n: int
    only_first: int
    only_second: int
    p_value: float


@dataclass(frozen=True)
class Difference:
    """A difference of two shares on the same items, with its 95 % interval. Nothing compared: 0 within [−1, 1]."""

    n: int
    difference: float
    low: float
    high: float


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


def share_difference(
    first: Sequence[bool], second: Sequence[bool], clusters: Sequence[str] | None = None
) -> Difference:
    """The share of `second` minus that of `first`, with an interval that holds up for few discordant pairs.

    Agresti and Min (2005): half a pair is added to each of the four cells, then the normal interval is taken. Unlike a
    bootstrap it does not collapse to a point where no pair differs. Clusters lower the number of pairs to the effective
    one.

    Raises:
        ValueError: when the lengths differ.
    """
    test = mcnemar(first, second)
    if not test.n:
        return Difference(0, 0.0, -1.0, 1.0)
    size = float(test.n)
    if clusters is not None:
        size = effective_size([b - a for a, b in zip(first, second, strict=True)], clusters)
    scale = size / test.n
    more, fewer, n = test.only_second * scale + 0.5, test.only_first * scale + 0.5, size + 2
    centre = (more - fewer) / n
    half = Z_95 * math.sqrt(max(0.0, more + fewer - (more - fewer) ** 2 / n)) / n
    difference = (test.only_second - test.only_first) / test.n
    return Difference(test.n, difference, max(-1.0, centre - half), min(1.0, centre + half))


def non_inferiority(found: Difference, margin: float, *, lower_is_better: bool) -> Relation:
    """Whether the second measurement is worse than the first by less than a margin.

    Args:
        found: second − first.
        margin: the largest loss that does not matter, as a share.
        lower_is_better: whether a larger share is the worse one.

    Returns:
        "non-inferior" when the whole 95 % interval stays within the margin, "inferior" when it lies on the worse side
        of zero and the loss itself exceeds the margin, "inconclusive" otherwise.
    """
    loss = found.difference if lower_is_better else -found.difference
    most, least = (found.high, found.low) if lower_is_better else (-found.low, -found.high)
    if most <= margin:
        return "non-inferior"
    return "inferior" if least > 0 and loss > margin else "inconclusive"
