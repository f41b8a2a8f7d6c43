"""The Great Expectations suites pass good rows, and fail bad ones by name.

One module for all, since the import takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from canopy_assets.lineage.expectations import SuiteResult, plain, validate
from canopy_assets.records import Exercise, Message, ReviewedDialogue, Span, TrainingExample
from canopy_assets.review.batch import review
from canopy_assets.review.suites import reviewed_dialogue_frame, reviewed_dialogue_suite
from canopy_assets.seeds.suites import exercise_frame, exercise_suite
from canopy_assets.storage.arrow import to_table
from canopy_assets.training_sets.selection import select
from canopy_assets.training_sets.suites import training_set_frame, training_set_suite
from tests.review.examples import GOOD, dialogue, exercise

EXERCISES = [
    exercise("e1"),
    exercise("e2"),
    replace(exercise("e3"), verified=False, answer=None, verification="no known family"),
]
REVIEWED = review([dialogue(), dialogue(GOOD[0], "So x = 5. See?")], eval_prompts=[], exercises={"e1": exercise()})
EXAMPLES = select(
    [
        ReviewedDialogue(dialogue(f"I am at {w} now", f"What comes after {w}?", exercise_id=w), (), True)
        for w in ("one", "two", "six")
    ],
    system_prompt="S",
    validation_share=0.3,
    seed=1,
    max_examples=None,
).examples

CASES: dict[str, tuple[Any, Any, list, type, str]] = {
    "exercises": (exercise_frame, exercise_suite, EXERCISES, Exercise, "exercise_id"),
    "reviewed": (reviewed_dialogue_frame, reviewed_dialogue_suite, REVIEWED, ReviewedDialogue, "dialogue_id"),
    "training": (training_set_frame, training_set_suite, list(EXAMPLES), TrainingExample, "example_id"),
}


def run(case: str, rows: list) -> SuiteResult:
    frame, suite, _, row_type, _ = CASES[case]
    return validate(frame(to_table(rows, row_type)), suite())


@pytest.mark.parametrize("case", CASES)
def test_good_rows_pass(case: str) -> None:
    result = run(case, CASES[case][2])
    assert result.success, result.failures
    assert result.evaluated >= 6
    assert result.rows == len(CASES[case][2])


@pytest.mark.parametrize("case", ["exercises", "reviewed"])
def test_a_seed_without_rows_passes(case: str) -> None:
    assert run(case, []).success


def test_an_empty_training_set_fails() -> None:
    assert not run("training", []).success


CORRUPTIONS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("exercises", "statement_characters", lambda e: replace(e, statement=" ")),
    ("exercises", "answer_kind", lambda e: replace(e, answer_kind="colour")),
    ("exercises", "verified_has_answer", lambda e: replace(e, answer=None)),
    ("exercises", "unverified_says_why", lambda e: replace(e, verified=False, verification="")),
    ("exercises", "steps_have_results", lambda e: replace(e, steps=(replace(e.steps[0], result=" "),))),
    (
        "exercises",
        "misconceptions_differ",
        lambda e: replace(e, misconceptions=(replace(e.misconceptions[0], answer="x = 5"),)),
    ),
    ("exercises", "line_end, line_start", lambda e: replace(e, span=Span(5, 4, 0, 10))),
    ("exercises", "char_end, char_start", lambda e: replace(e, span=Span(1, 1, 20, 10))),
    ("exercises", "topic", lambda e: replace(e, topic="")),
    ("reviewed", "accepted_iff_nothing_rejects", lambda r: replace(r, rejected_by="leak")),
    ("reviewed", "rejected_by", lambda r: replace(r, rejected_by="mood")),
    ("reviewed", "advice_is_a_failure_on_what_people_wrote", lambda r: replace(r, advised_by=("length",))),
    ("reviewed", "every_gate_has_one_verdict", lambda r: replace(r, verdicts=r.verdicts[1:])),
    (
        "reviewed",
        "failed_verdicts_have_reasons",
        lambda r: replace(r, verdicts=(replace(r.verdicts[0], passed=False), *r.verdicts[1:])),
    ),
    (
        "reviewed",
        "spans_within_turns",
        lambda r: replace(r, verdicts=(replace(r.verdicts[0], turn=1, char_start=5, char_end=999), *r.verdicts[1:])),
    ),
    (
        "reviewed",
        "accepted_alternates",
        lambda r: replace(r, dialogue=replace(r.dialogue, turns=r.dialogue.turns[:-1])),
    ),
    ("reviewed", "opening_state", lambda r: replace(r, dialogue=replace(r.dialogue, opening_state="asleep"))),
    ("reviewed", "turns", lambda r: replace(r, dialogue=replace(r.dialogue, turns=r.dialogue.turns * 9))),
    ("training", "split", lambda e: replace(e, split="test")),
    ("training", "last_role", lambda e: replace(e, messages=e.messages[:-1])),
    ("training", "assistant_messages", lambda e: replace(e, messages=e.messages[:2])),
    ("training", "alternates", lambda e: replace(e, messages=(*e.messages, e.messages[-1]))),
    ("training", "no_empty_message", lambda e: replace(e, messages=(*e.messages[:-1], Message("assistant", " ")))),
    ("training", "counts_its_tutor_turns", lambda e: replace(e, tutor_turns=3)),
    ("training", "seed", lambda e: replace(e, seed="")),
]


@pytest.mark.parametrize(("case", "column", "corrupt"), CORRUPTIONS, ids=[f"{c}-{n}" for c, n, _ in CORRUPTIONS])
def test_a_corrupt_row_fails_and_is_named(case: str, column: str, corrupt: Callable[[Any], Any]) -> None:
    _, _, rows, _, identifier = CASES[case]
    bad = corrupt(rows[0])
    result = run(case, [bad, *rows[1:]])
    assert not result.success
    failure = next(f for f in result.failures if f.column == column)
    name = bad.dialogue.dialogue_id if case == "reviewed" else getattr(bad, identifier)
    assert [r[identifier] for r in failure.failing_rows] == [name]
    assert failure.unexpected_count == 1


@pytest.mark.parametrize(
    ("case", "column"), [("exercises", "exercise_id"), ("training", "example_id"), ("training", "content")]
)
def test_repeated_rows_fail(case: str, column: str) -> None:
    rows = CASES[case][2]
    result = run(case, [rows[0], *rows])
    assert column in {f.column for f in result.failures}


def test_an_exercise_on_both_sides_fails_for_both_rows() -> None:
    first, second = EXAMPLES[0], replace(EXAMPLES[1], exercise_id=EXAMPLES[0].exercise_id)
    result = run("training", [replace(first, split="train"), replace(second, split="validation")])
    failure = next(f for f in result.failures if f.column == "exercise_in_one_split")
    assert failure.unexpected_count == 2


def test_a_missing_column_is_a_failure_with_its_error_and_results_are_plain_json() -> None:
    frame = exercise_frame(EXERCISES).drop(columns=["topic"])
    result = validate(frame, exercise_suite())
    failure = next(f for f in result.failures if f.column == "topic")
    assert "topic" in (failure.error or "")
    assert result.to_json()["failures"][0]["expectation"].startswith("expect_")
    assert plain({"a": float("nan"), "b": (1, float("inf")), "c": "x" * 400})["a"] is None
