"""No question of a numbered document is lost, and none is read without what it is about."""

from __future__ import annotations

import pytest

from canopy_assets.records import SeedDocument
from canopy_assets.seeds.exercises.extraction import Extraction, account


def _account(text: str) -> Extraction:
    return account(SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read"))


def _verified(text: str) -> list[tuple[int, str | None]]:
    return [(e.span.line_start, e.answer) for e in _account(text).exercises if e.verified]


def _classes(text: str) -> list[str]:
    return [line.kind for line in _account(text).lines]


@pytest.mark.parametrize(
    "question",
    [
        "In which quadrant does the angle of a clock's hands lie?",
        "How many orders have the letters of the word BANANA?",
        "What is the sum of the angles of a pentagon?",
        "Explain why the mean may be larger than the median.",
        "A ladder leans against a wall.",
        "Solve each equation.",
    ],
)
def test_an_item_that_goes_on_with_the_numbering_is_a_problem(question: str) -> None:
    last = "7. A pen costs $2. How much do 4 pens cost?"
    text = f"4. What is 20% of 60?\n5. {question}\n6. Find the mean of 2, 3, 10.\n{last}\n"
    found = _account(text)
    assert _classes(text) == ["problem"] * 4
    assert 2 in {s.line for s in found.skipped} | {e.span.line_start for e in found.exercises}
    assert [e.answer for e in found.exercises if e.verified][:2] == ["12", "5"]


STORY = """1. A stall sells melons at $3.50 each.
   (a) How much do 4 melons cost?
   (b) How much change is there from $20 for 4 melons?
2. A savings account of $2000 pays 5% per annum, compounded annually.
   (a) What is the balance after 2 years?
   (b) How much interest is earned after 2 years?
3. A coat is priced at $80 without tax. Tax is 10%.
   (a) Find the price with tax.
   (b) In a sale the shop takes 25% off. Find the sale price.
4. What is 20% of 60?
"""


def test_parts_stand_below_their_story() -> None:
    found = _account(STORY)
    assert _classes(STORY) == (["problem"] + ["part"] * 2) * 3 + ["problem"]
    stories = ("A stall sells melons at $3.50 each.", "A savings account of $2000", "A coat is priced at $80")
    by_line = {1: 0, 4: 1, 7: 2}
    for exercise in found.exercises:
        if exercise.span.line_start in by_line:
            assert exercise.statement.startswith(stories[by_line[exercise.span.line_start]])
    reports = [s.line for s in found.skipped] + [e.span.line_start for e in found.exercises]
    assert sorted(reports) == [1, 1, 4, 4, 7, 7, 10]


def test_a_part_that_tells_more_before_it_asks_is_a_part() -> None:
    more = "(b) In the next game it scored 13. Find the new mean."
    text = f"1. The scores of a team were 2, 4, 9.\n(a) Find the mean.\n{more}\n"
    assert _classes(text) == ["problem", "part", "part"]
    found = _account(text)
    assert [e.answer for e in found.exercises if e.verified] == ["5"]
    assert len(found.skipped) + len(found.exercises) == 2


@pytest.mark.parametrize(
    "more", ["(b) A fourth score of 20 is added.", "(b) Every score is raised by 1. Find the mean."]
)
def test_what_a_part_tells_may_hold_for_the_parts_after_it(more: str) -> None:
    text = f"1. The scores of a team were 2, 4, 9.\n(a) Find the mean.\n{more}\n(c) Find the median.\n"
    assert _verified(text) == [(1, "5")]
    assert _classes(text) == ["problem", "part", "part", "part"]


def test_parts_in_one_line_are_parts() -> None:
    parts = "(a) Find its area. (b) The width is doubled. Find its area. (c) Find its perimeter."
    text = f"7. A rectangular field is 10 cm by 4 cm. {parts}\n"
    found = _account(text)
    assert [e.answer for e in found.exercises if e.verified] == ["40 cm²"]
    assert len(found.skipped) + len(found.exercises) == 3
    assert not any(e.hints for e in found.exercises)


def test_a_solution_in_steps_stays_one() -> None:
    text = "1. Solve 2x + 4 = 10.\n\nSteps:\n1. 2x = 6\n2. x = 3\n\n2. Solve 3x = 12.\n"
    assert _classes(text) == ["problem", "answer", "answer", "answer", "problem"]
    assert [answer for _, answer in _verified(text)] == ["x = 3", "x = 4"]


def test_an_answer_key_stays_one() -> None:
    text = "1. Find the mean of 2, 4, 9.\n2. What is 20% of 60?\n\n## Answers\n\n1. 5\n2. 12\n"
    assert _classes(text)[-2:] == ["answer", "answer"]
    assert [answer for _, answer in _verified(text)] == ["5", "12"]
