"""Questions that were trained on are found, whatever was changed about them; new ones are not."""

from __future__ import annotations

import pytest

from canopy_assets.evals.overlap import overlapping_prompts
from canopy_assets.records import Message, TrainingExample
from tests.evals.stub_tutors import PROMPTS


def example(*said: str) -> TrainingExample:
    messages = (Message("system", "You are Canopy, a Socratic math tutor."), *(Message("user", text) for text in said))
    return TrainingExample("e", "d", None, "s", "human", "train", messages, "t", "linear_equation", None, 1, "human")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Please solve 7x - 9 = 26 with me", ["linear"]),
        ("my sheet: $7x−9=26$.", ["linear"]),
        ("How would I even do 35% of 90 in my head?", ["percent"]),
        ("Say, ducks lay 16 eggs a day, 3 are eaten, right?", ["ducks"]),
        ("17x − 9 = 26", []),
        ("7x − 9 = 261", []),
        ("Solve 7x − 8 = 27.", []),
        ("What is 15 percent?", []),
        ("no clue", []),
    ],
)
def test_prompts_in_the_training_data_are_named(said: str, found: list[str]) -> None:
    assert overlapping_prompts(PROMPTS, [example("Good morning", said)]) == found


def test_the_system_prompt_is_no_overlap() -> None:
    assert overlapping_prompts(PROMPTS, [example()]) == []
    assert overlapping_prompts(PROMPTS, []) == []
