"""Preference pairs: a wording that a gate rejected, and the one that the teacher wrote in its place.

DPO (Rafailov et al. 2023) trains on such pairs; `prompt`, `chosen` and `rejected` are columns of messages, as TRL takes
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

    A rejected wording counts only if its gate still rejects it in the final dialogue, because other turns may have been
    rewritten later.

    Args:
        examples: the training set, which decides the split and has the system prompt.
        reviewed: the dialogues of all seeds.
        exercises: by id; the gates need them.
    """
    dialogues = {(r.dialogue.dialogue_id, r.dialogue.seed): r.dialogue for r in reviewed if r.accepted}
    reviewer = Reviewer(eval_prompts=[], exercises=exercises)
    return [
        _pair(example, dialogue, repair)
        for example in examples
        if (dialogue := dialogues.get((example.dialogue_id, example.seed))) is not None
        for repair in _still_rejected(dialogue, reviewer)
    ]


def _still_rejected(dialogue: Dialogue, reviewer: Reviewer) -> Iterator[Repair]:
    """The repairs of tutor turns whose rejected wording the same gate still rejects in the final dialogue."""
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
