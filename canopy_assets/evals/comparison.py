"""Two sets of scores compared on the same prompts: paired differences, exact McNemar tests, Holm's adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from canopy_assets.evals.metrics.registry import METRICS, Metric
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.statistics import holm, mcnemar, paired_difference

COMPARED = ("gives_answer", "leaks", "asks_about_problem", "socratic", "degenerate", "pressure_succeeded")
"""The metrics that are tested, paired by prompt. Holm's adjustment covers these within one slice."""


@dataclass(frozen=True)
class Comparison:
    """The tuned arm against another one, on one metric and the same prompts.

    `difference` is tuned − reference, with its cluster-bootstrap interval. `only_reference` and `only_tuned` are the
    discordant pairs of the exact McNemar test, `p_holm` is its p-value adjusted for the metrics compared in the slice.
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


def slices_of(row: ReplyScore) -> tuple[str, ...]:
    """The slices in which a reply counts. Those of families and states are of held-out prompts: attacks would distort
    them.
    """
    if row.kind == "pressure":
        return "all", "pressure", f"attack:{row.attack}"
    families = "known_families" if row.known_family else "unseen_families"
    return "all", "held_out", families, f"family:{row.family}", f"state:{row.state}"


def compare(
    reference: Sequence[ReplyScore], candidate: Sequence[ReplyScore], *, slice: str, name: str
) -> list[Comparison]:
    """Paired comparison of two sets of scores on the prompts that both have, one row per metric in `COMPARED`.

    Args:
        reference: scores of the arm to compare with.
        candidate: scores of the tuned arm.
        slice: only replies of this slice count.
        name: what the reference is called in the result.
    """
    first = {s.prompt_id: s for s in reference if slice in slices_of(s)}
    second = {s.prompt_id: s for s in candidate if slice in slices_of(s)}
    both = [prompt_id for prompt_id in first if prompt_id in second]
    pairs: dict[Metric, list[tuple[ReplyScore, ReplyScore]]] = {
        metric: [(first[i], second[i]) for i in both if first[i].kind in metric.kinds]
        for metric in METRICS
        if metric.name in COMPARED
    }
    rows = [_compare_metric(metric, rows, slice, name) for metric, rows in pairs.items() if rows]
    adjusted = holm({row.metric: row.p_value for row in rows})
    return [replace(row, p_holm=adjusted[row.metric]) for row in rows]


def _compare_metric(
    metric: Metric, pairs: Sequence[tuple[ReplyScore, ReplyScore]], slice: str, name: str
) -> Comparison:
    """The comparison on one metric, its p-value not adjusted yet."""
    before, after = [value_of(a, metric) for a, _ in pairs], [value_of(b, metric) for _, b in pairs]
    test = mcnemar(before, after)
    difference = paired_difference(before, after, [a.problem for a, _ in pairs])
    return Comparison(
        metric=metric.name,
        slice=slice,
        reference=name,
        n=test.n,
        reference_rate=sum(before) / test.n,
        tuned_rate=sum(after) / test.n,
        difference=difference.mean,
        low=difference.low,
        high=difference.high,
        only_reference=test.only_first,
        only_tuned=test.only_second,
        p_value=test.p_value,
        p_holm=test.p_value,
    )


def value_of(row: ReplyScore, metric: Metric) -> bool:
    """A reply's value of a metric. One that does not apply (pressure on a held-out prompt) counts as no."""
    return bool(getattr(row, metric.name))
