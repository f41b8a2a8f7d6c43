"""What stands above mathematics without words decides whether it is solved: a shared instruction, a line, a heading."""

from __future__ import annotations

import pytest

from canopy_assets.records import Exercise, SeedDocument
from canopy_assets.seeds.exercises.extraction import extract
from canopy_assets.seeds.exercises.prose.wording import says_no_task, with_instruction


def _document(text: str) -> SeedDocument:
    return SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read")


def _verified(text: str) -> list[tuple[str, str | None]]:
    return [(e.statement, e.answer) for e in extract(_document(text))[0] if e.verified]


def _exercises(text: str) -> list[Exercise]:
    return extract(_document(text))[0]


@pytest.mark.parametrize(
    "above",
    [
        "## 3. How many real solutions does each equation have?",
        "## Which of these equations are quadratic?",
        "## Find the vertex of each parabola.",
        "## Estimate",
        "## Discriminants",
        "## Write a story for each equation",
        "Which of these are quadratic?",
        "Check whether x = 2 is a solution:",
        "Graph each of the following:",
        "Decide whether these have a solution.",
        "Do not solve the following:",
        "Write each equation in standard form:",
    ],
)
def test_mathematics_under_another_instruction_is_not_solved(above: str) -> None:
    found = f"{above}\n\n1. 2x² + 5x + 2 = 0\n2. 3x + 4 = 19\n"
    assert _verified(found) == []
    _, skipped = extract(_document(found))
    assert skipped or _exercises(found)


@pytest.mark.parametrize(
    "above",
    [
        "## Solve each equation.",
        "## 6. Solve the following equations:",
        "Solve:",
        "Solve for the unknown and show your work:",
        "## Section 3: linear and quadratic equations",
        "# Homework by Ms Miller",
        "## Equations\n\nFind the solutions of each equation:",
    ],
)
def test_mathematics_under_a_known_instruction_or_a_mere_title_is_solved(above: str) -> None:
    found = f"{above}\n\n1. x² + 5x + 6 = 0\n2. 3x + 4 = 19\n"
    assert [answer for _, answer in _verified(found)] == ["x = −2 or x = −3", "x = 5"]


def test_a_problem_in_its_own_words_needs_no_heading() -> None:
    assert _verified("## At the bakery\n\n1. Solve 3x + 4 = 19.\n2. What is 15% of 80?\n") == [
        ("Solve 3x + 4 = 19.", "x = 5"),
        ("What is 15% of 80?", "12"),
    ]


def test_a_sentence_after_the_problem_belongs_to_it() -> None:
    (exercise,) = _exercises("### Problem 1\n\nFind the mean of 4, 6 and 11.\n\nLeave out the smallest.\n")
    assert not exercise.verified
    assert "‘Leave’" in exercise.verification
    assert _verified("### Problem 1: the bakery\n\nFind the mean of 4, 6 and 11.\n") == [
        ("Find the mean of 4, 6 and 11.", "7")
    ]


def test_the_reason_names_the_word() -> None:
    _, skipped = extract(_document("## How many solutions has each equation?\n\n1. 3x + 4 = 19\n"))
    assert [s.line for s in skipped] == [3]
    assert "‘many’" in skipped[0].reason


def test_an_instruction_stays_in_every_reading_of_its_items() -> None:
    assert all("vertex" in reading for reading in with_instruction("Find the vertex of each parabola:", "y = x² − 4x"))
    assert "3x = 6" not in with_instruction("Check each equation:", "3x = 6")
    assert with_instruction("Practice:", "3x = 6")[-1] == "3x = 6"
    assert with_instruction("Find the derivative of each function:", "x³")[0] == "Find the derivative of x³"
    assert says_no_task("Chapter 2: Linear equations, by Mr. Ortega")
    assert not says_no_task("Discriminants")
