"""Selects the dialogues to train on and splits them into training and validation: by exercise, never by row."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from canopy_assets.records import Dialogue, Message, ReviewedDialogue, TrainingExample, Turn, content_id
from canopy_assets.review.duplicates import SeenTexts, dialogue_text
from canopy_assets.review.text.normalizing import normalized

_MIN_GROUPS_TO_VALIDATE = 5
"""With fewer exercises, none is kept for validation unless the share alone gives one: training needs them more."""

Split = Literal["train", "validation"]


@dataclass(frozen=True)
class Dropped:
    """A dialogue that is not trained on, and why."""

    dialogue_id: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """The examples in a stable order, and the dialogues that were dropped."""

    examples: tuple[TrainingExample, ...]
    dropped: tuple[Dropped, ...]


def select(
    reviewed: Sequence[ReviewedDialogue],
    *,
    system_prompt: str,
    validation_share: float,
    seed: int,
    max_examples: int | None,
    closing_share: float = 1.0,
) -> Selection:
    """Turn accepted dialogues into chat examples, without duplicates across seeds, split by exercise, capped evenly.

    Args:
        reviewed: the dialogues of all seeds, in any order; the result does not depend on it.
        system_prompt: put before every dialogue; empty for none.
        validation_share: share of the exercises that is kept for validation, from 0 up to (not including) 1.
        seed: seed of the random choices. With the exercise's id, it decides which exercises are kept for validation.
        max_examples: the largest number, balanced over (topic, opening state); None for all.
        closing_share: share of the dialogues that keep a last tutor turn without a question. A small model that sees a
            confirmation at the end of every dialogue learns to close where it should ask.

    Raises:
        ValueError: a share or the cap is out of range.
    """
    if not 0 <= closing_share <= 1:
        raise ValueError(f"closing_share is {closing_share}: give a share from 0 to 1")
    if not 0 <= validation_share < 1:
        raise ValueError(f"validation_share is {validation_share}: give a share from 0 up to, not including, 1")
    if max_examples is not None and max_examples < 1:
        raise ValueError(f"max_examples is {max_examples}: give at least 1, or None for no cap")
    dropped = [Dropped(r.dialogue.dialogue_id, f"rejected by {r.rejected_by}") for r in reviewed if not r.accepted]
    accepted = sorted((r.dialogue for r in reviewed if r.accepted), key=lambda d: (d.dialogue_id, d.seed))
    unique, repeats = _without_duplicates(accepted)
    kept, over = _capped(unique, max_examples, seed)
    splits = split_groups(kept, validation_share, seed)
    examples = tuple(
        _example(d, splits[group_of(d)], system_prompt, _turns_to_train_on(d, closing_share, seed)) for d in kept
    )
    return Selection(examples, tuple(sorted(dropped + repeats + over, key=lambda d: (d.dialogue_id, d.reason))))


def group_of(dialogue: Dialogue) -> str:
    """Names the dialogues that must be in the same split: those of one exercise.

    A chat without an exercise counts with others of the same statement, or else of the same first message.
    """
    if dialogue.exercise_id:
        return f"exercise {dialogue.exercise_id}"
    text = dialogue.statement.strip() or (dialogue.turns[0].text if dialogue.turns else dialogue.dialogue_id)
    return f"statement {normalized(text)}"


def chat_message(turn: Turn) -> Message:
    """A turn as a chat message."""
    return Message("assistant" if turn.role == "tutor" else "user", turn.text)


def split_groups(dialogues: Iterable[Dialogue], validation_share: float, seed: int) -> dict[str, Split]:
    """The split of every group (see `group_of`).

    Args:
        dialogues: those to split.
        validation_share: share of the groups, from 0 up to (not including) 1.
        seed: with the group's name it decides which groups are chosen.
    """
    topics: dict[str, str] = {}
    for dialogue in dialogues:
        group = group_of(dialogue)
        topics[group] = min(topics.get(group, dialogue.topic), dialogue.topic)
    if not topics or validation_share == 0:
        return dict.fromkeys(topics, "train")
    # The groups are ordered by topic and then by hash, and every (1/share)-th one is chosen. So each topic gives its
    # share, and the remainder of one topic counts towards the next, so that small topics are not left out.
    ordered = sorted(topics, key=lambda g: (content_id(seed, topics[g]), content_id(seed, g)))
    wanted = round(len(ordered) * validation_share)
    if len(ordered) >= _MIN_GROUPS_TO_VALIDATE:
        wanted = max(1, wanted)
    wanted = min(wanted, len(ordered) - 1)
    chosen = {ordered[math.floor((k + 0.5) * len(ordered) / wanted)] for k in range(wanted)}
    return {group: "validation" if group in chosen else "train" for group in topics}


def _without_duplicates(dialogues: list[Dialogue]) -> tuple[list[Dialogue], list[Dropped]]:
    twins = SeenTexts().add([d.dialogue_id for d in dialogues], [dialogue_text(d) for d in dialogues])
    kept, dropped = [], []
    for dialogue, twin in zip(dialogues, twins, strict=True):
        if twin is None:
            kept.append(dialogue)
        elif twin.exact:
            dropped.append(Dropped(dialogue.dialogue_id, "duplicate of another seed's or of its own seed's dialogue"))
        else:
            dropped.append(Dropped(dialogue.dialogue_id, "near duplicate"))
    return kept, dropped


def _capped(dialogues: list[Dialogue], cap: int | None, seed: int) -> tuple[list[Dialogue], list[Dropped]]:
    """Take one dialogue of every (topic, opening state) in turn, so that a cap cuts the most frequent pairs first."""
    if cap is None or len(dialogues) <= cap:
        return dialogues, []
    cells: dict[tuple[str, str], list[Dialogue]] = defaultdict(list)
    for dialogue in dialogues:
        cells[dialogue.topic, dialogue.opening_state or ""].append(dialogue)
    ranked = [
        (rank, content_id(seed, *cell), d.dialogue_id)
        for cell, members in cells.items()
        for rank, d in enumerate(sorted(members, key=lambda d: content_id(seed, d.dialogue_id)))
    ]
    chosen = {dialogue_id for _, _, dialogue_id in sorted(ranked)[:cap]}
    over = [Dropped(d.dialogue_id, "over the cap on examples") for d in dialogues if d.dialogue_id not in chosen]
    return [d for d in dialogues if d.dialogue_id in chosen], over


def _turns_to_train_on(dialogue: Dialogue, closing_share: float, seed: int) -> tuple[Turn, ...]:
    """The dialogue's turns; without the last exchange if the tutor only closes in it and the share is used up."""
    turns = dialogue.turns
    closes = sum(t.role == "tutor" for t in turns) > 1 and "?" not in turns[-1].text
    drawn = int(content_id("closing", seed, dialogue.dialogue_id), 16) / 16**16
    return turns[:-2] if closes and drawn >= closing_share else turns


def _example(dialogue: Dialogue, split: Split, system_prompt: str, turns: tuple[Turn, ...]) -> TrainingExample:
    system = [Message("system", system_prompt)] if system_prompt.strip() else []
    chat = map(chat_message, turns)
    return TrainingExample(
        example_id=content_id("example", dialogue.dialogue_id, system_prompt, *(t.text for t in turns)),
        dialogue_id=dialogue.dialogue_id,
        exercise_id=dialogue.exercise_id,
        seed=dialogue.seed,
        origin=dialogue.origin,
        split=split,
        messages=(*system, *chat),
        topic=dialogue.topic,
        family=dialogue.family,
        opening_state=dialogue.opening_state,
        tutor_turns=sum(t.role == "tutor" for t in turns),
        teacher=dialogue.teacher,
    )
