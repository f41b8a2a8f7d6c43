"""What the asset `ratings` says about its rows: counts by source, agreement, and the judge's recalibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.ratings.agreement import between_raters, judged, rated_replies, with_judge, with_themselves
from canopy_assets.evals.ratings.decision import labels_by_source
from canopy_assets.evals.ratings.judging import recalibrated_judge
from canopy_assets.records import Rating
from canopy_assets.review.usefulness.recalibration import Recalibration


@dataclass(frozen=True)
class SummaryTable:
    """A table for people."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Summary:
    """The ratings in numbers. `recalibration` is None where too few replies are rated."""

    counts: Mapping[str, float]
    tables: Mapping[str, SummaryTable]
    recalibration: Recalibration | None


def summarize(ratings: Sequence[Rating]) -> Summary:
    """Counts, agreement and recalibration. Asks the judge about every rated reply."""
    judgements = judged(ratings)
    judge = recalibrated_judge(ratings, judgements)
    labels = [
        (source, adapter or "", *(counts[label] for label in ("send", "weak", "bad", "skip")))
        for (source, adapter), counts in labels_by_source(ratings).items()
    ]
    agreements = [
        (a.first, a.second if a.second != a.first else "the same, on repeated rows", a.replies, a.same, str(a.kappa))
        for a in (*between_raters(ratings), *with_themselves(ratings), *with_judge(ratings, judgements))
    ]
    counts: dict[str, float] = {
        "raters": len({r.rater for r in ratings}),
        "rated_replies": len(rated_replies(ratings)),
    }
    if judge is not None:
        counts |= {"judge_slope": judge.recalibration.slope, "judge_intercept": judge.recalibration.intercept}
    tables = {
        "labels": SummaryTable(("source", "adapter", "send", "weak", "bad", "skip"), tuple(labels)),
        "agreement": SummaryTable(("rater", "with", "replies", "the same", "Cohen's κ [95 %]"), tuple(agreements)),
    }
    return Summary(counts, tables, judge.recalibration if judge else None)
