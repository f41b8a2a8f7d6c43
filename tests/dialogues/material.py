"""Exercises for the dialogue tests: every family, word problems with sub-questions, exercises from documents."""

from __future__ import annotations

from functools import cache

from canopy_assets.curriculum.registry import recognise
from canopy_assets.records import Exercise, Span, Step, content_id

STATEMENTS = (
    "5x − 9 = 16",
    "Solve for x: 3x + 7 = 22",
    "Solve 4(x − 2) = 20.",
    "7y − 5 = 3y + 11",
    "Solve 2x/3 = 8.",
    "2x + 3 < 11",
    "Solve the inequality 5 − 3x ≥ 14.",
    "Solve x² − 5x + 6 = 0.",
    "x^2 + 2x - 15 = 0",
    "Solve x² = 49.",
    "Factor x² + 7x + 12.",
    "Factor x^2 - 9.",
    "Simplify 3x + 5 − x + 2.",
    "Simplify 2(3x − 4) + 5x.",
    "Expand (x + 3)(x − 2).",
    "Solve the system x + y = 7, x − y = 3.",
    "2x + y = 11, x − y = 1",
    "If f(x) = 2x² − 3x + 1, what is f(4)?",
    "Evaluate f(x) = 3x + 5 at x = 6.",
    "Find the slope of the line through (1, 2) and (3, 8).",
    "What is the slope of the line through (2, 1) and (6, 9)?",
    "Find the equation of the line through (0, 3) with slope 2.",
    "Find the derivative of f(x) = 3x² + 2x.",
    "Differentiate y = 5x³ − 4x.",
    "What is the derivative of x^4 + 6x?",
    "Find the limit of (x² − 4)/(x − 2) as x approaches 2.",
    "Find the limit of 3x + 1 as x approaches 5.",
    "What is 15% of 80?",
    "20 % of 350",
    "A shirt costs $40 and is on sale for 25% off. What is the sale price?",
    "18 is what percent of 72?",
    "A price rises from $50 to $60. What is the percent increase?",
    "3/4 + 2/5",
    "Work out 5/6 − 1/4.",
    "What is 2/3 of 24?",
    "Calculate 3/8 × 4/9.",
    "What is 5/6 ÷ 2/3?",
    "7 + 3 × (8 − 2)",
    "Calculate 48 ÷ 6 + 2 × 5.",
    "What is 6² − 4 × 5?",
    "Find the mean of 4, 8, 6 and 10.",
    "What is the average of 12, 15, 18, 20 and 25?",
    "Find the median of 3, 9, 4, 12 and 7.",
    "A bag holds 3 red and 5 blue marbles. What is the probability of drawing a red marble?",
    "What is the probability of rolling an even number on a fair six-sided die?",
    "Find the area of a rectangle with length 8 cm and width 5 cm.",
    "What is the area of a triangle with base 10 and height 6?",
    "Find the volume of a box with length 4, width 3 and height 6.",
    "Find the perimeter of a rectangle with length 9 and width 4.",
    "Find the circumference of a circle with radius 5.",
    "What is the hypotenuse of a right triangle with legs 6 and 8?",
    "Simplify 2^3 × 2^4.",
    "Simplify x⁵ · x³.",
    "Evaluate log_2(32).",
    "Solve 2^x = 16.",
    "Solve 3^(x + 1) = 81.",
    "Find the dot product of (1, 2, 3) and (4, −5, 6).",
    "What is the dot product of (2, 3) and (5, 1)?",
    "Find the determinant of [[3, 1], [2, 5]].",
    "Find the determinant of the matrix [[4, 2], [1, 3]].",
)

_STORIES = (
    (
        "A baker makes 48 rolls. He eats 2, gives 6 to a neighbour and sells the rest at $3 each. "
        "How much does he take?",
        (
            ("How many rolls are left to sell?", "48 - 2 - 6 = 40"),
            ("How much does he take for the rolls?", "40 * 3 = 120"),
        ),
    ),
    (
        "Mia reads 12 pages a day for 5 days and then 20 pages on Saturday. How many pages has she read altogether?",
        (
            ("How many pages does Mia read in the first 5 days?", "12 * 5 = 60"),
            ("How many pages has she read altogether?", "60 + 20 = 80"),
        ),
    ),
    (
        "A bus carries 36 passengers. At the first stop 9 get off and 5 get on, and at the second "
        "stop half of those on board get off. How many passengers are still on the bus?",
        (
            ("How many are left after 9 get off?", "36 - 9 = 27"),
            ("How many are on board after 5 get on?", "27 + 5 = 32"),
            ("How many remain when half get off?", "32 / 2 = 16"),
        ),
    ),
    (
        "Tom saves $15 a week. After 8 weeks he spends $45 on a ball. How much money does he have left?",
        (
            ("How much has Tom saved after 8 weeks?", "15 * 8 = 120"),
            ("How much does he have left?", "120 - 45 = 75"),
        ),
    ),
    (
        "A farmer packs 126 apples into bags of 9 and sells each bag for $4. How many dollars does she earn in total?",
        (
            ("How many bags does the farmer fill?", "126 / 9 = 14"),
            ("How many dollars does she earn?", "14 * 4 = 56"),
        ),
    ),
    (
        "Lena runs 3 km on Monday, twice as far on Wednesday and 5 km on Friday. How many "
        "kilometres does she run in total?",
        (
            ("How far does Lena run on Wednesday?", "3 * 2 = 6"),
            ("How many kilometres does she run in total?", "3 + 6 + 5 = 14"),
        ),
    ),
    (
        "A class of 28 pupils forms teams of 4. Every team needs 3 balls and one ball costs $7. "
        "What do the balls cost?",
        (
            ("How many teams are there?", "28 / 4 = 7"),
            ("How many balls are needed?", "7 * 3 = 21"),
            ("What do the balls cost?", "21 * 7 = 147"),
        ),
    ),
    (
        "A tank holds 250 litres and loses 8 litres per hour. How much is left after 12 hours?",
        (
            ("How much does the tank lose in 12 hours?", "8 * 12 = 96"),
            ("How much is left?", "250 - 96 = 154"),
        ),
    ),
)

_DOCUMENT = (
    (
        "Find the eigenvalues of the matrix [[2, 0], [0, 7]].",
        "2 and 7",
        (
            ("Set the determinant of A − λI to zero", "(2 − λ)(7 − λ) = 0"),
            ("Each factor gives one eigenvalue", "2 and 7"),
        ),
        (
            "ask what equation an eigenvalue satisfies",
            "guide the student to write down A − λI",
        ),
    ),
    (
        "Find the greatest common divisor of 84 and 36.",
        "12",
        (
            ("Divide 84 by 36 and keep the remainder", "84 = 2 · 36 + 12"),
            ("36 is a multiple of the remainder", "12"),
        ),
        ("ask which number divides both evenly",),
    ),
)


@cache
def exercises() -> tuple[Exercise, ...]:
    """Every exercise of this file; a statement that no family solves is missing."""
    return (*_solved(), *_stories(), *_documents())


def exercise(statement: str) -> Exercise:
    """One exercise of a known family."""
    solution = recognise(statement)
    assert solution is not None, f"no family solves {statement!r}"
    return Exercise(
        exercise_id=content_id(statement),
        seed="course.md",
        statement=statement,
        topic=solution.topic,
        family=solution.family,
        answer=solution.answer,
        answer_kind=solution.answer_kind,
        steps=solution.steps,
        hints=(),
        misconceptions=solution.misconceptions,
        verified=True,
        verification="computed",
        span=Span(1, 1, 0, 1),
    )


def _solved() -> list[Exercise]:
    return [exercise(s) for s in STATEMENTS if recognise(s)]


def _stories() -> list[Exercise]:
    rows = []
    for statement, lines in _STORIES:
        steps = tuple(Step("sub_question", ask, work, work.split(" = ")[1]) for ask, work in lines)
        rows.append(_plain(statement, steps[-1].result, steps, ()))
    return rows


def _documents() -> list[Exercise]:
    return [
        _plain(statement, answer, tuple(Step("given", "", work, result) for work, result in lines), hints)
        for statement, answer, lines, hints in _DOCUMENT
    ]


def _plain(statement: str, answer: str, steps: tuple[Step, ...], hints: tuple[str, ...]) -> Exercise:
    return Exercise(
        exercise_id=content_id(statement),
        seed="stories.jsonl",
        statement=statement,
        topic="word problems",
        family=None,
        answer=answer,
        answer_kind="number" if answer.isdigit() else "text",
        steps=steps,
        hints=hints,
        misconceptions=(),
        verified=True,
        verification="arithmetic checked",
        span=Span(1, 1, 0, 1),
    )
