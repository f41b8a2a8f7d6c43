"""The expectations on reviewed dialogues before they may be trained on, and the flat frame that they are checked on."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from canopy_assets.lineage.expectations import quiet_great_expectations
from canopy_assets.records import OPENING_STATES, TUTOR_MOVES, ReviewedDialogue, StudentState, Verdict
from canopy_assets.review.gates.registry import GATES
from canopy_assets.storage.arrow import from_table

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation import Expectation

MAX_TURNS = 60
"""As many as a chat seed may have (`seeds.chats.MAX_TURNS`). The length gate rejects long synthetic dialogues."""
_STATES = frozenset(typing.get_args(StudentState))
_CHECKS = (
    "accepted_iff_nothing_rejects",
    "rejected_by_first_failure",
    "every_gate_has_one_verdict",
    "failed_verdicts_have_reasons",
    "advice_is_a_failure_on_what_people_wrote",
    "spans_within_turns",
    "accepted_alternates",
    "known_states_and_moves",
    "rejection_has_reason",
)
"""Columns that are true of a sound row."""


def reviewed_dialogue_frame(rows: pa.Table | Sequence[ReviewedDialogue]) -> pd.DataFrame:
    """One row per dialogue, with what the suite asks about turns and verdicts as plain columns."""
    import pandas as pd

    reviewed = from_table(rows, ReviewedDialogue) if isinstance(rows, pa.Table) else rows
    columns = [
        "dialogue_id",
        "seed",
        "origin",
        "opening_state",
        "turns",
        "rejected_by",
        "reason",
        *_CHECKS,
    ]
    return pd.DataFrame([_row(r) for r in reviewed], columns=columns)


def reviewed_dialogue_suite() -> list[Expectation]:
    """The expectations on `reviewed_dialogue_frame`."""
    expect = quiet_great_expectations().expectations
    return [
        expect.ExpectColumnValuesToNotBeNull(column="dialogue_id"),
        expect.ExpectColumnValuesToNotBeNull(column="seed"),
        expect.ExpectColumnValuesToBeInSet(column="origin", value_set=["synthetic", "human"]),
        expect.ExpectColumnValuesToBeInSet(column="opening_state", value_set=list(OPENING_STATES)),
        expect.ExpectColumnValuesToBeBetween(column="turns", min_value=0, max_value=MAX_TURNS),
        expect.ExpectColumnValuesToBeInSet(column="rejected_by", value_set=list(GATES)),
        *(expect.ExpectColumnValuesToBeInSet(column=column, value_set=[True]) for column in _CHECKS),
    ]


def _row(reviewed: ReviewedDialogue) -> dict[str, object]:
    """The row of one reviewed dialogue."""
    dialogue, verdicts = reviewed.dialogue, reviewed.verdicts
    failed = [v for v in verdicts if not v.passed]
    rejecting = [v.gate for v in failed if v.gate not in reviewed.advised_by]
    return {
        "dialogue_id": dialogue.dialogue_id or None,
        "seed": dialogue.seed or None,
        "origin": dialogue.origin,
        "opening_state": dialogue.opening_state,
        "turns": len(dialogue.turns),
        "rejected_by": reviewed.rejected_by,
        "reason": reviewed.reason,
        "accepted_iff_nothing_rejects": reviewed.accepted == (reviewed.rejected_by is None),
        "rejected_by_first_failure": reviewed.rejected_by == (rejecting[0] if rejecting else None),
        "every_gate_has_one_verdict": sorted(v.gate for v in verdicts) == sorted(GATES),
        "failed_verdicts_have_reasons": all(v.reason for v in failed),
        "advice_is_a_failure_on_what_people_wrote": {*reviewed.advised_by} <= {v.gate for v in failed}
        and (dialogue.origin == "human" or not reviewed.advised_by),
        "spans_within_turns": all(_within(v, reviewed) for v in verdicts),
        "accepted_alternates": not reviewed.accepted
        or [t.role for t in dialogue.turns] == ["student", "tutor"] * (len(dialogue.turns) // 2),
        "known_states_and_moves": all(
            (t.state is None or t.state in _STATES) and (t.move is None or t.move in TUTOR_MOVES)
            for t in dialogue.turns
        ),
        "rejection_has_reason": reviewed.accepted or bool(reviewed.reason),
    }


def _within(verdict: Verdict, reviewed: ReviewedDialogue) -> bool:
    """Whether a verdict's span is ordered and lies within its turn, or within the statement where it names none."""
    if verdict.turn is not None and not 0 <= verdict.turn < len(reviewed.dialogue.turns):
        return False
    if verdict.char_start is None or verdict.char_end is None:
        return verdict.char_start is None and verdict.char_end is None
    text = reviewed.dialogue.statement if verdict.turn is None else reviewed.dialogue.turns[verdict.turn].text
    return 0 <= verdict.char_start <= verdict.char_end <= len(text)
