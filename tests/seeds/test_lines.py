"""Each line of a document is a problem, a part of one, guidance, an answer, prose, or unexplained."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.records import Exercise, SeedDocument, Skipped
from canopy_assets.seeds import findings
from canopy_assets.seeds.exercises.extraction import account
from canopy_assets.storage.arrow import to_table

SHEET = """---
title: Sheet 9
---
# Week 9: equations

Bring a pencil.

### Problem 1 (2 points)
Solve 3x + 2 = 14.
Show your work.

Guidance for the tutor:
- Ask what was done to x last.

Answer: x = 5

Factor each expression:

1. x² + 7x + 12
2. x² − 9

A train leaves with 240 people aboard.

<!-- not for students: 17 -->

4. A rectangle is 9 m long and 4 m wide.
   a) Find its area.
   b) Find its perimeter.

## Answers

1. x = 4
2. (x − 3)(x + 3)
9. 12
"""


def _document(text: str) -> SeedDocument:
    return SeedDocument("s", "s.md", "prose", "text/markdown", text, "d", len(text), "read")


def _classes(text: str) -> dict[str, str]:
    return {line.text.strip(): line.kind for line in account(_document(text)).lines}


def test_every_line_that_is_not_blank_has_a_class() -> None:
    lines = account(_document(SHEET)).lines
    assert [line.number for line in lines] == [n for n, text in enumerate(SHEET.split("\n"), 1) if text.strip()]
    assert {line.text: line.kind for line in lines} == {
        "---": "prose",
        "title: Sheet 9": "prose",
        "# Week 9: equations": "prose",
        "Bring a pencil.": "prose",
        "### Problem 1 (2 points)": "problem",
        "Solve 3x + 2 = 14.": "part",
        "Show your work.": "part",
        "Guidance for the tutor:": "guidance",
        "- Ask what was done to x last.": "guidance",
        "Answer: x = 5": "answer",
        "Factor each expression:": "part",
        "1. x² + 7x + 12": "problem",
        "2. x² − 9": "problem",
        "A train leaves with 240 people aboard.": "part",
        "<!-- not for students: 17 -->": "prose",
        "4. A rectangle is 9 m long and 4 m wide.": "problem",
        "   a) Find its area.": "part",
        "   b) Find its perimeter.": "part",
        "## Answers": "answer",
        "1. x = 4": "unexplained",  # two problems have this number
        "2. (x − 3)(x + 3)": "answer",
        "9. 12": "unexplained",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Notes\n\nThe train has 12 cars.\n", "The train has 12 cars."),
        ("Bring a pencil.\n\nSketch the region between both curves.\n", "Sketch the region between both curves."),
        ("### Example\n\nSolve 2x = 6.\n\nAnswer: x = 3\n\nThis took 4 minutes.\n", "This took 4 minutes."),
        ("| day | pages |\n|---|---|\n| Monday | 12 |\n", "| Monday | 12 |"),
        ("Guidance for the tutor:\n- ask about 3\n", "Guidance for the tutor:"),
        ("Solve each equation by graphing.\n\n# Part 2\n\nRead the chapter.\n", "Solve each equation by graphing."),
        ("Solve 2x = 6 " + "and so on " * 500 + "\n", ("Solve 2x = 6 " + "and so on " * 500).strip()),
        ("Problem 1: Find the derivative of f(x) = x\n\n- ask about powers\n\n5\n", "5"),
    ],
)
def test_a_line_with_figures_or_a_task_verb_that_belongs_to_no_problem_is_unexplained(text: str, line: str) -> None:
    assert _classes(text)[line] == "unexplained"


@pytest.mark.parametrize("text", ["# 3. Slope", "Handout 3, page 2", "Slope is rise over run.", "- rise", "* * *"])
def test_titles_page_numbers_and_text_without_figures_are_prose(text: str) -> None:
    assert _classes(f"# Week\n\n{text}\n\nMore words.\n")[text] == "prose"


@given(st.lists(st.sampled_from(SHEET.split("\n")), max_size=30))
def test_lines_in_any_order_are_all_accounted_for(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [line.text for line in account(_document(text)).lines] == [line for line in lines if line.strip()]


def test_a_numbered_instruction_is_shared_by_its_letters_and_its_numbers_may_restart() -> None:
    text = "1. Solve the following.\n   a) 2x = 8\n   b) x + 1 = 6\n1. Which of these are quadratic?\n   a) 3x = 9\n"
    found = account(_document(text))
    assert [(e.statement, e.answer) for e in found.exercises] == [
        ("Solve 2x = 8", "x = 4"),
        ("Solve x + 1 = 6", "x = 5"),
    ]
    assert [s.line for s in found.skipped] == [5]
    assert [line.kind for line in found.lines] == ["part", "problem", "problem", "part", "problem"]


def test_letters_under_a_question_without_figures_are_its_items_not_its_solution() -> None:
    text = "1. Solve x + 9 = 11.\n2. Decide which of these are true:\n   a) 2x + 3 = 11\n   b) 5x = 10\n"
    found = account(_document(text))
    assert [e.answer for e in found.exercises if e.verified] == ["x = 2"]
    assert [s.line for s in found.skipped] == [3, 4]


@pytest.mark.parametrize("stray", ["x", "²", "3b", "2x²"])
def test_a_fragment_below_a_complete_problem_makes_it_suspect(stray: str) -> None:
    found = account(_document(f"Problem 1: Solve 4x = 12\n\n{stray}\n\nProblem 2: Solve 5x = 20\n"))
    assert [e.answer for e in found.exercises] == ["x = 4"]
    ((line, reason),) = [(s.line, s.reason) for s in found.skipped]
    assert line == 1
    assert f"“{stray}” stands by itself" in reason
    assert {line.text: line.kind for line in found.lines}[stray] == "unexplained"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Simplify\n\n$3x + 4x$", "7x"),
        ("Compute the mean of\n\n4, 6, 11", "7"),
    ],
)
def test_mathematics_that_the_problem_waits_for_is_no_fragment(text: str, answer: str) -> None:
    assert [e.answer for e in account(_document(f"Problem 1: {text}\n")).exercises] == [answer]


def test_a_folded_solution_behind_a_list_answers_all_of_it_whatever_other_numbers_there_are() -> None:
    text = (
        "Problem 1: Solve 9x = 18\n\n## Practice\n\n1. Solve the following.\n   a) 2x = 8\n   b) x + 1 = 6\n"
        "2. Compute the mean of 3, 5, 10.\n3. Find the mean of 1 and 3.\n\n"
        "Show solution:\n\n1. a) x = 4, b) x = 7\n2. 6\n3. 2\n\n4. Solve 3x = 12\n"
    )
    found = account(_document(text))
    assert [(e.answer, e.stated_answer) for e in found.exercises] == [
        ("x = 2", None), ("x = 4", "x = 4"), (None, "x = 7"), ("6", "6"), ("2", "2"), ("x = 4", None),
    ]  # fmt: skip
    assert "stated answer x = 7 is wrong: computed x = 5" in [e.verification for e in found.exercises]


def test_numbered_steps_of_the_last_problem_of_a_list_stay_its_steps() -> None:
    first = "1. Solve 2x = 8.\n\nSolution:\n1. Halve both sides\n2. x = 4\n\n"
    text = f"{first}2. Solve 3x + 3 = 9.\n\nSolution:\n1. 3x = 6\n2. x = 2\n"
    found = account(_document(text))
    assert [(e.answer, e.stated_answer) for e in found.exercises] == [("x = 4", None), ("x = 2", None)]


def test_a_key_answer_for_two_problems_with_its_number_is_given_to_none() -> None:
    text = (
        "## A\n\n1. Solve 2x = 8.\n\n## B\n\n1. Solve 3x = 9.\n2. Solve 4x = 4.\n\n## Answers\n\n1. x = 3\n2. x = 1\n"
    )
    found = account(_document(text))
    assert [(e.answer, e.stated_answer) for e in found.exercises] == [
        ("x = 4", None),
        ("x = 3", None),
        ("x = 1", "x = 1"),
    ]
    assert [line.number for line in found.lines if line.kind == "unexplained"] == [12]


@pytest.mark.parametrize("premise", ["Let f(x) = x² − 4.", "For the function f(x) = x² − 4:", "Given f(x) = x² − 4."])
def test_letters_share_what_is_given_above_them_and_their_answers_come_by_letter(premise: str) -> None:
    text = f"Problem 6. {premise}\n\n(a) Find f(3).\n\n(b) Find f(5).\n\nSolution:\n\n(a) 5\n\n(b) 20\n"
    found = account(_document(text))
    assert [e.stated_answer for e in found.exercises] == ["5", "20"]
    assert all(e.statement.startswith(premise) for e in found.exercises)
    assert found.exercises[0].answer == "5"
    assert "stated answer 20 is wrong: computed 21" in found.exercises[1].verification


def test_tasks_with_a_box_are_problems_not_guidance() -> None:
    found = account(_document("Problem 1: Solve 3x = 9\n\n- [ ] Solve 4x = 8\n- [x] Solve 5x = 15\n"))
    assert [(e.answer, e.hints) for e in found.exercises] == [("x = 3", ()), ("x = 2", ()), ("x = 3", ())]


@pytest.mark.parametrize(
    "text",
    [
        "**1.** Solve 2x = 6",
        "**1.** **Solve 2x = 6**",
        "**(1)** Solve 2x = 6",
        "**1. Solve 2x = 6**",
        "### 1. Solve 2x = 6",
        "## Solve 2x = 6",
        "## Part A. Solve each equation.\n\n1. 2x = 6",
        "## Section 2: Solve each equation\n\n1. 2x = 6",
    ],
)
def test_numbers_in_bold_and_headings_that_ask_are_problems(text: str) -> None:
    found = account(_document(f"# Quiz\n\n{text}\n\n## More\n\nWords.\n"))
    assert [(e.statement, e.answer) for e in found.exercises] == [("Solve 2x = 6", "x = 3")]
    assert [line for line in found.lines if line.kind == "unexplained"] == []


@pytest.mark.parametrize(
    "title", ["## Write each as ax² + b = 0", "## Which of these equal 4?", "## Solve with x = 2:"]
)
def test_headings_that_speak_of_what_is_below_them_are_no_problems(title: str) -> None:
    found = account(_document(f"{title}\n\n1. 3x = 9\n2. 4x = 4\n"))
    assert [e for e in found.exercises if e.verified] == []
    assert [line.kind for line in found.lines] == ["part", "problem", "problem"]


@pytest.mark.parametrize(
    "label",
    [
        "1.1", "2.3.", "Ex. 3:", "No. 4:", "#5", "Question 6(a):", "Problem 7b.", "Task 8 –", "i.", "(iv)",
        "Question 9 of 20:", "Problem 14 ★★\n", "Practice Problem #15\n", "Exercise 16 [Level 2].", "Your turn:",
        "Try:", "Challenge!", "Aufg. 3)", "Exercise 17 (optional):", "Problem 18 [2 pts] (hard)\n",
    ],
)  # fmt: skip
def test_labels_of_many_kinds_open_a_problem(label: str) -> None:
    found = account(_document(f"# Sheet\n\n{label} Solve 2x = 6\n\nTutor notes\n\n1. Ask about the inverse.\n"))
    assert [(e.statement, e.answer, e.hints) for e in found.exercises] == [
        ("Solve 2x = 6", "x = 3", ("Ask about the inverse.",))
    ]
    assert "unexplained" not in [line.kind for line in found.lines]


@pytest.mark.parametrize(
    "text",
    [
        "1.5 km are left.", "2.5 times 4 is 10.", "No. 4 was the best of 9.", "#5 on the list", "Try 3 of them.",
        "10.2 What the 3 graces do", "i. e. 5 of them", "Your turn comes after 3.", "Question 3 of the 9 was hard.",
    ],
)  # fmt: skip
def test_words_that_only_look_like_labels_open_none(text: str) -> None:
    found = account(_document(f"# Sheet\n\nThese are words.\n\n{text}\n"))
    assert [e for e in found.exercises if e.verified] == []
    assert _classes(f"# Sheet\n\nThese are words.\n\n{text}\n")[text] in ("unexplained", "problem")


@pytest.mark.parametrize(
    "items", ["(i) Solve 2x = 2\n", "1. Solve 2x = 2\n2. Simplify 3(x + 1)\n", "a) Solve 2x = 2\n"]
)
def test_tasks_below_a_complete_problem_are_problems_of_their_own(items: str) -> None:
    found = account(_document(f"Task 8: Solve 9x = 81\n\n{items}\nTask 9: Solve 3x = 3\n")).exercises
    assert [e.answer for e in found if e.answer != "3x + 3"] == ["x = 9", "x = 1", "x = 1"]
    assert {e.stated_answer for e in found} == {None}
    assert all(not e.hints and e.verification.startswith("computed") for e in found)


@pytest.mark.parametrize("last", ["Halve both sides: x = 1", "x = 1", "What is 2/2?"])
def test_a_list_with_one_step_in_it_is_a_solution(last: str) -> None:
    found = account(_document(f"Task 8: Solve 2x + 3 = 5\n\n1. Solve 2x = 2\n2. {last}\n")).exercises
    assert [e.statement for e in found] == ["Solve 2x + 3 = 5"]


def test_a_solution_that_ends_in_the_answer_states_it() -> None:
    right = "### Problem 1\nCompute 2/3 + 5/6.\n\nShow solution: With denominator 6: 4/6 + 5/6 = 9/6 = 3/2.\n\n"
    wrong = "### Problem 2\nCompute 2/3 + 5/6.\n\nShow the answer: 4/6 + 5/6 = 9/6, so it is 2.\n"
    assert [e.verified for e in account(_document(right + wrong)).exercises] == [True, False]


@pytest.mark.parametrize(
    "solution",
    ["Solution to Problem 1: x = 20", "## Answer to problem 1\n\nx = 20", "Solution for Exercise #1:\nx/4 = 5\nx = 20"],
)
def test_a_solution_away_from_its_problem_is_found_by_its_number(solution: str) -> None:
    first = "### Problem 1\nSolve x/4 + 3 = 8\n\n### Practice\n\n1. 3x = 18\n2. 3x = 24\n\n"
    found = account(_document(f"{first}{solution}\n\n### Problem 2\nSolve 2x = 2\n"))
    assert [e.answer for e in found.exercises] == ["x = 20", "x = 6", "x = 8", "x = 1"]
    assert found.exercises[0].stated_answer in ("x = 20", None)
    assert "unexplained" not in [line.kind for line in found.lines]


def test_a_wrong_solution_away_from_its_problem_is_reported_with_it() -> None:
    problems = "### Problem 1\nSolve 2x = 8\n\n### Problem 2\nSolve 2x = 2\n\n"
    found = account(_document(f"{problems}Solution to Problem 1: x = 5\n"))
    assert found.exercises[0].verification == "stated answer x = 5 is wrong: computed x = 4"


def test_numbered_problems_under_a_paragraph_with_figures_are_not_its_steps() -> None:
    text = (
        "Use this for problems 1 and 2: a bag holds 5 red and 3 blue marbles.\n\n"
        "1) One marble is drawn. What is the probability that it is blue?\n\n2) Find the mean of 4 and 8.\n"
    )
    found = account(_document(text))
    assert [(e.span.line_start, e.answer) for e in found.exercises] == [(3, "3/8")]
    # The second problem does not need what is given to both, so that it may be meant otherwise.
    assert [(s.line, "marbles" in s.reason) for s in found.skipped] == [(5, True)]
    assert [line.kind for line in found.lines] == ["part", "problem", "problem"]


def test_numbered_steps_under_a_paragraph_stay_its_steps() -> None:
    text = "Solve 2x + 1 = 7.\n\n1. Subtract 1 from both sides: 2x = 6\n2. Divide 6 by 2: x = 3\n"
    (found,) = account(_document(text)).exercises
    assert (found.statement, found.answer) == ("Solve 2x + 1 = 7.", "x = 3")


def _unused(text: str) -> tuple[pa.Table, findings.Unused]:
    document = _document(text)
    found = account(document)
    unused = findings.unused_parts(document, found.skipped, found.lines)
    return findings.with_unused(to_table(found.exercises, Exercise), unused), unused


def test_what_became_no_exercise_is_stored_with_the_table() -> None:
    table, unused = _unused(SHEET + "\n### Problem 5\nFind the mean of 4 and ￼.\n")
    assert findings.unused_of(table) == unused
    assert unused.unexplained == ((32, "1. x = 4"), (34, "9. 12"))
    assert unused.classes == {"problem": 5, "part": 7, "guidance": 2, "answer": 3, "prose": 6, "unexplained": 2}
    lost = unused.skipped[-1]
    assert (lost.line, lost.text) == (36, "Problem 5 Find the mean of 4 and ￼.")
    assert findings.unused_of(to_table([], Exercise)) is None


def test_problems_are_refused_by_reason_and_wrong_answers_named() -> None:
    words = "".join(
        f"### Problem {n}\nFind the mean of 4 and {n} after {w}.\n\n" for n, w in enumerate(("halving", "a"))
    )
    table, unused = _unused(f"{SHEET}\n{words}")
    problems = findings.problems_of(table, unused)
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    (wrong,) = [p for p in problems if findings.is_wrong_answer(p)]
    assert (wrong.line, wrong.text) == (8, "Solve 3x + 2 = 14. Show your work.")
    assert wrong.reason == "stated answer x = 5 is wrong: computed x = 4"
    reasons = findings.refusals(problems)
    assert [len(r.lines) for r in reasons] == sorted((len(r.lines) for r in reasons), reverse=True)
    assert wrong.reason in [r.reason for r in reasons]


def test_reasons_that_differ_in_what_they_quote_are_one() -> None:
    reasons = [f"the word ‘{word}’ was not understood" for word in ("half", "twice", "half")] + ["no known family"]
    problems = [findings.Problem(n, "p", False, reason) for n, reason in enumerate(reasons, 1)]
    assert findings.refusals(problems) == [
        findings.Refusals("the word … was not understood", (1, 2, 3)),
        findings.Refusals("no known family", (4,)),
    ]


def test_the_rows_of_a_file_without_lines_are_listed_with_their_line() -> None:
    document = _document('{"question": "1"}\n{"question": "2"}')
    unused = findings.unused_parts(document, [Skipped(2, "no answer"), Skipped(9, "beyond the end")])
    assert [p.text for p in unused.skipped] == ['{"question": "2"}', ""]
    assert unused.classes == {}
