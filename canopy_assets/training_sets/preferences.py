"""Preference pairs: what a gate rejected, beside what the teacher wrote in its place.

Rafailov et al. 2023 (DPO) train on such pairs; `prompt`, `chosen` and `rejected` are columns of messages, as TRL takes
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from canopy_assets.records import (
    Dialogue,
    Exercise,
    Message,
    PreferencePair,
    Repair,
    ReviewedDialogue,
    TrainingExample,
    content_id,
)
from canopy_assets.review.reviewer import Reviewer
from canopy_assets.training_sets.selection import chat_message


def preference_pairs(
    examples: Sequence[TrainingExample], reviewed: Sequence[ReviewedDialogue], exercises: Mapping[str, Exercise]
) -> list[PreferencePair]:
    """The pairs of the dialogues that are trained on, in the order of the examples.

    A rejected turn counts only if its gate still rejects it between the turns as they are now: others may have been
    written anew after it.

    Args:
        examples: the training set; they give split and system prompt.
        reviewed: the dialogues of all seeds.
        exercises: by id, for the gates.
    """
    dialogues = {(r.dialogue.dialogue_id, r.dialogue.seed): r.dialogue for r in reviewed if r.accepted}
    reviewer = Reviewer(eval_prompts=[], exercises=exercises)
    return [
        _pair(example, dialogue, repair)
        for example in examples
        if (dialogue := dialogues.get((example.dialogue_id, example.seed))) is not None
        for repair in _standing(dialogue, reviewer)
    ]


def _standing(dialogue: Dialogue, reviewer: Reviewer) -> Iterator[Repair]:
    """The repairs of tutor turns whose rejected words would be rejected today."""
    for repair in dialogue.repairs:
        turn = dialogue.turns[repair.turn]
        if turn.role != "tutor" or turn.text == repair.rejected:
            continue
        turns = list(dialogue.turns)
        turns[repair.turn] = replace(turn, text=repair.rejected)
        verdicts = reviewer.alone(replace(dialogue, turns=tuple(turns))).verdicts
        if any(not v.passed and (v.gate, v.turn) == (repair.gate, repair.turn) for v in verdicts):
            yield repair


def _pair(example: TrainingExample, dialogue: Dialogue, repair: Repair) -> PreferencePair:
    system = tuple(m for m in example.messages[:1] if m.role == "system")
    return PreferencePair(
        pair_id=content_id(example.example_id, repair.turn, repair.rejected),
        dialogue_id=dialogue.dialogue_id,
        exercise_id=dialogue.exercise_id,
        seed=dialogue.seed,
        split=example.split,
        prompt=(*system, *map(chat_message, dialogue.turns[: repair.turn])),
        chosen=(chat_message(dialogue.turns[repair.turn]),),
        rejected=(Message("assistant", repair.rejected),),
        gate=repair.gate,
        reason=repair.reason,
        topic=dialogue.topic,
        opening_state=dialogue.opening_state,
        teacher=dialogue.teacher,
    )
