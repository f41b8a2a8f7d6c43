"""From documents to exercises: which answers are computed, checked or refused, and with which reason."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.maths.answers import equivalent
from canopy_assets.records import Exercise, SeedDocument
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.exercises.building import exercise_id
from canopy_assets.seeds.exercises.verification import agrees
from canopy_assets.storage.arrow import from_table, to_table


def _document(text: str, **fields: Any) -> SeedDocument:
    document = SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read")
    return dataclasses.replace(document, **fields)


def _one(text: str, **fields: Any) -> Exercise:
    found, skipped = extraction.extract(_document(text, **fields))
    assert skipped == []
    return found[0]


def test_a_known_family_computes_answer_steps_and_wrong_ideas():
    exercise = _one("Exercise 1: Solve 5x - 9 = 16.\n\nGuidance:\n- ask what was done to x last")
    assert (exercise.verified, exercise.answer, exercise.family) == (True, "x = 5", "linear_equation")
    assert exercise.stated_answer is None
    assert exercise.hints == ("ask what was done to x last",)
    assert len(exercise.steps) == 2
    assert exercise.misconceptions
    assert (exercise.span.line_start, exercise.span.line_end) == (1, 4)


@pytest.mark.parametrize(
    "stated", ["x = 5", "5", "x = 5.", "x = 5, because 25/5 = 5", "The solution is x = 5.", "10/2"]
)
def test_a_right_stated_answer_is_accepted_however_it_is_written(stated):
    exercise = _one(f"Exercise 1: Solve 5x - 9 = 16.\nAnswer: {stated}")
    assert exercise.verified
    assert exercise.answer == "x = 5"


def test_a_wrong_stated_answer_is_reported_and_nothing_is_used():
    exercise = _one("Exercise 1: Solve 5x - 9 = 16.\nAnswer: x = 7")
    assert exercise.verification == "stated answer x = 7 is wrong: computed x = 5"
    assert (exercise.verified, exercise.answer, exercise.stated_answer) == (False, None, "x = 7")
    assert (exercise.steps, exercise.misconceptions) == ((), ())


STORY = "Exercise 1: A library has 8 shelves with 35 books each. 60 are on loan. How many are there?\n"


def test_a_problem_of_no_family_is_verified_by_its_steps():
    exercise = _one(f"{STORY}\nSteps:\n1. 8 × 35 = 280\n2. 280 − 60 = 220\n\nAnswer: 220")
    assert (exercise.verified, exercise.answer, exercise.family) == (True, "220", None)
    assert exercise.verification.startswith("by its steps")
    assert [(s.kind, s.result) for s in exercise.steps] == [("given", "280"), ("given", "220")]
    assert [s.slots["quantities"] for s in exercise.steps] == ["8 and 35", "280 and 60"]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("Answer: 220", "no steps are given"),
        ("", "no answer is stated"),
        ("Steps:\n1. 8 × 35 = 270\n2. 270 − 60 = 210\n\nAnswer: 210", "step 1 is wrong: 8 × 35 = 270"),
        ("Steps:\n1. 8 × 35 = 280\n2. 280 − 60 = 220\n\nAnswer: 230", "does not give the stated answer 230"),
        ("Steps:\n1. multiply\n2. subtract\n\nAnswer: 220", "no arithmetic that could be checked"),
    ],
)
def test_what_cannot_be_verified_says_why(rest, reason):
    exercise = _one(f"{STORY}\n{rest}")
    assert not exercise.verified
    assert exercise.answer is None
    assert reason in exercise.verification


def test_a_documents_own_mistake_becomes_a_wrong_idea_only_when_it_is_wrong():
    text = (
        "Exercise 1: Solve 5x - 9 = 16.\n\nCommon mistakes:\n"
        "- guesses and gets x = 40\n- divides too early\n- adds 9 and gets x = 5"
    )
    exercise = _one(text)
    own = [m for m in exercise.misconceptions if m.belief == "guesses and gets x = 40"]
    assert [(m.answer, m.work, m.check) for m in own] == [
        ("x = 40", "I guess and get x = 40.", "Put x = 40 into 5x − 9 = 16: do both sides come out the same?")
    ]
    assert exercise.hints == ("watch for: divides too early", "watch for: adds 9 and gets x = 5")
    assert all(not equivalent(m.answer, "x = 5", exercise.answer_kind) for m in exercise.misconceptions)


def test_a_problem_with_a_power_that_a_pdf_may_have_lost_is_not_solved():
    text = "Exercise 1: Solve x2 - 5x + 6 = 0."
    found, skipped = extraction.extract(_document(text, media_type="application/pdf"))
    assert found == []
    assert "'x2' may be a power" in skipped[0].reason


def test_a_repeated_exercise_is_skipped_and_names_the_first():
    found, skipped = extraction.extract(_document("Exercise 1: Solve 2x = 6.\n\nExercise 2: solve  2x = 6"))
    assert len(found) == 1
    assert [(s.line, s.reason) for s in skipped] == [(3, "the same exercise as in line 1")]


def test_a_sentence_that_only_begins_like_a_task_is_reported_not_kept():
    found, skipped = extraction.extract(_document("Find the 3 rules on the next page and read them."))
    assert found == []
    assert "looks like an exercise, but" in skipped[0].reason


def test_quarantined_documents_and_chats_have_no_exercises():
    assert extraction.extract(_document("Solve 2x = 6", state="quarantined")) == ([], [])
    assert extraction.extract(_document('{"messages": []}', kind="chats")) == ([], [])


def test_the_identity_of_an_exercise_ignores_spacing_case_and_typesetting():
    assert exercise_id("Solve 5x - 9 = 16.", "x = 5") == exercise_id("solve  5x − 9 = 16", "x = 5")
    assert exercise_id("Solve 5x - 9 = 16", "x = 5") != exercise_id("Solve 5x - 9 = 17", "x = 5")


def test_an_answer_in_a_sentence_agrees_only_by_its_number():
    assert agrees("The sale price is $30.", "30", "number")
    assert not agrees("The sale price is $31.", "30", "number")
    assert not agrees("between 20 and 30", "30", "number")


@settings(max_examples=80)
@given(
    st.text("0123456789xyab +-*/^=()²√%.,$<>", max_size=40),
    st.text("0123456789x =.,/-", max_size=12),
    st.text("0123456789x =+-*/:;", max_size=30),
)
def test_any_exercise_text_is_extracted_or_reported_never_raised(problem, answer, mistake):
    text = f"Exercise 1: Solve {problem}\nAnswer: {answer}\nSteps: {mistake}\nCommon mistake: gets {mistake}"
    found, skipped = extraction.extract(_document(text))
    assert found or skipped
    table = to_table(found, Exercise)
    assert len(from_table(table, Exercise)) == len(found)
    for exercise in found:
        assert exercise.verified == (exercise.answer is not None)
