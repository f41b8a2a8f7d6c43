"""The replies that people rate: the candidate's, the champion's, and turns of the teacher as controls.

Which replies are drawn does not depend on the rater, so that raters see the same ones and can be compared.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from canopy_assets.evals.prompts import TUNED
from canopy_assets.records import (
    Dialogue,
    EvalPrompt,
    Message,
    RatingSource,
    ReviewedDialogue,
    TutorResponse,
    content_id,
)
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.tables import read_table, read_tables, stored_partitions

CHAMPION_ARM = "champion"
"""The arm of `tutor_responses` that holds the champion's replies, where the evaluation has one."""

CONTROL_SHARE = 1 / 3
"""Turns of the teacher for each reply of the candidate. They show what a rater's `send` is worth."""

ADAPTER_DIGITS = 16


class NothingToRateError(LookupError):
    """The home has no replies that could be rated; the message says how to make some."""


@dataclass(frozen=True)
class Origin:
    """Where a reply comes from; see `records.Rating` for the fields."""

    source: RatingSource
    adapter: str | None
    prompt_id: str


@dataclass(frozen=True)
class Item:
    """A reply to rate, with what it replies to. Two sources that reply alike to one prompt share an item."""

    problem: str
    answer: str
    conversation: tuple[Message, ...]
    reply: str
    origins: tuple[Origin, ...]
    references: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Identifies the reply with its problem and conversation."""
        turns = [part for message in self.conversation for part in (message.role, message.content)]
        return content_id(self.problem, *turns, self.reply)


def stored_items(settings: Settings, count: int) -> list[Item]:
    """The replies to rate, drawn from the tables of a home.

    Args:
        settings: the settings, which name the home.
        count: how many of the candidate's replies; the champion's to the same prompts and a third as many controls
            come on top.

    Raises:
        NothingToRateError: the candidate has not replied to any prompt yet.
    """
    prompts, responses = read_table("eval_set", settings=settings), read_table("tutor_responses", settings=settings)
    if prompts is None or responses is None:
        raise NothingToRateError("there are no replies to rate yet: run `canopy run` first")
    rows = from_table(prompts, EvalPrompt)
    replies = from_table(responses, TutorResponse)
    tables = read_tables(settings, "reviewed_dialogues", sorted(stored_partitions(settings, "reviewed_dialogues")))
    reviewed = [row for table in tables.values() for row in from_table(table, ReviewedDialogue)]
    return draw(rows, [*replies, *_kept_replies(settings, rows, replies)], reviewed, count)


def draw(
    prompts: Sequence[EvalPrompt],
    responses: Sequence[TutorResponse],
    reviewed: Sequence[ReviewedDialogue],
    count: int,
) -> list[Item]:
    """The replies to rate; see `stored_items`.

    Args:
        prompts: the evaluation set.
        responses: the replies of all arms.
        reviewed: the reviewed dialogues; accepted ones that a teacher wrote give the controls.
        count: how many of the candidate's replies.

    Raises:
        NothingToRateError: the candidate has not replied to any of the prompts.
    """
    candidate = _replies_of(prompts, responses, TUNED, "candidate")
    if not candidate:
        raise NothingToRateError(
            "tutor_responses has no reply of the tuned model to the present prompts: run `canopy run` first"
        )
    chosen = sorted(candidate, key=lambda prompt_id: content_id("draw", prompt_id))[:count]
    champion = _replies_of(prompts, responses, CHAMPION_ARM, "champion")
    adapter = candidate[chosen[0]].origins[0].adapter
    if any(item.origins[0].adapter == adapter for item in champion.values()):
        champion = {}  # the candidate is the champion
    controls = teacher_turns(reviewed, math.ceil(CONTROL_SHARE * len(chosen)), drawn_for=str(adapter))
    items = [candidate[p] for p in chosen] + [champion[p] for p in chosen if p in champion] + controls
    return _merged(items)


def teacher_turns(reviewed: Iterable[ReviewedDialogue], count: int, *, drawn_for: str) -> list[Item]:
    """Turns of a teacher in accepted dialogues, one for each exercise.

    Args:
        reviewed: the reviewed dialogues; those that people wrote and those that were rejected are left out.
        count: how many; fewer where there are not so many exercises.
        drawn_for: changes which turns are drawn, so that a new adapter gets controls that nobody has rated yet.
    """
    dialogues = [r.dialogue for r in reviewed if r.accepted and r.dialogue.origin == "synthetic"]
    by_exercise: dict[str, Item] = {}
    for dialogue in sorted(dialogues, key=lambda d: content_id("draw", drawn_for, d.dialogue_id)):
        replies = [i for i, turn in enumerate(dialogue.turns) if turn.role == "tutor" and i]
        if replies and str(dialogue.exercise_id) not in by_exercise and len(by_exercise) < count:
            drawn = int(content_id("turn", drawn_for, dialogue.dialogue_id), 16) % len(replies)
            by_exercise[str(dialogue.exercise_id)] = _turn(dialogue, replies[drawn])
    return list(by_exercise.values())


def _turn(dialogue: Dialogue, index: int) -> Item:
    """A tutor turn of a dialogue, counted from 0."""
    said = tuple(Message("user" if t.role == "student" else "assistant", t.text) for t in dialogue.turns[:index])
    origin = Origin("teacher", None, f"{dialogue.dialogue_id}#{index}")
    return Item(dialogue.statement, dialogue.answer or "", said, dialogue.turns[index].text, (origin,))


def _replies_of(
    prompts: Sequence[EvalPrompt], responses: Iterable[TutorResponse], arm: str, source: RatingSource
) -> dict[str, Item]:
    """One reply of an arm to each prompt, by prompt: the greedy one, in a conversation that of one of its turns."""
    turns: dict[str, dict[int, TutorResponse]] = {}
    for response in responses:
        if response.arm == arm and response.sample == 0:
            turns.setdefault(response.prompt_id, {})[response.turn] = response
    items = {}
    for prompt in prompts:
        if replies := turns.get(prompt.prompt_id):
            drawn = sorted(replies)[int(content_id("turn", prompt.prompt_id), 16) % len(replies)]
            items[prompt.prompt_id] = _reply(prompt, replies, drawn, source)
    return items


def _reply(prompt: EvalPrompt, replies: Mapping[int, TutorResponse], turn: int, source: RatingSource) -> Item:
    """The reply in a turn of a conversation, after the replies and the student's turns before it."""
    said = list(prompt.messages)
    for earlier in range(turn):
        said += [Message("assistant", replies[earlier].reply), Message("user", prompt.script[earlier])]
    # The name of the weights is "base+adapter", each with the first digits of its digest.
    adapter = replies[turn].model.partition("+")[2][:ADAPTER_DIGITS] or None
    origin = Origin(source, adapter, prompt.prompt_id)
    references = prompt.references if turn == 0 else ()
    return Item(prompt.statement, prompt.answer, tuple(said), replies[turn].reply, (origin,), references)


def _kept_replies(
    settings: Settings, prompts: Sequence[EvalPrompt], responses: Sequence[TutorResponse]
) -> list[TutorResponse]:
    """The champion's replies as it was judged by them, where the evaluation has no arm for it and the prompts are the
    same as then.
    """
    from canopy_assets.evals.eval_set import digest

    champion = current_artefact("champion", settings)
    if champion is None or any(r.arm == CHAMPION_ARM for r in responses):
        return []
    scores = champion.path / "scores.json"
    if champion.details.get("eval_digest") != digest(prompts) or not scores.exists():
        return []
    weights = (
        f"{champion.details['base_digest'][:ADAPTER_DIGITS]}+{champion.details['adapter_digest'][:ADAPTER_DIGITS]}"
    )
    return [
        TutorResponse(row["prompt_id"], CHAMPION_ARM, row["reply"], 0, 0, True, 0.0, 0.0, weights)
        for row in json.loads(scores.read_text(encoding="utf-8"))
        if row["arm"] == TUNED
    ]


def _merged(items: Iterable[Item]) -> list[Item]:
    """The items, each once; equal ones have the origins of all."""
    by_digest: dict[str, Item] = {}
    for item in items:
        known = by_digest.get(item.digest)
        by_digest[item.digest] = dataclasses.replace(known, origins=known.origins + item.origins) if known else item
    return list(by_digest.values())
