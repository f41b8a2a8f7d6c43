"""What each line of a prose document is to its exercises: a line that is part of none must be explained.

Every line with figures or a task verb belongs to a problem, to its guidance or to its answer, or it is *unexplained*:
the reader may have missed a problem there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from canopy_assets.seeds.exercises.prose.labels import Field
from canopy_assets.seeds.exercises.prose.sheet import without_number
from canopy_assets.seeds.exercises.prose.tokens import Token
from canopy_assets.seeds.exercises.prose.wording import has_figures, is_task, starts_like_task

LineClass = Literal["problem", "part", "guidance", "answer", "prose", "unexplained"]
"""A line that states a problem or opens one; one that belongs to a problem (an instruction that several share, a
continuation, a lettered part); guidance for the tutor and common mistakes; an answer or its steps; text that states
nothing to do; and text that does, or has figures, and is none of these."""

LINE_CLASSES: tuple[LineClass, ...] = get_args(LineClass)

_OF_FIELD: dict[Field, LineClass] = {
    "statement": "part",
    "answer": "answer",
    "steps": "answer",
    "answers": "answer",
    "hints": "guidance",
    "mistakes": "guidance",
    "notes": "guidance",
    "topic": "prose",
}


@dataclass(frozen=True)
class Line:
    """A line of a document that is not blank, with what it is. `number` counts from 1."""

    number: int
    text: str
    kind: LineClass


class LineLog:
    """What the lines are, noted while the document is read. What is noted first stays, unless it is set later."""

    def __init__(self) -> None:
        self.kinds: dict[int, LineClass] = {}

    def note(self, line: int, kind: LineClass) -> None:
        """Say what a line is, if nobody has said so yet: a line may state a problem and its answer."""
        self.kinds.setdefault(line, kind)

    def note_field(self, line: int, field: Field) -> None:
        """Say that a line belongs to this part of an exercise."""
        self.note(line, _OF_FIELD[field])

    def set(self, line: int, kind: LineClass) -> None:
        """Say what a line is, whatever was noted before."""
        self.kinds[line] = kind

    def note_unused(self, token: Token) -> None:
        """Say of a line that went nowhere whether it reads as if it should have."""
        self.note(token.line, "unexplained" if _wants_explanation(token) else "prose")

    def lines(self, text: str) -> Iterator[Line]:
        """The lines of the document that are not blank. Those that were not looked at, as comments, are prose."""
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield Line(number, line, self.kinds.get(number, "prose"))


def _wants_explanation(token: Token) -> bool:
    if token.too_long:
        return True
    if token.kind == "heading":
        return is_task(without_number(token.text))  # "Week 3" is no more than a title
    return has_figures(re.sub(r"^\W*\d{1,3}[.)]\s", "", token.text)) or starts_like_task(token.text)
