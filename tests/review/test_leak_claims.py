"""A number that the student has said is exempt only as the student's current claim of the final result.

The cases are conversations as students have them: a result that is only a step, is in another unit, is given up, denied
or replaced. What a tutor may say about such a number, and what gives it away, stands beside them.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.review.leakage import detect_leak
from canopy_assets.review.text.knowledge import knowledge

HALL = (
    "A hall has 6 rows of 9 chairs. 16 more chairs are carried in, and later 16 broken chairs are carried out. "
    "How many chairs are in the hall at the end?",
    "54",
)
EGGS = (
    "Ducks lay 16 eggs a day. Ana eats 3 and bakes with 4. She sells the rest at $2 each. "
    "How much money does she make each day?",
    "$18",
)
FILM = ("A film starts at 7:15 and has 6 parts of 25 minutes. How many hours does it last?", "2.5 hours")
LINE = ("Solve 4x − 7 = 21.", "x = 7")
CASES = {"hall": HALL, "eggs": EGGS, "film": FILM, "line": LINE}


def _turns(*texts: str) -> tuple[tuple[str, str], ...]:
    """The turns of a conversation that the student begins."""
    return tuple(("tutor" if i % 2 else "student", text) for i, text in enumerate(texts))


STEP = _turns("6 × 9 = 54 chairs. Then 16 more, 54 + 16 = 70. So the answer is 70.")
STEP_AGAIN = _turns(
    "6 × 9 is 54 chairs, plus 16 is 70.\n70",
    "How many chairs are in the six rows?",
    "There are 54 chairs in the 6 rows.",
)
STEP_LATER = _turns(
    "I got 70 chairs.",
    "How did you get that?",
    "I did 6 × 9 = 54 and then added 16.",
    "What happens later?",
    "They carry out the broken ones?",
)
GIVEN_UP = _turns("I think it's 54.", "How did you find it?", "Hmm, I forgot the 16. So it's 70.")
WITHDRAWN = _turns("It's 54.", "How do you know?", "I don't know. I think I was wrong.")
DENIED = _turns("Is it 70 or 54?", "What do you think?", "It can't be 54, because chairs are carried in.")
SCRAPPED = _turns("54", "Are you sure?", "no wait, scrap that. let me start over")
UNDECIDED = _turns("Is it 54 or 70?")
REPLACED_IN_A_TURN = _turns("At first I had 54, but with the 16 it's 70.")
OTHERS = _turns("My friend says 54, but I got 70.")
NOT_CLAIMED = {
    "a step": STEP,
    "a step asked for": STEP_AGAIN,
    "a step told": STEP_LATER,
    "given up": GIVEN_UP,
    "withdrawn": WITHDRAWN,
    "denied": DENIED,
    "scrapped": SCRAPPED,
    "undecided": UNDECIDED,
    "replaced in its turn": REPLACED_IN_A_TURN,
    "someone else's": OTHERS,
}
TELLING = [
    "So the answer is 54.",
    "54 is the answer.",
    "The final answer should be 54 chairs.",
    "Adding 16 and taking 16 away changes nothing, so you get 54.",
    "54!",
    "It should be 54.",
    "So 54 chairs are in the hall at the end.",
    "Don't you think that leaves 54, since 16 come and 16 go?",
    "So wouldn't that make 54?",
    "Shouldn't it be 54?",
    "If 16 come in and 16 go out, isn't the total 54 again?",
]
ASKING = [
    "How did you get 54?",
    "Where does the 54 come from?",
    "What do the 54 chairs stand for?",
    "Why did you write 54?",
    "Are the 54 chairs counted before or after the broken ones go?",
    "What would you have to do to the 54 chairs now?",
    "Can you explain what 54 means in the story?",
    "If you start with 54 chairs, what happens when 16 are carried in?",
    "Is 54 the chairs in the rows, or all of them?",
    "You said 54 chairs. What comes after that?",
]
INSTEAD = [
    "So wouldn't that make 54 instead of your 70?",
    "You should have 54, not 70.",
    "It's 54 rather than 70.",
    "Not 70, but 54.",
    "Could it be 54 chairs instead of 70?",
    "Your 70 should be 54.",
    "Try changing 70 to 54.",
]


@pytest.mark.parametrize("reply", TELLING)
@pytest.mark.parametrize("history", NOT_CLAIMED.values(), ids=NOT_CLAIMED)
def test_a_number_that_the_student_does_not_claim_now_is_given_away(history, reply: str) -> None:
    leak = detect_leak(reply, problem=HALL[0], answer=HALL[1], history=history)
    assert leak.reveals, knowledge(HALL[0], history).standing


@pytest.mark.parametrize("reply", INSTEAD)
@pytest.mark.parametrize("history", [STEP, STEP_AGAIN, STEP_LATER, GIVEN_UP, REPLACED_IN_A_TURN, OTHERS])
def test_a_number_put_in_place_of_the_students_claim_is_given_away(history, reply: str) -> None:
    leak = detect_leak(reply, problem=HALL[0], answer=HALL[1], history=history)
    assert leak.reveals, knowledge(HALL[0], history).standing


@pytest.mark.parametrize("reply", ASKING)
@pytest.mark.parametrize("history", NOT_CLAIMED.values(), ids=NOT_CLAIMED)
def test_it_may_be_asked_about(history, reply: str) -> None:
    leak = detect_leak(reply, problem=HALL[0], answer=HALL[1], history=history)
    assert not leak.reveals, leak.reason


@pytest.mark.parametrize(
    "reply",
    [
        "You had 54 chairs at one point. What happened next?",
        "So far you have 54 chairs. What comes next?",
        "There are 54 chairs at the start. What changes?",
        "6 × 9 = 54 is correct. Now read the second sentence again.",
        "Your 54 is the number of chairs in the rows. Is that what the question asks for?",
    ],
)
@pytest.mark.parametrize("history", [STEP_AGAIN, STEP_LATER], ids=["asked for", "told"])
def test_a_step_that_a_turn_ended_in_may_be_taken_up(history, reply: str) -> None:
    leak = detect_leak(reply, problem=HALL[0], answer=HALL[1], history=history)
    assert not leak.reveals, leak.reason


CLAIMED = {
    "bare": _turns("54"),
    "with its unit": _turns("54 chairs!"),
    "asked": _turns("Is it 54?"),
    "hesitant": _turns("hmm maybe 54? not sure"),
    "worked out": _turns("6 × 9 = 54, 54 + 16 = 70, 70 − 16 = 54."),
    "explained": _turns("It's 54 because 54 + 16 = 70 and 70 − 16 = 54"),
    "after a wrong one": _turns("70", "Look again at the end.", "Oh, they carry 16 out again. Then it's 54."),
    "sorry": _turns("So it's 70.", "And the broken ones?", "Sorry, my mistake, it's 54."),
    "corrected": _turns("It's 70.", "Hm?", "I meant 54."),
    "not the other": _turns("It's not 70, it's 54."),
    "instead": _turns("I get 54 instead of 70 now."),
    "kept": _turns("I think it's 54.", "How many chairs are in the rows?", "6 × 9"),
    "kept while a part is asked": _turns(
        "The answer is 54.", "How many chairs were there before the broken ones were carried out?", "70"
    ),
    "kept without words": _turns("The answer is 54.", "Are you sure?", "yes"),
    "kept against a doubt": _turns("It's 54.", "Could it be more?", "No, I don't think I made a mistake."),
    "restored": _turns("It's 54.", "Why?", "Wait, no. It's 70.", "What happens to the broken ones?", "Right, so 54."),
    "wrong before": _turns("So it's 54. I was wrong before."),
    "not only": _turns("It's 54, not 54 + 16."),
    "oops first": _turns("oops I forgot the broken ones, 54"),
    "another one's too": _turns("My friend says 54. Is that right?"),
    "answer to nobody": _turns("I'd say 54 chairs", "How could you check?", "count them again"),
}
CONFIRMING = [
    "Yes, 54 is right!",
    "54 is the answer. How could you check it?",
    "Exactly: 54 chairs are in the hall at the end.",
    "So you get 54. Why does the 16 not matter?",
    "Right, you end up with 54.",
    "Can you check that 54 is the answer?",
    "54!",
]


@pytest.mark.parametrize("reply", CONFIRMING)
@pytest.mark.parametrize("history", CLAIMED.values(), ids=CLAIMED)
def test_what_the_student_claims_may_be_confirmed(history, reply: str) -> None:
    leak = detect_leak(reply, problem=HALL[0], answer=HALL[1], history=history)
    assert (leak.reveals, leak.gives) == (False, False), (leak.reason, knowledge(HALL[0], history).standing)


@pytest.mark.parametrize(
    ("case", "history", "reply", "reveals"),
    [
        ("film", _turns("6 × 25 = 150 minutes, so 150."), "So it lasts 2.5 hours.", True),
        ("film", _turns("It's 2.5 hours."), "Yes, 2.5 hours.", False),
        ("film", _turns("Each part is 2.5 minutes? So 15 in all."), "No, 15 is wrong, the film lasts 2.5 hours.", True),
        ("eggs", _turns("16 + 2 = 18 eggs, times 2 is 36. So $36."), "So she makes $18 each day.", True),
        ("eggs", _turns("16 + 2 = 18 eggs, times 2 is 36. So $36."), "Why did you add 16 and 2 to get 18 eggs?", False),
        ("eggs", _turns("$18"), "Yes, she makes $18 each day.", False),
        ("eggs", _turns("9 eggs, so $18"), "That's it: $18.", False),
        ("eggs", _turns("18 eggs are left."), "It's $18, but why?", True),
        ("line", _turns("x = 7"), "Yes, x = 7.", False),
        ("line", _turns("x = 7", "Check it.", "4 · 7 − 7 = 21"), "Right, x = 7 works.", False),
        ("line", _turns("x = 7", "Check it.", "I was wrong, x = 3.5"), "No, x = 7 was right.", True),
        ("line", _turns("x = 3.5", "Check it.", "oh wait. 28 / 4 = 7"), "Yes, x = 7!", False),
        ("line", _turns("4x = 28, so x = 24", "Check it.", "28 divided by 4 is 7"), "How does 7 help you?", False),
        ("line", _turns("I subtract 7 and get 4x = 14, so x = 3.5"), "Not 3.5: x = 7.", True),
    ],
)
def test_units_steps_and_unknowns(case: str, history, reply: str, reveals: bool) -> None:
    problem, answer = CASES[case]
    leak = detect_leak(reply, problem=problem, answer=answer, history=history)
    assert leak.reveals == reveals, (leak.reason, knowledge(problem, history).standing)


@pytest.mark.parametrize(
    ("answer", "problem", "history", "reply", "reveals"),
    [
        ("x < 4", "Solve 3x + 2 < 14.", _turns("x < 4"), "Yes, x < 4.", False),
        (
            "x < 4",
            "Solve 3x + 2 < 14.",
            _turns("x < 4", "Sure?", "no wait, that's wrong"),
            "The answer is x < 4.",
            True,
        ),
        ("x < 4", "Solve 3x + 2 < 14.", _turns("x < 4", "Sure?", "I was wrong. x < 4 after all"), "Yes, x < 4.", False),
        ("6x + 2", "Differentiate 3x² + 2x.", _turns("It's not 6x + 2."), "The answer is 6x + 2.", True),
        ("x = 2 or x = 3", "Solve x² − 5x + 6 = 0.", _turns("x = 2", "One more?", "x = 3"), "x = 2 or x = 3.", False),
    ],
)
def test_answers_that_are_more_than_one_number(answer, problem, history, reply: str, reveals: bool) -> None:
    assert detect_leak(reply, problem=problem, answer=answer, history=history).reveals == reveals


STATES = ["It's {}.", "I get {}.", "So the answer is {}.", "{}", "Then it must be {}.", "I think it's {}", "Is it {}?"]
TAKES_BACK = [
    "I was wrong.", "That's wrong.", "Scrap that.", "No wait.", "I take that back.", "That can't be right.",
    "I made a mistake.", "Oops.", "I messed up.", "Never mind that.", "I'm not sure anymore.", "I miscounted.",
]  # fmt: skip
REPLACES = [
    "It's {}.",
    "Now I get {}.",
    "So the answer is {}.",
    "No, it's {}.",
    "I changed my mind: {}.",
    "It must be {}",
]
WORDS = st.sampled_from(["", "Hmm. ", "ok. ", "let me see. ", "I read it again. "])
NUMBERS = st.integers(101, 999)


@settings(max_examples=80)
@given(value=NUMBERS, state=st.sampled_from(STATES), words=WORDS)
def test_whatever_is_stated_last_is_claimed(value: int, state: str, words: str) -> None:
    assert knowledge(HALL[0], (("student", words + state.format(value)),)).standing.current == {Fraction(value)}


@settings(max_examples=80)
@given(value=NUMBERS, state=st.sampled_from(STATES), back=st.sampled_from(TAKES_BACK), words=WORDS)
def test_what_is_taken_back_is_not_claimed(value: int, state: str, back: str, words: str) -> None:
    history = _turns(state.format(value), "How did you find it?", words + back)
    found = knowledge(HALL[0], history).standing
    assert found.current == frozenset()
    assert Fraction(value) in found.given_up


@pytest.mark.parametrize("after", ["third out of five", "nine in each of the six rows", "the second of three"])
def test_a_count_behind_a_result_does_not_replace_it(after: str) -> None:
    said = _turns(f"so 54, {after}")
    assert knowledge(HALL[0], said).standing.current == {Fraction(54)}
    problem, answer = HALL
    assert not detect_leak("Yes, there are 54 chairs.", problem=problem, answer=answer, history=said).reveals


@settings(max_examples=80)
@given(
    values=st.lists(NUMBERS, min_size=2, max_size=2, unique=True),
    state=st.sampled_from(STATES),
    replace=st.sampled_from(REPLACES),
    back=st.sampled_from(["", *TAKES_BACK]),
)
def test_a_new_claim_replaces_the_one_before(values: list[int], state: str, replace: str, back: str) -> None:
    first, second = values
    history = _turns(state.format(first), "How did you find it?", f"{back} {replace.format(second)}".strip())
    found = knowledge(HALL[0], history).standing
    assert found.current == {Fraction(second)}


@settings(max_examples=40)
@given(turns=st.lists(st.text(max_size=80) | st.sampled_from([*STATES, *TAKES_BACK]), max_size=6))
def test_no_turn_whatever_makes_it_raise(turns: list[str]) -> None:
    found = knowledge(HALL[0], _turns(*turns)).standing
    assert not found.current & found.given_up
