"""How a training runs fastest on this machine: threads, parts of a batch, kind of attention, compiled or not.

Measured on the model and a batch at hand, before the first step, and remembered. Another than the plain way has to gain
a tenth, so that a neighbour's load doesn't decide.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from canopy_assets.adapters.batching import Batch
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.loss import LabelledLoss
from canopy_assets.platform.devices import Device, fastest, physical_cores, remembered
from canopy_assets.platform.memory import give_back, is_out_of_memory

MUST_GAIN, ROUNDING_ONLY = 1.1, 1.02
"""How many times as fast another way has to be to be taken; the second where it adds the same numbers in another order
and costs nothing else."""

PARTS = (1, 2, 4)
"""A part that fits the processor's cache may be faster than the whole; beyond four, what each call costs shows."""

SHORT_ROW = 512
"""Tokens. On a CPU torch's fused attention has a slow backward pass (measured on 2 cores, rows of 160 tokens: a fifth
of a step); plain attention keeps rows × heads × length² weights of each layer, which is too much for longer rows."""

WORTH_COMPILING_S = 300.0
"""A training that takes less is hardly shorter for it: compiling takes a minute on 2 cores, and gains a fifth."""

SAME_VALUE = 0.02
"""Share by which a compiled batch's loss may differ: rounding, and dropout's other draws."""

Log = Callable[[str], None]
Collate = Callable[[int], Sequence[Batch]]
"""The batch to measure on, in so many parts."""


@dataclass(frozen=True)
class Pace:
    """Threads on the CPU, and parts that a batch is computed in."""

    threads: int
    parts: int


def find_pace(
    loss: LabelledLoss,
    collate: Collate,
    settings: TrainingSettings,
    device: Device,
    *,
    steps: int,
    longest: int,
    cache: Path,
    workload: str,
    log: Log = lambda _: None,
) -> Pace:
    """What is fastest of what the settings leave open; changes no weight, no random state, no gradient.

    Sets torch's number of threads and the model's attention, and compiles the decoder where that is taken.

    Args:
        loss: of the model that will be trained.
        collate: gives a typical batch, in so many parts.
        settings: `micro_batches` and `compile` say what is open.
        device: where the model is.
        steps: of the training.
        longest: of its rows, in tokens.
        cache: folder of this machine's measurements.
        workload: names model, adapter and format.
        log: takes a line on what was taken.
    """
    import torch

    def with_attention(kind: str) -> float:
        loss.attend(kind)
        return _step(loss, collate(parts))[0]

    def with_threads(number: int) -> float:
        torch.set_num_threads(number)
        return _step(loss, collate(parts))[0]

    threads, parts, whole = device.threads, settings.micro_batches or 1, collate(1)
    packed = any(batch.position_ids is not None for batch in whole)
    known = {
        "device": device.name, "cpus": device.threads, "torch": torch.__version__, "workload": workload,
        "tokens": round(sum(batch.input_ids.numel() for batch in whole), -2),
    }  # fmt: skip
    with _untouched(loss):
        if device.kind == "cpu":
            tried = sorted({device.threads, min(device.threads, physical_cores())}, reverse=True)
            threads = fastest(tried, with_threads, cache, known | {"of": "threads"}, MUST_GAIN)
            torch.set_num_threads(threads)
            if settings.micro_batches is None:
                parts = fastest(PARTS, lambda n: _step(loss, collate(n))[0], cache, known | {"of": "parts"}, MUST_GAIN)
            if loss.attention == "sdpa" and longest <= SHORT_ROW and not packed:
                # Plain first: where they are level on this batch, it wins on those of more and shorter rows.
                loss.attend(
                    fastest(("eager", "sdpa"), with_attention, cache, known | {"of": "attention"}, ROUNDING_ONLY)
                )
        if settings.compile != "never":
            wanted = settings.compile == "always" or _compiles_faster(loss, collate(parts), steps, cache, known, log)
            loss.compile(wanted)
    return Pace(threads, parts)


def _compiles_faster(
    loss: LabelledLoss, batches: Sequence[Batch], steps: int, cache: Path, key: Mapping[str, object], log: Log
) -> bool:
    def plain() -> dict[str, float]:
        return {"plain": min(_step(loss, batches)[0] for _ in range(3))}

    def compiled() -> dict[str, float]:
        expected = _step(loss, batches)[1]
        loss.compile()
        try:
            seconds, values = zip(*(_step(loss, batches) for _ in range(4)), strict=True)
        finally:
            loss.compile(False)
        if abs(values[-1] - expected) > SAME_VALUE * abs(expected):
            raise ValueError(f"it gives another loss on this model, {values[-1]:.3f} instead of {expected:.3f}")
        return {"compiled": min(seconds)}

    as_it_is = remembered(cache / "measured", {**key, "of": "plain"}, plain)["plain"]
    if as_it_is * steps < WORTH_COMPILING_S:
        return False
    try:
        faster = remembered(cache / "measured", {**key, "of": "compiled"}, compiled)["compiled"]
    except Exception as error:  # a compiler that is missing, an operation that it can't: whatever it raises
        log(f"torch.compile can't be used here: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
        return False
    wins = faster * MUST_GAIN < as_it_is
    log(f"torch.compile: {faster:.3f} s a step, {as_it_is:.3f} s without: {'on' if wins else 'off'}")
    return wins


def _step(loss: LabelledLoss, batches: Sequence[Batch]) -> tuple[float, float]:
    """Seconds that one batch takes, forward and backward, and its loss; both infinite where memory is short."""
    started = time.perf_counter()
    total = 0.0
    try:
        for batch in batches:
            value = loss.per_token(batch).mean()
            value.backward()
            total += value.item()  # waits for a GPU
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    else:
        return time.perf_counter() - started, total / len(batches)
    loss.forget_gradients()
    give_back()
    return math.inf, math.inf


@contextlib.contextmanager
def _untouched(loss: LabelledLoss) -> Iterator[None]:
    """What is done inside leaves neither gradients nor a random state behind."""
    import torch

    with torch.random.fork_rng():
        loss.train()
        try:
            yield
        finally:
            loss.forget_gradients()
