"""The expectations on a training set, and the flat frame that they are checked on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from canopy_assets.lineage.expectations import quiet_great_expectations
from canopy_assets.records import TrainingExample, content_id
from canopy_assets.review.suites import MAX_TURNS
from canopy_assets.storage.arrow import from_table

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation


def training_set_frame(rows: pa.Table | Sequence[TrainingExample]) -> pd.DataFrame:
    """One row for each example. Properties of its messages, and of the split as a whole, are plain columns."""
    import pandas as pd

    examples = from_table(rows, TrainingExample) if isinstance(rows, pa.Table) else rows
    sides: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        sides[_group(example)].add(example.split)
    columns = [
        "example_id",
        "dialogue_id",
        "exercise_id",
        "seed",
        "origin",
        "split",
        "topic",
        "tutor_turns",
        "content",
        "exercise_in_one_split",
        "assistant_messages",
        "last_role",
        "alternates",
        "no_empty_message",
        "counts_its_tutor_turns",
    ]
    return pd.DataFrame([_row(e, len(sides[_group(e)]) == 1) for e in examples], columns=columns)


def training_set_suite() -> list[Expectation]:
    """The expectations on `training_set_frame`."""
    expect = quiet_great_expectations().expectations
    return [
        expect.ExpectTableRowCountToBeBetween(min_value=1),
        expect.ExpectColumnValuesToNotBeNull(column="example_id"),
        expect.ExpectColumnValuesToBeUnique(column="example_id"),
        expect.ExpectColumnValuesToBeUnique(column="content"),
        expect.ExpectColumnValuesToNotBeNull(column="seed"),
        expect.ExpectColumnValuesToBeInSet(column="origin", value_set=["synthetic", "human"]),
        expect.ExpectColumnValuesToBeInSet(column="split", value_set=["train", "validation"]),
        expect.ExpectColumnValuesToBeInSet(column="exercise_in_one_split", value_set=[True]),
        expect.ExpectColumnValuesToBeBetween(column="assistant_messages", min_value=1, max_value=MAX_TURNS // 2),
        expect.ExpectColumnValuesToBeInSet(column="last_role", value_set=["assistant"]),
        *(
            expect.ExpectColumnValuesToBeInSet(column=column, value_set=[True])
            for column in ("alternates", "no_empty_message", "counts_its_tutor_turns")
        ),
    ]


def _group(example: TrainingExample) -> str:
    """The exercise; a chat without one is a group of its own."""
    return example.exercise_id or f"example {example.example_id}"


def _row(example: TrainingExample, in_one_split: bool) -> dict[str, object]:
    roles = [m.role for m in example.messages]
    spoken = roles[1:] if roles[:1] == ["system"] else roles
    return {
        "example_id": example.example_id or None,
        "dialogue_id": example.dialogue_id,
        "exercise_id": example.exercise_id,
        "seed": example.seed or None,
        "origin": example.origin,
        "split": example.split,
        "topic": example.topic,
        "tutor_turns": example.tutor_turns,
        "content": content_id(*(f"{m.role} {m.content}" for m in example.messages)),
        "exercise_in_one_split": in_one_split,
        "assistant_messages": roles.count("assistant"),
        "last_role": roles[-1] if roles else "none",
        "alternates": spoken == ["user", "assistant"] * (len(spoken) // 2),
        "no_empty_message": all(m.content.strip() for m in example.messages),
        "counts_its_tutor_turns": example.tutor_turns == roles.count("assistant"),
    }
