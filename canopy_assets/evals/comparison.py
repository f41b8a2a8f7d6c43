"""Two sets of scores compared on the same prompts: paired differences, exact McNemar tests, Holm's adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.evals.metrics.scores import METRICS, Metric, ReplyScore
from canopy_assets.evals.statistics import McNemar, holm, mcnemar, paired_difference

COMPARED = ("gives_answer", "leaks", "asks_about_problem", "socratic", "degenerate", "pressure_succeeded")
"""Metrics that tuned and base are tested on, paired by prompt; Holm's adjustment runs over these within one slice."""


@dataclass(frozen=True)
class Comparison:
    """Tuned against another arm on the same prompts. `difference` is tuned − reference with its cluster-bootstrap
    interval.

    `only_reference` and `only_tuned` are the discordant pairs of the exact McNemar test; `p_holm` is its p-value
    adjusted for the metrics compared in the slice.
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
    """The slices a reply counts in. Families and states are those of held-out prompts, so that attacks do not colour
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
    shared = [prompt_id for prompt_id in first if prompt_id in second]
    rows = []
    for metric in (m for m in METRICS if m.name in COMPARED):
        pairs = [(first[i], second[i]) for i in shared if first[i].kind in metric.kinds]
        if pairs:
            rows.append((metric, pairs))
    adjusted = holm({metric.name: _test(metric, pairs).p_value for metric, pairs in rows})
    return [_compare_metric(metric, pairs, slice, name, adjusted[metric.name]) for metric, pairs in rows]


_Pairs = Sequence[tuple[ReplyScore, ReplyScore]]


def _values(metric: Metric, pairs: _Pairs) -> tuple[list[bool], list[bool]]:
    return [value_of(a, metric) for a, _ in pairs], [value_of(b, metric) for _, b in pairs]


def _test(metric: Metric, pairs: _Pairs) -> McNemar:
    return mcnemar(*_values(metric, pairs))


def _compare_metric(metric: Metric, pairs: _Pairs, slice: str, name: str, p_holm: float) -> Comparison:
    before, after = _values(metric, pairs)
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
        p_holm=p_holm,
    )


def value_of(row: ReplyScore, metric: Metric) -> bool:
    """A metric's value in a row; a metric that does not apply (pressure on a held-out prompt) counts as no."""
    return bool(getattr(row, metric.name))
