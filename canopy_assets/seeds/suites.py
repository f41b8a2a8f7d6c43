"""The expectations on exercises before dialogues are planned from them, and the data frame that they are checked on."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from canopy_assets.lineage.expectations import quiet_great_expectations
from canopy_assets.records import AnswerKind, Exercise
from canopy_assets.storage.arrow import from_table

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation

MAX_STEPS = 30
"""GSM8K's longest solution has 12 steps; more than 30 are an error of the parser."""


def exercise_frame(rows: pa.Table | Sequence[Exercise]) -> pd.DataFrame:
    """One row for each exercise. Properties of nested fields that the suite checks have their own columns."""
    import pandas as pd

    exercises = from_table(rows, Exercise) if isinstance(rows, pa.Table) else rows
    columns = [
        "exercise_id",
        "seed",
        "statement",
        "statement_characters",
        "topic",
        "answer_kind",
        "verified",
        "verification",
        "steps",
        "verified_has_answer",
        "unverified_says_why",
        "steps_have_results",
        "misconceptions_differ",
        "line_start",
        "line_end",
        "char_start",
        "char_end",
    ]
    return pd.DataFrame([_row(e) for e in exercises], columns=columns)


def exercise_suite() -> list[Expectation]:
    """The expectations on `exercise_frame`."""
    expect = quiet_great_expectations().expectations
    kinds = list(typing.get_args(AnswerKind))
    return [
        expect.ExpectColumnValuesToNotBeNull(column="exercise_id"),
        expect.ExpectColumnValuesToBeUnique(column="exercise_id"),
        expect.ExpectColumnValuesToNotBeNull(column="seed"),
        expect.ExpectColumnValuesToBeBetween(column="statement_characters", min_value=3, max_value=4000),
        expect.ExpectColumnValuesToNotBeNull(column="topic"),
        expect.ExpectColumnValuesToBeInSet(column="answer_kind", value_set=kinds),
        expect.ExpectColumnValuesToBeInSet(column="verified_has_answer", value_set=[True]),
        expect.ExpectColumnValuesToBeInSet(column="unverified_says_why", value_set=[True]),
        expect.ExpectColumnValuesToBeBetween(column="steps", min_value=0, max_value=MAX_STEPS),
        expect.ExpectColumnValuesToBeInSet(column="steps_have_results", value_set=[True]),
        expect.ExpectColumnValuesToBeInSet(column="misconceptions_differ", value_set=[True]),
        expect.ExpectColumnValuesToBeBetween(column="line_start", min_value=1),
        expect.ExpectColumnPairValuesAToBeGreaterThanB(column_A="line_end", column_B="line_start", or_equal=True),
        expect.ExpectColumnPairValuesAToBeGreaterThanB(column_A="char_end", column_B="char_start", or_equal=True),
    ]


def _row(exercise: Exercise) -> dict[str, object]:
    answered = bool(exercise.answer and exercise.answer.strip())
    return {
        "exercise_id": exercise.exercise_id or None,
        "seed": exercise.seed or None,
        "statement": exercise.statement,
        "statement_characters": len(exercise.statement.strip()),
        "topic": exercise.topic or None,
        "answer_kind": exercise.answer_kind,
        "verified": exercise.verified,
        "verification": exercise.verification,
        "steps": len(exercise.steps),
        "verified_has_answer": answered or not exercise.verified,
        "unverified_says_why": exercise.verified or bool(exercise.verification.strip()),
        "steps_have_results": not exercise.verified or all(s.result.strip() and s.kind.strip() for s in exercise.steps),
        "misconceptions_differ": all(
            m.answer.strip() != (exercise.answer or "").strip() for m in exercise.misconceptions
        ),
        "line_start": exercise.span.line_start,
        "line_end": exercise.span.line_end,
        "char_start": exercise.span.char_start,
        "char_end": exercise.span.char_end,
    }
