"""The tables of the report: rates of every arm with tests against the tuned one, what it does wrong, and controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from canopy_assets.evals.comparison import Comparison
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.metrics.registry import METRICS, Metric
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.report.labels import arm_label, percent, rate_with_interval, slice_label
from canopy_assets.evals.report.starts import spread_between_starts
from canopy_assets.evals.statistics import Corrected, Proportion
from canopy_assets.evals.verdict import Gate, judge_is_trusted

_FAMILY_SLICES = ("known_families", "unseen_families")
_SLICES = (
    "held_out",
    "known_families",
    "unseen_families",
    "first_turn",
    "middle_turn",
    "open",
    "help_due",
    "pressure",
    "conversation",
)
MAX_REASONS = 6
"""Of the judge's reasons, the commonest are shown."""


@dataclass(frozen=True)
class MetricRow:
    """A metric in one slice: `shares` in the order of `main_arms`, `tests` in that of those other than the tuned."""

    metric: Metric
    shares: Sequence[Proportion]
    tests: Sequence[Comparison | None]


def main_arms(evaluation: Evaluation) -> tuple[str, ...]:
    """The arms that were asked about held-out exercises; others were only pushed for the answer."""
    asked = tuple(arm for arm in evaluation.arms if evaluation.rate(arm, "sends", "held_out").n)
    return asked or evaluation.arms


def metric_rows(evaluation: Evaluation, slice: str) -> list[MetricRow]:
    """The rows of a slice, without the metrics that have no replies there.

    Among all replies, a metric of pressure prompts counts those only.
    """
    rows, arms = [], main_arms(evaluation)
    for metric in METRICS:
        counted = "pressure" if "held_out" not in metric.kinds and slice == "all" else slice
        shares = [evaluation.rate(arm, metric.name, counted) for arm in arms]
        tests = [evaluation.comparison(metric.name, arm, counted) for arm in arms if arm != TUNED]
        if any(share.n for share in shares):
            rows.append(MetricRow(metric, shares, tests))
    return rows


@dataclass(frozen=True)
class SliceRow:
    """How the tuned arm does in one slice; `reference` is the base model there, `n` the number of its replies."""

    label: str
    n: int
    sends: Corrected
    reference: Proportion


@dataclass(frozen=True)
class ReasonRow:
    """How often something is wrong with the tuned arm's replies that a teacher would not send."""

    reason: str
    count: int
    of: int


def slice_rows(evaluation: Evaluation) -> list[SliceRow]:
    """The tuned arm in every slice with replies: kinds of prompts, turns, then the student's states, worst first."""
    fixed = [name for name in _SLICES if evaluation.rate(TUNED, "sends", name).n]
    states = sorted(
        (name for name in evaluation.slices("state:") if evaluation.rate(TUNED, "sends", name).n),
        key=lambda name: evaluation.rate(TUNED, "sends", name).rate or 0.0,
    )
    reference = next((arm for arm in evaluation.arms if arm != TUNED), TUNED)
    return [
        SliceRow(
            slice_label(name),
            evaluation.rate(TUNED, "sends", name).n,
            evaluation.sends(TUNED, name),
            evaluation.rate(reference, "sends", name),
        )
        for name in (*fixed, *states)
    ]


def reason_rows(evaluation: Evaluation) -> list[ReasonRow]:
    """What is wrong with the tuned arm's replies: rules first, then the judge's first reason; the commonest first."""
    rows = [row for row in evaluation.scores if row.arm == TUNED and row.turn == 0 and row.sample == 0]
    bad = [row for row in rows if not row.sends]
    found = {
        "reveals the right answer": sum(row.leaks for row in rows),
        "states a result or works out a step": sum(row.gives_answer for row in rows),
        "confirms a wrong answer": sum(bool(row.confirms_wrong) for row in rows),
        "rejects a right answer": sum(bool(row.rejects_right) for row in rows),
        "refuses and offers nothing": sum(row.withholds for row in rows),
        "is broken": sum(row.degenerate for row in rows),
    }
    judged: dict[str, int] = {}
    for row in bad:
        first = row.send_reasons.split("; ")[0]
        if first:
            judged[f"the judge: {first}"] = judged.get(f"the judge: {first}", 0) + 1
    commonest = sorted(judged.items(), key=lambda item: (-item[1], item[0]))[:MAX_REASONS]
    counted = [(reason, count) for reason, count in found.items() if count]
    return [ReasonRow(reason, count, len(rows)) for reason, count in (*counted, *commonest)]


def headline_rows(evaluation: Evaluation) -> list[tuple[str, Corrected, int]]:
    """Who could send how much, best expected first: label, corrected share, number of replies.

    Experts and the embedded teacher reply to those prompts only for which somebody wrote replies, or that it can solve.
    """
    above = [c for name in ("expert", "teacher") if (c := evaluation.control(name))]
    below = [c for c in evaluation.controls if c not in above]
    asked = main_arms(evaluation)
    arms = [(arm_label(arm), evaluation.sends(arm), evaluation.rate(arm, "sends").n) for arm in asked]
    arms.sort(key=lambda row: -(row[1].rate or 0.0))
    return [
        *((c.label, c.share, c.share.observed.n) for c in above),
        *(row for row in arms if row[2]),
        *((c.label, c.share, c.share.observed.n) for c in below),
    ]


def headline(evaluation: Evaluation, gates: Sequence[Gate]) -> dict[str, float | None]:
    """The report's first number: the share of replies that a teacher could send, corrected and as judged.

    With the number of starts and the spread between them. The corrected share and the spread are None where the judge
    did not tell tutors of known worth apart.
    """
    share, spread = evaluation.sends(TUNED), spread_between_starts(evaluation)
    known = share.rate is not None and judge_is_trusted(gates)
    return {
        "sends": share.rate if known else None,
        "sends_low": share.low if known else None,
        "sends_high": share.high if known else None,
        "sends_judged": share.observed.rate,
        "starts": spread.starts,
        "spread": spread.corrected if known else None,
        "spread_judged": spread.judged,
    }


def headline_text(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """The headline as a sentence or two; what people said comes first."""
    rated = [gate for gate in gates if gate.by_people and gate.low is not None and gate.high is not None]
    said = [
        f"People would send {percent(gate.observed)} of the {gate.n} replies that they rated ({gate.title.lower()}; "
        f"95 % interval {percent(gate.low)} to {percent(gate.high)})."
        for gate in rated
    ]
    return " ".join([*said, _judged_text(evaluation, gates)])


def _judged_text(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    share, teacher = evaluation.sends(TUNED), evaluation.control("teacher")
    if not judge_is_trusted(gates):
        return (
            "What share of its replies a teacher could send is not known: the judge does not tell tutors of known "
            "worth apart on these prompts."
        )
    if share.rate is None:
        return "What share of its replies a teacher could send was not measured."
    beside = f" The embedded teacher: {percent(teacher.share.rate)}." if teacher else ""
    return (
        f"A teacher could send {percent(share.rate)} of its replies "
        f"(95 % interval {percent(share.low)} to {percent(share.high)}; "
        f"{percent(share.observed.rate)} before the correction for the judge's errors).{beside}"
    )


def summary_table(evaluation: Evaluation) -> dict[str, Any]:
    """The base-versus-tuned table for a terminal: title, header and rows of texts."""
    rows = [
        [row.metric.label, *map(rate_with_interval, row.shares), _p_value(row.tests)]
        for row in metric_rows(evaluation, "all")
    ]
    rows += [[label, *values, ""] for label, values in cost_rows(evaluation).items()]
    header = ["", *map(arm_label, main_arms(evaluation)), "p against base"]
    return {"title": f"% of replies with 95 % intervals, {counts(evaluation)}", "header": header, "rows": rows}


def counts(evaluation: Evaluation) -> str:
    """The numbers of prompts of each kind, as a phrase."""
    more = [(evaluation.n_open, "without a problem"), (evaluation.n_conversations, "scripted conversations")]
    rest = "".join(f", {n} {label}" for n, label in more if n)
    return f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts{rest}"


def cost_rows(evaluation: Evaluation) -> dict[str, list[str]]:
    """What a message costs each arm, by label."""
    rows = [row for row in evaluation.summaries if row.arm in main_arms(evaluation)]
    return {
        "Prompt tokens per message": [f"{row.prompt_tokens:,.0f}" for row in rows],
        "Time to first token": [f"{1000 * row.time_to_first_token_s:,.0f} ms" for row in rows],
    }


def rates_of_tuned(evaluation: Evaluation) -> dict[str, float]:
    """The tuned arm's rates by name: every metric over all prompts, `sends` also by slice.

    A rate of no replies is left out.
    """
    named = {metric.name: evaluation.rate(TUNED, metric.name).rate for metric in METRICS}
    named |= {f"sends_{name}": evaluation.rate(TUNED, "sends", name).rate for name in _SLICES}
    named |= {
        f"asks_about_problem_{name}": evaluation.rate(TUNED, "asks_about_problem", name).rate for name in _FAMILY_SLICES
    }
    return {name: rate for name, rate in named.items() if rate is not None}


def _p_value(tests: Sequence[Comparison | None]) -> str:
    """The p-value against the first other arm."""
    test = tests[0] if tests else None
    if test is None:
        return ""
    return "< 0.001" if test.p_value < 0.001 else f"{test.p_value:.3f}"
