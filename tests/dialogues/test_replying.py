"""The embedded teacher replies to students whom it did not write, and only where it knows what to say."""

from __future__ import annotations

import pytest

from canopy_assets.dialogues.embedded.replying import embedded_reply
from canopy_assets.evals.eval_set import load
from canopy_assets.review.leakage import detect_leak

PROBLEM, ANSWER = "Solve 6 − 5k = 41.", "k = −7"


def reply(text: str, state: str, problem: str = PROBLEM, answer: str = ANSWER) -> str | None:
    return embedded_reply(problem, answer, state=state, said=[("student", text)])


def test_it_never_gives_the_answer_of_a_bundled_prompt_away() -> None:
    replies = 0
    for p in load():
        said = [("student" if m.role == "user" else "tutor", m.content) for m in p.messages]
        text = embedded_reply(p.statement, p.answer, state=p.state, said=said)
        if text is not None:
            replies += 1
            leak = detect_leak(text, problem=p.statement, answer=p.answer, history=said)
            assert (leak.reveals, leak.gives) == (False, False), (p.prompt_id, text)
            assert text.count("?") <= 1
    assert replies >= 50


def test_a_wrong_claim_is_tested_where_its_idea_is_known() -> None:
    known = reply("I put 6 onto the 41, that makes −5k = 47.", "wrong_answer")
    assert known is not None
    assert "47" in known
    assert reply("So k = 1000 I guess.", "wrong_answer") is None


def test_it_goes_on_where_the_student_stands() -> None:
    started = reply("How do I begin with 6 − 5k = 41?", "asks_how_to_start")
    partly = reply("6 − 5k = 41, I have −5k = 35 so far.", "partial_answer")
    finished = reply("6 − 5k = 41 gave me −5k = 35 and k = −7.", "correct_answer")
    assert started is not None
    assert partly is not None
    assert finished is not None
    assert len({started, partly, finished}) == 3
    assert "?" not in finished or "−7" in finished  # it confirms the result


@pytest.mark.parametrize(
    ("text", "state", "problem", "answer"),
    [
        ("Where do I start?", "asks_how_to_start", "How many moves does the knight need?", "4"),
        ("What is an equation anyway?", "asks_concept", "Find the slope of the line through (1, 2) and (4, 14).", "4"),
        ("Is it nearly done?", "partial_answer", PROBLEM, ANSWER),
        ("How do I begin?", "asks_how_to_start", PROBLEM, "k = 12"),
        ("hi", "greeting", PROBLEM, ANSWER),
    ],
    ids=["unknown problem", "another concept", "no step shown", "wrong key", "no state of a dialogue"],
)
def test_what_it_does_not_know_it_does_not_guess(text: str, state: str, problem: str, answer: str) -> None:
    assert reply(text, state, problem, answer) is None


def test_the_same_conversation_gets_the_same_reply() -> None:
    texts = {reply("How do I begin with 6 − 5k = 41?", "asks_how_to_start") for _ in range(3)}
    assert len(texts) == 1
