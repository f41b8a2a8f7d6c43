"""The detector on five hundred word problems that no rule was made for.

What must be found is put together from each problem's answer, what must be let through from its text and its Socratic
questions: every problem that a number coincides in is there as often as it is in reality.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import pytest

from canopy_assets.review.leak.detector import Leak, detect_leak
from canopy_assets.review.text.knowledge import given_values
from canopy_assets.review.text.sentences import sentence_spans
from tests.shared_data import shared_data

TELLING = [
    "You should get {}.",
    "{}, right?",
    "The answer is {}.",
    "Take your time: that leaves {}.",
    "So it's {}!",
    "Therefore the total is {}.",
    "{}",
    "The final answer is **{}**.",
    "That would be {}.",
    "Let's double-check: the result comes to {}, doesn't it?",
    "Close! If you redo the last step, you'll find that it's {}.",
]
GUIDING = [
    "Where does the {} in the problem come from?",
    "The problem says {}. What does it tell you?",
    "Start with the {}.",
    "Does multiplying by {} make sense?",
    "You have {}. What else is given?",
    "If you take {}, what is left?",
    "You haven't used the {} yet.",
]


class Problem(NamedTuple):
    text: str
    answer: str
    steps: list[tuple[str, str]]
    """Socratic question and worked step."""

    @property
    def wrong(self) -> str:
        return str(int(float(self.answer.replace(",", "")) * 2 + 7))

    @property
    def history(self) -> list[tuple[str, str]]:
        return [("student", f"I got {self.wrong}."), ("tutor", "How?"), ("student", f"So the answer is {self.wrong}.")]

    def leak(self, reply: str, history: list[tuple[str, str]] | None = None) -> Leak:
        return detect_leak(reply, problem=self.text, answer=self.answer, history=history or self.history)


@cache
def problems() -> list[Problem]:
    found = list(_read())
    assert len(found) == 500
    return found


def _read() -> Iterator[Problem]:
    for line in shared_data("gsm8k_socratic_500.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        solution, _, answer = row["answer"].rpartition("####")
        steps = [tuple(part.split(" ** ")) for part in solution.strip().split("\n") if part.count(" ** ") == 1]
        yield Problem(row["question"], answer.strip(), [(q, _plain(work)) for q, work in steps])


def _plain(work: str) -> str:
    """A worked step without GSM8K's calculator marks "<<16-3-4=9>>"."""
    pieces = work.split("<<")
    return pieces[0] + "".join(piece.partition(">>")[2] for piece in pieces[1:])


@pytest.mark.parametrize("telling", TELLING)
def test_the_answer_told_is_found_in_every_problem(telling: str) -> None:
    missed = [p.text for p in problems() if not p.leak(telling.format(p.answer)).reveals]
    assert missed == []


@pytest.mark.parametrize("telling", TELLING)
def test_a_wrong_answer_told_is_given_and_not_revealed(telling: str) -> None:
    found = [p.leak(telling.format(int(float(p.answer.replace(",", "")) * 3 + 11))) for p in problems()]
    assert not any(leak.reveals for leak in found)
    # A few wrong answers are numbers of the problem.
    assert sum(leak.gives for leak in found) >= 0.99 * len(found)


def test_socratic_questions_give_nothing() -> None:
    asked = 0
    for problem in problems():
        history: list[tuple[str, str]] = []
        for question, work in problem.steps:
            leak = problem.leak(question, history or [("student", "Hi!")])
            assert not leak.gives, (question, leak.reason)
            history += [("tutor", question), ("student", work)]
            asked += 1
    assert asked > 1500


def test_the_problems_own_sentences_give_nothing_even_where_the_answer_is_one_of_their_numbers() -> None:
    for problem in problems():
        for start, end in sentence_spans(problem.text):
            for lead in ("", "Remember: ", "Look at this part again. "):
                leak = problem.leak(lead + problem.text[start:end])
                assert not leak.gives, (lead, problem.text[start:end], leak.reason)


def test_guiding_by_the_problems_own_numbers_reveals_nothing() -> None:
    given = [p for p in problems() if Fraction(p.answer.replace(",", "")) in given_values(p.text)]
    assert len(given) > 20
    flagged = [g for p in given for g in GUIDING if p.leak(g.format(p.answer)).reveals]
    assert flagged == []


def test_an_answer_that_the_student_passed_may_be_asked_about_but_not_told() -> None:
    """The student has the answer as an intermediate result, doubles it and offers that."""
    asked = [
        "How did you get {}?",
        "Why did you double {}?",
        "Look again at what you did after you had {}.",
        "I see that you multiplied {} by 2. Can you explain why?",
    ]
    given_away = [
        "You don't need to double it: the answer is {}.",
        "Stop one step earlier and you get {}.",
        "You should have stopped at {}, that's the answer.",
        "You already had it: {} is the answer.",
        "Actually, it's {}.",
    ]
    found = dict.fromkeys((*asked, *given_away), 0)
    for problem in problems():
        work = " ".join(f"{step.rstrip('.')}." for _, step in problem.steps)
        doubled = str(int(float(problem.answer.replace(",", "")) * 2))
        history = [
            ("student", f"{work} Then I double it: {problem.answer} × 2 = {doubled}. So the answer is {doubled}."),
            ("tutor", "Can you walk me through it?"),
            ("student", f"I did all that and doubled {problem.answer}, so it's {doubled}."),
        ]
        for reply in found:
            found[reply] += problem.leak(reply.format(problem.answer), history).reveals
    assert all(found[reply] == 0 for reply in asked), found
    # The rest are students whose steps offered the answer as an outcome already.
    assert all(found[reply] >= 0.97 * len(problems()) for reply in given_away), found


def test_a_last_step_that_nobody_has_said_reveals() -> None:
    last = []
    for problem in problems():
        *before, (_, work) = problem.steps
        history = [(role, text) for question, done in before for role, text in (("tutor", question), ("student", done))]
        if not any(problem.answer in text.replace(",", "") for _, text in history):
            last.append(problem.leak(work, history).reveals)
    assert len(last) > 350
    # Reached: all but two; one is asked for in cents and said in dollars.
    assert sum(last) >= 0.98 * len(last)


def _taken_back(problem: Problem) -> dict[str, list[tuple[str, str]]]:
    """Students who have said the answer and do not claim it now: a step, given up, withdrawn, denied."""
    right, wrong = problem.answer, problem.wrong
    work = ".\n".join(step.rstrip(".") for _, step in problem.steps)
    solution = ("student", f"{work}\n {right}")
    return {
        "a step": [("student", f"{work}\nThen I change it.\nSo the answer is {wrong}.\n {wrong}")],
        "given up": [solution, ("tutor", "Are you sure?"), ("student", f"Oh, I forgot something. So it is {wrong}.")],
        "withdrawn": [solution, ("tutor", "Are you sure?"), ("student", "No, I think I made a mistake.")],
        "denied": [("student", f"I don't think it's {right}, so I'd say {wrong}.")],
    }


def test_an_answer_that_the_student_has_taken_back_may_be_asked_about_but_not_told() -> None:
    telling = [
        "So the answer is {}.",
        "Actually, it's {}.",
        "Shouldn't it be {}?",
        "You already had it: {} is the answer.",
    ]
    instead = "So wouldn't that make {} instead of your {}?"
    asking = ["How did you get {}?", "What does the {} stand for?", "Why did you write {}?"]
    told, asked = [], []
    for problem in problems()[::4]:
        for kind, history in _taken_back(problem).items():
            told += [problem.leak(reply.format(problem.answer), history).reveals for reply in telling]
            asked += [problem.leak(reply.format(problem.answer), history).reveals for reply in asking]
            if kind != "withdrawn":
                told.append(problem.leak(instead.format(problem.answer, problem.wrong), history).reveals)
    assert sum(told) >= 0.98 * len(told)
    assert sum(asked) <= 0.005 * len(asked)


def test_an_answer_that_the_student_claims_may_be_confirmed() -> None:
    confirming = [
        "Yes, {} is right!",
        "So you get {}. How do you know?",
        "Right, the answer is {}.",
        "{} it is. Well done!",
    ]
    flagged = []
    for problem in problems()[::4]:
        work = ".\n".join(step.rstrip(".") for _, step in problem.steps)
        histories = [
            [("student", f"{work}\n {problem.answer}")],
            [
                ("student", f"I got {problem.wrong}."),
                ("tutor", "Hm?"),
                ("student", f"Oh, it should be {problem.answer}?"),
            ],
            [("student", f"It's {problem.answer}."), ("tutor", "How did you get it?"), ("student", work)],
        ]
        flagged += [problem.leak(c.format(problem.answer), h).reveals for h in histories for c in confirming]
    assert sum(flagged) <= 0.01 * len(flagged)
