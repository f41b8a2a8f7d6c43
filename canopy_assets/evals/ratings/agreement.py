"""How far raters agree: with each other, with themselves on repeated rows, and with the judge of usefulness.

κ is Cohen's, of "send" or not. Its interval comes from resampling whole problems (`review.agreement`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from canopy_assets.records import Rating
from canopy_assets.review.agreement import Estimate, bootstrap, estimate, kappa
from canopy_assets.review.usefulness import Asked, Usefulness, useful_many

JUDGE = "the judge"
RESAMPLES = 2000

Pair = tuple[str, bool, bool]
"""A reply that was judged twice: its cluster, and the two verdicts (sends or not)."""


@dataclass(frozen=True)
class RaterAgreement:
    """Two views of the same replies.

    Attributes:
        first, second: who judged; the same name twice for a rater's repeated rows.
        replies: how many both judged.
        same: in how many both say "send", or both do not.
        kappa: Cohen's κ of that; NaN where it is undefined.
    """

    first: str
    second: str
    replies: int
    same: int
    kappa: Estimate


@dataclass(frozen=True)
class RatedReply:
    """A reply with what people say of it. It is one to send where everybody who rated it says so.

    Attributes:
        rating: one of its ratings, for its texts.
        sends: what people say.
        raters: who rated it.
    """

    rating: Rating
    sends: bool
    raters: tuple[str, ...]


def first_ratings(ratings: Iterable[Rating]) -> list[Rating]:
    """One rating for each rater and reply: without repeated rows, skipped ones, and further sources of a reply."""
    held = {(r.rater, r.reply_digest): r for r in ratings if r.label != "skip" and not r.repeat}
    return list(held.values())


def rated_replies(ratings: Iterable[Rating]) -> dict[str, RatedReply]:
    """The replies that somebody rated, by digest."""
    by_reply: defaultdict[str, list[Rating]] = defaultdict(list)
    for rating in first_ratings(ratings):
        by_reply[rating.reply_digest].append(rating)
    return {
        digest: RatedReply(rows[0], all(r.label == "send" for r in rows), tuple(sorted(r.rater for r in rows)))
        for digest, rows in by_reply.items()
    }


def judged(ratings: Iterable[Rating]) -> dict[str, Usefulness]:
    """What the judge says of the rated replies, by digest, without recalibration."""
    replies = rated_replies(ratings)
    asked = [
        Asked(
            r.rating.reply,
            r.rating.problem,
            r.rating.answer,
            tuple((m.role, m.content) for m in r.rating.conversation),
            r.rating.references,
        )
        for r in replies.values()
    ]
    return dict(zip(replies, useful_many(asked), strict=True))


def between_raters(ratings: Sequence[Rating]) -> list[RaterAgreement]:
    """The agreement of every two raters who rated a reply in common."""
    by_rater = _by_rater(first_ratings(ratings))
    found = []
    for first, second in combinations(sorted(by_rater), 2):
        ours, theirs = by_rater[first], by_rater[second]
        pairs = [_pair(ours[digest], theirs[digest]) for digest in ours if digest in theirs]
        found += [_agreement(first, second, pairs)] if pairs else []
    return found


def with_themselves(ratings: Sequence[Rating]) -> list[RaterAgreement]:
    """The agreement of each rater with themselves, on the rows that they saw twice."""
    by_rater = _by_rater(first_ratings(ratings))
    again = _by_rater(r for r in ratings if r.repeat and r.label != "skip")
    found = []
    for rater in sorted(again):
        first = by_rater.get(rater, {})
        pairs = [_pair(first[digest], repeated) for digest, repeated in again[rater].items() if digest in first]
        found += [_agreement(rater, rater, pairs)] if pairs else []
    return found


def with_judge(ratings: Sequence[Rating], judgements: Mapping[str, Usefulness]) -> list[RaterAgreement]:
    """The agreement of each rater with the judge of usefulness."""
    found = []
    for rater, rated in sorted(_by_rater(first_ratings(ratings)).items()):
        pairs = [(cluster(r), r.label == "send", judgements[digest].sends) for digest, r in rated.items()]
        found.append(_agreement(rater, JUDGE, pairs))
    return found


def cluster(rating: Rating) -> str:
    """What a rating is resampled with: its problem, or its prompt where the student brought no problem."""
    return rating.problem or rating.prompt_id


def _by_rater(ratings: Iterable[Rating]) -> dict[str, dict[str, Rating]]:
    by_rater: defaultdict[str, dict[str, Rating]] = defaultdict(dict)
    for rating in ratings:
        by_rater[rating.rater][rating.reply_digest] = rating
    return dict(by_rater)


def _pair(first: Rating, second: Rating) -> Pair:
    return cluster(first), first.label == "send", second.label == "send"


def _agreement(first: str, second: str, pairs: Sequence[Pair]) -> RaterAgreement:
    """The agreement on some pairs. The counts are: both send, only the first, only the second, neither."""
    by_problem: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for problem, one, other in pairs:
        by_problem[problem][2 * (not one) + (not other)] += 1
    clusters = list(by_problem.values())
    counts = [sum(column) for column in zip(*clusters, strict=True)]
    samples = bootstrap(clusters, RESAMPLES, seed=0)
    return RaterAgreement(first, second, len(pairs), counts[0] + counts[3], estimate(kappa, counts, samples))
