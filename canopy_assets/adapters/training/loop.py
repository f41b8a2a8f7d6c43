"""The training loop: step by step, from the newest checkpoint or the start to the last, the best one kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.adapters.batching import Batch, collate, pack, plan_epoch, split_step
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample, EncodedSet
from canopy_assets.adapters.results import GroupLoss, LogRow, TrainingProgress
from canopy_assets.adapters.speed.autotuning import Pace
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.checkpoints import Checkpoints
from canopy_assets.adapters.training.processes import Group
from canopy_assets.adapters.training.state import TrainingState
from canopy_assets.compute.devices import Device, release_memory
from canopy_assets.compute.memory import Parts, give_back, is_out_of_memory

RELEASE_EVERY = 32
"""Steps after which freed memory is given back. Every 8 steps bound it lower, and cost a fifth of the speed."""

Log = Callable[[str], None]
OnProgress = Callable[[TrainingProgress], None]


class TrainingError(RuntimeError):
    """Training can't start or can't go on; the message says why and what to change."""


@dataclass(frozen=True)
class TrainingData:
    """What is trained on: encoded rows, the planned steps, and the groups that validation rows belong to."""

    train: EncodedSet
    validation: EncodedSet
    steps: tuple[tuple[int, tuple[int, ...]], ...]  # (epoch, rows of the training set)
    pad_id: int
    mask_sample: str
    groups: Mapping[str, Mapping[str, str]]  # "opening state" or "topic" → validation example → its group

    def collate(self, examples: Sequence[EncodedExample], *, packed: bool, device: str) -> Batch:
        """Rows as one batch: end to end, or padded."""
        return pack(examples, device=device) if packed else collate(examples, pad_id=self.pad_id, device=device)


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """The rate of step `step` (0-based) of `steps`: a linear rise over the warm-up, then the schedule down to zero."""
    warmup = round(settings.warmup * steps)
    if step < warmup:
        return settings.learning_rate * (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1, steps - warmup)
    share = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}[settings.schedule]
    return settings.learning_rate * share


def evaluation_steps(steps: int, settings: TrainingSettings) -> frozenset[int]:
    """After which steps the validation loss is computed: before the first, evenly, and after the last."""
    times = settings.epochs * settings.evaluations_per_epoch
    return frozenset({0, steps} | {round(steps * i / times) for i in range(1, times)})


@dataclass
class TrainingLoop:
    """The loop and what it works with."""

    loss: LabelledLoss
    packing: bool
    pace: Pace
    data: TrainingData
    settings: TrainingSettings
    device: Device
    store: Checkpoints | None
    group: Group
    on_progress: OnProgress
    log: Log

    def __post_init__(self) -> None:
        self.parts = Parts(self.pace.parts, self.log)
        self.validation_seconds = 0.0
        self._ahead: tuple[int, list[Batch]] | None = None  # the parts of a step to come

    def train(self) -> TrainingState:
        """From the newest checkpoint or the start to the last step; leaves the best step's weights in the model."""
        state = TrainingState.start(self.loss.model, self.settings)
        resumed = self.store.newest() if self.store else None
        if resumed is not None:
            state.restore(resumed)
            self.parts.number = state.parts or self.parts.number
            if state.keeps_little and not self.loss.keeps_little:
                self._keep_little("as before")
            self.log(f"resumed after step {state.step} of {len(self.data.steps)}")
            self._stop_if_no_better(state)
        self._started = self._saved = time.monotonic()
        self._seconds_before = state.seconds
        evaluate_after = evaluation_steps(len(self.data.steps), self.settings)
        if state.step == 0:
            state.keep_if_best(self._validation_loss())
        while state.step < len(self.data.steps) and state.stopped is None:
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
        self.validation_by = self._validation_by_group()
        return state

    def _step(self, state: TrainingState) -> LogRow:
        """One optimizer step on one planned batch."""
        import torch

        epoch, examples = self._planned(state.step)
        supervised = sum(len(e.labelled) for e in examples)
        rate = learning_rate(state.step, len(self.data.steps), self.settings)
        self.loss.train()
        mine = self.group.share(examples)
        total = self._fit(
            lambda parts: self._gradients(state, mine, supervised, parts), mine, f"training step {state.step + 1}"
        )
        total = self.group.sum(total, self.device.kind)
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
        self, state: TrainingState, examples: Sequence[EncodedExample], supervised: int, parts: int
    ) -> float:
        """Gradients of a batch, computed part by part, in the parameters; returns the loss."""
        state.optimizer.zero_grad(set_to_none=True)  # what an attempt that ran out of memory left
        losses = []
        for batch in self._batches(state.step, examples, parts):
            # Divided by the whole step's tokens, not the part's: parts of unequal length then weigh what they should.
            loss = self.loss.per_token(batch).sum() / supervised
            loss.backward()
            losses.append(loss.detach())
        self._prepare(state.step + 1, parts)  # a GPU is still at work: only reading the losses waits for it
        return sum((loss.item() for loss in losses), 0.0)

    def _planned(self, step: int) -> tuple[int, list[EncodedExample]]:
        """The epoch and the rows of a step, of all processes together."""
        epoch, rows = self.data.steps[step]
        return epoch, [self.data.train.rows[i] for i in rows]

    def _batches(self, step: int, examples: Sequence[EncodedExample], parts: int) -> list[Batch]:
        """A step's parts, from what was prepared if it was prepared in as many."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == step and len(ahead[1]) == min(parts, len(examples)):
            return ahead[1]
        return [self._collate(part) for part in split_step(examples, parts)]

    def _prepare(self, step: int, parts: int) -> None:
        if step < len(self.data.steps) and (rows := self.group.share(self._planned(step)[1])):
            self._ahead = step, [self._collate(part) for part in split_step(rows, parts)]

    def _fit(self, compute: Callable[[int], float], examples: Sequence[EncodedExample], what: str) -> float:
        """What is computed of a batch, in as many parts as memory wants; nothing of none."""
        if not examples:
            return 0.0
        try:
            return self.parts.fit(compute, rows=len(examples), what=what)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            keeps_all_it_may = self.settings.gradient_checkpointing == "never" or self.loss.keeps_little
            if keeps_all_it_may and not self.loss.stores_outputs:
                raise self._too_large(examples) from error
        # Not in the handler: the error's trace holds the tensors that have to go.
        why = f"one example doesn't fit into memory ({what})"
        if self.loss.stores_outputs:
            self.loss.store_no_more()
            self.log(f"{why}: what frozen layers say of it is computed anew each time from now on")
        else:
            self._keep_little(why)
        give_back()
        return self._fit(compute, examples, what)

    def _keep_little(self, why: str) -> None:
        """From now on activations are computed anew in the backward pass."""
        self.loss.keep_little()
        self.log(f"{why}: activations are computed anew in the backward pass from now on")

    def _too_large(self, examples: Sequence[EncodedExample]) -> TrainingError:
        return TrainingError(
            f"out of memory with one example at a time, of at most {max(map(len, examples))} tokens, on "
            f"{self.device.name}. Lower max_length (now {self.settings.max_length}), take a smaller base model, or "
            "a device with more memory."
        )

    def _seconds(self) -> float:
        return self._seconds_before + time.monotonic() - self._started

    def _validation_loss(self) -> float | None:
        """Mean loss per tutor token over the validation rows, None if there are none."""
        rows, started = self.data.validation.rows, time.monotonic()
        total = self.group.sum(self._loss_of(self.group.share(rows)), self.device.kind)
        loss = total / self.data.validation.supervised_tokens if rows else None
        self.validation_seconds += time.monotonic() - started
        return loss

    def _validation_by_group(self) -> dict[str, dict[str, GroupLoss]]:
        """The validation loss of the weights in the model by opening state and by topic."""
        losses = {row.example_id: self._loss_of([row]) for row in self.data.validation.rows}
        tokens = {row.example_id: len(row.labelled) for row in self.data.validation.rows}
        by: dict[str, dict[str, GroupLoss]] = {}
        for kind, group_of in self.data.groups.items():
            for group in sorted({group_of[example] for example in losses}):
                mine = [example for example in losses if group_of[example] == group]
                count = sum(tokens[example] for example in mine)
                by.setdefault(kind, {})[group] = GroupLoss(sum(losses[example] for example in mine) / count, count)
        return by

    def _loss_of(self, rows: Sequence[EncodedExample]) -> float:
        """The loss of rows without dropout or gradients, summed over their tutor tokens."""
        import torch

        self.loss.eval()
        plan = plan_epoch([len(r) for r in rows], batch_tokens=self.settings.batch_tokens, seed=0, epoch=0)
        batches = [[rows[i] for i in step] for step in plan.steps]
        with torch.inference_mode():
            return sum(self._fit(lambda parts, b=batch: self._sum(b, parts), batch, "validation") for batch in batches)

    def _sum(self, examples: Sequence[EncodedExample], parts: int) -> float:
        """The loss summed over a batch's tutor tokens, without gradients."""
        return sum(self.loss.per_token(self._collate(part)).sum().item() for part in split_step(examples, parts))

    def _collate(self, examples: Sequence[EncodedExample]) -> Batch:
        return self.data.collate(examples, packed=self.packing, device=self.device.kind)

    def _stop_if_late(self, state: TrainingState) -> None:
        limit = self.settings.max_minutes
        if limit is None or state.step == len(self.data.steps):
            return
        if self.group.leader_says(state.seconds > 60 * limit):
            state.stopped = f"the time limit of {limit:g} minutes, after {state.step} of {len(self.data.steps)} steps"
            self.log(f"stopped by {state.stopped}; the best step so far is kept")

    def _stop_if_no_better(self, state: TrainingState) -> None:
        """Early stopping (Prechelt 1998): evaluations without a lower loss than the best so far end the training."""
        patience = self.settings.patience
        if patience is None or state.stopped or state.best_loss is None:
            return
        since = sum(row.validation_loss is not None and row.step > state.best_step for row in state.log)
        if since >= patience and state.step < len(self.data.steps):
            state.stopped = f"no lower validation loss in {since} evaluations since step {state.best_step}"
            self.log(f"stopped after step {state.step} of {len(self.data.steps)}: {state.stopped}")

    def _save_if_due(self, state: TrainingState) -> None:
        last = state.step == len(self.data.steps) or state.stopped is not None
        if (
            self.store
            and self.group.leads
            and (last or time.monotonic() - self._saved >= self.settings.checkpoint_every_s)
        ):
            state.parts, state.keeps_little = self.parts.number, self.loss.keeps_little
            self.store.save(state.step, state.tensors(), state.facts())
            self._saved = time.monotonic()

    def _progress(self, state: TrainingState) -> TrainingProgress:
        left = sum(len(self.data.train.rows[i]) for _, rows in self.data.steps[state.step :] for i in rows)
        rate = state.tokens / max(state.seconds, 1e-9)
        return TrainingProgress(
            state.step,
            len(self.data.steps),
            state.log[-1].loss,
            state.last_validation_loss,
            state.seconds,
            self.validation_seconds,
            rate,
            left / rate,
        )
