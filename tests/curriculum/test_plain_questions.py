"""Plain questions of worksheets, by kind: each is right in several wordings, and refused where a word changes it."""

from __future__ import annotations

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.maths.answers import equivalent

# ruff: noqa: E501 (a statement stays on its line)
RIGHT = (
    # longer sums, and products without a sign
    ("Evaluate 3^2 + 5(9 − 6) − 8/4.", "22"),
    ("Calculate 30 ÷ 6 + 2(8 − 3).", "15"),
    ("15 - 2[1 + (7 - 3)]", "5"),
    ("4(3)^2 - 12/6", "34"),
    # forms of the answer, and named objects
    ("Simplify 21/28, giving your answer in lowest terms.", "3/4"),
    ("Work out 1/6 + 1/3. Give your answer in its simplest form.", "1/2"),
    ("Find the difference between 5/6 and 1/4.", "7/12"),
    ("Solve 6p − 5q = 12 for p in terms of q.", "p = 5q/6 + 2"),
    ("Consider the simultaneous equations x + 4y = 14 and x − y = 4. Solve the system.", "x = 6, y = 2"),
    ("Consider the equation 7x − 3 = 25. Solve it.", "x = 4"),
    ("The curve C has equation y = x⁴ − 5x. Find the gradient of C at x = 1.", "−1"),
    # shares by name, times in two units
    ("Share £72 between Ali and Zoe in the ratio 5:3. How much does Zoe get?", "£27"),
    ("Divide $90 among Ana, Tom and Mia in the ratio 2:3:4. Work out how much Tom gets.", "$30"),
    ("How many seconds are there in 1 hour 20 minutes?", "4800 seconds"),
    ("Convert 3 hours 45 minutes to hours.", "3.75 hours"),
    ("A van travels 210 km in 3 hours 30 minutes. Find its average speed in km/h.", "60 km/h"),
    ("A bus drives 48 km in 40 minutes. What is its average speed in km/h?", "72 km/h"),
    ("A car drives at 84 km/h for 1 hour 15 minutes. How far does it travel?", "105 km"),
    ("Find the simple interest on $900 at 4% per annum for 8 months.", "$24"),
    # functions of functions
    ("Let f(x) = 4x − 3 and g(x) = x² + 1. Find g(f(2)).", "26"),
    ("If f(x) = x + 6 and g(x) = 3x, what is (f∘g)(−1)?", "3"),
    ("Given h(t) = 3t − 1, find h(h(2)).", "14"),
    # logarithms of sums, squares of squares
    ("Solve log_3(x − 4) = 3.", "x = 31"),
    ("Solve log₂(5x + 2) = 5.", "x = 6"),
    ("Factor completely: x^4 − 1.", "(x + 1)(x − 1)(x² + 1)"),
    # questions about roots
    ("Find the larger root of x² − 11x + 24 = 0.", "x = 8"),
    ("Solve x² − 2x = 35 and give only the negative solution.", "x = −5"),
    ("Find the positive value of t for which t² + 3t = 28.", "t = 4"),
    ("How many real solutions does 3x² + 2x + 5 = 0 have?", "0"),
    ("State the number of distinct real roots of x² − 10x + 25 = 0.", "1"),
    ("How many times does the graph of y = x² − 6x + 5 cross the x-axis?", "2"),
    ("What is the sum of the roots of 2x² − 9x + 4 = 0?", "9/2"),
    ("Find the product of the roots of 5x² + x − 20 = 0.", "−4"),
    # a number that is described
    ("Six less than four times a number is 30. What is the number?", "n = 9"),
    ("Twice the sum of a number and 5 is 24. Find the number.", "n = 7"),
    ("If 9 more than half of a number is 16, what is the number?", "n = 14"),
    # several chances
    ("A fair coin is tossed four times. What is the probability of at least one tail?", "15/16"),
    ("Ravi flips a coin twice. Find the probability of getting no heads.", "1/4"),
    ("A jar holds 6 green and 4 white beads. Two beads are taken without replacement. What is the probability that both are green?", "1/3"),
)  # fmt: skip
REFUSED = (
    "10 ÷ 5(2)",
    "9 + 24/4(3)",
    "18/(3)(2)",
    "Find the difference between 1/4 and 5/6.",
    "Consider the equation 7x − 3 = 25. How many solutions does it have?",
    "Consider the simultaneous equations x + 4y = 14 and x − y = 4. Find x + y.",
    "A curve C has equation y = x⁴ − 5x. Find dy/dx of the curve D.",
    "Share £72 between Ali and Zoe in the ratio 5:3. How much more does Ali get than Zoe?",
    "Share £72 between Ali and Zoe in the ratio 5:3. How much does Ben get?",
    "Share £72 between Ali and Zoe in the ratio 5:3:1. How much does Zoe get?",
    "Convert 2 hours 90 minutes to seconds.",
    "A van travels 210 km in 3 hours and rests for 30 minutes. Find its average speed in km/h.",
    "A van travels 210 km in 3 hours 30 minutes. Find its average speed in m/s.",
    "Find the simple interest on $900 at 4% per month for 8 months.",
    "Find the simple interest on $900 at 4% per annum for 80 days.",
    "Let f(x) = 4x − 3 and g(x) = x² + 1. Find f(2)g(2).",
    "Let f(x) = 4x − 3 and g(x) = x² + 1. Find fg(2).",
    "Let f(x) = 4x − 3 and g(x) = x² + 1. Find g(h(2)).",
    "Solve log_3(x − 4) = x.",
    "Factor completely: x^4 + 1.",
    "Find the positive root of x² − 11x + 24 = 0.",
    "Find the larger root of x² + x + 24 = 0.",
    "Find twice the larger root of x² − 11x + 24 = 0.",
    "Find the square of the positive root of x² − 9 = 0.",
    "How many solutions does 3x² + 2x + 5 = 0 have?",
    "How many positive solutions does x² − 11x + 24 = 0 have?",
    "How many real roots does x² − 10x + 25 = 0 have?",
    "How many real solutions does x² + kx + 5 = 0 have?",
    "Find the sum of the squares of the roots of 2x² − 9x + 4 = 0.",
    "Find the sum of the roots of x² − 10x + 25 = 0.",
    "Find the sum of the positive roots of x² − 9 = 0.",
    "Six less than four times a number is 30. What is half of the number?",
    "Six less than four times a number is at most 30. What is the number?",
    "The sum of a number and twice another number is 12. Find the number.",
    "Three times a number is 22 more than a number. What is the number?",
    "A biased coin is tossed four times. What is the probability of at least one tail?",
    "A fair coin is tossed four times. What is the probability of at least two tails?",
    "A fair coin is tossed four times. What is the probability of exactly one tail?",
    "A jar holds 6 green and 4 white beads. Two beads are taken with replacement. What is the probability that both are green?",
    "A jar holds 6 green and 4 white beads. Two beads are taken without replacement. What is the probability that both have the same colour?",
    "A jar holds 6 green and 4 white beads. Two beads are taken without replacement. What is the probability that neither is green?",
)  # fmt: skip


@pytest.mark.parametrize(("statement", "answer"), RIGHT)
def test_a_plain_question_has_the_right_answer(statement: str, answer: str) -> None:
    solution = recognise(statement)
    assert solution is not None
    assert equivalent(solution.answer, answer, solution.answer_kind), solution.answer
    assert len(solution.steps) <= 6


@pytest.mark.parametrize("statement", REFUSED)
def test_a_word_that_asks_for_something_else_refuses(statement: str) -> None:
    assert recognise(statement) is None
