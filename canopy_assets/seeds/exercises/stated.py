"""An exercise from a row with a problem, its answer and perhaps a solution in prose.

The answer is verified as for any document: by the problem's family, or by the arithmetic of the solution.
"""

from __future__ import annotations

import re

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.maths.typography import plain_markdown
from canopy_assets.records import Exercise, Span
from canopy_assets.seeds.exercises.building import build_exercise
from canopy_assets.seeds.exercises.candidate import MAX_STATEMENT, Candidate
from canopy_assets.seeds.rows.shapes import ExerciseRow

_BOX = re.compile(r"\\boxed\s*\{([^{}]*)\}")
_STEP = re.compile(r"\n+|(?<=[.!?])\s+(?=[A-Z$\\])")
"""Where a solution goes on to its next step: at a new line, or at a sentence's end."""


def exercise_of(row: ExerciseRow, seed: str, span: Span) -> Exercise | str:
    """The exercise of a row, or why there is none."""
    statement = _plain(row.problem)
    if len(statement) > MAX_STATEMENT:
        return f"{len(statement)} characters are more than the {MAX_STATEMENT} allowed in a problem"
    solution = _BOX.sub(r"\1", row.solution or "")
    steps = tuple(step for part in _STEP.split(solution) if (step := _plain(part)))
    if UNREADABLE in statement:
        return "an equation or a picture in this problem could not be read: type it as text, or as LaTeX"
    if "[asy]" in row.problem:
        return "a problem with a drawing in Asymptote, without which it cannot be read"
    answer = _plain(f"${row.answer}$" if row.answer and "\\" in row.answer else row.answer or "") or None
    return build_exercise(Candidate((statement,), answer, steps, (), (), span, labelled=True, topic=row.topic), seed)


def _plain(text: str) -> str:
    """One line without Markdown, and with LaTeX as signs."""
    return plain_markdown(" ".join(text.split()))
