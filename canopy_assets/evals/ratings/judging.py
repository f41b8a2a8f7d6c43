"""The judge of usefulness as people's ratings in this home correct it, with the errors that it then makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.ratings.agreement import cluster, judged, rated_replies
from canopy_assets.records import Rating
from canopy_assets.review.usefulness import Asked, Usefulness, useful_many
from canopy_assets.review.usefulness.calibration import JudgeErrors
from canopy_assets.review.usefulness.recalibration import Recalibration, recalibrated

MIN_OF_EACH = 10
"""The fewest replies that people would send, and that they would not. With fewer, the judge's errors stay unknown."""

Judged = tuple[str, float, bool]
"""A rated reply: its cluster, the judge's probability, and what people say."""


@dataclass(frozen=True)
class RecalibratedJudge:
    """Judges replies as `useful_many` does, with recalibrated probabilities.

    Attributes:
        recalibration: fitted on all rated replies, the teacher's too.
        errors: counted on the same replies, each judged by a fit to those of other problems.
    """

    recalibration: Recalibration
    errors: JudgeErrors

    def __call__(self, rows: Sequence[Asked]) -> list[Usefulness]:
        """The judgements of replies, in their order."""
        return [self.recalibration.apply(judgement) for judgement in useful_many(rows)]


def recalibrated_judge(
    ratings: Sequence[Rating], judgements: Mapping[str, Usefulness] | None = None
) -> RecalibratedJudge | None:
    """The judge corrected by all ratings; None where too few replies are rated, or too few of one kind.

    Args:
        ratings: all ratings.
        judgements: what the judge says of the rated replies, by digest; asked here if None.
    """
    judgements = judged(ratings) if judgements is None else judgements
    rows = [
        (cluster(reply.rating), judgements[digest].probability, reply.sends)
        for digest, reply in rated_replies(ratings).items()
    ]
    sent = sum(sends for _, _, sends in rows)
    fitted = _fit(rows)
    if fitted is None or min(sent, len(rows) - sent) < MIN_OF_EACH:
        return None
    return RecalibratedJudge(fitted, _errors(rows))


def _fit(rows: Sequence[Judged], **limits: int) -> Recalibration | None:
    return recalibrated([probability for _, probability, _ in rows], [sends for _, _, sends in rows], **limits)


def _errors(rows: Sequence[Judged]) -> JudgeErrors:
    """How often the judge is right on the replies to one problem, after a fit to those of all others."""
    by_problem: defaultdict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        by_problem[row[0]].append(row)
    right, of = {True: 0, False: 0}, {True: 0, False: 0}
    for problem, held_out in by_problem.items():
        fitted = _fit([row for row in rows if row[0] != problem], min_rated=1) or Recalibration()
        for _, probability, sends in held_out:
            right[sends] += fitted.sends(probability) == sends
            of[sends] += 1
    return JudgeErrors((right[True], of[True]), (right[False], of[False]), f"{len(rows)} replies rated in this home")
