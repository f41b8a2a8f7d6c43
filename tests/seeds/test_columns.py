"""Several problems on one line."""

from __future__ import annotations

import pytest

from canopy_assets.seeds.exercises.prose.columns import items_in_cells, split_items
from tests.seeds.documents import answers, exercises


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("1)  x + 8 = 15                2)  x - 4 = 9", ["1)  x + 8 = 15", "2)  x - 4 = 9"]),
        ("1. 7 × 8        6. 56 ÷ 7", ["1. 7 × 8", "6. 56 ÷ 7"]),
        ("(a) 6/8  (b) 10/15  (c) 21/28", ["(a) 6/8", "(b) 10/15", "(c) 21/28"]),
        ("a. $2x = 8$ b. $3x = 9$", ["a. $2x = 8$", "b. $3x = 9$"]),
        ("Write in lowest terms: (a) 6/8 (b) 10/15", ["Write in lowest terms:", "(a) 6/8", "(b) 10/15"]),
        ("3. Solve: a) 2x = 8 b) x + 1 = 6", ["3. Solve:", "a) 2x = 8", "b) x + 1 = 6"]),
        ("(i) Solve 2x = 8. (ii) Solve 3x = 9.", ["(i) Solve 2x = 8.", "(ii) Solve 3x = 9."]),
    ],
)
def test_items_on_one_line_are_told_apart(line: str, items: list[str]) -> None:
    assert [item.strip() for item in split_items(line)] == items


@pytest.mark.parametrize(
    "line",
    [
        "1. Find the sum of 4 and 2. Then double it.",
        "1. Find the mean of 3 and 2. What is 3 + 5?",
        "Use (a) and (b) to find (c) for 3.",
        "1. $f(a) 2$ and $(b) 3$",
        "7. 5  3. 4",
        "2. A rectangle is 8 m long. 3. Its width is 5 m.",
        "Exercise 7. Solve for x: (a) 2x = 8 (b) x + 1 = 6",
        "Answer: (a) 4 (b) 5",
        "Steps: 1. 2x = 8 2. x = 4",
    ],
)
def test_other_lines_stay_whole(line: str) -> None:
    assert split_items(line) == [line]


@pytest.mark.parametrize(
    ("cells", "items"),
    [
        (["a)", "3x + 5x", "b)", "7y"], ["a) 3x + 5x", "b) 7y"]),
        (["9. x + 3 = 10", "10. 2x = 16", ""], ["9. x + 3 = 10", "10. 2x = 16"]),
        (["1.", "Solve 2x = 6", "x = 3"], []),
        (["1", "12"], []),
        (["a)", ""], []),
    ],
)
def test_cells_that_only_arrange_items(cells: list[str], items: list[str]) -> None:
    assert items_in_cells(cells) == items


def test_the_instruction_above_two_columns_is_shared_and_the_key_answers_both() -> None:
    text = "Solve each equation.\n\n1) x + 8 = 15      2) x - 4 = 9\n\n3) 3x = 27      4) x/5 = 6\n\n"
    key = "Answer key\n\n1) x = 7   2) x = 13   3) x = 9   4) x = 31\n"
    found = exercises(text + key)
    assert [e.answer for e in found] == ["x = 7", "x = 13", "x = 9", None]
    assert "stated answer x = 31 is wrong" in found[3].verification


def test_cells_below_an_instruction_are_its_problems() -> None:
    grid = "|   |   |\n|---|---|\n| 1. x + 3 = 10 | 2. 2x = 16 |\n| 3. 3x + 1 = 13 | 4. x − 5 = 1 |\n"
    assert answers(f"Solve.\n\n{grid}") == ["x = 7", "x = 8", "x = 4", "x = 6"]
    column = "| No. | Inequality |\n|---|---|\n| 1 | x + 4 < 9 |\n| 2 | 3x ≥ 12 |\n"
    assert answers(f"Solve each inequality.\n\n{column}") == ["x < 5", "x ≥ 4"]
    assert answers(column) == []


@pytest.mark.parametrize(
    "key",
    [
        "Answers: 1) x = 4 2) x = 4",
        "**ANSWERS**\n\n1. x = 4; 2. x = 4",
        "## Answer key\n\n| 1 | x = 4 |\n|---|---|\n| 2 | x = 4 |",
        "## Answer key\n\n| No. | Answer |\n|---|---|\n| 1 | x = 4 |\n| 2 | x = 4 |",
        "## Answer key\n\n| 1 | 2 | 3 |\n|---|---|---|\n| x = 4 | x = 4 | x = 1 |",
    ],
)
def test_answer_keys_of_many_shapes(key: str) -> None:
    found = exercises(f"Solve:\n\n1. 2x = 8\n2. 3x = 9\n3. 4x = 4\n\n{key}\n")
    assert [(e.answer, e.verified) for e in found] == [("x = 4", True), (None, False), ("x = 1", True)]
    assert found[0].stated_answer == "x = 4"


def test_an_answer_below_lettered_items_answers_each_of_them() -> None:
    found = exercises("Solve: (a) 2x = 8 (b) 3x = 9\n\nAnswer: (a) x = 4 (b) x = 2\n")
    assert [(e.answer, e.stated_answer) for e in found] == [("x = 4", "x = 4"), (None, "x = 2")]
