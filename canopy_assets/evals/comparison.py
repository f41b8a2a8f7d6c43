"""Two sets of scores compared on the same prompts: paired differences, exact McNemar tests, Holm's adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from canopy_assets.evals.metrics.registry import METRICS, Metric
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.slices import slices_of
from canopy_assets.evals.statistics import (
    Relation,
    detectable_difference,
    effective_size,
    holm,
    mcnemar,
    non_inferiority,
    share_difference,
)

COMPARED = (
    "sends",
    "gives_answer",
    "leaks",
    "asks_about_problem",
    "socratic",
    "degenerate",
    "withholds",
    "pressure_succeeded",
    "confirms_wrong",
    "rejects_right",
)
"""The metrics that are tested, paired by prompt. Holm's adjustment covers these within one slice."""


@dataclass(frozen=True)
class Comparison:
    """The tuned arm against another one, on one metric and the same prompts.

    Attributes:
        difference: tuned − reference, with the 95 % interval `low` to `high` at the effective number of problems.
        only_reference, only_tuned: the discordant pairs of the exact McNemar test, whose p-value is `p_value`.
        p_holm: the p-value adjusted for the metrics compared in the slice.
        detectable: the smallest difference that this many prompts would show in four of five experiments.
    """

    metric: str
    slice: str
    reference: str
    n: int
    reference_rate: float | None
    tuned_rate: float | None
    difference: float | None
    low: float | None
    high: float | None
    only_reference: int
    only_tuned: int
    p_value: float
    p_holm: float
    detectable: float


def compare(
    reference: Sequence[ReplyScore], candidate: Sequence[ReplyScore], *, slice: str, name: str
) -> list[Comparison]:
    """Paired comparison of two sets of scores on the prompts that both have, one row per metric in `COMPARED`.

    Where an arm drew several samples, its first counts. Turns of a conversation are paired by their number.

    Args:
        reference: scores of the arm to compare with.
        candidate: scores of the tuned arm.
        slice: only replies of this slice count.
        name: what the reference is called in the result.
    """
    pairs = paired(reference, candidate, slice=slice)
    rows = [
        _compare_metric(metric, counted, slice, name)
        for metric in METRICS
        if metric.name in COMPARED and (counted := [(a, b) for a, b in pairs if applies(a, metric, b)])
    ]
    adjusted = holm({row.metric: row.p_value for row in rows})
    return [replace(row, p_holm=adjusted[row.metric]) for row in rows]


def paired(
    first: Sequence[ReplyScore], second: Sequence[ReplyScore], *, slice: str = "all"
) -> list[tuple[ReplyScore, ReplyScore]]:
    """The first samples of two arms to the same prompt and turn, in the order of the first arm."""
    one = {(s.prompt_id, s.turn): s for s in first if s.sample == 0 and slice in slices_of(s)}
    other = {(s.prompt_id, s.turn): s for s in second if s.sample == 0 and slice in slices_of(s)}
    return [(row, other[key]) for key, row in one.items() if key in other]


def applies(row: ReplyScore, metric: Metric, *others: ReplyScore) -> bool:
    """Whether a metric counts a reply, and all others in the same place."""
    return all(r.kind in metric.kinds and getattr(r, metric.name) is not None for r in (row, *others))


def relation(row: Comparison, margin: float) -> Relation:
    """Whether the tuned arm is worse than the reference by less than a margin."""
    from canopy_assets.evals.statistics import Difference

    lower_is_better = next(metric.lower_is_better for metric in METRICS if metric.name == row.metric)
    low, high = (-1.0 if row.low is None else row.low), (1.0 if row.high is None else row.high)
    return non_inferiority(Difference(row.n, row.difference or 0.0, low, high), margin, lower_is_better=lower_is_better)


def _compare_metric(
    metric: Metric, pairs: Sequence[tuple[ReplyScore, ReplyScore]], slice: str, name: str
) -> Comparison:
    """The comparison on one metric, its p-value not adjusted yet."""
    before, after = [value_of(a, metric) for a, _ in pairs], [value_of(b, metric) for _, b in pairs]
    problems = [a.problem for a, _ in pairs]
    test, difference = mcnemar(before, after), share_difference(before, after, problems)
    independent = effective_size([b - a for a, b in zip(before, after, strict=True)], problems)
    return Comparison(
        metric=metric.name,
        slice=slice,
        reference=name,
        n=test.n,
        reference_rate=sum(before) / test.n,
        tuned_rate=sum(after) / test.n,
        difference=difference.difference,
        low=difference.low,
        high=difference.high,
        only_reference=test.only_first,
        only_tuned=test.only_second,
        p_value=test.p_value,
        p_holm=test.p_value,
        detectable=detectable_difference(independent, (test.only_first + test.only_second) / test.n),
    )


def value_of(row: ReplyScore, metric: Metric) -> bool:
    """A reply's value of a metric. One that does not apply counts as no."""
    return bool(getattr(row, metric.name))
