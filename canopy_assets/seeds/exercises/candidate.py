"""What a document states as an exercise, before anything of it is verified."""

from __future__ import annotations

from dataclasses import dataclass

from canopy_assets.records import Span

MAX_STATEMENT = 1_500
"""Characters of a problem statement."""


@dataclass(frozen=True)
class Candidate:
    """A stretch of a document that reads as an exercise; nothing of it is verified yet.

    Attributes:
        statements: the ways in which the problem can be read, the likeliest first.
        answer: the answer that the document states.
        steps: the document's solution, step by step.
        hints: guidance for the tutor.
        mistakes: common mistakes, as the document describes them.
        labelled: whether the document itself calls it an exercise.
        topic: as the document names it.
    """

    statements: tuple[str, ...]
    answer: str | None
    steps: tuple[str, ...]
    hints: tuple[str, ...]
    mistakes: tuple[str, ...]
    span: Span
    labelled: bool
    topic: str | None = None
