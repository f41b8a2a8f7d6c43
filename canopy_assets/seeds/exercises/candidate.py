"""An exercise as a document states it, before verification."""

from __future__ import annotations

from dataclasses import dataclass

from canopy_assets.records import Span
from canopy_assets.seeds.exercises.prose.conditions import Condition

MAX_STATEMENT = 1_500
"""In characters, for a problem statement."""


@dataclass(frozen=True)
class Candidate:
    """A part of a document that reads as an exercise. Nothing in it is verified yet.

    Attributes:
        statements: the ways in which the problem can be read, the likeliest first.
        answer: the answer that the document states.
        steps: the document's solution, step by step.
        hints: guidance for the tutor.
        mistakes: common mistakes, as the document describes them.
        labelled: whether the document itself calls it an exercise.
        topic: the topic's name in the document.
        doubt: why the problem is not used, however well it is understood; empty if it may be.
        condition: a line above that may change the answer. The statements begin with it.
    """

    statements: tuple[str, ...]
    answer: str | None
    steps: tuple[str, ...]
    hints: tuple[str, ...]
    mistakes: tuple[str, ...]
    span: Span
    labelled: bool
    topic: str | None = None
    doubt: str = ""
    condition: Condition | None = None
