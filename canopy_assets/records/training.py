"""Rows that a model is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Message:
    """A chat message, in the form that chat templates expect."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class TrainingExample:
    """An accepted dialogue in chat form, with its origin and the split that its exercise belongs to."""

    example_id: str
    dialogue_id: str
    exercise_id: str | None
    seed: str
    origin: Literal["synthetic", "human"]
    split: Literal["train", "validation"]
    messages: tuple[Message, ...]
    topic: str
    family: str | None
    opening_state: str | None
    tutor_turns: int
    teacher: str


@dataclass(frozen=True)
class PreferencePair:
    """Two tutor turns for the same place in a dialogue, in the form that DPO needs.

    After `prompt`, `chosen` was accepted and `rejected` was rejected by `gate` for `reason`. Each is a single message.
    """

    pair_id: str
    dialogue_id: str
    exercise_id: str | None
    seed: str
    split: Literal["train", "validation"]
    prompt: tuple[Message, ...]
    chosen: tuple[Message, ...]
    rejected: tuple[Message, ...]
    gate: str
    reason: str
    topic: str
    opening_state: str | None
    teacher: str
