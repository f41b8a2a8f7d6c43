"""Training a LoRA adapter: one loop, to be read from top to bottom.

`train_adapter` encodes the examples, puts an adapter on the frozen base, and takes AdamW steps on batches of like
length, with the loss at the tutor's tokens only. The validation loss decides which step is kept. On one machine and
seed the result is the same to the bit, also when the training was interrupted and resumed from a checkpoint. Where
memory is short, the step at hand is begun anew in twice as many parts, which give the same update.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import collate, pack, plan_epoch, split_step
from canopy_assets.adapters.checkpoints import Checkpoints
from canopy_assets.adapters.config import MACHINE_FIELDS, LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample, EncodedSet, encode_examples, show_mask
from canopy_assets.adapters.group import ALONE, Group
from canopy_assets.adapters.loss import LabelledLoss
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer, padding_id
from canopy_assets.adapters.results import GroupLoss, LogRow, TrainingProgress, TrainingResult
from canopy_assets.adapters.state import TrainingState
from canopy_assets.platform.devices import (
    Device,
    Dtype,
    choose_dtype,
    find_device,
    peak_memory_mb,
    release_memory,
    use_cpu_threads,
    use_fast_float32,
)
from canopy_assets.platform.memory import Parts, give_back, is_out_of_memory
from canopy_assets.records import TrainingExample

_ROWS_TO_PROVE_ON = 4
RELEASE_EVERY = 32
"""Steps after which freed memory is given back. Every 8 steps bound it lower, and cost a fifth of the speed."""

Log = Callable[[str], None]
OnProgress = Callable[[TrainingProgress], None]


class TrainingError(RuntimeError):
    """Training can't start or can't go on; the message says why and what to change."""


@dataclass(frozen=True)
class _Data:
    train: EncodedSet
    validation: EncodedSet
    steps: tuple[tuple[int, tuple[int, ...]], ...]  # (epoch, rows of the training set)
    pad_id: int
    mask_sample: str
    groups: Mapping[str, Mapping[str, str]]  # "opening state" or "topic" → validation example → its group


def train_adapter(
    base: BaseModelInfo,
    examples: Sequence[TrainingExample],
    target: Path,
    *,
    lora: LoraSettings,
    settings: TrainingSettings,
    cache: Path,
    checkpoints: Path | None = None,
    lineage: Mapping[str, str] | None = None,
    group: Group = ALONE,
    on_progress: OnProgress = lambda _: None,
    log: Log = lambda _: None,
) -> TrainingResult:
    """Train an adapter and write it to `target` in PEFT's layout.

    The caller publishes `target`, and then removes the checkpoints (`discard_checkpoints`).

    Args:
        base: what `base_model.prepare` or `read_info` gave.
        examples: rows of both splits; "validation" rows only choose the step that is kept.
        target: a directory that doesn't exist yet or is empty.
        lora: the adapter's shape.
        settings: hyperparameters.
        cache: folder where this machine's speed is remembered.
        checkpoints: folder to save to and resume from; None: no checkpoints.
        lineage: where the data came from, for the model card ("training set" → its digest …).
        group: this process's place among those that train together (see `torchrun`); only the leading one writes.
        on_progress: called after every step.
        log: takes a line now and then.

    Raises:
        TrainingError: no usable example, the loss is no longer a number, or one example alone doesn't fit into memory.
        EncodingError: the base model's chat template can't be masked.
        CheckpointError: the disk is full.
    """
    device = find_device(settings.device)
    use_cpu_threads()
    use_fast_float32()
    data = _prepare_data(base, examples, settings)
    dtype = chosen_dtype(base, lora, settings, device, cache)
    log(f"training on {device.name}, {device.threads} threads, base in {dtype}; {data.train.supervised_tokens} of "
        f"{data.train.tokens} tokens under loss, {len(data.steps)} steps")  # fmt: skip
    model = _with_adapter(base, lora, settings.seed, dtype, device)
    loss = LabelledLoss(model, device=device.kind, dtype=dtype)
    packing = _check_loss(loss, data, settings, device, log)
    name = run_digest(base, data.train, data.validation, lora, settings, dtype, device, packing, group.size)
    store = Checkpoints(checkpoints, name) if checkpoints is not None else None
    run = _Run(model, loss, packing, data, settings, device, dtype, store, group, on_progress, log)
    state = run.train()
    result = _describe(state, data, device, dtype, name, run)
    if group.leads:
        adapter_files.write(target, model, base, lora, settings, result, dict(lineage or {}))
    return result


def chosen_dtype(
    base: BaseModelInfo, lora: LoraSettings, settings: TrainingSettings, device: Device, cache: Path
) -> Dtype:
    """The format that the base model is trained in: the one that was asked for, or the one that is faster here.

    Args:
        cache: folder where this machine's speed is remembered.
    """
    return choose_dtype(
        settings.dtype,
        device,
        cache=cache,
        workload=f"train-{base.digest[:16]}-r{lora.rank}",
        measure=_step_timer(base, lora),
    )


def discard_checkpoints(checkpoints: Path, result: TrainingResult) -> None:
    """Remove the checkpoints of a training whose adapter is published."""
    Checkpoints(checkpoints, result.run_digest).discard()


def run_digest(
    base: BaseModelInfo,
    train: EncodedSet,
    validation: EncodedSet,
    lora: LoraSettings,
    settings: TrainingSettings,
    dtype: Dtype,
    device: Device,
    packing: bool,
    processes: int = 1,
) -> str:
    """Names a training by everything that decides its result; a checkpoint is resumed only under the same name."""
    import peft
    import torch
    import transformers

    facts = {
        "base": base.digest,
        "train": train.digest,
        "validation": validation.digest,
        "lora": lora.model_dump(),
        "training": settings.model_dump(exclude=set(MACHINE_FIELDS)),
        "computed in": [dtype, device.kind, "packed" if packing else "padded", processes],
        "versions": [torch.__version__, transformers.__version__, peft.__version__],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


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


def _prepare_data(base: BaseModelInfo, examples: Sequence[TrainingExample], settings: TrainingSettings) -> _Data:
    tokenizer = load_tokenizer(base.path)
    by_split = {split: [e for e in examples if e.split == split] for split in ("train", "validation")}
    # Ids are digests of content, so the first ones in their order are a sample that doesn't depend on the rows' order.
    chosen = sorted(by_split["validation"], key=lambda e: e.example_id)[: settings.validation_rows]
    train = encode_examples(tokenizer, by_split["train"], max_length=settings.max_length)
    validation = encode_examples(tokenizer, chosen, max_length=settings.max_length)
    if not train.rows:
        raise TrainingError(
            f"no training example is left: {len(by_split['train'])} were given, {len(train.too_long)} of them longer "
            f"than max_length={settings.max_length} tokens. Get more dialogues into training_set or raise max_length."
        )
    lengths = [len(row) for row in train.rows]
    plans = (
        plan_epoch(lengths, batch_tokens=settings.batch_tokens, seed=settings.seed, epoch=epoch)
        for epoch in range(settings.epochs)
    )
    steps = tuple((epoch, rows) for epoch, plan in enumerate(plans) for rows in plan.steps)
    groups = {
        "opening state": {e.example_id: e.opening_state or "human-written" for e in chosen},
        "topic": {e.example_id: e.topic for e in chosen},
    }
    return _Data(train, validation, steps, padding_id(tokenizer), show_mask(tokenizer, train.rows[0]), groups)


def _with_adapter(base: BaseModelInfo, lora: LoraSettings, seed: int, dtype: Dtype, device: Device) -> Any:
    from peft import LoraConfig, get_peft_model
    from transformers import set_seed

    # Seed before the adapter is made, and make it on the CPU: the same initial weights on every device.
    set_seed(seed)
    model = load_causal_lm(base.path, dtype)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,  # pyright: ignore[reportArgumentType]  # PEFT divides by r, any number will do
        lora_dropout=lora.dropout,
        target_modules=_linear_names(model) if lora.target_modules == "all-linear" else lora.target_modules,
        layers_to_transform=_adapted_layers(model, lora.skip_layers),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config).to(device.kind)  # adapter weights are float32 whatever the base is


def _check_loss(loss: LabelledLoss, data: _Data, settings: TrainingSettings, device: Device, log: Log) -> bool:
    """Find the right way to the loss for this model, on a few of the shortest rows. Returns whether rows are packed."""
    few = sorted(data.train.rows, key=len)[:_ROWS_TO_PROVE_ON]
    loss.eval()
    loss.check(collate(few[:1], pad_id=data.pad_id, device=device.kind))
    wanted = settings.packing == "always" or (settings.packing == "auto" and device.kind == "cuda")
    packing = wanted and loss.packs(few)
    if wanted:
        log("rows are packed" if packing else "packed rows would see each other in this model: they are padded")
    return packing


def _linear_names(model: Any) -> list[str]:
    """The names of the decoder's linear modules; PEFT's own "all-linear" can't be combined with a choice of layers."""
    from torch.nn import Linear

    linear = (
        name for name, m in model.named_modules() if isinstance(m, Linear) and m is not model.get_output_embeddings()
    )
    return sorted({name.rpartition(".")[2] for name in linear})


def _adapted_layers(model: Any, skipped: float) -> list[int] | None:
    """The indices of the layers that get an adapter; None for all."""
    layers = model.config.num_hidden_layers
    return list(range(round(layers * skipped), layers)) if skipped else None


def _step_timer(base: BaseModelInfo, lora: LoraSettings) -> Callable[[Dtype], float]:
    """Seconds of one forward and backward pass over 2 × 128 tokens of the real model, to choose a format by."""

    def seconds(dtype: Dtype) -> float:
        model = _with_adapter(base, lora, 0, dtype, cpu)
        loss = LabelledLoss(model, device="cpu", dtype=dtype)
        row = EncodedExample("timing", tuple(range(10, 138)), tuple(range(64, 128)))
        batch = collate([row, row], pad_id=0, device="cpu")
        loss.per_token(batch).sum().backward()  # warms up kernels and allocator
        started = time.perf_counter()
        loss.per_token(batch).sum().backward()
        return time.perf_counter() - started

    cpu = Device("cpu", "", 1, 0)
    return seconds


@dataclass
class _Run:
    """The loop and what it works with."""

    model: Any
    loss: LabelledLoss
    packing: bool
    data: _Data
    settings: TrainingSettings
    device: Device
    dtype: Dtype
    store: Checkpoints | None
    group: Group
    on_progress: OnProgress
    log: Log

    def __post_init__(self) -> None:
        self.parts = Parts(self.settings.micro_batches, self.log)
        self.validation_seconds = 0.0
        self.keeps_little = False

    def train(self) -> TrainingState:
        """From the newest checkpoint or the start to the last step; leaves the best step's weights in the model."""
        if self.settings.gradient_checkpointing == "always":
            self._keep_little("as configured")
        state = TrainingState.start(self.model, self.settings)
        resumed = self.store.newest() if self.store else None
        if resumed is not None:
            state.restore(resumed)
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

        epoch, rows = self.data.steps[state.step]
        examples = [self.data.train.rows[i] for i in rows]
        supervised = sum(len(e.labelled) for e in examples)
        rate = learning_rate(state.step, len(self.data.steps), self.settings)
        self.model.train()
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
        total = 0.0
        for part in split_step(examples, parts):
            # Divided by the whole step's tokens, not the part's: parts of unequal length then weigh what they should.
            loss = self.loss.per_token(self._collate(part)).sum() / supervised
            loss.backward()
            total += loss.item()
        return total

    def _fit(self, compute: Callable[[int], float], examples: Sequence[EncodedExample], what: str) -> float:
        """What is computed of a batch, in as many parts as memory wants; nothing of none."""
        if not examples:
            return 0.0
        try:
            return self.parts.fit(compute, rows=len(examples), what=what)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if self.settings.gradient_checkpointing == "never" or self.keeps_little:
                raise self._too_large(examples) from error
        # Not in the handler: the error's trace holds the tensors that have to go.
        give_back()
        self._keep_little(f"one example doesn't fit into memory ({what})")
        return self._fit(compute, examples, what)

    def _keep_little(self, why: str) -> None:
        """From now on activations are computed anew in the backward pass."""
        self.model.get_base_model().gradient_checkpointing_enable({"use_reentrant": False})
        self.keeps_little = True
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

        self.model.eval()
        plan = plan_epoch([len(r) for r in rows], batch_tokens=self.settings.batch_tokens, seed=0, epoch=0)
        batches = [[rows[i] for i in step] for step in plan.steps]
        with torch.inference_mode():
            return sum(self._fit(lambda parts, b=batch: self._sum(b, parts), batch, "validation") for batch in batches)

    def _sum(self, examples: Sequence[EncodedExample], parts: int) -> float:
        """The loss summed over a batch's tutor tokens, without gradients."""
        return sum(self.loss.per_token(self._collate(part)).sum().item() for part in split_step(examples, parts))

    def _collate(self, examples: Sequence[EncodedExample]) -> Any:
        if self.packing:
            return pack(examples, device=self.device.kind)
        return collate(examples, pad_id=self.data.pad_id, device=self.device.kind)

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


def _describe(state: TrainingState, data: _Data, device: Device, dtype: Dtype, name: str, run: _Run) -> TrainingResult:
    return TrainingResult(
        run_digest=name,
        steps=len(data.steps),
        steps_done=state.step,
        best_step=state.best_step,
        loss=state.log[-1].loss,
        base_validation_loss=state.base_validation_loss,
        validation_loss=state.best_loss,
        validation_by=run.validation_by,
        seconds=state.seconds,
        tokens=state.tokens,
        supervised_tokens=state.supervised_tokens,
        train_rows=len(data.train.rows),
        validation_rows=len(data.validation.rows),
        too_long=data.train.too_long + data.validation.too_long,
        trainable_parameters=sum(p.numel() for p in state.parameters.values()),
        peak_memory_mb=peak_memory_mb(device),
        device=device.name,
        device_kind=device.kind,
        threads=device.threads,
        dtype=dtype,
        labelled_logits_only=run.loss.labelled_only,
        packed=run.packing,
        stopped=state.stopped,
        mask_sample=data.mask_sample,
        log=tuple(state.log),
    )
