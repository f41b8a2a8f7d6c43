"""Replies and ratings for the tests of this folder."""

from __future__ import annotations

from canopy_assets.evals.ratings.items import Item, Origin
from canopy_assets.evals.ratings.sheet import Row
from canopy_assets.records import Message, Rating, RatingLabel, RatingSource

ADAPTER = "a" * 16


def item(number: int, source: RatingSource = "candidate", *, problem: str | None = None, reply: str = "") -> Item:
    """A reply to a problem of its own."""
    statement = f"Solve {number}x = {number * number}." if problem is None else problem
    origin = Origin(source, None if source == "teacher" else ADAPTER, f"p-{number}")
    said = (Message("user", f"How do I start with {number}x?"),)
    return Item(statement, f"x = {number}", said, reply or f"What undoes the {number}?", (origin,))


def rating(number: int, label: RatingLabel = "send", rater: str = "anna", *, repeat: bool = False, **given) -> Rating:
    """A rating of `item(number)`."""
    (made,) = Row(item(number, **given), repeat).rated(label, rater=rater)
    return made
