"""What a training reports: while it runs, at the end, and when it fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


class TrainingError(RuntimeError):
    """Training cannot start or cannot continue; the message says why and what to change."""


@dataclass(frozen=True)
class TrainingProgress:
    """The state after a step.

    Attributes:
        step: steps done.
        steps: steps planned.
        loss: the step's loss, in nats per tutor token.
        validation_loss: the latest validation loss, in nats per tutor token; None before the first.
        seconds: training time so far, interrupted runs included.
        validation_seconds: the time that validations took in this process.
        tokens_per_second: tokens trained on, divided by `seconds`.
        seconds_left: an estimate for the remaining steps.
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
    """The validation loss of a group of rows, in nats per tutor token, and the number of tutor tokens in the group."""

    loss: float
    tokens: int


@dataclass(frozen=True)
class Start:
    """One of several trainings that differ in their seed alone.

    Attributes:
        number: which one it is, from 1.
        validation_loss: of its best step, in nats per tutor token.
        seconds: its training time.
        judged: whether it is the adapter, which the evaluation judges: the one with the median validation loss.
    """

    number: int
    seed: int
    validation_loss: float | None
    seconds: float
    judged: bool


@dataclass(frozen=True)
class TrainingResult:
    """A finished training. Losses are nats per tutor token.

    Attributes:
        run_digest: digest of everything that decides the training's result.
        steps: steps planned.
        steps_done: steps taken, fewer than planned if it was `stopped`.
        best_step: the step with the lowest validation loss; its weights are the adapter.
        loss: the loss of the last step.
        base_validation_loss: the base model's validation loss, measured before the first step, when the adapter does
            not change anything yet.
        validation_loss: the validation loss of the best step.
        validation_by: "opening state" or "topic" → group → validation loss of the best step.
        seconds: training time, validations included.
        measuring_seconds: time before that to find threads, micro-batches, attention and whether to compile.
        tokens: tokens trained on, without padding; a row counts each time it is trained on.
        supervised_tokens: the part of `tokens` that is under loss.
        train_rows: training rows.
        validation_rows: validation rows.
        too_long: ids of examples that were left out.
        trainable_parameters: parameters of the adapter.
        peak_memory_mb: the most memory held, in MiB: on the GPU, or by this process.
        device: name of the GPU or processor.
        device_kind: "cuda", "mps" or "cpu".
        threads: threads on the CPU.
        micro_batches: how many micro-batches the last batch was computed in.
        compiled: whether the decoder was compiled.
        dtype: number format of the base.
        labelled_logits_only: whether the output layer ran over labelled positions only.
        packed: whether rows were packed.
        stopped: why training ended early, if it did.
        mask_sample: one example as text, with ⟦ ⟧ around what is under loss.
        log: one row per step.
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
    micro_batches: int
    compiled: bool
    dtype: str
    labelled_logits_only: bool
    packed: bool
    stopped: str | None
    mask_sample: str
    log: tuple[LogRow, ...]

    @property
    def tokens_per_second(self) -> float:
        """Tokens trained on per second. The time includes validations."""
        return self.tokens / max(self.seconds, 1e-9)
