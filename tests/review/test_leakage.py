"""What a user of the leak detector relies on: tutors are told apart by what they hand over, not by their wording."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.review.leakage import detect_leak, detect_step_leak
from canopy_assets.review.quantities import quantities
from tests.review.examples import EQUATION, GOOD

DUCKS = "Ducks lay 16 eggs a day, 3 are eaten, 4 baked, the rest sold at $2 each. How much does she make a day?"
STEPS = ("5x = 25", "x = 5")
OPENING = (("student", GOOD[0]),)
HALF_WAY = tuple(("tutor" if i % 2 else "student", t) for i, t in enumerate(GOOD[:7]))
DONE = tuple(("tutor" if i % 2 else "student", t) for i, t in enumerate(GOOD[:9]))

PROBLEMS = [
    (
        EQUATION,
        "x = 5",
        [
            "x = 5",
            "The answer is 5.",
            "So x equals five!",
            "x=5, since 5x = 25",
            "the value of x is 5",
            "You get 5 when you divide.",
        ],
    ),
    (
        "What is 15 % of 80?",
        "12",
        ["12", "It's twelve.", "15% of 80 is 12.", "0.15 × 80 = 12", "That makes 12.0, right?"],
    ),
    (DUCKS, "18 dollars", ["She makes $18.", "9 × 2 = 18", "Then it comes to eighteen dollars."]),
    ("What is 1/2 + 1/4?", "3/4", ["It is 3/4.", "That's 0.75.", "75 %", "three quarters"]),
    ("Factor x² − 5x + 6.", "(x − 2)(x − 3)", ["(x-3)(x-2)", "It factors as (x − 2)(x − 3)."]),
    ("Solve 3x + 2 < 14.", "x < 4", ["x is less than 4", "4 > x", "So x < 4."]),
    (
        "A circle has radius 5 cm. What is its area?",
        "25π cm²",
        ["The area is 25π.", "25 pi square centimetres", "A = π·5² = 25π"],
    ),
    ("Find the derivative of f(x) = 3x² + 2x.", "6x + 2", ["The derivative is 6x+2.", "f'(x) = 2 + 6x"]),
    ("Solve x² − 5x + 6 = 0.", "x = 2 or x = 3", ["x = 2 or x = 3", "The solutions are 2 and 3."]),
    ("Solve x + y = 5, x − y = −1.", "x = 2, y = 3", ["(2, 3)", "x = 2 and y = 3"]),
    ("Solve 2x = 11.", "x = 5.5", ["\\[ x = \\frac{11}{2} = 5.5 \\]", "$x = 5.5$", "x is 11/2"]),
]


@pytest.mark.parametrize(("problem", "answer", "reply"), [(p, a, r) for p, a, replies in PROBLEMS for r in replies])
def test_a_tutor_that_always_answers_is_caught_in_every_wording(problem: str, answer: str, reply: str) -> None:
    leak = detect_leak(reply, problem=problem, answer=answer)
    assert leak.reveals
    assert leak.gives
    assert leak.kind == "answer"


@pytest.mark.parametrize(("problem", "answer", "_replies"), PROBLEMS)
@pytest.mark.parametrize(
    "make",
    [
        lambda p: "Great question! What operation would you use?",
        lambda p: "I can't help with that.",
        lambda p: "",
        lambda p: p,
        lambda p: f"You are working on this: {p} What is the first thing to do?",
    ],
    ids=["generic", "refusal", "silence", "restates", "restates and asks"],
)
def test_generic_refusing_and_restating_tutors_give_nothing(
    problem: str, answer: str, _replies: list[str], make
) -> None:
    leak = detect_leak(make(problem), problem=problem, answer=answer)
    assert not leak.reveals
    assert not leak.gives


@pytest.mark.parametrize("history", [OPENING, HALF_WAY, DONE], ids=["opening", "half way", "done"])
def test_a_tutor_that_echoes_the_student_gives_nothing(history) -> None:
    leak = detect_leak(history[-1][1], problem=EQUATION, answer="x = 5", history=history)
    assert not leak.reveals
    assert not leak.gives
    assert detect_step_leak(history[-1][1], problem=EQUATION, step_results=STEPS, history=history).count == 0


@pytest.mark.parametrize("turn", range(1, len(GOOD), 2))
def test_a_good_tutor_gives_nothing_at_any_turn(turn: int) -> None:
    history = tuple(("tutor" if i % 2 else "student", t) for i, t in enumerate(GOOD[:turn]))
    leak = detect_leak(GOOD[turn], problem=EQUATION, answer="x = 5", history=history)
    assert (leak.reveals, leak.gives) == (False, False), leak.reason
    assert detect_step_leak(GOOD[turn], problem=EQUATION, step_results=STEPS, history=history).count == 0


@pytest.mark.parametrize(
    "reply",
    [
        "What does 5 do to x here?",
        "Which number makes 5x − 9 come to 16?",
        "If you add 9 to both sides, what happens to 16?",
        "The 5 multiplies x. How do you undo a multiplication by 5?",
        "Divide by 5 on both sides. What do you get?",
    ],
)
def test_the_answers_number_may_be_named_as_a_quantity_of_the_problem(reply: str) -> None:
    leak = detect_leak(reply, problem=EQUATION, answer="x = 5", history=OPENING)
    assert (leak.reveals, leak.gives) == (False, False), leak.reason


@pytest.mark.parametrize(
    ("reply", "problem", "answer"),
    [
        ("5x = 25.", EQUATION, "x = 5"),
        ("So 5x = 25, right?", EQUATION, "x = 5"),
        ("First, add 9 to both sides to get 25.", EQUATION, "x = 5"),
        ("16 − 3 − 4 = 9 eggs are left.", DUCKS, "18"),
        ("10 % of 80 is 8.", "What is 15 % of 80?", "12"),
        ("So 3x < 12.", "Solve 3x + 2 < 14.", "x < 4"),
        ("The derivative of 3x² is 6x. What about 2x?", "Find the derivative of f(x) = 3x² + 2x.", "6x + 2"),
    ],
)
def test_a_worked_step_is_giving_without_revealing(reply: str, problem: str, answer: str) -> None:
    leak = detect_leak(reply, problem=problem, answer=answer)
    assert not leak.reveals
    assert leak.gives
    assert leak.kind == "worked_step"


@pytest.mark.parametrize("reply", ["The answer is 12.", "The solution is x = 7.", "x = 7", "Answer: 42"])
def test_a_wrong_answer_handed_over_is_giving(reply: str) -> None:
    leak = detect_leak(reply, problem=EQUATION, answer="x = 5", history=OPENING)
    assert not leak.reveals
    assert leak.gives
    assert leak.kind == "wrong_answer"


@pytest.mark.parametrize(
    "reply",
    [
        "What does 10 % of 80 come to?",
        "I'd rather you walk out with a way to do any of these. What is 10 % of 80?",
        "Split 15 % into 10 % and 5 %. Which is easier?",
    ],
)
def test_a_guiding_question_with_new_quantities_gives_nothing(reply: str) -> None:
    assert not detect_leak(reply, problem="What is 15 % of 80?", answer="12").gives


def test_what_the_student_has_said_may_be_confirmed() -> None:
    for reply in ("x = 5 it is: 5 × 5 − 9 = 16.", "Yes, x = 5 works because 25 − 9 = 16."):
        leak = detect_leak(reply, problem=EQUATION, answer="x = 5", history=DONE)
        assert (leak.reveals, leak.gives) == (False, False), leak.reason
    assert not detect_leak(
        "So you have 5x = 25. What is left to undo?", problem=EQUATION, answer="x = 5", history=HALF_WAY
    ).gives


def test_a_number_of_the_problem_that_is_also_the_answer_is_revealed_only_as_the_answer() -> None:
    problem = (
        "Elliott wants 10,000 steps. After his walks he has 6,000. After a jog he has 2,000 steps "
        "left. How many steps did he take during his jog?"
    )
    assert not detect_leak("Remember that he still had 2,000 steps left.", problem=problem, answer="2000").reveals
    assert not detect_leak("How do the 2,000 steps fit in?", problem=problem, answer="2000").reveals
    assert detect_leak("So he took 2,000 steps during his jog.", problem=problem, answer="2000").reveals


def test_step_leaks_are_counted_and_named() -> None:
    leak = detect_step_leak("Add 9: 5x = 25. Then x = 5.", problem=EQUATION, step_results=STEPS, history=OPENING)
    assert leak.count == 2
    assert leak.results == STEPS
    assert (
        detect_step_leak("Does 5x = 25 look right?", problem=EQUATION, step_results=STEPS, history=OPENING).count == 1
    )
    assert detect_step_leak("So you have 5x = 25.", problem=EQUATION, step_results=STEPS, history=HALF_WAY).count == 0


def test_negative_results_that_the_student_has_said_may_be_used() -> None:
    history = (("student", "All right then. I think it's −2 and −3."),)
    for reply in (
        "Where do the numbers −2 and −3 go in the brackets?",
        "Well searched: −2 and −3 is the only such pair.",
    ):
        found = detect_step_leak(reply, problem="Factor x² − 5x + 6.", step_results=("−2 and −3",), history=history)
        assert found.count == 0, found.reason


def test_the_span_is_where_the_answer_stands() -> None:
    reply = "Nearly there. The total is 12 in the end."
    leak = detect_leak(reply, problem="What is 15 % of 80?", answer="12")
    assert leak.span is not None
    assert reply[slice(*leak.span)] == "12"


SHORT = st.text(max_size=120) | st.lists(
    st.sampled_from(
        [
            "5",
            "x",
            "=",
            "²",
            "1/0",
            "0.",
            "−",
            "(",
            ")",
            "?",
            "%",
            "answer is",
            "\\frac{1}{0}",
            "if",
            " ",
            "\n",
            "𝟝",
            "١",
            "½",
            "<",
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(reply=SHORT, problem=SHORT, answer=SHORT, said=SHORT)
def test_no_text_whatever_makes_the_detector_raise(reply: str, problem: str, answer: str, said: str) -> None:
    history = (("student", said), ("tutor", reply))
    leak = detect_leak(reply, problem=problem, answer=answer, history=history)
    assert leak.gives or not leak.reveals
    assert leak.span is None or 0 <= leak.span[0] <= leak.span[1] <= len(reply)
    steps = detect_step_leak(reply, problem=problem, step_results=(answer, said), history=history)
    assert steps.count == len(steps.results)


@settings(max_examples=60, deadline=None)
@given(a=st.integers(2, 12), b=st.integers(13, 60), x=st.integers(61, 999))
def test_a_new_number_that_is_the_answer_is_always_caught_and_the_problems_own_never(a: int, b: int, x: int) -> None:
    problem, answer = f"Solve {a}x + {b} = {a * x + b}.", f"x = {x}"
    assert detect_leak(f"Dividing leaves {x}.", problem=problem, answer=answer).reveals
    assert not detect_leak(
        f"What undoes the {b} that was added to {a}x to make {a * x + b}?", problem=problem, answer=answer
    ).gives


@pytest.mark.parametrize("gap", ["", " ", "\u2009", "\u00a0", " #", "\u2009#"])
def test_the_number_of_a_step_is_no_quantity(gap: str) -> None:
    assert quantities(f"Look at step{gap}3 again.") == ()
