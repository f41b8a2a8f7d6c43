"""Training a LoRA adapter, from examples to a folder in PEFT's layout.

`train_adapter` encodes the examples, puts an adapter on the frozen base, and takes AdamW steps on batches of similar
length, with the loss on the tutor's tokens only. The validation loss decides which step is kept. On one machine and
seed the result is the same to the bit, even if the training was interrupted and resumed from a checkpoint. If memory
runs out, the current step starts over with twice as many micro-batches, which give the same update up to rounding.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import MACHINE_FIELDS, LoraSettings, TrainingSettings
from canopy_assets.adapters.results import TrainingResult
from canopy_assets.adapters.training.batches import BatchRunner
from canopy_assets.adapters.training.checkpoints import Checkpoints
from canopy_assets.adapters.training.data import TrainingData, prepare_data
from canopy_assets.adapters.training.execution import Execution, TrainingSetup, prepare_execution
from canopy_assets.adapters.training.loop import Log, OnProgress, TrainingLoop
from canopy_assets.adapters.training.processes import ALONE, ProcessGroup
from canopy_assets.adapters.training.state import TrainingState
from canopy_assets.compute.devices import find_device, peak_memory_mb, use_cpu_threads, use_fast_float32
from canopy_assets.records import TrainingExample


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
    group: ProcessGroup = ALONE,
    on_progress: OnProgress = lambda _: None,
    log: Log = lambda _: None,
) -> TrainingResult:
    """Train an adapter. The caller publishes it, and then removes the checkpoints (`discard_checkpoints`).

    Args:
        base: the base model, from `base_model.prepare` or `read_info`.
        examples: rows of both splits; "validation" rows only decide which step is kept.
        target: a directory that does not exist yet or is empty; the adapter is written there, in PEFT's layout.
        lora: the adapter's shape.
        settings: hyperparameters.
        cache: folder of this machine's measurements.
        checkpoints: folder to save to and resume from; None: no checkpoints.
        lineage: where the data came from, for the model card ("training set" → its digest …).
        group: this process among those that train together (see `torchrun`); only the main one writes.
        on_progress: called after every step.
        log: receives lines for a person.

    Raises:
        TrainingError: there is no usable example, the loss is not finite, or a single example does not fit into memory.
        EncodingError: the base model's chat template cannot be masked.
        CheckpointError: the disk is full.
        QuantizationError: 4 bits are configured and bitsandbytes is not installed.
    """
    device = find_device(settings.device)
    use_cpu_threads()
    use_fast_float32()
    setup = TrainingSetup(base, lora, settings, device, group, cache, log)
    data = prepare_data(base, examples, settings)
    execution = prepare_execution(setup, data)
    digest = run_digest(setup, data, execution)
    store = Checkpoints(checkpoints, digest) if checkpoints is not None else None
    runner = BatchRunner(execution, data, settings, device, log)
    loop = TrainingLoop(runner, data, settings, store, group, on_progress, log)
    result = _result(loop.train(), digest, loop)
    if group.is_main:
        adapter_files.write(target, execution.loss.model, base, lora, settings, result, dict(lineage or {}))
    return result


def discard_checkpoints(checkpoints: Path, result: TrainingResult) -> None:
    """Remove the checkpoints of a training whose adapter is published."""
    Checkpoints(checkpoints, result.run_digest).discard()


def run_digest(setup: TrainingSetup, data: TrainingData, execution: Execution) -> str:
    """Digest of everything that decides a training's result. A checkpoint is only resumed under the same digest."""
    import peft
    import torch
    import transformers

    versions = [torch.__version__, transformers.__version__, peft.__version__]
    if setup.settings.base_format == "nf4":
        versions.append(importlib.metadata.version("bitsandbytes"))
    facts = {
        "base": setup.base.digest,
        "train": data.train.digest,
        "validation": data.validation.digest,
        "lora": setup.lora.model_dump(),
        "training": setup.settings.model_dump(exclude=set(MACHINE_FIELDS)),
        "execution": {**execution.facts(), "device": setup.device.kind, "processes": setup.group.size},
        "versions": versions,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def _result(state: TrainingState, digest: str, loop: TrainingLoop) -> TrainingResult:
    """The result of a finished training, with the kept step's validation loss by group computed here."""
    batches, data = loop.batches, loop.data
    return TrainingResult(
        run_digest=digest,
        steps=len(data.steps),
        steps_done=state.step,
        best_step=state.best_step,
        loss=state.log[-1].loss,
        base_validation_loss=state.base_validation_loss,
        validation_loss=state.best_loss,
        validation_by=loop.validation_loss_by_group(),
        seconds=state.seconds,
        measuring_seconds=batches.execution.tuning_seconds,
        tokens=state.tokens,
        supervised_tokens=state.supervised_tokens,
        train_rows=len(data.train.rows),
        validation_rows=len(data.validation.rows),
        too_long=data.train.too_long + data.validation.too_long,
        trainable_parameters=sum(p.numel() for p in state.parameters.values()),
        peak_memory_mb=peak_memory_mb(batches.device),
        device=batches.device.name,
        device_kind=batches.device.kind,
        threads=batches.execution.tuning.threads,
        micro_batches=batches.micro_batches.count,
        compiled=loop.loss.compiled,
        dtype=loop.loss.dtype,
        labelled_logits_only=loop.loss.labelled_only,
        packed=batches.execution.packing,
        stopped=state.stopped,
        mask_sample=data.mask_sample,
        log=tuple(state.log),
    )
