"""The training loop: it goes from the newest checkpoint (or the start) to the last step, and keeps the best weights."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from canopy_assets.adapters.batching import Batch
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample
from canopy_assets.adapters.results import GroupLoss, LogRow, TrainingError, TrainingProgress
from canopy_assets.adapters.training.batches import BatchRunner
from canopy_assets.adapters.training.checkpoints import Checkpoints
from canopy_assets.adapters.training.data import TrainingData
from canopy_assets.adapters.training.processes import ProcessGroup
from canopy_assets.adapters.training.schedule import evaluation_steps, learning_rate
from canopy_assets.adapters.training.state import TrainingState
from canopy_assets.compute.devices import release_memory

RELEASE_EVERY = 32
"""Steps between two returns of freed memory to the system. With 8, memory stays lower, but a fifth of the speed is
lost."""

Log = Callable[[str], None]
OnProgress = Callable[[TrainingProgress], None]


@dataclass
class TrainingLoop:
    """One training, with its data, settings, checkpoints and process group."""

    batches: BatchRunner
    data: TrainingData
    settings: TrainingSettings
    checkpoints: Checkpoints | None
    group: ProcessGroup
    on_progress: OnProgress
    log: Log

    def __post_init__(self) -> None:
        self.loss, self.steps = self.batches.loss, len(self.data.steps)
        self.validation_seconds = 0.0
        self._prefetched: tuple[int, list[Batch]] | None = None  # a later step, and its micro-batches
        self._started = self._saved = time.monotonic()
        self._seconds_before = 0.0  # of the runs that this one resumes

    def train(self) -> TrainingState:
        """Train to the last step, from the newest checkpoint or the start. Then put the best weights into the model."""
        state = TrainingState.start(self.loss.model, self.settings)
        self._resume(state)
        self._started = self._saved = time.monotonic()
        self._seconds_before = state.seconds
        evaluate_after = evaluation_steps(self.steps, self.settings)
        if state.step == 0:
            state.keep_if_best(self._validation_loss())
        while state.step < self.steps and state.stopped is None:
            row = self._step(state)
            state.seconds = self._seconds()
            self._stop_if_late(state)
            if state.step in evaluate_after or state.stopped:
                row = row.evaluated(self._validation_loss())
                state.keep_if_best(row.validation_loss)
                state.seconds = self._seconds()
            state.log.append(row)
            self._stop_if_no_better(state)
            self.on_progress(self._progress(state))
            self._save_if_due(state)
            if state.step % RELEASE_EVERY == 0:
                release_memory()
        state.put_best_into_model()
        return state

    def validation_loss_by_group(self) -> dict[str, dict[str, GroupLoss]]:
        """The validation loss of the weights in the model by opening state and by topic."""
        losses = {row.example_id: self.batches.summed_loss([row]) for row in self.data.validation.rows}
        tokens = {row.example_id: len(row.labelled) for row in self.data.validation.rows}
        by: dict[str, dict[str, GroupLoss]] = {}
        for kind, group_of in self.data.groups.items():
            for group in sorted({group_of[example] for example in losses}):
                members = [example for example in losses if group_of[example] == group]
                count = sum(tokens[example] for example in members)
                by.setdefault(kind, {})[group] = GroupLoss(sum(losses[example] for example in members) / count, count)
        return by

    def _resume(self, state: TrainingState) -> None:
        """Restore the newest checkpoint, if there is one, with its micro-batches and gradient checkpointing."""
        checkpoint = self.checkpoints.newest() if self.checkpoints else None
        if checkpoint is None:
            return
        state.restore(checkpoint)
        self.batches.micro_batches.count = state.micro_batches or self.batches.micro_batches.count
        if state.gradient_checkpointing and not self.loss.gradient_checkpointing:
            self.batches.enable_gradient_checkpointing("as before the interruption")
        self.log(f"resumed after step {state.step} of {self.steps}")
        self._stop_if_no_better(state)

    def _step(self, state: TrainingState) -> LogRow:
        """One optimizer step on one planned batch."""
        import torch

        epoch, examples = self.data.steps[state.step].epoch, self.data.rows_of(state.step)
        supervised = sum(len(e.labelled) for e in examples)
        rate = learning_rate(state.step, self.steps, self.settings)
        self.loss.train()
        shard = self.group.shard(examples)
        total = self.batches.run(
            lambda count: self._gradients(state, shard, supervised, count), shard, f"training step {state.step + 1}"
        )
        total = self.group.sum(total, self.batches.device.kind)
        self.group.sum_gradients(state.parameters.values())
        norm = torch.nn.utils.clip_grad_norm_(state.parameters.values(), self.settings.max_gradient_norm).item()
        if not (math.isfinite(total) and math.isfinite(norm)):
            raise TrainingError(
                f"the loss is {total} and the gradient's norm {norm} at step {state.step + 1}: training diverged. "
                f"Lower learning_rate (now {self.settings.learning_rate}), raise warmup, or set dtype to 'float32'."
            )
        state.update(rate)
        tokens = sum(map(len, examples))
        state.tokens, state.supervised_tokens = state.tokens + tokens, state.supervised_tokens + supervised
        return LogRow(state.step, epoch, total, rate, norm, tokens, supervised)

    def _gradients(
        self, state: TrainingState, examples: Sequence[EncodedExample], supervised: int, micro_batches: int
    ) -> float:
        """Accumulate a batch's gradients in the parameters, one micro-batch after another; returns the loss."""
        state.optimizer.zero_grad(set_to_none=True)  # left by an attempt that ran out of memory
        losses = []
        for batch in self._micro_batches(state.step, examples, micro_batches):
            # Divide by the whole step's tokens, so that micro-batches of unequal size have the right weight.
            loss = self.loss.per_token(batch).sum() / supervised
            loss.backward()
            losses.append(loss.detach())
        self._prefetch(state.step + 1, micro_batches)  # while the GPU is still working: only .item() waits for it
        return sum((loss.item() for loss in losses), 0.0)

    def _micro_batches(self, step: int, examples: Sequence[EncodedExample], count: int) -> list[Batch]:
        """A step's micro-batches: the prefetched ones if their number is right, else new ones."""
        prefetched, self._prefetched = self._prefetched, None
        if prefetched is not None and prefetched[0] == step and len(prefetched[1]) == min(count, len(examples)):
            return prefetched[1]
        return self.batches.collate(examples, count)

    def _prefetch(self, step: int, micro_batches: int) -> None:
        """Collate the micro-batches of a later step."""
        if step < self.steps and (rows := self.group.shard(self.data.rows_of(step))):
            self._prefetched = step, self.batches.collate(rows, micro_batches)

    def _seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def _validation_loss(self) -> float | None:
        """Mean loss per tutor token over the validation rows, None if there are none."""
        rows, started = self.data.validation.rows, time.monotonic()
        total = self.group.sum(self.batches.summed_loss(self.group.shard(rows)), self.batches.device.kind)
        loss = total / self.data.validation.supervised_tokens if rows else None
        self.validation_seconds += time.monotonic() - started
        return loss

    def _stop_if_late(self, state: TrainingState) -> None:
        """End the training after `max_minutes`, by the main process's clock."""
        limit = self.settings.max_minutes
        if limit is None or state.step == self.steps:
            return
        if self.group.broadcast(state.seconds > 60 * limit):
            state.stopped = f"the time limit of {limit:g} minutes, after {state.step} of {self.steps} steps"
            self.log(f"stopped by {state.stopped}; the best step so far is kept")

    def _stop_if_no_better(self, state: TrainingState) -> None:
        """Early stopping (Prechelt 1998): end the training after `patience` evaluations without a lower loss."""
        patience = self.settings.patience
        if patience is None or state.stopped or state.best_loss is None:
            return
        since = sum(row.validation_loss is not None and row.step > state.best_step for row in state.log)
        if since >= patience and state.step < self.steps:
            state.stopped = f"no lower validation loss in {since} evaluations since step {state.best_step}"
            self.log(f"stopped after step {state.step} of {self.steps}: {state.stopped}")

    def _save_if_due(self, state: TrainingState) -> None:
        """Write a checkpoint every `checkpoint_every_s` seconds and after the last step."""
        if self.checkpoints is None or not self.group.is_main:
            return
        last = state.step == self.steps or state.stopped is not None
        if last or time.monotonic() - self._saved >= self.settings.checkpoint_every_s:
            state.micro_batches = self.batches.micro_batches.count
            state.gradient_checkpointing = self.loss.gradient_checkpointing
            self.checkpoints.save(state.step, state.tensors(), state.facts())
            self._saved = time.monotonic()

    def _progress(self, state: TrainingState) -> TrainingProgress:
        """The state after a step. The time left is estimated from the number of remaining tokens."""
        left = sum(len(self.data.train.rows[i]) for step in self.data.steps[state.step :] for i in step.rows)
        rate = state.tokens / max(state.seconds, 1e-9)
        return TrainingProgress(
            step=state.step,
            steps=self.steps,
            loss=state.log[-1].loss,
            validation_loss=state.last_validation_loss,
            seconds=state.seconds,
            validation_seconds=self.validation_seconds,
            tokens_per_second=rate,
            seconds_left=left / rate,
        )
