"""What a training says about itself: while it runs, and at the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingProgress:
    """State after a step. Losses in nats per tutor token; `validation_loss` is the latest, None before the first.

    `seconds` is the time so far; `validation_seconds` the part of it in this process that validations took.
    """

    step: int
    steps: int
    loss: float
    validation_loss: float | None
    seconds: float
    validation_seconds: float
    tokens_per_second: float
    seconds_left: float


@dataclass(frozen=True)
class LogRow:
    """One optimizer step. `loss` is the step's mean over its `supervised_tokens`; the norm is before clipping."""

    step: int
    epoch: int
    loss: float
    learning_rate: float
    gradient_norm: float
    tokens: int
    supervised_tokens: int
    validation_loss: float | None = None

    def evaluated(self, validation_loss: float | None) -> LogRow:
        """The same row with a validation loss."""
        return dataclasses.replace(self, validation_loss=validation_loss)


@dataclass(frozen=True)
class GroupLoss:
    """Validation loss of a group of rows, nats per tutor token, and how many tutor tokens it has."""

    loss: float
    tokens: int


@dataclass(frozen=True)
class TrainingResult:
    """A finished training.

    Losses are nats per tutor token: `loss` of the last step, `validation_loss` of the best, `base_validation_loss`
    before the first (an untrained adapter changes nothing, so that is the base model's); `validation_by` has the
    kept step's by opening state and by topic, each with the tutor tokens that it rests on. Tokens count rows as often
    as they were trained on, padding never. `too_long` names examples that were left out; `mask_sample` shows one
    with what is under loss in ⟦ ⟧; a batch was computed in `parts`; `measuring_seconds` went by before the first step,
    to find threads, parts and whether to compile; `stopped` says why it ended early, if it did.
    """

    run_digest: str
    steps: int
    steps_done: int
    best_step: int
    loss: float
    base_validation_loss: float | None
    validation_loss: float | None
    validation_by: Mapping[str, Mapping[str, GroupLoss]]
    seconds: float
    measuring_seconds: float
    tokens: int
    supervised_tokens: int
    train_rows: int
    validation_rows: int
    too_long: tuple[str, ...]
    trainable_parameters: int
    peak_memory_mb: int
    device: str
    device_kind: str
    threads: int
    parts: int
    compiled: bool
    dtype: str
    labelled_logits_only: bool
    packed: bool
    stopped: str | None
    mask_sample: str
    log: tuple[LogRow, ...]

    @property
    def tokens_per_second(self) -> float:
        """Tokens trained on per second, validation included in the time."""
        return self.tokens / max(self.seconds, 1e-9)
