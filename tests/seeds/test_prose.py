"""Prose documents: what is recognised as an exercise with which parts, and what is reported as skipped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.records import SeedDocument
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.prose import finder


def _document(text: str) -> SeedDocument:
    return SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read")


def _parse(text: str) -> list[Candidate]:
    return finder.parse(_document(text))[0]


FULL = """# Week 3

Some words about equations, of which 3 matter.

## Exercise 3: Solve 5x - 9 = 16.

**Solution:**
1. Add 9: 5x = 25
2. Divide by 5: x = 5

**Answer:** x = 5

Guidance for the tutor:
- ask what operation is applied to x
- ask what undoes it,
  in words

Common mistakes:
- subtracts 9 and writes 5x = 7

Unrelated closing words.
"""


def test_an_exercise_with_all_its_parts():
    (found,) = _parse(FULL)
    assert found.statements[0] == "Solve 5x − 9 = 16."
    assert found.answer == "x = 5"
    assert found.steps == ("Add 9: 5x = 25", "Divide by 5: x = 5")
    assert found.hints == ("ask what operation is applied to x", "ask what undoes it, in words")
    assert found.mistakes == ("subtracts 9 and writes 5x = 7",)
    assert found.labelled
    assert (found.span.line_start, found.span.line_end) == (5, 19)
    assert FULL[found.span.char_start : found.span.char_end].startswith("## Exercise 3")
    assert FULL[found.span.char_start : found.span.char_end].endswith("5x = 7")


@pytest.mark.parametrize(
    "text",
    [
        "Exercise 4\nSolve 2x = 6.\nAnswer: x = 3",
        "### Problem 4.\n\nSolve 2x = 6.\n\nAnswer: x = 3",
        "**Problem:** Solve 2x = 6.\n\n**Answer:** x = 3",
        "Q: Solve 2x = 6.\nA: x = 3",
        "**Q1.** Solve 2x = 6. **A:** x = 3",
        "Example. Solve 2x = 6.\n\nSolution: x = 3",
        "1. Solve 2x = 6.\n   - Answer: x = 3",
        "4) Solve 2x = 6. Answer: x = 3",
        "> **Question 2:** Solve 2x = 6.\n>\n> *Answer:* x = 3",
        "Solve 2x = 6.\n\nAnswer: x = 3",
        "- Solve 2x = 6.\n  - Answer: x = 3",
        "Solve for x:\n\n(a) 2x = 6\n\nAnswer: x = 3",
        "Solve each of the following equations.\n\n1. 2x = 6\n   Answer: x = 3",
        "| Problem | Answer |\n| --- | --- |\n| Solve 2x = 6. | x = 3 |",
        "## Exercises\n\n1. Solve 2x = 6.\n\n## Answers\n\n1. x = 3",
        "Try it yourself: Solve $2x = 6$.\nFinal answer: $x = 3$",
        "```\nQ: Solve 2x = 6.\nA: x = 3\n```",
    ],
)
def test_many_ways_to_write_an_exercise_with_its_answer(text):
    (found,) = _parse(text)
    assert any(s.rstrip(".") in ("Solve 2x = 6", "Solve for x 2x = 6") for s in found.statements)
    assert found.answer == "x = 3"


def test_a_shared_instruction_reaches_every_item():
    derivatives = "Find the derivative of each function:\n\n(a) f(x) = x^2\n(b) g(x) = 5x\n\n"
    found = _parse(derivatives + "Simplify:\n1. 2x + 3x\n2. 4(a + 1)")
    assert [f.statements[0] for f in found] == [
        "Find the derivative of f(x) = x²",
        "Find the derivative of g(x) = 5x",
        "Simplify 2x + 3x",
        "Simplify 4(a + 1)",
    ]


def test_lettered_parts_on_one_line_are_separate_exercises_with_their_answers():
    found = _parse("Exercise 7. Solve for x: (a) 2x = 8 (b) x + 1 = 6\nAnswer: (a) x = 4 (b) x = 5")
    assert [(f.statements[0], f.answer) for f in found] == [
        ("Solve for x 2x = 8", "x = 4"),
        ("Solve for x x + 1 = 6", "x = 5"),
    ]


def test_numbered_exercises_with_numbered_steps_do_not_run_into_each_other():
    text = (
        "1. Find the mean of 2 and 4.\n\nSteps:\n\n1. 2 + 4 = 6\n2. 6/2 = 3\n\nAnswer: 3\n\n"
        "Common mistakes:\n\n- forgets to halve\n\n"
        "2. Find the mean of 5 and 7.\n\nAnswer: 6\n\n3. Find the mean of 1 and 9.\n"
    )
    found = _parse(text)
    assert [f.statements[0] for f in found] == [f"Find the mean of {n}." for n in ("2 and 4", "5 and 7", "1 and 9")]
    assert [f.answer for f in found] == ["3", "6", None]
    assert found[0].steps == ("2 + 4 = 6", "6/2 = 3")


def test_a_story_over_several_lines_and_a_page_break_stays_whole():
    found = _parse(
        "Problem 9. A bag holds 3 red and\n5 blue marbles.\nHandout 3, page 2\n"
        "What is the probability of red?\n\nAnswer: 3/8"
    )
    assert found[0].statements[0] == "A bag holds 3 red and 5 blue marbles. What is the probability of red?"


def test_unlabelled_bullets_under_an_exercise_are_guidance_and_a_numbered_list_its_steps():
    (found,) = _parse("Exercise 1: Solve 2x + 1 = 7.\n\n- ask what is done to x first\n\nExercise 2")
    assert found.hints == ("ask what is done to x first",)
    (found,) = _parse("Exercise 1: Solve 2x + 1 = 7.\n\n1. Take 1 away: 2x = 6\n2. Halve: x = 3")
    assert len(found.steps) == 2


def test_prices_are_not_mathematics_and_latex_is_written_plainly():
    (found,) = _parse("Problem: A shirt costs $40 and a hat $5. What do both cost?")
    assert found.statements[0] == "A shirt costs $40 and a hat $5. What do both cost?"
    (found,) = _parse(r"Problem: Simplify $\frac{3}{4}x^{2} \cdot 2 \le 5$ and \(\sqrt{x+1}\).")
    assert found.statements[0] == "Simplify (3/4)x² · 2 ≤ 5 and √(x + 1)."


def test_what_is_not_an_exercise_is_left_alone():
    text = (
        "---\ntitle: 3 things\n---\n\n# 2. Slope\n\nSlope is rise over run. It has 2 parts.\n\n"
        "- rise\n- run\n\n<!-- Solve 2x = 6 -->\n"
    )
    assert finder.parse(_document(text)) == ([], [])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Words.\n\nAnswer: 5", 3, "answer without a problem"),
        ("Exercise 1\n\nAnswer: 5", 1, "without a problem statement"),
        ("\nExercise 2: Explain what slope means.", 2, "has no number or expression"),
        ("Problem 1. " + "Take 2 apples. " * 200, 1, "more than 1500 characters"),
        ("Problem 1. Solve 2x = 6\n\n" + "x" * 5000, 3, "too long"),
    ],
)
def test_what_only_looks_like_an_exercise_is_reported_with_its_line(text, line, reason):
    _, skipped = finder.parse(_document(text))
    assert skipped[0].line == line
    assert reason in skipped[0].reason


_LINES = st.sampled_from(
    ["Exercise 1", "# Problem 2", "Solve for x:", "(a) 2x = 8", "1. 3 + 4", "- ask why", "Answer: 5", "Steps:",
     "Hints:", "Common mistake: 3", "| Problem | Answer |", "|---|---|", "| 2+2 | 4 |", "Answers", "", "",
     "Q: 1+1? A: 2", "$x$", "**bold**", "Solve 2x = 6 (a) 3 (b) 4"]
)  # fmt: skip


@settings(max_examples=80)
@given(st.lists(_LINES | st.text(max_size=30), max_size=20))
def test_any_lines_are_read_and_every_span_lies_in_the_text(lines):
    text = "\n".join(["Exercise 1: Solve 2x = 6.", "", *lines])
    candidates, skipped = finder.parse(_document(text))
    assert candidates or skipped  # a fragment beside the problem makes it suspect
    count = text.count("\n") + 1
    for found in candidates:
        assert 1 <= found.span.line_start <= found.span.line_end <= count
        assert 0 <= found.span.char_start <= found.span.char_end <= len(text)
        assert found.statements[0]
    assert all(1 <= s.line <= count for s in skipped)


def test_a_large_document_is_read_in_reasonable_time():
    text = "word and word 7 " * 4 + "\n"
    assert _parse("Problem 1. Solve 2x = 6 with\n" + text * 20_000) == []


COURSE_SHEET = """## Riverside Handbook

Example Problem:

## Solve for y: 6y -5 = 13

## Guidance for the Tutor:

- Ask what was done to y last.

Example Problem:

Explain what makes a relation a function

## Guidance for the Tutor:

- Ask what every input must have.

Example Problem:

## Find the derivative of h(x) = x

## Guidance for the Tutor:

- Ask about the power rule.

3

-

5x²

Example Problem:

Find the derivative of k(x) = x

## Guidance for the Tutor:

- Ask about powers.

3

## Part 4

Example Problem:

## Find the probability of rolling more than 4 on a fair die

## Guidance for the Tutor:

- Ask how many outcomes there are.
"""


def test_guidance_belongs_to_the_label_above_it_whatever_follows_the_label():
    exercises, skipped = extraction.extract(_document(COURSE_SHEET))
    assert [(e.statement, e.answer, e.hints) for e in exercises] == [
        ("Solve for y: 6y −5 = 13", "y = 3", ("Ask what was done to y last.",)),
        ("Explain what makes a relation a function", None, ("Ask what every input must have.",)),
        ("Find the probability of rolling more than 4 on a fair die", "1/3", ("Ask how many outcomes there are.",)),
    ]
    assert "no number or expression" in exercises[1].verification
    assert [s.line for s in skipped] == [19, 33]
    assert "“5x²” stands by itself near this problem" in skipped[0].reason
    assert "“3” stands by itself" in skipped[1].reason


def test_numbering_may_restart_and_instructions_may_be_numbered():
    text = (
        "1. Solve the equations and show your work:\n   a) $x + 8 = 5$\n\n   b) $7x - 12 = 2$\n\n"
        "3. Solve the equations and show your work:\n   a) $x - 45 = 19$\n\n"
        "2. Solve each equation:\n\n   a) $4x - 7 = 37$\n"
    )
    exercises, _ = extraction.extract(_document(text))
    assert [e.answer for e in exercises] == ["x = −3", "x = 2", "x = 64", "x = 11"]


def test_lettered_parts_share_what_is_described_above_them():
    text = (
        "2. Compute the mean of 3, 5, 10.\n"
        "3. A rectangle is 8 cm long and 5 cm wide.\n   a) Find its area.\n   b) Find its perimeter.\n\n"
        "## Answers\n\n3. a) 40 cm²  b) 27 cm\n"
    )
    exercises, _ = extraction.extract(_document(text))
    assert [(e.statement.partition(". ")[2], e.answer) for e in exercises[1:]] == [
        ("Find its area.", "40 cm²"),
        ("Find its perimeter.", None),
    ]
    assert "stated answer 27 cm is wrong" in exercises[2].verification


def test_a_paragraph_over_a_new_list_is_its_instruction():
    found = _parse(
        "Solve each equation:\n\n1. x + 2 = 5\n2. 3x = 9\n\nWhich of these are even?\n\n1. x = 4\n2. x = 5\n"
    )
    assert [c.statements[0] for c in found][:2] == ["Solve x + 2 = 5", "Solve 3x = 9"]
    assert all("even" in c.statements[0] for c in found[2:])


@pytest.mark.parametrize(
    "text",
    [
        "### Exercise 4 (3 points)\n\nSolve 2x = 6 [2 marks]\n\n**Solution.** x = 3\n",
        "**A1.** Solve 2x = 6\n\nAnswer: x = 3\n",
        "Q . Solve 2x = 6\nA: x = 3\n",
        "Aufgabe 2: Solve 2x = 6\n\nLösung: x = 3\n",
        "Ejercicio 2. Solve 2x = 6\n\nRespuesta: x = 3\n",
        "Exercice 2 : Solve 2x = 6\n\nRéponse : x = 3\n",
    ],
)
def test_labels_of_other_hands_and_languages(text: str):
    exercises, _ = extraction.extract(_document(text))
    assert [(e.statement, e.answer, e.stated_answer) for e in exercises] == [("Solve 2x = 6", "x = 3", "x = 3")]


@pytest.mark.parametrize(
    "label",
    ["**Guidance for the tutor.**", "**Guidance for the tutor**:", "*Notes to tutor –*", "__Tutor script.__",
     "Guidance for the tutor.", "Notes for the tutor –", "What to ask:", "**Prompting questions.**",
     "### Scaffolding questions\n\n-"],
)  # fmt: skip
def test_guidance_has_many_labels(label: str):
    exercises, skipped = extraction.extract(
        _document(f"**Problem 1.** Solve 2x = 6.\n\n{label} Ask what was done to x.\n\n**Typical error.** x = 4\n")
    )
    assert skipped == []
    assert [(e.statement, e.answer, e.hints[0]) for e in exercises] == [
        ("Solve 2x = 6.", "x = 3", "Ask what was done to x.")
    ]


@pytest.mark.parametrize(
    "text", ["**Work out** the value of 2 + 3.", "Final answer - 5 is odd.", "*Hint* of 3 colours"]
)
def test_words_in_bold_are_no_labels_without_a_sign(text: str):
    exercises, _ = extraction.extract(_document(f"**Problem 1.** Solve 2x = 6.\n\n{text}\n"))
    assert all(not e.hints for e in exercises)


def test_a_conceptual_problem_is_kept_with_its_guidance():
    text = (
        "**Problem 1:** Decide whether the relation {(1, 2), (2, 3), (1, 5)} is a function.\n\n"
        "**Guidance for the tutor.** Ask how many outputs 1 has.\n"
    )
    (exercise,), skipped = extraction.extract(_document(text))
    assert (exercise.verified, exercise.answer, exercise.hints) == (False, None, ("Ask how many outputs 1 has.",))
    assert skipped == []


def test_furniture_of_the_page_belongs_to_no_problem():
    text = "Name: ______  Date: ____\n\n1. Solve 2x = 6.\n© 2021 Sheets Inc.\nPage 1\n2. Solve 3x = 6.\nTurn over\n"
    assert [e.statement for e in extraction.extract(_document(text))[0]] == ["Solve 2x = 6.", "Solve 3x = 6."]
