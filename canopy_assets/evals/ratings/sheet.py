"""The order in which a rater sees the replies: shuffled by the rater's name, with a tenth shown twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from canopy_assets.evals.ratings.items import Item
from canopy_assets.evals.ratings.rubric import RUBRIC_VERSION
from canopy_assets.records import Rating, RatingLabel, content_id

REPEATED_SHARE = 0.1
"""The share of replies that a rater sees a second time, to compare them with themselves."""


@dataclass(frozen=True)
class Row:
    """A reply at its place in a sheet. `repeat` is true where the rater sees it for the second time."""

    item: Item
    repeat: bool = False

    @property
    def key(self) -> tuple[str, bool]:
        """What a rating of this row is found by."""
        return self.item.digest, self.repeat

    def rated(self, label: RatingLabel, *, rater: str, reason: str | None = None) -> list[Rating]:
        """The ratings that a label makes, as of now: one for each source that gave this reply."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        item = self.item
        return [
            Rating(
                rater=rater,
                rated_at=now,
                label=label,
                reason=reason or None,
                source=origin.source,
                adapter=origin.adapter,
                prompt_id=origin.prompt_id,
                reply_digest=item.digest,
                repeat=self.repeat,
                rubric=RUBRIC_VERSION,
                problem=item.problem,
                answer=item.answer,
                conversation=item.conversation,
                reply=item.reply,
                references=item.references,
            )
            for origin in item.origins
        ]


def sheet(items: Sequence[Item], rater: str) -> list[Row]:
    """The rows of a rater's sheet. The same replies and rater give the same order, whatever the order of `items`.

    A repeated reply comes a third of the sheet or more after its first row, so that few raters recognize it.
    """
    order = sorted(items, key=lambda item: content_id("order", rater, item.digest))
    gap = max(1, len(order) // 3)
    early = order[: max(0, len(order) - gap)]
    wanted = round(REPEATED_SHARE * len(order))
    repeated = {i.digest for i in sorted(early, key=lambda i: content_id("repeat", rater, i.digest))[:wanted]}
    placed = [(place, False, item) for place, item in enumerate(order)]
    for place, item in enumerate(early):
        if item.digest in repeated:
            later = int(content_id("place", rater, item.digest), 16) % (len(order) - gap - place)
            placed.append((place + gap + later, True, item))
    return [Row(item, repeat) for _, repeat, item in sorted(placed, key=lambda p: (p[0], p[1], p[2].digest))]


def next_row(rows: Sequence[Row], rated: Iterable[tuple[str, bool]]) -> int | None:
    """The index of the first row without a rating; None where all are rated."""
    done = set(rated)
    return next((index for index, row in enumerate(rows) if row.key not in done), None)
