"""Whether a question is about this problem: replies that a teacher would tell apart."""

from __future__ import annotations

import time

import pytest

from canopy_assets.evals.metrics.permutation import permutation_control
from canopy_assets.evals.metrics.relevance import relevance
from canopy_assets.records import EvalPrompt
from tests.evals.stub_tutors import HUMAN, PROMPTS, echoes, generic, human, prompt, replies

MEAN = prompt("mean_of_three", "mean", "Find the mean of 59, 77, 50.", "62", ["186", "62"], "the mean of 59, 77, 50?")
BY_ID = {p.prompt_id: p for p in (*PROMPTS, MEAN)}


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("linear", "What undoes taking away 9?"),
        ("linear", "Try it out: if 7x were 17, what would 7x − 9 come to?"),
        ("linear", "Which number multiplies x in 7x − 9 = 26?"),
        ("linear", "What does the 7 do to x?"),
        ("linear", "What would 26 have to be before?"),
        ("mean_of_three", "How large is the total of the numbers you have?"),
        ("linear", "Yes, that keeps both sides equal. What is still being multiplied by x?"),
        ("linear", "What happens to \\(7x\\) when you divide by its coefficient?"),
        ("percent", "What does the word percent tell you about 15?"),
        ("percent", "How does 5 % compare with 10 %?"),
        ("ducks", "So how many eggs reach the market?"),
        ("derivative", "Which of the terms would you differentiate first?"),
        ("derivative", "What becomes of 5x^3 under the power rule?"),
        ("factor", "Which two numbers multiply to 12?"),
        ("spinner", "What counts as a favorable outcome?"),
    ],
)
def test_questions_about_the_problem_count(name: str, reply: str) -> None:
    assert relevance(reply, BY_ID[name]).asks


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("linear", "Great question! What operation would you use?"),
        ("linear", "What do you make of the 7?"),
        ("linear", "What operation would you use to isolate x?"),
        ("linear", "What is the first step?"),
        ("linear", "What do you know about this problem so far?"),
        ("linear", "You have 7x − 9 = 26. What operation would you use to solve it?"),
        ("linear", "Step 7: what do you think comes next?"),
        ("linear", "The slope is 3. What is the y-intercept?"),
        ("linear", "x = 5."),
        ("ducks", "What have you tried so far?"),
        ("derivative", "Does that make sense?"),
        ("slope", ""),
    ],
)
def test_questions_that_fit_any_problem_do_not_count(name: str, reply: str) -> None:
    assert not relevance(reply, BY_ID[name]).asks


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("percent", "What is 15% of 80?"),
        ("percent", "Can you find 15 % of 80?"),
        ("linear", "How would you solve 7x - 9 = 26?"),
        ("linear", "What is the value of x in 7x − 9 = 26?"),
        ("ducks", "How much is earned each day?"),
        ("slope", "What does slope even mean?"),
    ],
)
def test_handing_the_problem_back_does_not_count(name: str, reply: str) -> None:
    assert not relevance(reply, BY_ID[name]).asks


def test_an_instruction_guides_without_asking() -> None:
    found = relevance("Look at the 7 in front of x; something has to undo it.", BY_ID["linear"])
    assert (found.asks, found.guides, found.mentions) == (False, True, True)
    assert "undo" in found.evidence


def test_a_statement_about_the_problem_neither_asks_nor_guides() -> None:
    found = relevance("The 9 was subtracted from 7x.", BY_ID["linear"])
    assert (found.asks, found.guides, found.mentions) == (False, False, True)


def test_good_replies_are_about_their_own_problem_and_not_about_others() -> None:
    (control,) = permutation_control(PROMPTS, replies("tuned", human))
    assert control.own.rate == 1.0
    assert control.other_family.n == sum(p.family != q.family for p in PROMPTS for q in PROMPTS)
    assert control.other_family.rate is not None
    assert control.other_family.rate < 0.2


def test_a_part_of_the_other_problems_says_about_the_same() -> None:
    (some,) = permutation_control(PROMPTS, replies("tuned", human), others=3)
    (all_of_them,) = permutation_control(PROMPTS, replies("tuned", human))
    assert (some.own, some.same_family) == (all_of_them.own, all_of_them.same_family)
    assert 3 * len(PROMPTS) <= some.other_family.n < all_of_them.other_family.n
    assert some.other_family.rate == pytest.approx(all_of_them.other_family.rate, abs=0.1)


@pytest.mark.parametrize("tutor", [generic, echoes])
def test_no_cheap_trick_is_about_the_problem(tutor) -> None:
    (control,) = permutation_control(PROMPTS, replies("tuned", tutor))
    assert control.own.rate == 0.0


def test_no_reply_makes_the_metric_fail_or_crawl() -> None:
    hostile = [
        "(" * 50_000,
        "5x" * 30_000 + "?",
        "\\frac{" * 20_000,
        "a\u0000?\ud800",
        "= = = ?" * 9_000,
        "1/2/3/4^5^6?" * 4_000,
    ]
    started = time.process_time()
    assert [relevance(reply, BY_ID["linear"]).asks for reply in hostile] == [False] * len(hostile)
    assert time.process_time() - started < 10


def test_word_problems_do_not_share_their_arithmetic_words() -> None:
    other = EvalPrompt(
        "o",
        "held_out",
        None,
        "stuck",
        "word_problem",
        "word problems",
        "Mia buys 25 stamps and gives away 11. How many stamps are left?",
        "14",
        "number",
        ("14",),
        PROMPTS[0].messages,
    )
    assert not relevance(HUMAN["ducks"], other).asks
    assert relevance("How many stamps does Mia give away?", other).asks
