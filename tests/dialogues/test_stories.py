"""What is read off a story's text: clauses, things, operations. No slot may hold what the student has yet to find."""

from __future__ import annotations

import re

import pytest

from canopy_assets.dialogues.planning.disclosure import Known
from canopy_assets.dialogues.planning.stories import clause_at, counted, sought_noun, story_slots
from canopy_assets.records import Step
from tests.dialogues.material import exercises

BAKER = (
    "A baker makes 48 rolls. He eats 2, gives 6 to a neighbour and sells the rest at $3 each. How much does he take?"
)
BAKER_STEPS = (
    Step("sub_question", "How many rolls are left to sell?", "48 - 2 - 6 = 40", "40"),
    Step("sub_question", "How much does he take for the rolls?", "40 * 3 = 120", "120"),
)


def slots(statement: str, *steps: Step, index: int = 0, said: str = "") -> dict[str, str]:
    return story_slots(statement, steps, index, Known(statement, said))


def step(ask: str, work: str) -> Step:
    return Step("sub_question", ask, work, work.rpartition("=")[2].strip())


def test_a_figure_comes_with_its_noun_and_its_clause():
    first = slots(BAKER, *BAKER_STEPS)
    assert first["thing1"] == first["things1"] == "the 48 rolls"
    assert first["clause"] == first["new_clause"] == "A baker makes 48 rolls"
    assert first["sought"] == "rolls"
    assert "last" not in first


def test_a_bare_figure_is_not_spoken_of_as_things():
    bare = slots(
        "Ann has 48. She gives 6 of them to Tim. How many does she have?", step("How many are left?", "48 - 6 = 42")
    )
    assert bare["thing1"] == "the 48"
    assert "things1" not in bare


def test_an_earlier_result_is_the_students_own_once_it_was_said():
    second = slots(BAKER, *BAKER_STEPS, index=1, said="That leaves 40.")
    assert (second["a_thing"], second["b_thing"]) == ("your 40 rolls", "the $3")
    assert second["prior_thing"] == "your 40 rolls"
    assert second["times"] == second["last"] == ""
    assert not {"plus", "minus", "over"} & second.keys()
    unsaid = slots(BAKER, *BAKER_STEPS, index=1)
    assert "prior_thing" not in unsaid
    assert not any("40" in value for value in unsaid.values())


@pytest.mark.parametrize(
    ("ask", "noun"),
    [
        ("How many tiles are in the boxes?", "tiles"),
        ("How many more tiles does he need?", "more tiles"),
        ("How many female Scottish unicorns are there?", "female Scottish unicorns"),
        ("How many people share the cost?", None),
        ("How many of them are taken?", None),
        ("How many are left after 9 get off?", None),
        ("How much does the tank lose?", None),
    ],
)
def test_a_question_says_what_it_counts(ask: str, noun: str | None):
    assert sought_noun(ask) == noun


@pytest.mark.parametrize(
    ("ask", "statement", "said"),
    [
        ("How many tiles are left?", "He has 12 tiles.", "12 tiles"),
        ("How many tiles are left?", "He has one tile.", "12 tiles"),
        ("What do both machines cost?", "One is $520.", "12"),
        ("How much does he pay?", "He has $520.", "$12"),
        ("How much does he pay?", "He has 520 euros.", "12"),
    ],
)
def test_a_result_is_said_with_what_it_counts(ask: str, statement: str, said: str):
    assert counted(Step("sub_question", ask, "6 + 6 = 12", "12"), statement) == said


def test_a_single_one_is_not_put_into_the_plural():
    assert counted(step("How many tiles are left?", "3 - 2 = 1"), "He has 3 tiles.") == "1"


@pytest.mark.parametrize(
    ("statement", "work", "word"),
    [
        ("Lena runs 3 km, and then twice as far.", "3 * 2 = 6", "twice"),
        ("Eggs cost $5 a dozen. He needs 60 for the cake.", "60 / 12 = 5", "dozen"),
        ("He works 6 hours a day for a week.", "6 * 7 = 42", "week"),
    ],
)
def test_a_number_may_hide_in_a_word(statement: str, work: str, word: str):
    figure = re.findall(r"\d+", work)[0]
    other = slots(statement, step("What comes out?", work.replace(figure, "0", 1)))
    assert other["hidden"] == word
    assert word in other["clause"]


def test_a_number_that_stands_twice_has_no_place():
    twice = "Each can is worth three cents. She drinks three cans a week."
    assert not {"thing1", "clause"} & slots(twice, step("How many cents are that?", "3 * 3 = 9")).keys()


def test_a_fraction_of_the_text_is_one_number():
    found = slots("He gives 3/4 of his 80 stamps away.", step("How many stamps does he give?", "3/4 * 80 = 60"))
    assert (found["a_thing"], found["b_thing"]) == ("the 3/4", "the 80 stamps")
    assert "times" in found
    assert "over" not in found


def test_units_in_a_line_of_work_are_not_in_the_way():
    found = slots(
        "He buys 6 suits at $100 each.", step("How much does he spend?", "6 suits × $100/suit = $600"), said=""
    )
    assert (found["a_thing"], found["b_thing"]) == ("the 6 suits", "the $100")


@pytest.mark.parametrize(
    ("statement", "figure", "clause"),
    [
        ("Tom has 12 pens and 9 pencils. How many things has he?", "12", "Tom has 12 pens and 9 pencils"),
        ("If he sells them all at $3, how many dollars has he in the end and is that much?", "in the end", None),
        ("In the first 4 days, he cycled 20 miles every day, and over the next two days, he rested at his aunt's, who "
         "lives by the sea.", "4", "In the first 4 days, he cycled 20 miles every day"),
        ("He calls it “the 9 lives of a cat”.", "9", None),
    ],
)  # fmt: skip
def test_a_clause_can_be_quoted_as_it_stands(statement: str, figure: str, clause: str | None):
    assert clause_at(statement, statement.index(figure)) == clause


def test_no_slot_gives_a_result_away_and_quotations_are_the_texts_own():
    stories = [e for e in exercises() if e.steps[0].kind == "sub_question"]
    assert stories
    for story in stories:
        for index, current in enumerate(story.steps):
            known = Known(story.statement, *(s.result for s in story.steps[:index]))
            found = story_slots(story.statement, story.steps, index, known)
            assert found.get("clause", "") in story.statement
            assert not known.would_learn(" ".join(found.values()), [s.result for s in story.steps[index:]]), current
