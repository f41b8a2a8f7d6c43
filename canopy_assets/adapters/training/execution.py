"""How a training is computed on this machine: the fast ways that are verified for the model, tuned to the fastest.

Nothing here changes what is learned, only how numbers are rounded. Because of the rounding, these choices are part of a
training's digest: a checkpoint is only resumed by a training that computes in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, split_step
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample
from canopy_assets.adapters.lora import load_adapted_model
from canopy_assets.adapters.speed.autotuning import Tuning, autotune
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.speed.number_format import chosen_dtype
from canopy_assets.adapters.training.data import TrainingData
from canopy_assets.adapters.training.processes import ProcessGroup
from canopy_assets.compute.devices import Device

FROZEN_CACHE_MB = 1024
"""Memory for outputs of frozen layers. A constant, because a resumed training must cache the same rows."""

_ROWS_TO_VERIFY_ON = 4


@dataclass(frozen=True)
class TrainingSetup:
    """What is trained, and where.

    Attributes:
        base: the frozen model.
        lora: the adapter's shape.
        settings: hyperparameters.
        device: where it is trained.
        group: the processes that train together.
        cache: folder of this machine's measurements.
        log: receives lines for a person.
    """

    base: BaseModelInfo
    lora: LoraSettings
    settings: TrainingSettings
    device: Device
    group: ProcessGroup
    cache: Path
    log: Callable[[str], None]


@dataclass(frozen=True)
class Execution:
    """The adapted model with its loss, and how batches are computed. `tuning_seconds` is the time that tuning took."""

    loss: LabelledLoss
    packing: bool
    tuning: Tuning
    tuning_seconds: float

    def facts(self) -> dict[str, object]:
        """The choices that change rounding, as part of a training's digest."""
        return {
            "dtype": self.loss.dtype,
            "packed": self.packing,
            "attention": self.loss.attention,
            "compiled": self.loss.compiled,
            "frozen_layers_split_off": self.loss.frozen_layers_split_off,
        }


def prepare_execution(setup: TrainingSetup, data: TrainingData) -> Execution:
    """Load the model with its adapter, verify on a few short rows which fast ways work for it, and tune the rest."""
    settings, device = setup.settings, setup.device
    dtype = chosen_dtype(setup.base, setup.lora, settings, device, setup.cache)
    setup.log(
        f"training on {device.name}, {device.threads} threads, base in {dtype}; {data.train.supervised_tokens} of "
        f"{data.train.tokens} tokens under loss, {len(data.steps)} steps"
    )
    four_bit = settings.base_format == "nf4"
    model = load_adapted_model(setup.base, setup.lora, settings.seed, dtype, device, four_bit=four_bit)
    loss = LabelledLoss(model, device=device.kind, dtype=dtype)
    if settings.gradient_checkpointing == "always":
        loss.enable_gradient_checkpointing()
    few = sorted(data.train.rows, key=len)[:_ROWS_TO_VERIFY_ON]
    loss.eval()
    loss.verify_labelled_only(data.collate(few[:1], packed=False, device=device.kind))
    packing = _choose_packing(loss, few, setup)
    if device.kind == "cpu":  # on a GPU, computing rows one by one would be slow
        rows = _rows_to_cache(loss, data, settings)
        if rows and not loss.split_off_frozen_layers(rows):
            setup.log(
                "all layers run in each pass: none is frozen, or they do not give a row the same output each time"
            )
    began = time.monotonic()
    tuning = _tune(loss, data, setup, packing)
    return Execution(loss, packing, tuning, time.monotonic() - began)


def _choose_packing(loss: LabelledLoss, few: Sequence[EncodedExample], setup: TrainingSetup) -> bool:
    """Whether rows are packed; on a GPU this also chooses the attention that makes packing cheap."""
    wanted, on_gpu = setup.settings.packing, setup.device.kind == "cuda"
    if wanted == "never" or (wanted == "auto" and not on_gpu):
        return False
    cheap = on_gpu and loss.enable_varlen_attention(few)
    # Without that attention the work grows with the square of a step's tokens, so pack only on request.
    packing = cheap or (wanted == "always" and loss.supports_packing(few))
    setup.log("rows are packed" if packing else "packing is not possible for this model here: rows are padded")
    return packing


def _rows_to_cache(loss: LabelledLoss, data: TrainingData, settings: TrainingSettings) -> list[EncodedExample]:
    """The rows that are used more than once, if there is room for their outputs of frozen layers."""
    bytes_per_token = loss.model.config.get_text_config().hidden_size * (2 if loss.dtype == "bfloat16" else 4)
    room = FROZEN_CACHE_MB << 20
    cached: list[EncodedExample] = []
    for rows in (data.validation.rows, data.train.rows if settings.epochs > 1 else ()):
        needed = bytes_per_token * sum(map(len, rows))
        if needed <= room:
            room -= needed
            cached += rows
    return cached


def _tune(loss: LabelledLoss, data: TrainingData, setup: TrainingSetup, packing: bool) -> Tuning:
    """Measure what is fastest here. Each process keeps its own micro-batches; the main process decides the rest."""
    settings, device = setup.settings, setup.device
    form = [loss.dtype, settings.base_format, "packed" if packing else "padded"]
    tuning = autotune(
        loss,
        partial(_typical_batch, data, setup.group, packing, device),
        settings,
        device,
        steps=len(data.steps),
        longest=max(map(len, data.train.rows)),
        cache=setup.cache,
        log=setup.log,
        workload=" ".join([setup.base.digest[:16], *form, setup.lora.model_dump_json()]),
    )
    if device.kind == "cpu":  # attention is only tuned on a CPU
        loss.set_attention(setup.group.broadcast(loss.attention))
    loss.compile(setup.group.broadcast(loss.compiled))
    return tuning


def _typical_batch(
    data: TrainingData, group: ProcessGroup, packed: bool, device: Device, micro_batches: int
) -> list[Batch]:
    """This process's share of the step of median size, in this many micro-batches."""
    by_size = sorted(range(len(data.steps)), key=lambda step: sum(map(len, data.rows_of(step))))
    rows = data.rows_of(by_size[len(by_size) // 2])
    examples = group.shard(rows) or rows
    return [data.collate(part, packed=packed, device=device.kind) for part in split_step(examples, micro_batches)]
