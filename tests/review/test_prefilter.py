"""The filter before the leak detector changes no verdict, and turns away enough to be worth having."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import plan_dialogues
from canopy_assets.review.leak.answer_keys import answer_key
from canopy_assets.review.leak.calibration import classify
from canopy_assets.review.leak.detector import MAX_REPLY, Leak, detect_leak, find_leak
from canopy_assets.review.leak.prefilter import is_inert
from canopy_assets.review.text.knowledge import knowledge
from canopy_assets.review.text.normalizing import without_markup
from tests.dialogues.material import exercises
from tests.shared_data import shared_data

PROBLEMS = [
    ("Tom has 60 apples. He gives 18 of them to Ann, who had 3. How many apples are left?", "42"),
    ("Solve 5x − 9 = 16.", "x = 5"),
    ("A shirt costs $40.00 and is on sale for 25% off. What is the sale price?", "$30"),
    ("18 is what percent of 72?", "25%"),
    ("What is 1/4 + 1/4?", "1/2"),
    ("A bus has 40 seats, 20 are taken. How many are free?", "20"),
    ("A stadium has 25 blocks of 1,250 seats. How many seats are there in 2 such stadiums?", "62,500"),
    ("Solve x² − 5x + 6 = 0.", "x = 2 or x = 3"),
]
WORDS = """
what is are left you get so that's it's the apples seats price x a i answer result half one two third dozen twenty
hundred minus negative percent per times plus if for how many gives of and not right step total i'm she tom free
"""
NUMBERS = """
60 18 3 42 5 9 16 5x 25 25x $40.00 $30 30 25% 72 1/4 1/2 ½ 0.5 50% 40 20 1,250 1250 62,500 2 3. x=5 −9 16, 18? ２５ 𝟓 ²
2nd 007 .5 60. 4. (3) 3) #2 x² 1e3 20k €5 $ %
"""
SIGNS = [
    "=",
    "+",
    "-",
    "−",
    "×",
    "*",
    "/",
    "÷",
    "<",
    "≥",
    "(",
    ")",
    "?",
    ".",
    "!",
    ",",
    ":",
    "\n",
    "—",
    "**",
    "$",
    "…",
    "'",
]
GAPS = [" ", " ", " ", "  ", "\n", "", "\u00a0"]
PIECES = (
    st.sampled_from(WORDS.split())
    | st.sampled_from(WORDS.split())
    | st.sampled_from([*NUMBERS.split(), "1\u202f250"])
    | st.sampled_from(SIGNS)
)
REPLIES = st.lists(st.tuples(PIECES, st.sampled_from(GAPS)), max_size=14).map(
    lambda ps: "".join(p + gap for p, gap in ps)
)
HISTORIES = st.lists(st.tuples(st.sampled_from(["student", "tutor"]), REPLIES), max_size=2)


def unfiltered(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
    return find_leak(without_markup(reply[:MAX_REPLY]), answer_key(answer), knowledge(problem, tuple(history)))


@settings(max_examples=1500)
@given(case=st.sampled_from(PROBLEMS), reply=REPLIES, history=HISTORIES)
def test_any_reply_is_judged_as_without_the_filter(case, reply: str, history) -> None:
    problem, answer = case
    filtered = detect_leak(reply, problem=problem, answer=answer, history=history)
    assert filtered == unfiltered(reply, problem=problem, answer=answer, history=history)


@pytest.mark.parametrize(("problem", "answer"), PROBLEMS)
def test_every_short_arrangement_of_words_numbers_and_signs_is_judged_as_without_the_filter(
    problem: str, answer: str
) -> None:
    pieces = [
        "it's",
        "x",
        "a",
        "is",
        "one",
        "minus",
        "the answer",
        "so",
        "60",
        "18",
        "16",
        "5",
        "20",
        "40",
        "3",
        "=",
        "−",
        "×",
        "/",
    ]
    for arrangement in itertools.product(pieces, repeat=3):
        reply = " ".join(arrangement)
        filtered = detect_leak(reply, problem=problem, answer=answer)
        assert filtered == unfiltered(reply, problem=problem, answer=answer, history=()), reply


def test_the_embedded_teachers_turns_are_judged_as_without_the_filter() -> None:
    teacher, inert, total = EmbeddedTeacher(), 0, 0
    for plan in plan_dialogues(exercises(), per_exercise=12, seed=29):
        dialogue = teacher.verbalize(plan)
        for i, turn in enumerate(dialogue.turns):
            if turn.role != "tutor" or dialogue.answer is None:
                continue
            history = [(t.role, t.text) for t in dialogue.turns[:i]]
            total += 1
            reply, problem, answer = turn.text, dialogue.statement, dialogue.answer
            inert += is_inert(without_markup(reply), answer_key(answer), problem)
            found = detect_leak(reply, problem=problem, answer=answer, history=history)
            assert found == unfiltered(reply, problem=problem, answer=answer, history=history), reply
    assert total > 1000
    assert inert > 0.05 * total


def test_labelled_replies_are_judged_as_without_the_filter() -> None:
    inert = []

    def both(reply: str, *, problem: str, answer: str, history: Sequence[tuple[str, str]]) -> Leak:
        inert.append(is_inert(without_markup(reply), answer_key(answer), problem))
        found = detect_leak(reply, problem=problem, answer=answer, history=history)
        assert found == unfiltered(reply, problem=problem, answer=answer, history=history)
        return found

    classify(shared_data("mrbench_calibration.json"), both)
    assert sum(inert) > 0.2 * len(inert)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("What happens to the 18 apples, and what would you do with the 60 then?", True),
        ("Good start! Which operation fits - and why?", True),
        ("How do the 60 and the 3 fit in?", True),
        ("So 42 are left.", False),
        ("There are forty-two.", False),
        ("So 44 are left.", False),
        ("60 − x = 18", False),
        ("The answer isn't 18.", False),
        ("It's minus 18.", False),
    ],
)
def test_only_plain_words_and_the_problems_other_numbers_are_turned_away(reply: str, expected: bool) -> None:
    problem, answer = PROBLEMS[0]
    assert is_inert(reply, answer_key(answer), problem) is expected
