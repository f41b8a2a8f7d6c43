"""Degenerate output is found, and sound mathematics is not mistaken for it."""

from __future__ import annotations

import pytest

from canopy_assets.evals.metrics.degeneration import commonest_opening, defects, opening


@pytest.mark.parametrize(
    ("reply", "defect"),
    [
        ("", "empty"),
        ("  \n…", "empty"),
        ("Let's think about the next step. " * 12, "repeats itself"),
        ("What is 7?<|im_end|>", "speaks for another role"),
        ("What is 7?\nStudent: 9", "speaks for another role"),
        ("### User:\nthanks", "speaks for another role"),
        ("请问下一步是什么", "another script"),
        ("Что дальше?", "another script"),
    ],
)
def test_broken_replies_are_named(reply: str, defect: str) -> None:
    assert defect in defects(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "What undoes the − 9?",
        "If sin θ = ½ and Δx → 0, what is π²·√2 ≥ 4?",
        "Check 2 + 2 + 2 + 2 against 4 × 2: what do you notice about the two ways of counting the same eight things?",
        "A student might ask: why? What would the tutor in you say?",
        "Does ℝ contain √2?",
    ],
)
def test_sound_replies_have_no_defect(reply: str) -> None:
    assert defects(reply) == ()


def test_a_reply_that_was_cut_off_does_not_stop() -> None:
    assert defects("What undoes the − 9?", finished=False) == ("does not stop",)


def test_openings_ignore_case_and_punctuation() -> None:
    assert opening("Great question! What's 7x doing here?") == opening("great question, what's 7x DOING?")
    assert commonest_opening(["a b", "c", "a b"]) == ("a b", 2)
    assert commonest_opening([]) == ("", 0)
