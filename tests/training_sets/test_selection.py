"""A training set has accepted rows only, no exercise in both splits, and does not depend on the order of rows."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.records import ReviewedDialogue
from canopy_assets.training_sets.selection import Selection, select
from tests.review.examples import dialogue

WORDS = [
    "apple",
    "bridge",
    "candle",
    "dragon",
    "ember",
    "forest",
    "garden",
    "harbor",
    "island",
    "jungle",
    "kettle",
    "lantern",
    "meadow",
    "needle",
    "orchard",
    "pepper",
    "quarry",
    "ribbon",
]


def row(
    n: int,
    *,
    exercise: str | None = None,
    accepted: bool = True,
    topic: str = "algebra",
    state: str = "stuck",
    **changes,
) -> ReviewedDialogue:
    said = " ".join(random.Random(n).choices(WORDS, k=14))
    made = dialogue(
        f"I am at {said}",
        f"What about {said[::-1]}?",
        exercise_id=exercise,
        topic=topic,
        opening_state=state,
        dialogue_id=f"d{n:04}",
        **changes,
    )
    return ReviewedDialogue(made, (), accepted, None if accepted else "leak", None if accepted else "tells")


def rows(exercises: int, each: int = 3) -> list[ReviewedDialogue]:
    return [row(i * each + j, exercise=f"e{i}", topic=f"t{i % 3}") for i in range(exercises) for j in range(each)]


def chosen(reviewed: list[ReviewedDialogue], **changes) -> Selection:
    settings = {"system_prompt": "You are Canopy.", "validation_share": 0.1, "seed": 7, "max_examples": None, **changes}
    return select(reviewed, **settings)


def test_only_accepted_dialogues_are_trained_on_and_the_others_are_listed() -> None:
    found = chosen([row(1, exercise="a"), row(2, exercise="b", accepted=False)])
    assert [e.dialogue_id for e in found.examples] == ["d0001"]
    assert [(d.dialogue_id, d.reason) for d in found.dropped] == [("d0002", "rejected by leak")]


def test_messages_are_the_system_prompt_and_the_turns_in_order() -> None:
    (example,) = chosen([row(1, exercise="a")]).examples
    assert [m.role for m in example.messages] == ["system", "user", "assistant"]
    assert example.messages[0].content == "You are Canopy."
    assert example.tutor_turns == 1
    assert [m.role for m in chosen([row(1)], system_prompt="").examples[0].messages] == ["user", "assistant"]


@settings(max_examples=25)
@given(
    exercises=st.integers(1, 24), share=st.sampled_from([0.05, 0.1, 0.25]), seed=st.integers(0, 99), order=st.randoms()
)
def test_no_exercise_is_in_both_splits_and_the_order_of_rows_does_not_matter(
    exercises: int, share: float, seed: int, order: random.Random
) -> None:
    batch = rows(exercises, each=2)
    found = chosen(batch, validation_share=share, seed=seed)
    sides: dict[str | None, set[str]] = {}
    for example in found.examples:
        sides.setdefault(example.exercise_id, set()).add(example.split)
    assert len(sides) == exercises
    assert all(len(side) == 1 for side in sides.values())
    held = sum("validation" in side for side in sides.values())
    assert abs(held - exercises * share) <= 1
    assert held >= 1 or exercises < 5
    assert held < exercises
    shuffled = batch[:]
    order.shuffle(shuffled)
    assert chosen(shuffled, validation_share=share, seed=seed) == found


def test_validation_has_exercises_of_every_topic() -> None:
    found = chosen(rows(30, each=1), validation_share=0.2)
    assert {e.topic for e in found.examples if e.split == "validation"} == {"t0", "t1", "t2"}


def test_chats_about_one_statement_stay_in_one_split() -> None:
    batch = [row(i, statement=f"Problem {WORDS[i % 9]}", exercise=None) for i in range(36)]
    found = chosen(batch, validation_share=0.3)
    sides: dict[int, set[str]] = {}
    for example in found.examples:
        sides.setdefault(int(example.dialogue_id[1:]) % 9, set()).add(example.split)
    assert len(sides) == 9
    assert all(len(side) == 1 for side in sides.values())


def test_another_seed_validates_other_exercises() -> None:
    held = [
        frozenset(e.exercise_id for e in chosen(rows(40, each=1), seed=s).examples if e.split == "validation")
        for s in range(4)
    ]
    assert len(set(held)) > 1


def test_one_of_two_equal_dialogues_of_different_seeds_is_dropped() -> None:
    twin = dialogue(
        "I am at the bridge and lost in it",
        "What about the bridge do you know?",
        dialogue_id="z",
        seed="other",
        exercise_id="q",
    )
    first = dialogue(
        "I am at the bridge and lost in it", "What about the bridge do you know?", dialogue_id="y", exercise_id="p"
    )
    found = chosen([ReviewedDialogue(d, (), True) for d in (twin, first)])
    assert [e.dialogue_id for e in found.examples] == ["y"]
    assert found.dropped[0].dialogue_id == "z"
    assert "duplicate" in found.dropped[0].reason


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_share_of_the_closing_turns_is_kept(share: float) -> None:
    reviewed = []
    for n in range(60):
        words = " ".join(random.Random(n).choices(WORDS, k=10))
        closed = dialogue(
            f"I am at {words}", f"What about {words[::-1]}?", f"It is {n}.", f"Yes, {n} is what {words} gives."
        )
        reviewed.append(
            ReviewedDialogue(dataclasses.replace(closed, dialogue_id=f"d{n}", exercise_id=f"e{n}"), (), True)
        )
    examples = chosen(reviewed, closing_share=share).examples
    assert len(examples) == 60
    assert all(e.messages[-1].role == "assistant" for e in examples)
    assert sum("?" not in e.messages[-1].content for e in examples) / 60 == pytest.approx(share, abs=0.15)
    assert all(e.tutor_turns == (1 if "?" in e.messages[-1].content else 2) for e in examples)


def test_a_cap_thins_the_common_cells_first() -> None:
    batch = [row(i, exercise=f"e{i}", state="stuck") for i in range(20)] + [
        row(100 + i, exercise=f"f{i}", state="asks_concept") for i in range(4)
    ]
    found = chosen(batch, max_examples=8)
    states = [e.opening_state for e in found.examples]
    assert (states.count("stuck"), states.count("asks_concept")) == (4, 4)
    assert sum(d.reason == "over the cap on examples" for d in found.dropped) == 16


@pytest.mark.parametrize("bad", [{"validation_share": 1.0}, {"validation_share": -0.1}, {"max_examples": 0}])
def test_a_value_out_of_range_is_named(bad: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        chosen(rows(2), **bad)


def test_without_dialogues_there_are_no_examples() -> None:
    assert chosen([]) == Selection((), ())
