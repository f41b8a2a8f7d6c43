"""Worked exercises: what is read, how their arithmetic is checked, and which misconceptions are made of it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.maths.step_numbers import value_of
from canopy_assets.records import Exercise, SeedDocument
from canopy_assets.seeds import inbox
from canopy_assets.seeds.exercises import gsm8k
from canopy_assets.seeds.reading import reader
from canopy_assets.storage.arrow import to_table
from tests.shared_data import shared_data

EGGS = {
    "question": "Ducks lay 16 eggs a day. Ann eats 3, bakes 4 and sells the rest at $2 each. What does she earn a day?",
    "answer": "How many eggs does she sell? ** She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs.\n"
    "What does she earn? ** She earns 9 * 2 = $<<9*2=18>>18.\n#### 18",
}


def _document(*rows: dict) -> SeedDocument:
    text = "\n".join(json.dumps(row) for row in rows)
    return SeedDocument("s", "s.jsonl", "worked_exercises", "application/jsonl", text, "d", len(text), "read")


def _one(answer: str, question: str = "A story with 5 and 6?") -> Exercise:
    exercises, skipped = gsm8k.parse(_document({"question": question, "answer": answer}))
    assert skipped == []
    return exercises[0]


def test_a_socratic_exercise_becomes_steps_with_questions():
    exercise = gsm8k.parse(_document(EGGS))[0][0]
    assert (exercise.answer, exercise.verified) == ("18", True)
    assert (exercise.topic, exercise.family) == ("word problems", "word_problem")
    first, second = exercise.steps
    assert (first.kind, first.ask, first.result) == ("sub_question", "How many eggs does she sell?", "9")
    assert first.work == "She sells 16 − 3 − 4 = 9 eggs."
    assert first.slots == {"sub_question": first.ask, "quantities": "16, 3 and 4"}
    assert second.result == "18"


def test_misconceptions_are_wrong_and_their_checks_give_nothing_away():
    exercise = gsm8k.parse(_document(EGGS))[0][0]
    assert {m.answer for m in exercise.misconceptions} == {"9", "32", "11"}
    skipping = next(m for m in exercise.misconceptions if m.answer == "32")
    assert skipping.work == "I take 16 × 2, which makes 32."
    assert skipping.step == 0
    for idea in exercise.misconceptions:
        said = {n.value for n in numbers_in(idea.check)}
        assert idea.check.count("?") == 1
        assert 18 not in said
        assert value_of(exercise.steps[idea.step].result) not in said


def test_a_step_without_a_misconception_gets_a_slip_in_its_calculation():
    exercise = _one(
        "How many boxes? ** 30 + 28 = <<30+28=58>>58\nHow many cups? ** 58 * 6 = <<58*6=348>>348\n"
        "What do they cost? ** 348 / 3 = <<348/3=116>>116\nAnd with the bag? ** 116 + 5 = <<116+5=121>>121\n#### 121"
    )
    assert {m.step for m in exercise.misconceptions} == {0, 1, 2, 3}
    (slip,) = (m for m in exercise.misconceptions if m.step == 1)
    assert (slip.belief, slip.answer) == ("takes the product before it in the table", "290")
    assert "58 × 6" in slip.work
    assert "5" in slip.check_reply


def test_plain_gsm8k_without_sub_questions_is_read():
    exercise = _one("5 and 6 make 5+6 = <<5+6=11>>11.\n#### 11")
    assert exercise.verified
    assert exercise.steps[0].ask == "What can you work out from 5 and 6?"


@pytest.mark.parametrize(
    ("answer", "verification"),
    [
        ("q? ** 5+6 = <<5+6=12>>12\n#### 12", "step 1: <<5+6=12>> is wrong: computed 11"),
        ("q? ** 5+6 = <<5+6=11>>11\n#### 12", "the last step gives 11, the final answer says 12"),
        ("q? ** 5+6 = <<5+6=11>>11\nr? ** so that is it, x\n#### 12", "the last step has no calculation"),
        ("q? ** 7/2 = <<7/2=4>>4\nr? ** 9/0 = <<9/0=4>>4\n#### 4", "step 2: <<9/0=4>> can't be computed"),
        ("q? ** 5+6 = <<5+6=11>>11\n#### eleven apples", "'eleven apples' is not a number"),
        ("#### 12", "there are no steps"),
    ],
)
def test_what_does_not_hold_is_kept_with_the_reason_and_without_answer(answer, verification):
    exercise = _one(answer)
    assert verification in exercise.verification
    assert (exercise.verified, exercise.answer, exercise.misconceptions) == (False, None, ())


@pytest.mark.parametrize(
    "answer",
    [
        "q? ** 100/3 = <<100/3=33.33>>33.33\n#### 33.33",
        "q? ** 100/3 = <<100/3=33.33>>33.33\n#### 33",
        "q? ** 4*4 = $<<4*4=16.00>>16.00\n#### 16",
        "q? ** 500+1500 = <<500+1500=2000>>2000\n#### 2,000",
        "q? ** 5+6 = <<5+6=11>>11\nr? ** So 45-5=40 games.\n#### 40",
        "q? ** 5+6 = <<5+6=11>>11\nr? ** So there are 11 of them.\n#### 11",
    ],
)
def test_rounding_formats_and_unannotated_arithmetic_are_accepted(answer):
    assert _one(answer).verified


def test_a_whole_number_is_not_taken_for_another_one_rounded():
    assert not _one("q? ** 5+6 = <<5+6=10>>10\n#### 10").verified


def test_repeated_and_unfinished_rows_are_skipped_with_their_line():
    exercises, skipped = gsm8k.parse(_document(EGGS, EGGS, {"question": "1?", "answer": "no end ####"}))
    assert len(exercises) == 1
    assert [(s.line, s.reason) for s in skipped] == [
        (2, "the same exercise as in line 1"),
        (3, 'the answer has no last line "#### N"'),
    ]


@settings(max_examples=80)
@given(st.text(max_size=60), st.text("<>=0123456789+-*/(). \n#*?xX%$,^é", max_size=120))
def test_any_text_in_the_fields_is_read_or_skipped_never_raised(question, answer):
    exercises, _ = gsm8k.parse(
        _document(
            {"question": question or "q", "answer": answer or "a"}, {"question": "q", "answer": answer + "\n#### 4"}
        )
    )
    to_table(exercises, Exercise)


def test_the_real_500_are_all_read_and_at_least_450_verified():
    file = shared_data("gsm8k_socratic_500.jsonl")
    (seed,) = [f for f in inbox.scan([file.parent]) if f.name == file.name]
    document = reader.read(seed)
    exercises, skipped = gsm8k.parse(document)
    verified = [e for e in exercises if e.verified]
    assert (len(exercises), skipped, document.skipped) == (500, [], ())
    assert len(verified) >= 450
    assert all(e.verification and not e.answer for e in exercises if not e.verified)
    spoiled = [len({m.step for m in e.misconceptions}) for e in verified]
    assert sum(n > 0 for n in spoiled) >= 0.95 * len(verified)
    assert sum(spoiled) >= 0.75 * sum(len(e.steps) for e in verified)
    for exercise in verified:
        assert all(not equivalent(m.answer, exercise.answer or "") for m in exercise.misconceptions)
        assert all(s.ask.endswith("?") and s.result for s in exercise.steps)
        for step in exercise.steps:
            assert value_of(step.result) not in {
                n.value for n in numbers_in(step.slots["sub_question"] + " " + step.slots["quantities"])
            }
