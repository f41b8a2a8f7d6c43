"""People decide about an adapter's usefulness, where they rated enough of its replies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.ratings.agreement import cluster, first_ratings, rated_replies
from canopy_assets.evals.ratings.items import ADAPTER_DIGITS
from canopy_assets.evals.statistics import Proportion, clustered
from canopy_assets.records import Rating

MIN_REPLIES = 50
"""The fewest distinct replies of an adapter whose ratings decide instead of the judge."""


@dataclass(frozen=True)
class PeoplesVerdict:
    """What people say of one adapter's replies.

    Attributes:
        adapter: the first digits of its digest.
        replies: how many distinct replies were rated.
        sends: how many of these everybody who rated them would send.
        raters: who rated.
        by_prompt: for each prompt, how many of its replies people would send, and how many they rated.
        share: `sends` of `replies`, with a 95 % interval that allows for several replies to one problem.
    """

    adapter: str
    replies: int
    sends: int
    raters: tuple[str, ...]
    by_prompt: Mapping[str, tuple[int, int]]
    share: Proportion


def decided_by_people(
    adapter_digest: str, ratings: Sequence[Rating], *, min_replies: int = MIN_REPLIES
) -> PeoplesVerdict | None:
    """What people say of an adapter, where they rated enough of its replies; otherwise None, and the judge decides.

    Args:
        adapter_digest: the adapter's digest, or its first 16 digits.
        ratings: all ratings, of any adapter.
        min_replies: how many distinct replies of the adapter must be rated.
    """
    adapter = adapter_digest[:ADAPTER_DIGITS]
    own = [r for r in ratings if r.adapter == adapter]
    replies = rated_replies(own)
    if len(replies) < min_replies:
        return None
    by_prompt: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for reply in replies.values():
        by_prompt[reply.rating.prompt_id][0] += reply.sends
        by_prompt[reply.rating.prompt_id][1] += 1
    share = clustered([r.sends for r in replies.values()], [cluster(r.rating) for r in replies.values()])
    return PeoplesVerdict(
        adapter=adapter,
        replies=len(replies),
        sends=share.successes,
        raters=tuple(sorted({r.rater for r in first_ratings(own)})),
        by_prompt={prompt: (sends, rated) for prompt, (sends, rated) in by_prompt.items()},
        share=share,
    )


def labels_by_source(ratings: Iterable[Rating]) -> dict[tuple[str, str | None], Counter[str]]:
    """How often each label was given, by source and adapter, without repeated rows."""
    counts: defaultdict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for rating in ratings:
        if not rating.repeat:
            counts[rating.source, rating.adapter][rating.label] += 1
    return dict(sorted(counts.items(), key=lambda entry: (entry[0][0], entry[0][1] or "")))
