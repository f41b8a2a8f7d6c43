"""A line above problems that may change their answers is read with each of them, or refuses them."""

from __future__ import annotations

import pytest

from canopy_assets.records import SeedDocument
from canopy_assets.seeds.exercises.extraction import Extraction, account


def _account(text: str) -> Extraction:
    return account(SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read"))


def _answers(text: str) -> list[str | None]:
    return [e.answer for e in _account(text).exercises if e.verified]


LIST = "1. Find the mean of 3, 5, 10.\n2. Find the area of a circle with radius 2 cm.\n"
CHANGES = [
    "Take π as 3 and drop the smallest number of each list",
    "All lengths in this section are doubled",
    "Round every answer to the nearest ten",
    "Answers to the nearest hundred",
    "Ignore the largest value",
    "Assume that 4 is added to every list",
    "Unless stated otherwise, leave out the first number",
    "Each list also contains a 20",
    "Use π = 3.14 and round to one decimal place",
    "Give your answers in binary",
]


@pytest.mark.parametrize("condition", CHANGES)
@pytest.mark.parametrize(
    "frame",
    [
        "## {}\n\n",
        "## Part C: {}\n\n",
        "**{}**\n\n",
        "## Practice sheet\n\n{}.\n\n",
        "Section 2: {}\n\n",
        "Note: {}.\n\n",
        "- {}.\n\n",
        "## {}\n\n### Circles and averages\n\n",
        "{}.\n\n## Circles and averages\n\n",
    ],
)
def test_a_condition_above_refuses_the_problems_that_it_may_change(condition: str, frame: str) -> None:
    found = _account(frame.format(condition) + LIST)
    assert not [e for e in found.exercises if e.verified]
    reasons = [s.reason for s in found.skipped if "section's instruction in line" in s.reason]
    assert len(reasons) == 2, found.skipped


@pytest.mark.parametrize("name", ["### Problem 1\n\n", "**Exercise 1.** ", "Q1. ", ""])
@pytest.mark.parametrize(
    "condition", ["Round each answer to the nearest ten.", "Take the smallest value out of every list:"]
)
def test_a_condition_holds_for_a_problem_of_its_own_too(name: str, condition: str) -> None:
    assert _answers(f"{condition}\n\n{name}Find the mean of 3, 5, 10.\n") == []


@pytest.mark.parametrize(
    "title", ["Lists with an extra 7", "Eight-sided dice", "The first number is never counted", "Averages to 1 place"]
)
def test_a_heading_that_says_more_than_its_subject_is_a_condition(title: str) -> None:
    assert _answers(f"## {title}\n\n{LIST}") == []


def test_a_condition_ends_with_its_section() -> None:
    text = f"## Section A: round to the nearest ten\n\n1. Find the mean of 1, 2, 6.\n\n## Section B\n\n{LIST}"
    assert _answers(text) == ["6", "4π cm²"]


def test_a_condition_holds_below_the_headings_of_its_subsections_and_beyond_an_instruction() -> None:
    text = "# Sheet\n\nRound all answers to the nearest ten.\n\n## Equations\n\nSolve for x:\n\n1. 2x = 6\n2. 3x = 21\n"
    assert _answers(text) == []


def test_a_condition_that_is_understood_is_read_with_the_problem() -> None:
    found = _account("## Section D: let f(x) = 2x + 1\n\n1. Find f(3).\n").exercises
    assert [(e.statement, e.answer) for e in found] == [("Let f(x) = 2x + 1. Find f(3).", "7")]


def test_a_line_between_problems_is_no_part_of_the_one_before_it() -> None:
    text = (
        f"1. Find the median of 2, 3, 10.\n\nFrom here on, leave out the largest number of every list.\n\n2. {LIST[3:]}"
    )
    assert _answers(text) == ["3"]


def test_facts_above_a_list_concern_the_problems_that_speak_of_the_same_things() -> None:
    text = "A spinner has 10 equal fields.\n\n1. A spinner is used. Find 3 + 4.\n2. Find the mean of 3, 5, 10.\n"
    assert _answers(text) == ["6"]


@pytest.mark.parametrize(
    "above",
    [
        "# Handout 12: mixed practice",
        "## Section D",
        "## Money",
        "## Week 3, 12 March 2025",
        "## Part 2 (20 points)",
        "# MATH 210 Homework 4",
        "## Why averages?",
        "Show all your work. Each problem is worth 5 points.",
        "Answer all questions. No calculators.",
        "Write each answer as a fraction in lowest terms.",
        "An average says how large numbers are on the whole.",
        "Work in pairs and bring 2 questions of your own.",
    ],
)
def test_titles_and_directions_change_nothing(above: str) -> None:
    assert _answers(f"{above}\n\n{LIST}") == ["6", "4π cm²"]


def test_the_same_words_below_another_condition_are_another_problem() -> None:
    problem = "A fair die is rolled. What is the probability of rolling a number greater than 3?"
    text = f"1. {problem}\n\n## Section B\n\nAll dice in this part have ten faces.\n\n2. {problem}\n"
    found = _account(text)
    assert [e.answer for e in found.exercises if e.verified] == ["1/2"]
    assert not [s for s in found.skipped if "the same exercise" in s.reason]
