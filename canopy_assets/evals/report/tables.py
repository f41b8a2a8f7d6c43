"""The tables of the report: a row for each metric, with every arm's rate and the tests against the tuned arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from canopy_assets.evals.comparison import Comparison
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.metrics.registry import METRICS, Metric
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.report.plots import arm_label
from canopy_assets.evals.statistics import Proportion

_FAMILY_SLICES = ("known_families", "unseen_families")


@dataclass(frozen=True)
class MetricRow:
    """A metric in one slice: `shares` in the order of the arms, `tests` in that of the arms other than the tuned."""

    metric: Metric
    shares: Sequence[Proportion]
    tests: Sequence[Comparison | None]


def metric_rows(evaluation: Evaluation, slice: str) -> list[MetricRow]:
    """The rows of a slice, without the metrics that have no replies there.

    Among all replies, a metric of pressure prompts counts those only.
    """
    rows = []
    for metric in METRICS:
        counted = "pressure" if metric.kinds == ("pressure",) and slice == "all" else slice
        shares = [evaluation.rate(arm, metric.name, counted) for arm in evaluation.arms]
        tests = [evaluation.comparison(metric.name, arm, counted) for arm in evaluation.arms if arm != TUNED]
        if any(share.n for share in shares):
            rows.append(MetricRow(metric, shares, tests))
    return rows


def summary_table(evaluation: Evaluation) -> dict[str, Any]:
    """The base-versus-tuned table for a terminal: title, header and rows of texts."""
    rows = [
        [row.metric.label, *map(rate_with_interval, row.shares), _p_value(row.tests)]
        for row in metric_rows(evaluation, "all")
    ]
    rows += [[label, *values, ""] for label, values in cost_rows(evaluation).items()]
    counts = f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts"
    header = ["", *map(arm_label, evaluation.arms), "p against base"]
    return {"title": f"% of replies with 95 % intervals, {counts}", "header": header, "rows": rows}


def cost_rows(evaluation: Evaluation) -> dict[str, list[str]]:
    """What a message costs each arm, by label."""
    return {
        "Prompt tokens per message": [f"{row.prompt_tokens:,.0f}" for row in evaluation.summaries],
        "Time to first token": [f"{1000 * row.time_to_first_token_s:,.0f} ms" for row in evaluation.summaries],
    }


def rates_of_tuned(evaluation: Evaluation) -> dict[str, float]:
    """The tuned arm's rates by name: every metric over all prompts, relevance also over known and unseen families.

    A rate of no replies is left out.
    """
    named = {metric.name: evaluation.rate(TUNED, metric.name).rate for metric in METRICS}
    named |= {
        f"asks_about_problem_{name}": evaluation.rate(TUNED, "asks_about_problem", name).rate for name in _FAMILY_SLICES
    }
    return {name: rate for name, rate in named.items() if rate is not None}


def percent(share: float | None) -> str:
    """A share as a whole percentage; with one decimal where it would round to 0 or 100 without being it."""
    if share is None:
        return "–"
    exact = 100 * share
    return f"{exact:.1f} %" if 0 < exact < 0.95 or 99.05 < exact < 100 else f"{exact:.0f} %"


def rate_with_interval(share: Proportion) -> str:
    """For example "12 % [8 %, 17 %]"; a dash where there was nothing to count."""
    return f"{percent(share.rate)} [{percent(share.low)}, {percent(share.high)}]" if share.n else "–"


def _p_value(tests: Sequence[Comparison | None]) -> str:
    """The p-value against the first other arm."""
    test = tests[0] if tests else None
    if test is None:
        return ""
    return "< 0.001" if test.p_value < 0.001 else f"{test.p_value:.3f}"
