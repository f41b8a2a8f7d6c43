"""The number format of the frozen base: the configured one, or the one that trains faster on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import collate
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample
from canopy_assets.adapters.lora import load_adapted_model
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.compute.devices import Device, Dtype, choose_dtype

MAX_SLOWDOWN = 4.0
"""If a format takes this many times as long as the other for a few tokens, it is not measured on more."""


def chosen_dtype(
    base: BaseModelInfo, lora: LoraSettings, settings: TrainingSettings, device: Device, cache: Path
) -> Dtype:
    """The format of the frozen base: the configured one, or the faster one if "auto" is configured.

    Args:
        base: the base model.
        lora: the adapter's shape.
        settings: only `dtype` and `base_format` are used.
        device: where it will be trained.
        cache: folder of this machine's measurements.
    """
    return choose_dtype(
        settings.dtype,
        device,
        cache=cache,
        workload=f"train-{base.digest[:16]}-r{lora.rank}-{settings.base_format}",
        measure=_step_timer(base, lora, four_bit=settings.base_format == "nf4"),
    )


def _step_timer(base: BaseModelInfo, lora: LoraSettings, *, four_bit: bool) -> Callable[[Dtype], float]:
    """A function that measures the seconds of one forward and backward pass over 2 × 128 tokens of the real model.

    Each format is first timed on a sixteenth of these tokens. If it is slow there, its full time is extrapolated,
    because without AVX512-BF16 or AMX, bfloat16 would keep a new user waiting for more than a minute (78 s on 2 cores
    of an EPYC with AVX2).
    """
    cpu = Device("cpu", "", 1, 0)
    brief: dict[Dtype, float] = {}

    def seconds(dtype: Dtype) -> float:
        model = load_adapted_model(base, lora, 0, dtype, cpu, four_bit=four_bit)
        loss = LabelledLoss(model, device="cpu", dtype=dtype)
        brief[dtype] = min(_pass_seconds(loss, rows=1, tokens=16) for _ in range(3))
        if brief[dtype] > MAX_SLOWDOWN * min(brief.values()):
            return 16 * brief[dtype]
        # The first pass of a size warms up kernels and allocator.
        _, whole = (_pass_seconds(loss, rows=2, tokens=128) for _ in range(2))
        return whole

    return seconds


def _pass_seconds(loss: LabelledLoss, *, rows: int, tokens: int) -> float:
    """Seconds of one forward and backward pass over `rows` rows of `tokens` tokens, half of them under loss."""
    row = EncodedExample("timing", tuple(range(10, 10 + tokens + 1)), tuple(range(tokens // 2 + 1, tokens + 1)))
    batch = collate([row] * rows, pad_id=0, device="cpu")
    started = time.perf_counter()
    loss.per_token(batch).sum().backward()
    return time.perf_counter() - started
