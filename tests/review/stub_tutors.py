"""Tutors of known quality over real plans, which the gates have to rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import Plan, plan_dialogues
from canopy_assets.records import Dialogue, Exercise, content_id
from tests.dialogues.material import exercises

Stub = Callable[[Dialogue, int], str]
"""What the tutor of a dialogue says in the turn of this position."""

_GENERIC = (
    "What do you think?",
    "What operation would you use to solve this problem?",
    "Great question! What do you already know?",
    "Can you explain your reasoning to me?",
    "What is the first step you would take here?",
    "How did you get that?",
    "That is a good start. What could you try next?",
)
_REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I won't give you the answer. You have to work it out on your own.",
    "I'm not able to tell you. Please try again.",
)


def always_answers(dialogue: Dialogue, turn: int) -> str:
    return f"The answer is {dialogue.answer}."


def echo(dialogue: Dialogue, turn: int) -> str:
    return dialogue.turns[turn - 1].text


def asks_generically(dialogue: Dialogue, turn: int) -> str:
    return _GENERIC[(dialogue.plan_seed + turn) % len(_GENERIC)]


def refuses(dialogue: Dialogue, turn: int) -> str:
    return _REFUSALS[(dialogue.plan_seed + turn) % len(_REFUSALS)]


def ground_truth(dialogue: Dialogue, turn: int) -> str:
    return dialogue.turns[turn].text


def taught_by(tutor: Stub, dialogue: Dialogue) -> Dialogue:
    """The dialogue with the tutor's words in place of its own; the student says the same."""
    turns = [replace(t, text=tutor(dialogue, i)) if t.role == "tutor" else t for i, t in enumerate(dialogue.turns)]
    return replace(
        dialogue, dialogue_id=content_id(tutor.__name__, dialogue.dialogue_id), turns=tuple(turns), origin="synthetic"
    )


@cache
def planned(per_exercise: int = 3, seed: int = 5) -> tuple[tuple[Exercise, Dialogue], ...]:
    """Dialogues of the embedded teacher over all families and word problems, each with its exercise as posed."""
    plans: list[Plan] = plan_dialogues(exercises(), per_exercise=per_exercise, seed=seed)
    return tuple((plan.exercise_as_posed(), EmbeddedTeacher().verbalize(plan)) for plan in plans)
