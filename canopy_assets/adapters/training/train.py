"""Training a LoRA adapter, from examples to a folder in PEFT's layout.

`train_adapter` encodes the examples, puts an adapter on the frozen base, and takes AdamW steps on batches of like
length, with the loss at the tutor's tokens only. The validation loss decides which step is kept. On one machine and
seed the result is the same to the bit, also when the training was interrupted and resumed from a checkpoint. Where
memory is short, the step at hand is begun anew in twice as many parts, which give the same update.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, collate, plan_epoch, split_step
from canopy_assets.adapters.config import MACHINE_FIELDS, LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample, EncodedSet, encode_examples, show_mask
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer, padding_id
from canopy_assets.adapters.results import TrainingResult
from canopy_assets.adapters.speed.autotuning import Pace, find_pace
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.checkpoints import Checkpoints
from canopy_assets.adapters.training.loop import Log, OnProgress, TrainingData, TrainingError, TrainingLoop
from canopy_assets.adapters.training.processes import ALONE, Group
from canopy_assets.adapters.training.state import TrainingState
from canopy_assets.compute.devices import (
    Device,
    Dtype,
    choose_dtype,
    find_device,
    peak_memory_mb,
    use_cpu_threads,
    use_fast_float32,
)
from canopy_assets.records import TrainingExample

_ROWS_TO_PROVE_ON = 4

HOPELESS = 4.0
"""A number format that takes so many times as long for a few tokens isn't measured on more."""

KEPT_MB = 1024
"""Room for what frozen layers say of rows that come again. Not by what is free: who resumes must do the same."""


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
        QuantizationError: 4 bits are asked for, and bitsandbytes isn't installed.
    """
    device = find_device(settings.device)
    use_cpu_threads()
    use_fast_float32()
    data = _prepare_data(base, examples, settings)
    dtype = chosen_dtype(base, lora, settings, device, cache)
    log(f"training on {device.name}, {device.threads} threads, base in {dtype}; {data.train.supervised_tokens} of "
        f"{data.train.tokens} tokens under loss, {len(data.steps)} steps")  # fmt: skip
    model = _with_adapter(base, lora, settings.seed, dtype, device, four_bit=settings.base_format == "nf4")
    loss = LabelledLoss(model, device=device.kind, dtype=dtype)
    if settings.gradient_checkpointing == "always":
        loss.keep_little()
    packing = _check_loss(loss, data, settings, device, log)
    began = time.monotonic()
    pace = _settle_pace(loss, data, base, lora, settings, device, packing, group, cache, log)
    measuring = time.monotonic() - began
    layout, decoder = "packed" if packing else "padded", "compiled" if loss.compiled else "as it is"
    frozen = "frozen layers once" if loss.keeps_outputs else "frozen layers each time"
    computed_in = (dtype, device.kind, layout, loss.attention, decoder, frozen)
    name = run_digest(base, data.train, data.validation, lora, settings, computed_in, group.size)
    store = Checkpoints(checkpoints, name) if checkpoints is not None else None
    run = TrainingLoop(loss, packing, pace, data, settings, device, store, group, on_progress, log)
    state = run.train()
    result = _describe(state, name, run, measuring)
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
        workload=f"train-{base.digest[:16]}-r{lora.rank}-{settings.base_format}",
        measure=_step_timer(base, lora, four_bit=settings.base_format == "nf4"),
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
    computed_in: Sequence[str],
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
        "computed in": [*computed_in, processes],
        "versions": [torch.__version__, transformers.__version__, peft.__version__, *_quantizer(settings)],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def _quantizer(settings: TrainingSettings) -> list[str]:
    """The version of what holds the base model in 4 bits, where it does."""
    return [importlib.metadata.version("bitsandbytes")] if settings.base_format == "nf4" else []


def _prepare_data(base: BaseModelInfo, examples: Sequence[TrainingExample], settings: TrainingSettings) -> TrainingData:
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
    return TrainingData(train, validation, steps, padding_id(tokenizer), show_mask(tokenizer, train.rows[0]), groups)


def _with_adapter(
    base: BaseModelInfo, lora: LoraSettings, seed: int, dtype: Dtype, device: Device, *, four_bit: bool = False
) -> Any:
    from peft import LoraConfig, get_peft_model
    from transformers import set_seed

    from canopy_assets.adapters.speed.fused import fuse

    # Seed before the adapter is made, and make it on the CPU: the same initial weights on every device.
    set_seed(seed)
    model = load_causal_lm(base.path, dtype, four_bit_on=device.kind if four_bit else None)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,  # pyright: ignore[reportArgumentType]  # PEFT divides by r, any number will do
        lora_dropout=lora.dropout,
        target_modules=_linear_names(model) if lora.target_modules == "all-linear" else lora.target_modules,
        layers_to_transform=_adapted_layers(model, lora.skip_layers),
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)  # its weights are float32 whatever the base is
    fuse(adapted)
    return adapted.to(device.kind)


def _check_loss(loss: LabelledLoss, data: TrainingData, settings: TrainingSettings, device: Device, log: Log) -> bool:
    """Find the right way to the loss for this model, on a few short rows. Returns whether rows are packed."""
    few = sorted(data.train.rows, key=len)[:_ROWS_TO_PROVE_ON]
    loss.eval()
    loss.check(data.collate(few[:1], packed=False, device=device.kind))
    packing = _packs(loss, few, settings, device, log)
    if device.kind == "cpu":  # a GPU would wait for rows that are computed one by one
        kept = _rows_to_keep(data, settings, loss)
        if kept and not loss.keep_outputs(kept):
            log("all layers are computed in each pass: none is frozen, or they don't give the same for a row each time")
    return packing


def _packs(
    loss: LabelledLoss, few: Sequence[EncodedExample], settings: TrainingSettings, device: Device, log: Log
) -> bool:
    if settings.packing == "never" or (settings.packing == "auto" and device.kind != "cuda"):
        return False
    cheaply = device.kind == "cuda" and loss.packs_cheaply(few)
    # Without that attention the work grows with the square of a step: that is for who asks for it.
    packing = cheaply or (settings.packing == "always" and loss.packs(few))
    log("rows are packed" if packing else "packing is not to be had for this model here: rows are padded")
    return packing


def _rows_to_keep(data: TrainingData, settings: TrainingSettings, loss: LabelledLoss) -> list[EncodedExample]:
    """Rows that come more than once, as far as there is room for what frozen layers say of them."""
    a_token = loss.model.config.get_text_config().hidden_size * (2 if loss.dtype == "bfloat16" else 4)
    room = KEPT_MB << 20
    kept: list[EncodedExample] = []
    for rows in (data.validation.rows, data.train.rows if settings.epochs > 1 else ()):
        needed = a_token * sum(map(len, rows))
        if needed <= room:
            room -= needed
            kept += rows
    return kept


def _settle_pace(
    loss: LabelledLoss,
    data: TrainingData,
    base: BaseModelInfo,
    lora: LoraSettings,
    settings: TrainingSettings,
    device: Device,
    packing: bool,
    group: Group,
    cache: Path,
    log: Log,
) -> Pace:
    """What is fastest here. Of processes that train together each keeps its own parts, and the leading one's way."""
    attention = loss.attention
    form = [loss.dtype, settings.base_format, "packed" if packing else "padded"]
    pace = find_pace(
        loss, partial(_typical_batch, data, group, packing, device), settings, device,
        steps=len(data.steps), longest=max(map(len, data.train.rows)), cache=cache, log=log,
        workload=" ".join([base.digest[:16], *form, lora.model_dump_json()]),
    )  # fmt: skip
    loss.attend(_leaders_attention(loss, attention, group))
    loss.compile(group.leader_says(loss.compiled))
    return pace


def _leaders_attention(loss: LabelledLoss, before: str, group: Group) -> str:
    return next((kind for kind in ("folded", "eager") if group.leader_says(loss.attention == kind)), before)


def _typical_batch(data: TrainingData, group: Group, packed: bool, device: Device, parts: int) -> list[Batch]:
    """This process's share of the step of middle size, in so many parts."""
    by_size = sorted((rows for _, rows in data.steps), key=lambda rows: sum(len(data.train.rows[i]) for i in rows))
    rows = [data.train.rows[i] for i in by_size[len(by_size) // 2]]
    examples = group.share(rows) or rows
    return [data.collate(part, packed=packed, device=device.kind) for part in split_step(examples, parts)]


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


def _step_timer(base: BaseModelInfo, lora: LoraSettings, *, four_bit: bool) -> Callable[[Dtype], float]:
    """Seconds of one forward and backward pass over 2 × 128 tokens of the real model, to choose a format by.

    A format that is far behind on a sixteenth of that is told by it: without AVX512-BF16 or AMX, bfloat16 would keep a
    new user waiting for more than a minute (78 s on 2 cores of an EPYC with AVX2).
    """

    def seconds(dtype: Dtype) -> float:
        model = _with_adapter(base, lora, 0, dtype, cpu, four_bit=four_bit)
        loss = LabelledLoss(model, device="cpu", dtype=dtype)
        brief[dtype] = min(_pass_seconds(loss, rows=1, tokens=16) for _ in range(3))
        if brief[dtype] > HOPELESS * min(brief.values()):
            return 16 * brief[dtype]
        # The first pass of a size warms up kernels and allocator.
        _, whole = (_pass_seconds(loss, rows=2, tokens=128) for _ in range(2))
        return whole

    cpu = Device("cpu", "", 1, 0)
    brief: dict[Dtype, float] = {}
    return seconds


def _pass_seconds(loss: LabelledLoss, *, rows: int, tokens: int) -> float:
    """How long forward and backward take over rows of so many tokens, half of them under loss."""
    row = EncodedExample("timing", tuple(range(10, 10 + tokens + 1)), tuple(range(tokens // 2 + 1, tokens + 1)))
    batch = collate([row] * rows, pad_id=0, device="cpu")
    started = time.perf_counter()
    loss.per_token(batch).sum().backward()
    return time.perf_counter() - started


def _describe(state: TrainingState, name: str, run: TrainingLoop, measuring: float) -> TrainingResult:
    return TrainingResult(
        run_digest=name,
        steps=len(run.data.steps),
        steps_done=state.step,
        best_step=state.best_step,
        loss=state.log[-1].loss,
        base_validation_loss=state.base_validation_loss,
        validation_loss=state.best_loss,
        validation_by=run.validation_by,
        seconds=state.seconds,
        measuring_seconds=measuring,
        tokens=state.tokens,
        supervised_tokens=state.supervised_tokens,
        train_rows=len(run.data.train.rows),
        validation_rows=len(run.data.validation.rows),
        too_long=run.data.train.too_long + run.data.validation.too_long,
        trainable_parameters=sum(p.numel() for p in state.parameters.values()),
        peak_memory_mb=peak_memory_mb(run.device),
        device=run.device.name,
        device_kind=run.device.kind,
        threads=run.pace.threads,
        parts=run.parts.number,
        compiled=run.loss.compiled,
        dtype=run.loss.dtype,
        labelled_logits_only=run.loss.labelled_only,
        packed=run.packing,
        stopped=state.stopped,
        mask_sample=run.data.mask_sample,
        log=tuple(state.log),
    )
