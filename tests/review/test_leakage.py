"""What a user of the leak detector relies on: what a tutor hands over decides, not how it is worded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.review.leak.detector import detect_leak, detect_step_leak
from canopy_assets.review.text.quantities import quantities
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


APPLES = ("Tom has 60 apples. He gives 18 to Ann. How many apples are left?", "42")
SEATS = ("A bus has 40 seats. 20 are taken. How many seats are free?", "20")
JOG = (
    "Elliott wants to walk 10,000 steps. After his walks he has 6,000. After a jog he has 2,000 steps left. "
    "How many steps did he take during his jog?",
    "2000",
)
EGGS = (DUCKS, "18")
SALE = ("A shirt costs $40 and is on sale for 25% off. What is the sale price?", "$30")
BOOKS = ("A book costs $12.45. How much do 4 books cost?", "$49.80")
STADIUM = ("A stadium has 25 blocks of 50 seats. How many seats does it have?", "1250")
TOYS = ("A factory makes 500 toys a day. How many toys does it make in 2,400 days?", "1,200,000")
SHARE = ("18 is what percent of 72?", "25%")
PIZZA = ("A pizza is shared equally among 3 people. What part does each get?", "1/3")
DEBT = ("What is 5 − 12?", "-7")
BELOW_ZERO = ("Solve 2x + 14 = 0.", "x = -7")
LINEAR = ("Solve 5x − 9 = 16.", "x = 5")
ROOTS = ("Solve x² − 5x + 6 = 0.", "x = 2 or x = 3")
BOUND = ("Solve 3x + 2 < 14.", "x < 4")
RANGE = ("For which x is x² < 9?", "-3 < x < 3")
MARBLES = ("Ann has 4 red and 8 blue marbles. (a) How many has she? (b) What fraction is red?", "12 and 1/3")


@pytest.mark.parametrize(
    ("case", "reply"),
    [
        (case, reply)
        for case, replies in [
            (
                APPLES,
                [
                    "You should get 42.",
                    "Subtract 18 from 60, which leaves 42 apples.",
                    "42, right?",
                    "Could it be 42?",
                    "Hint: it's 42 :)",
                    "The answer rhymes with “shoe”: forty-two.",
                    "There are **42** apples left.",
                    "Tom has \\boxed{42} apples.",
                    "If you subtract 18 from 60, you'll have 42 apples, won't you?",
                    "Suppose he had 42 left; how many would he have given away?",
                    "<answer>42</answer>",
                    '{"answer": 42}',
                    "`42`",
                    "４２",
                    "𝟒𝟐 apples remain",
                ],
            ),
            (SEATS, ["So 20 seats are free.", "40 − 20 = 20", "That leaves 20.", "40 minus 20 is 20, right?", "20."]),
            (SEATS, ["The answer is also 20.", "There are 20 free seats."]),
            (JOG, ["So his jog was 2,000 steps, not 4,000.", "8,000 − 6,000 = 2,000."]),
            (SALE, ["25% of 40 is 10, so the price is 30.", "You'd pay $30.00.", "75 % of $40 = $30"]),
            (BOOKS, ["So $49.80 it is.", "It's 49.8 dollars.", "4 × 12.45 = 49.80"]),
            (STADIUM, ["1,250 seats", "1\u202f250 seats", "twelve hundred fifty seats", "25 x 50 = 1250"]),
            (TOYS, ["That's 1.2 million toys.", "500 · 2,400 = 1,200,000", "That's 1200000 toys."]),
            (SHARE, ["It's 25 per cent of 72.", "18/72 = 0.25", "18 is a quarter of 72.", "It's 25 percent."]),
            (PIZZA, ["Each gets a third.", "Each gets one third of it.", "About 0.33 each.", "1/3, right?"]),
            (DEBT, ["minus seven", "It's negative 7.", "5 − 12 = −7", "negative seven"]),
            (BELOW_ZERO, ["x is minus 7", "x equals negative seven", "x = −7"]),
            (
                LINEAR,
                [
                    "the unknown is 5",
                    "Divide 25 by 5 and you get 5.",
                    "Adding 9 gives 25, and 25 divided by 5 is 5.",
                    "Try x = 5: does it work?",
                    "If x were 5, what would 5x − 9 be?",
                    "The solution of 5x − 9 = 16 is 5.",
                    "ｘ＝５",
                    "FIVE.",
                ],
            ),
            (ROOTS, ["x is 2 or 3", "{2, 3}", "x₁ = 2 and x₂ = 3", "The roots are 3 and 2."]),
            (BOUND, ["x must be smaller than 4.", "All numbers less than 4.", "x ∈ (−∞, 4)", "4 > x"]),
            (RANGE, ["x lies between −3 and 3.", "(−3, 3)", "|x| < 3", "3 > x > −3"]),
            (MARBLES, ["She has 12 marbles and 1/3 are red.", "12 marbles; 4/12 = 1/3."]),
            (EGGS, ["That would be $18, wouldn't it?", "Can you show me that 9 × 2 = 18?", "She makes $18/day."]),
        ]
        for reply in replies
    ],
)
def test_the_ways_in_which_language_models_hand_the_answer_over(case: tuple[str, str], reply: str) -> None:
    problem, answer = case
    assert detect_leak(reply, problem=problem, answer=answer).reveals


@pytest.mark.parametrize(
    ("case", "said", "reply"),
    [
        (APPLES, "I think it's 42.", "Great job! 42 is correct."),
        (APPLES, "42", "Yes, Tom has 42 apples left because 60 − 18 = 42."),
        (APPLES, "**42**", "Right, 42. How did you find it?"),
        (APPLES, "44", "44 would mean that 44 + 18 = 60. Does it?"),
        (APPLES, "44", "Is it more or less than 50?"),
        (APPLES, "tell me", "Is your answer closer to 40 or to 50?"),
        (APPLES, "tell me", "I won't tell you the answer. Question 42 of your book is like it. How would you begin?"),
        (APPLES, "tell me", "In 2 steps you can do it. What's first?"),
        (SEATS, "60", "Your 60 counts the 20 taken seats twice."),
        (SEATS, "tell me", "20 of the 40 seats are taken. What do you do with 20 and 40?"),
        (JOG, "4000", "He still had 2,000 steps left."),
        (JOG, "4000", "Remember the 2,000 steps that were left after his jog."),
        (EGGS, "32", "16 × 2 = 32 uses every egg. Which ones aren't sold?"),
        (EGGS, "9 are left", "Good, 9 eggs. And $2 for each of the 9?"),
        (EGGS, "?", "Imagine 5 ducks. How would you count their eggs? Think about it for 10 minutes."),
        (EGGS, "?", "1) Read. 2) Count what's left. 3) Multiply."),
        (EGGS, "9", "You're 90% there!"),
        (("A train rides 2.5 hours. How many minutes is that?", "150"), "?", "An hour has 60 minutes. What now?"),
        (SALE, "I save 10 dollars", "You saved $10. So how much do you pay?"),
        (SALE, "?", "All of $40 is 100%. How much is a quarter of it?"),
        (PIZZA, "?", "What is the third word of the problem? And what is half of a pizza?"),
        (LINEAR, "x = 4", "With x = 4 you'd have 20 − 9. Is that 16?"),
        (LINEAR, "?", "Try x = 3: what does 5x − 9 come to?"),
        (LINEAR, "?", "My part is the questions, yours is the answer to 5x − 9 = 16. What is done to x first?"),
        (LINEAR, "?", "I'll keep the answer to 5x − 9 = 16 to myself and keep you company instead."),
        (("Calculate 5/7 × 4/4.", "5/7"), "?", "What do 5 and 4 make when you multiply 5/7 by 4/4?"),
        (("Solve x² = 64.", "x = 8 or x = −8"), "?", "You'd have the answer to x² = 64 and meet it again next week."),
        (("What is f(6) for f(x) = 3x + 5?", "23"), "?", "To find f(6), which number replaces every x?"),
        (MARBLES, "12", "Right, 12. What fraction are the 4 red ones?"),
    ],
)
def test_confirming_guiding_and_refusing_with_numbers_gives_nothing(
    case: tuple[str, str], said: str, reply: str
) -> None:
    problem, answer = case
    leak = detect_leak(reply, problem=problem, answer=answer, history=(("student", said),))
    assert (leak.reveals, leak.gives) == (False, False), leak.reason


@pytest.mark.parametrize(
    ("case", "reply"),
    [
        (APPLES, "So it's 44, then."),
        (EGGS, "She earns 17 dollars."),
        (EGGS, "**17**"),
        (EGGS, "Sure: 17"),
        (EGGS, "It must be seventeen."),
        (EGGS, "She sells 9 eggs. At $2 each, what does she make?"),
        (LINEAR, "The solution of 5x − 9 = 16 is 4."),
        (LINEAR, "7 is the answer."),
        (LINEAR, "The answer would actually be 420."),
        (DEBT, "12 − 5 is 7. What sign does it need?"),
        (MARBLES, "She has 12 marbles in all. Now for (b)?"),
    ],
)
def test_results_that_are_wrong_or_on_the_way_are_given_without_revealing(case: tuple[str, str], reply: str) -> None:
    problem, answer = case
    leak = detect_leak(reply, problem=problem, answer=answer)
    assert (leak.reveals, leak.gives) == (False, True), leak.reason


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


@settings(max_examples=150)
@given(reply=SHORT, problem=SHORT, answer=SHORT, said=SHORT)
def test_no_text_whatever_makes_the_detector_raise(reply: str, problem: str, answer: str, said: str) -> None:
    history = (("student", said), ("tutor", reply))
    leak = detect_leak(reply, problem=problem, answer=answer, history=history)
    assert leak.gives or not leak.reveals
    assert leak.span is None or 0 <= leak.span[0] <= leak.span[1] <= len(reply)
    steps = detect_step_leak(reply, problem=problem, step_results=(answer, said), history=history)
    assert steps.count == len(steps.results)


@settings(max_examples=60)
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
