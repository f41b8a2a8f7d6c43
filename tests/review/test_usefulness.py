"""The judge of usefulness: what it must tell apart, what it may never do, and how it agrees with people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.review.usefulness import Asked, useful, useful_many
from canopy_assets.review.usefulness.features import DESCRIPTIONS, features
from canopy_assets.review.usefulness.judge import model
from canopy_assets.review.usefulness.student import student
from canopy_assets.review.usefulness.understanding import understand
from tests.shared_data import FOLDER, shared_data

ROOT = Path(__file__).parents[2]
PROBLEM = "Solve 2x + 5 = 13."
STUCK = (("user", "2x + 5 = 13 and i have no idea how to begin"),)


def sends(reply: str, *, problem: str = PROBLEM, answer: str = "x = 4", said: object = STUCK) -> bool:
    turns = (("user", said),) if isinstance(said, str) else said
    return useful(reply, problem=problem, answer=answer, conversation=turns).sends  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("problem", "answer", "said", "good", "bad"),
    [
        (
            PROBLEM,
            "x = 4",
            "2x + 5 = 13 and i have no idea how to begin",
            "What does 2x have to be, once adding 5 is undone in 2x + 5 = 13?",
            "What does the 13 say about the middle of the sum?",
        ),
        (
            "Which x and y satisfy x + y = 20 together with x − y = 6?",
            "x = 13, y = 7",
            "no clue where to start with x + y = 20 and x − y = 6",
            "How do you get a single equation in x?",
            "What does the equation x + y = 20 say about the signs of x and y?",
        ),
        (
            "How steep is the line that joins (3, 2) to (7, 34)?",
            "8",
            "(3, 2) and (7, 34). how do i even start",
            "How much does y change from (3, 2) to (7, 34)?",
            "Which numbers in (4, 9) and (10, 45) tell you the heights?",
        ),
    ],
)
def test_a_question_of_this_step_is_sent_and_its_imitation_is_not(
    problem: str, answer: str, said: str, good: str, bad: str
) -> None:
    assert sends(good, problem=problem, answer=answer, said=said)
    assert not sends(bad, problem=problem, answer=answer, said=said)


@pytest.mark.parametrize(
    "reply",
    [
        "The answer is x = 4.",
        "Subtract 5 to get 2x = 8, so what is x?",
        "What does 3x have to be, once adding 7 is undone in 3x + 7 = 22?",
        "I'd rather you wait for me. What do you know about 2x + 5 = 13?",
        "Great job! Now let's move on to a new topic.",
        "Tutor response: def solve(x): return x",
        "",
        "?",
    ],
)
def test_what_no_teacher_sends_to_who_is_stuck(reply: str) -> None:
    assert not sends(reply)


def test_a_way_that_was_just_shown_is_not_asked_for() -> None:
    assert not sends("How did you arrive at 2x = 18?", said="i added 5 to 13, so 2x = 18")
    shown = student(PROBLEM, "x = 4", (("user", "i added 5 to 13, so 2x = 18"),))
    assert shown.working
    assert shown.wrong


@pytest.mark.parametrize(
    ("said", "done", "right", "wrong"),
    [
        ("2x + 5 = 13. help", 0, False, False),
        ("i got 2x = 8. and now?", 1, True, False),
        ("so x = 4?", 2, True, False),
        ("2x = 18 then", 0, False, True),
    ],
)
def test_what_the_student_has_shown(said: str, done: int, right: bool, wrong: bool) -> None:
    found = student(PROBLEM, "x = 4", (("user", said),))
    assert (found.done, found.right, found.wrong) == (done, right, wrong)


def test_a_reading_of_unknown_words_counts_only_with_the_right_answer() -> None:
    statement = "Where does (x² − 36)/(x − 6) tend when x closes in on 6?"
    found = understand(statement, "12")
    assert found is not None
    assert found.family == "limit"
    assert understand(statement, "13") is None
    assert understand(statement, "") is None


def test_references_that_are_given_count_as_questions_of_this_step() -> None:
    problem, answer = "In how many ways can 3 people be chosen from 8?", "56"
    said = (("user", "3 people out of 8. do i multiply 8 7 6 or what"),)
    reply = "If the order mattered, how many ways would there be to pick 3 of the 8?"
    alone = useful(reply, problem=problem, answer=answer, conversation=said)
    beside = useful(reply, problem=problem, answer=answer, conversation=said, references=(reply,))
    assert beside.sends
    assert beside.probability > alone.probability


@given(
    reply=st.text(max_size=300),
    problem=st.sampled_from(["", PROBLEM, "Find the mean of 3, 4 and 8.", "∫ 2x dx from 0 to 3", "x" * 700]),
    answer=st.sampled_from(["", "x = 4", "5", "Not Available", "1/0", "3 × 2 = 6\n 6"]),
    turns=st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.text(max_size=80)), max_size=4),
)
@settings(deadline=None, max_examples=60)
def test_any_text_gets_a_probability(reply: str, problem: str, answer: str, turns: list[tuple[str, str]]) -> None:
    found = useful(reply, problem=problem, answer=answer, conversation=turns)
    assert 0 <= found.probability <= 1
    assert set(found.reasons) <= set(DESCRIPTIONS.values())
    assert found == useful(reply, problem=problem, answer=answer, conversation=turns)


def test_many_replies_are_judged_like_one() -> None:
    replies = ["What would you undo first?", "The answer is 4.", "Hello there"]
    rows = [Asked(reply, PROBLEM, "x = 4", STUCK) for reply in replies]
    alone = [useful(reply, problem=PROBLEM, answer="x = 4", conversation=STUCK) for reply in replies]
    assert useful_many(rows) == alone


def test_no_coefficient_points_against_its_meaning() -> None:
    against = ("reveals", "gives", "gives_step", "false_equation", "affirms_wrong", "rejects_right", "asks_again")
    coefficients = model().coefficients
    assert set(coefficients) <= set(DESCRIPTIONS)
    assert all(coefficients.get(name, 0) <= 0 for name in against)
    assert coefficients["fits_step"] > 0


def test_every_feature_is_computed() -> None:
    found = features("What now?", problem=PROBLEM, answer="x = 4", conversation=STUCK)
    assert list(found) == list(DESCRIPTIONS)


def test_the_judge_agrees_with_people_on_replies_it_has_not_seen() -> None:
    """The issue's targets: kappa 0.6, sensitivity and specificity 0.8, by problem and across sources."""
    for name in ("tutor_replies_rated.jsonl", "mrbench_calibration.json", "gsm8k_socratic_500.jsonl"):
        shared_data(name)
    command = [sys.executable, str(ROOT / "benchmarks/judge.py"), str(FOLDER), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    by_problem = found["by problem"]["all"]
    assert by_problem["kappa"] >= 0.6
    assert by_problem["sensitivity"] >= 0.8
    assert by_problem["specificity"] >= 0.8
    across = found["by source"]
    assert across["all adapters"]["specificity"] >= 0.8
    assert across["all experts"]["sensitivity"] >= 0.8
