"""Prose documents for tests, and what is made of them."""

from __future__ import annotations

from canopy_assets.records import Exercise, SeedDocument
from canopy_assets.seeds.exercises.extraction import account


def document(text: str, media_type: str = "text/markdown") -> SeedDocument:
    """A document as the reader leaves it."""
    return SeedDocument("s", "s.md", "prose", media_type, text, "d", len(text), "read")


def exercises(text: str) -> list[Exercise]:
    """The exercises of a document."""
    return account(document(text)).exercises


def answers(text: str) -> list[str | None]:
    """The answers of a document's exercises; None for each that is not verified."""
    return [e.answer if e.verified else None for e in exercises(text)]


def classes(text: str) -> dict[str, str]:
    """What each line of a document is."""
    return {line.text.strip(): line.kind for line in account(document(text)).lines}
