"""What is said above several problems belongs to each of them, and to no other."""

from __future__ import annotations

import pytest

from canopy_assets.seeds.exercises.extraction import account
from canopy_assets.seeds.exercises.prose.scopes import read_scope
from tests.seeds.documents import answers, classes, document, exercises


@pytest.mark.parametrize(
    ("line", "numbers", "text"),
    [
        ("Use this information for problems 1 and 2: A bag holds 5 marbles.", (1, 2), "A bag holds 5 marbles."),
        ("For questions 3–5, let f(x) = 3x − 4.", (3, 5), "Let f(x) = 3x − 4."),
        ("For problems 1 through 3, use the function f(x) = 2x + 7.", (1, 3), "Given the function f(x) = 2x + 7."),
        ("Use the following information to answer questions 4-5.", (4, 5), ""),
        ("Use the points A(2, 3) and B(6, 1) for questions 6 and 7.", (6, 7), "Given the points A(2, 3) and B(6, 1)."),
        ("Questions 8 to 9 refer to the following data set: 4, 8, 6", (8, 9), "4, 8, 6"),
        ("A box is 4 cm long. Use this for exercises 2, 3 and 4.", (2, 4), "A box is 4 cm long."),
        ("Given: p(x) = x² − 5. Use p(x) for questions 6 and 7.", (6, 7), "Given: p(x) = x² − 5."),
        ("The following information is for problems 3 & 4.", (3, 4), ""),
        ("Problems 4–6: Solve each equation.", (4, 6), "Solve each equation."),
        ("For items 1-4, solve for x.", (1, 4), "Solve for x."),
        ("For problem 5, use π = 3.", (5, 5), "Given π = 3."),
    ],
)  # fmt: skip
def test_a_line_names_the_problems_that_it_speaks_of(line: str, numbers: tuple[int, int], text: str) -> None:
    scope = read_scope(line)
    assert scope is not None
    assert (scope.numbers, scope.text) == (frozenset(range(numbers[0], numbers[1] + 1)), text)


@pytest.mark.parametrize(
    "line",
    [
        "Problem 3: Solve 2x = 6.",
        "Use this for the next problem.",
        "For x = 3, find 2x.",
        "In problem solving, 2 heads are better.",
        "Questions 1–10 are worth 2 points each.",
        "For 3 friends, 12 apples are shared.",
    ],
)
def test_other_lines_speak_of_none(line: str) -> None:
    assert read_scope(line) is None


SHEET = """# Review

For questions 1–2, let $f(x) = 3x - 4$.

1. Find $f(2)$.
2. Find $f(5)$.
3. Solve $2x = 8$.

Use the following information to answer questions 4 and 5.

A rectangle is 12 cm long and 5 cm wide.

4. Find the area of the rectangle.
5. Find the perimeter of the rectangle.

6. What is 15% of 80?
"""


def test_problems_share_what_is_said_of_their_numbers_and_the_next_one_does_not() -> None:
    assert [(e.statement, e.answer) for e in exercises(SHEET)] == [
        ("Let f(x) = 3x − 4. Find f(2).", "2"),
        ("Let f(x) = 3x − 4. Find f(5).", "11"),
        ("Solve 2x = 8.", "x = 4"),
        ("A rectangle is 12 cm long and 5 cm wide. Find the area of the rectangle.", "60 cm²"),
        ("A rectangle is 12 cm long and 5 cm wide. Find the perimeter of the rectangle.", "34 cm"),
        ("What is 15% of 80?", "12"),
    ]
    assert "unexplained" not in classes(SHEET).values()
    assert classes(SHEET)["A rectangle is 12 cm long and 5 cm wide."] == "part"


def test_what_could_not_be_read_above_problems_refuses_them() -> None:
    table = "Use this table to answer questions 1 and 2.\n\n| day | pages |\n|---|---|\n| Monday | 12 |\n\n"
    found = account(document(f"{table}1. Find the mean of 4 and 8.\n2. What is 15% of 80?\n3. Solve 2x = 8.\n"))
    assert [e.answer for e in found.exercises] == ["x = 4"]
    assert all("could not be read" in s.reason for s in found.skipped[:2])


def test_a_value_that_is_given_to_problems_is_part_of_each() -> None:
    assert answers("For problems 1-2, use π = 3.\n\n1. Find the area of a circle with radius 2.\n") == []


def test_what_is_said_of_numbers_holds_where_columns_jump_back() -> None:
    text = "For problems 1-4, let f(x) = 3x.\n\n1. Find f(2).    3. Find f(4).\n\n2. Find f(3).    4. Find f(5).\n"
    assert answers(text) == ["6", "12", "9", "15"]


def test_what_is_said_of_numbers_ends_where_they_restart() -> None:
    text = "For problems 2-4, use π = 3.\n\n4. Solve 5x = 5.\n\n## B\n\n1. Solve 2x = 8.\n2. Solve 3x = 9.\n"
    assert answers(text) == ["x = 4", "x = 3"]


def test_numbers_may_have_an_instruction_of_their_own() -> None:
    equations = "Problems 1–2: Solve each equation.\n\n1. 2x = 8\n2. 3x = 9\n\n"
    terms = "Problems 3-4: Simplify.\n\n3. 2x + 3x\n4. 4(a + 1)\n"
    assert answers(equations + terms) == ["x = 4", "x = 3", "5x", "4a + 4"]


@pytest.mark.parametrize(
    "items", ["1. Find f(3).\n2. Solve 5x = 10.\n", "**Problem 1.** Find f(3).\n\n**Problem 2.** Solve 5x = 10.\n"]
)
@pytest.mark.parametrize("premise", ["Let f(x) = x² − 4.", "Consider f(x) = x² − 4.", "Given: f(x) = x² − 4."])
def test_a_paragraph_that_names_something_is_given_to_the_problems_that_speak_of_it(premise: str, items: str) -> None:
    text = f"# Sheet\n\n{premise}\n\n{items}"
    assert [(e.statement, e.answer) for e in exercises(text)] == [
        (f"{premise.replace(':', '')} Find f(3).", "5"),
        ("Solve 5x = 10.", "x = 2"),
    ]
    assert classes(text)[premise] == "part"


def test_a_paragraph_that_nothing_speaks_of_is_unexplained() -> None:
    assert classes("Let f(x) = x² − 4.\n\n1. Solve 5x = 10.\n")["Let f(x) = x² − 4."] == "unexplained"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The data are 4, 8, 9.\n\n1. What is the mean of the data?\n2. Solve 2x = 8.\n", [
            "The data are 4, 8, 9. What is the mean of the data?", "Solve 2x = 8.",
        ]),
        ("1. Let g(x) = 2x² + 1. Find:\n   a) g(3)\n   b) g(−1)\n", [
            "Let g(x) = 2x² + 1. Find g(3)", "Let g(x) = 2x² + 1. Find g(−1)",
        ]),
        ("1. Simplify the following.\n   a) 2x + 3x\n2. A rectangle is 4 m by 3 m.\n   a) Find its area.\n", [
            "Simplify 2x + 3x", "A rectangle is 4 m by 3 m. Find its area.",
        ]),
        ("Evaluate each expression if x = 4.\n\n1. 3x + 2\n2. x² − 5\n", [
            "Evaluate 3x + 2 for x = 4", "Evaluate x² − 5 for x = 4",
        ]),
        ("*Show all work. Each problem is worth 4 points.*\n\n1. Solve 2x = 8.\n", ["Solve 2x = 8."]),
        ("Directions: Solve each equation. Show your work.\n\n1. 2x = 8\n", ["Solve 2x = 8"]),
        ("1. Solve 2x = 8.\n\nSolve for x. Check your answers.\n\n2. 3x = 9\n", [
            "Solve 2x = 8.", "Solve for x 3x = 9",
        ]),
        ("Part A. Simplify.\n1. 2x + 3x\n\nPart B. Solve. Show your work.\n2. 3x = 9\n", [
            "Simplify 2x + 3x", "Solve 3x = 9",
        ]),
        ("Differentiate with respect to the variable shown.\n\n(a) f(x) = x²\n", ["Differentiate f(x) = x²"]),
        ("## Word problems\n\n1. A shirt costs $40. It is 25% off. Find the sale price.\n", [
            "A shirt costs $40. It is 25% off. Find the sale price.",
        ]),
        ("Find each sum or difference.\n\n1. 17 + 28    3. 91 − 45\n2. 30 + 94    4. 20 − 37\n", [
            "Find 17 + 28", "Find 91 − 45", "Find 30 + 94", "Find 20 − 37",
        ]),
    ],
)  # fmt: skip
def test_what_stands_above_items_is_read_with_each_of_them(text: str, expected: list[str]) -> None:
    assert [e.statement for e in exercises(text) if e.verified] == expected


def test_a_paragraph_below_an_item_that_may_change_it_refuses_it() -> None:
    assert answers("1. Find the mean of 4, 6 and 11.\n\nLeave out the smallest.\n\n2. Solve 2x = 8.\n") == ["x = 4"]


def test_a_value_of_pi_above_is_for_all_problems() -> None:
    assert answers("Use π = 3.\n\n1. Find the area of a circle with radius 2.\n") == []
