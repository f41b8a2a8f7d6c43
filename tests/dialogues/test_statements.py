"""Statements in the forms that sentences need, and authors' guidance as questions."""

from __future__ import annotations

import pytest

from canopy_assets.dialogues.embedded.hints import hint_question
from canopy_assets.dialogues.planning.statements import lower_first, statement_forms, upper_first


@pytest.mark.parametrize(
    ("statement", "math", "wanted", "do"),
    [
        ("5x − 9 = 16", "5x − 9 = 16", None, "solve 5x − 9 = 16"),
        ("Solve for x: 3x + 7 = 22", "3x + 7 = 22", None, "solve 3x + 7 = 22"),
        ("3/4 + 2/5", "3/4 + 2/5", None, "work out 3/4 + 2/5"),
        ("What is 15% of 80?", None, "15% of 80", "find 15% of 80"),
        ("Find the mean of 4, 8 and 6.", None, "the mean of 4, 8 and 6", "find the mean of 4, 8 and 6"),
        ("If f(x) = x³ − 4x, find f′(2).", None, "f′(2) for f(x) = x³ − 4x", "find f′(2) for f(x) = x³ − 4x"),
        ("Let g(t) = 2t. What is g(5)?", None, "g(5) for g(t) = 2t", "find g(5) for g(t) = 2t"),
        ("Factor x² + 7x + 12.", "x² + 7x + 12", None, "factor x² + 7x + 12"),
        ("How many apples fit in 3 bags of 4? Explain.", None, None, None),
    ],
)
def test_a_statement_fits_into_sentences(statement, math, wanted, do):
    forms = statement_forms(statement)
    assert (forms.math, forms.wanted, forms.do) == (math, wanted, do)


@pytest.mark.parametrize(
    ("statement", "short"),
    [
        ("Solve 5x − 9 = 16.", "5x − 9 = 16"),
        ("A shirt costs $40 and is on sale for 25% off. What is the sale price?", "the problem about the shirt"),
        ("Ann has 12 marbles and loses 5 of them on the way home. How many remain?", "the problem about the marbles"),
        (
            "What is the area of a triangle with base 10 and height 6?",
            "the area of a triangle with base 10 and height 6",
        ),
        ("Find the perimeter of a rectangle with length 9 and width 14.", "the perimeter of a rectangle"),
        ("Find the equation of the line through (0, 3) with slope 2.", "the equation of the line"),
        ("If f(x) = x³ − 4x, find f′(2).", "f′(2)"),
        ("Ann has 9 chocolate bars and gives 4 away. How many are left?", "the problem about the chocolate bars"),
        ("A recipe for 6 people needs 450 grams of rice. What do 9 people need?", "the problem about the grams"),
        (
            "The vending machine takes 40 Danish coins a day. How many is that a week?",
            "the problem about the Danish coins",
        ),
        (
            "He has 5 and gives 3 of them away, so how many has he got left to sell on Sunday and Monday?",
            "this problem",
        ),
        ("It is 9:30 and the train leaves. When does it arrive if it needs 90 more?", "this problem"),
    ],
)
def test_every_problem_has_a_short_name(statement, short):
    assert statement_forms(statement).short == short


def test_figures_are_taken_as_written_and_times_of_day_left_out():
    assert statement_forms("At 1:00 PM he pays $80,000, 25% and 3.5 more.").numbers == ("$80,000", "25%", "3.5")


def test_a_changed_first_letter_never_touches_mathematics():
    assert upper_first("x = 5") == "x = 5"
    assert upper_first("log₂(32) = n") == "log₂(32) = n"
    assert lower_first("A = 2") == "A = 2"
    assert lower_first("How many are left?") == "how many are left?"
    assert lower_first("That's 3(2)² − 1") == "that's 3(2)² − 1"
    assert lower_first("I'd say x = 5") == "I'd say x = 5"


@pytest.mark.parametrize(
    ("hint", "question"),
    [
        ("- ask what operation is applied to x", "Can you tell me what operation is applied to x?"),
        ("Ask the student which term they would move first.", "Can you tell me which term you would move first?"),
        ("guide the student to write down A − λI", "How would you write down A − λI?"),
        ("ask what the student writes in place of each x", "Can you tell me what you write in place of each x?"),
        ("let the student put the value back", "How would you put the value back?"),
        (
            "ask for pairs of whole numbers that multiply to 20",
            "Can you find pairs of whole numbers that multiply to 20?",
        ),
        ("ask into which size of piece both can be cut", "Can you tell me into which size of piece both can be cut?"),
        ("What undoes a subtraction?", "What undoes a subtraction?"),
    ],
)
def test_guidance_becomes_a_question_to_the_student(hint, question):
    assert hint_question(hint, 0) == question


@pytest.mark.parametrize(
    "hint", ["Never reveal the answer.", "The students often forget the sign", "What? Why? Really?"]
)
def test_guidance_that_is_no_question_is_left_out(hint):
    assert hint_question(hint, 0) is None
