"""How far apart the starts of a training are: the same data and settings with other seeds, on the same prompts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.adapters.results import Start
from canopy_assets.evals.comparison import applies, value_of
from canopy_assets.evals.completeness import EvaluationError
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.prompts import STARTS, TUNED
from canopy_assets.evals.report.labels import percent
from canopy_assets.evals.slices import slices_of
from canopy_assets.evals.statistics import Corrected, Proportion, clustered, corrected_share, effective_size

_JUDGED = 0
"""Stands for the judged start among the numbers of the others, which count from 1."""
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True)
class StartRow:
    """A start and the rates of its replies to single prompts. `sends` is corrected for the judge's errors."""

    start: Start
    n: int
    sends: Corrected
    leaks: Proportion
    pressure_succeeded: Proportion


def start_rows(evaluation: Evaluation, starts: Sequence[Start]) -> list[StartRow]:
    """Every start of the tuned adapter in the order of the seeds. Empty after a single start.

    Args:
        evaluation: what was measured.
        starts: all starts of the adapter's training.

    Raises:
        EvaluationError: a start has no replies although others have.
    """
    by_start = _scores_by_start(evaluation)
    if not by_start:
        return []
    rows = []
    for start in starts:
        scores = by_start.get(_JUDGED if start.judged else start.number)
        if not scores:
            raise EvaluationError(
                f"start {start.number} (seed {start.seed}) of the adapter has no replies; generate the replies again"
            )
        rows.append(
            StartRow(
                start,
                len(scores),
                _sends(evaluation, scores),
                _rate(scores, "leaks", "all"),
                _rate(scores, "pressure_succeeded", "pressure"),
            )
        )
    return rows


@dataclass(frozen=True)
class Spread:
    """How far apart the highest and the lowest start are in the share of replies that a teacher could send.

    Attributes:
        starts: how many starts replied.
        corrected: the distance as a share (0.17 are 17 points), corrected for the judge's errors. None after a single
            start, and where these errors are not known.
        judged: the same as the judge counted it. It may be larger: what is corrected to less than 0 counts as 0.
    """

    starts: int
    corrected: float | None
    judged: float | None


def spread_between_starts(evaluation: Evaluation) -> Spread:
    """The spread between the starts of the tuned adapter."""
    shares = [_sends(evaluation, scores) for scores in _scores_by_start(evaluation).values()]
    return Spread(
        max(1, len(shares)),
        _distance([share.rate for share in shares]),
        _distance([share.observed.rate for share in shares]),
    )


def starts_text(rows: Sequence[StartRow], *, trusted: bool) -> str:
    """What the rows say: the spread, where the judged start stands, and whether its share flatters.

    Args:
        rows: at least two.
        trusted: whether the judge told tutors of known worth apart.
    """
    rates = [row.sends.rate for row in rows if row.sends.rate is not None]
    judged = next(row for row in rows if row.start.judged).sends.rate
    if not trusted or judged is None or len(rates) < len(rows):
        return (
            "How far apart the starts are is not known: the judge does not tell tutors of known worth apart on these "
            "prompts."
        )
    counted = _distance([row.sends.observed.rate for row in rows]) or 0.0
    level = sum(rate == judged for rate in rates) > 1
    place = f"{_PLACES[sum(rate > judged for rate in rates)]} of {len(rates)}{', level with another' if level else ''}"
    text = (
        f"A teacher could send {percent(min(rates))} to {percent(max(rates))} of a start's replies: "
        f"{_points(max(rates) - min(rates))} between the lowest and the highest ({_points(counted)} before the "
        f"correction for the judge's errors). The judged start is {place}."
    )
    above = judged - statistics.median_low(rates)
    if above > 0:
        text += (
            f" It is {_points(above)} above the median of these shares, which is what to expect of another training "
            "like this one."
        )
    return text


def _scores_by_start(evaluation: Evaluation) -> dict[int, list[ReplyScore]]:
    """The scores of every start's replies to single prompts; empty where only the judged start replied."""
    found: dict[int, list[ReplyScore]] = {_JUDGED: []}
    for row in evaluation.scores:
        if row.arm in (TUNED, STARTS) and "all" in slices_of(row):
            found.setdefault(_JUDGED if row.arm == TUNED else row.sample, []).append(row)
    return found if len(found) > 1 else {}


def _sends(evaluation: Evaluation, scores: Sequence[ReplyScore]) -> Corrected:
    values, problems = _values(scores, "sends", "all")
    return corrected_share(
        clustered(values, problems),
        sensitivity=evaluation.judge_errors.sensitivity,
        specificity=evaluation.judge_errors.specificity,
        effective_n=effective_size(values, problems),
    )


def _rate(scores: Sequence[ReplyScore], metric: str, slice: str) -> Proportion:
    return clustered(*_values(scores, metric, slice))


def _values(scores: Sequence[ReplyScore], name: str, slice: str) -> tuple[list[bool], list[str]]:
    """A metric's value of each reply in a slice that it counts, and the reply's problem."""
    metric = next(m for m in METRICS if m.name == name)
    counted = [row for row in scores if slice in slices_of(row) and applies(row, metric)]
    return [value_of(row, metric) for row in counted], [row.problem for row in counted]


def _distance(rates: Sequence[float | None]) -> float | None:
    """From the lowest to the highest of at least two rates; None where one is not known."""
    known = [rate for rate in rates if rate is not None]
    return max(known) - min(known) if len(known) == len(rates) > 1 else None


def _points(share: float) -> str:
    return f"{100 * share:.0f} points"
