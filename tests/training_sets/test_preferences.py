"""Preference pairs: a rejected wording and its replacement, if the gate would still reject it."""

from __future__ import annotations

from dataclasses import replace

from canopy_assets.records import Message, PreferencePair, Repair, ReviewedDialogue
from canopy_assets.review.batch import review
from canopy_assets.training_sets.preferences import preference_pairs
from canopy_assets.training_sets.selection import select
from tests.review.examples import GOOD, dialogue, exercise

LEAK = Repair(1, "The answer is x = 5.", "leak", "reveals the answer")
KNOWN = {"e1": exercise()}


def _reviewed(*repairs: Repair) -> list[ReviewedDialogue]:
    return review([replace(dialogue(*GOOD), repairs=repairs)], eval_prompts=[], exercises=KNOWN)


def _pairs(reviewed: list[ReviewedDialogue]) -> list[PreferencePair]:
    selection = select(reviewed, system_prompt="Guide.", validation_share=0, seed=1, max_examples=None)
    return preference_pairs(selection.examples, reviewed, KNOWN)


def test_a_pair_has_the_same_prompt_and_two_turns_for_it() -> None:
    (pair,) = _pairs(_reviewed(LEAK))
    assert pair.prompt == (Message("system", "Guide."), Message("user", GOOD[0]))
    assert pair.chosen == (Message("assistant", GOOD[1]),)
    assert pair.rejected == (Message("assistant", "The answer is x = 5."),)
    assert (pair.gate, pair.reason, pair.split, pair.exercise_id) == ("leak", "reveals the answer", "train", "e1")


def test_every_rejected_wording_of_a_turn_is_paired_with_the_accepted_one() -> None:
    again = replace(LEAK, rejected="So x is 5, then.")
    pairs = _pairs(_reviewed(LEAK, again))
    assert [p.rejected[0].content for p in pairs] == [LEAK.rejected, again.rejected]
    assert {p.chosen for p in pairs} == {(Message("assistant", GOOD[1]),)}
    assert len({p.pair_id for p in pairs}) == 2


def test_a_wording_that_its_gate_would_accept_today_gives_no_pair() -> None:
    sound = Repair(1, "Which number stands beside 5x, and what does it do to 5x?", "leak", "reveals the answer")
    student = Repair(0, "x = 5", "structure", "holds a role token")
    other_gate = replace(LEAK, gate="length", reason="too long")
    assert _pairs(_reviewed(sound, student, other_gate)) == []


def test_a_dialogue_that_is_not_trained_on_gives_no_pair() -> None:
    rejected = [replace(r, accepted=False, rejected_by="truth") for r in _reviewed(LEAK)]
    assert _pairs(rejected) == []
