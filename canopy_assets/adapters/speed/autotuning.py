"""Autotuning: which threads, micro-batches, attention and compilation make a training fastest on this machine.

The alternatives are timed before the first step, on the actual model and one of its batches, and the times are kept. An
alternative has to be a tenth faster than the plain way, so that the load of another process does not decide.
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
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.compute.devices import Device, physical_cores
from canopy_assets.compute.memory import free_unused_memory, is_out_of_memory
from canopy_assets.compute.timing import Way, fastest, remembered

MIN_SPEEDUP = 1.1
"""How many times as fast an alternative has to be."""

MIN_SPEEDUP_SAME_COST = 1.02
"""How many times as fast an alternative has to be if it only adds the same numbers in another order."""

MICRO_BATCHES = (1, 2, 4)
"""A micro-batch that fits into the processor's cache may be faster than the whole batch. With more than four, the cost
of each call outweighs that."""

SHORT_ROW = 512
"""The longest rows, in tokens, for which plain attention is tried on a CPU. There, torch's fused attention has a slow
backward pass (a fifth of a step, measured on 2 cores with rows of 160 tokens). Plain attention keeps
rows × heads × length² weights of each layer, which is too much for longer rows."""

MIN_SECONDS_TO_COMPILE = 900.0
"""In a shorter training, trying the compiler takes a tenth of the time or more (a minute and a half on 2 cores). On a
CPU it rarely saves that much."""

LOSS_TOLERANCE = 0.02
"""The relative difference that a compiled batch's loss may have, from rounding and from other random dropout."""

Log = Callable[[str], None]
Collate = Callable[[int], Sequence[Batch]]
"""Returns the batch to measure on, in the given number of micro-batches."""


@dataclass(frozen=True)
class Tuning:
    """The number of threads on the CPU, and of micro-batches that a batch is computed in."""

    threads: int
    micro_batches: int


def autotune(
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
) -> Tuning:
    """Find the fastest of the options that the settings leave open.

    It sets torch's number of threads and the model's attention, and compiles the decoder if that pays off. Weights,
    gradients and random state stay the same.

    Args:
        loss: the loss of the model that will be trained.
        collate: returns a typical batch, in the given number of micro-batches.
        settings: `micro_batches` and `compile` decide which options are open.
        device: where the model is.
        steps: the training's number of steps.
        longest: the length of its longest row, in tokens.
        cache: folder of this machine's measurements.
        workload: identifies model, adapter and format.
        log: receives a line on what was chosen.
    """
    import torch

    whole = collate(1)
    key = {
        "device": device.name, "cpus": device.threads, "torch": torch.__version__, "workload": workload,
        "tokens": round(sum(batch.input_ids.numel() for batch in whole), -2),
        "kept": all(map(loss.covers, whole)),
    }  # fmt: skip
    trial, threads = _Trial(loss, collate, cache, key, settings.micro_batches or 1), device.threads
    with _restoring_state(loss):
        if device.kind == "cpu":
            threads = _tune_cpu(trial, whole, settings, device, longest)
        if settings.compile != "never":
            loss.compile(settings.compile == "always" or trial.compiling_pays(steps, log))
        if loss.compiled:
            trial.warm_up()
    return Tuning(threads, trial.micro_batches)


def _tune_cpu(trial: _Trial, whole: Sequence[Batch], settings: TrainingSettings, device: Device, longest: int) -> int:
    """Choose threads, micro-batches and attention on a CPU; returns the threads."""
    import torch

    options = sorted({device.threads, min(device.threads, physical_cores())}, reverse=True)
    threads = trial.fastest("threads", options, torch.set_num_threads, MIN_SPEEDUP)
    if settings.micro_batches is None:
        trial.fastest("parts", MICRO_BATCHES, trial.set_micro_batches, MIN_SPEEDUP)
    packed = any(batch.position_ids is not None for batch in whole)
    if trial.loss.attention == "sdpa" and longest <= SHORT_ROW and not packed:
        # Here torch's attention is the alternative: if it is equally fast on this batch, it is slower on batches of
        # more and shorter rows.
        plain = "folded" if trial.loss.supports_folded_attention(whole[0]) else "eager"
        trial.fastest("attention", (plain, "sdpa"), trial.loss.set_attention, MIN_SPEEDUP_SAME_COST)
    return threads


@dataclass
class _Trial:
    """A batch on which alternatives are timed, once on each machine. `key` identifies machine and batch."""

    loss: LabelledLoss
    collate: Collate
    cache: Path
    key: Mapping[str, object]
    micro_batches: int

    def set_micro_batches(self, count: int) -> None:
        """Compute the batch in this many micro-batches from now on."""
        self.micro_batches = count

    def fastest(self, of: str, ways: Sequence[Way], take: Callable[[Way], None], min_speedup: float) -> Way:
        """Take the fastest of `ways`, and return it.

        Args:
            of: the choice's name in this machine's stored measurements, so it must not change.
            ways: the alternatives, the plain one first.
            take: applies one of them.
            min_speedup: how many times as fast as the plain way another one has to be.
        """

        def seconds(way: Way) -> float:
            take(way)
            return self._step()[0]

        chosen = fastest(ways, seconds, self.cache, {**self.key, "of": of}, min_speedup)
        take(chosen)
        return chosen

    def warm_up(self) -> None:
        """Compile now, so that no step of the training takes a minute."""
        self._step()

    def compiling_pays(self, steps: int, log: Log) -> bool:
        """Whether a training of `steps` steps is long enough for compiling, and becomes faster with it."""
        plain = self._remembered("plain", self._plain)
        if plain * steps < MIN_SECONDS_TO_COMPILE:
            return False
        try:
            compiled = self._remembered("compiled", self._compiled)
        except Exception as error:  # any error, for example no compiler, or an unsupported operation
            log(f"torch.compile cannot be used here: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
            return False
        wins = compiled * MIN_SPEEDUP < plain
        log(f"torch.compile: {compiled:.3f} s a step, {plain:.3f} s without: {'on' if wins else 'off'}")
        return wins

    def _remembered(self, of: str, seconds: Callable[[], float]) -> float:
        return remembered(self.cache / "measured", {**self.key, "of": of}, lambda: {of: seconds()})[of]

    def _plain(self) -> float:
        """Seconds of an uncompiled step, the best of three."""
        return min(self._step()[0] for _ in range(3))

    def _compiled(self) -> float:
        """Seconds of a compiled step, the best of four.

        Raises:
            ValueError: the compiled step has another loss.
        """
        expected = self._step()[1]
        self.loss.compile()
        try:
            seconds, losses = zip(*(self._step() for _ in range(4)), strict=True)
        finally:
            self.loss.compile(False)
        if abs(losses[-1] - expected) > LOSS_TOLERANCE * abs(expected):
            raise ValueError(f"it gives another loss on this model, {losses[-1]:.3f} instead of {expected:.3f}")
        return min(seconds)

    def _step(self) -> tuple[float, float]:
        """The seconds of a forward and backward pass over the batch, and its loss; both infinite if memory runs out."""
        batches = self.collate(self.micro_batches)
        total = 0.0
        try:
            for batch in batches:
                self.loss.warm_cache(batch)  # done once for all steps, so not timed
            started = time.perf_counter()
            for batch in batches:
                value = self.loss.per_token(batch).mean()
                value.backward()
                total += value.item()  # waits for a GPU
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        else:
            return time.perf_counter() - started, total / len(batches)
        self.loss.zero_grad()
        free_unused_memory()
        return math.inf, math.inf


@contextlib.contextmanager
def _restoring_state(loss: LabelledLoss) -> Iterator[None]:
    """Drop gradients and cached outputs at the end, and restore the random state."""
    import torch

    with torch.random.fork_rng():
        loss.train()
        try:
            yield
        finally:
            loss.zero_grad()
            loss.clear_cache()
