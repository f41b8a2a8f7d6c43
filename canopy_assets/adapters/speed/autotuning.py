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
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.compute.devices import Device, physical_cores
from canopy_assets.compute.memory import give_back, is_out_of_memory
from canopy_assets.compute.timing import Way, fastest, remembered

MUST_GAIN, ROUNDING_ONLY = 1.1, 1.02
"""How many times as fast another way has to be to be taken; the second where it adds the same numbers in another order
and costs nothing else."""

PARTS = (1, 2, 4)
"""A part that fits the processor's cache may be faster than the whole; beyond four, what each call costs shows."""

SHORT_ROW = 512
"""Tokens. On a CPU torch's fused attention has a slow backward pass (measured on 2 cores, rows of 160 tokens: a fifth
of a step); plain attention keeps rows × heads × length² weights of each layer, which is too much for longer rows."""

WORTH_COMPILING_S = 900.0
"""Of a shorter training, what trying it takes would be a tenth or more (a minute and a half on 2 cores); on a CPU it
seldom gains as much."""

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

    whole = collate(1)
    known = {
        "device": device.name, "cpus": device.threads, "torch": torch.__version__, "workload": workload,
        "tokens": round(sum(batch.input_ids.numel() for batch in whole), -2),
        "kept": all(map(loss.keeps, whole)),
    }  # fmt: skip
    trial, threads = _Trial(loss, collate, cache, known, settings.micro_batches or 1), device.threads
    with _untouched(loss):
        if device.kind == "cpu":
            tried = sorted({device.threads, min(device.threads, physical_cores())}, reverse=True)
            threads = trial.fastest("threads", tried, torch.set_num_threads, MUST_GAIN)
            if settings.micro_batches is None:
                trial.fastest("parts", PARTS, trial.split, MUST_GAIN)
            packed = any(batch.position_ids is not None for batch in whole)
            if loss.attention == "sdpa" and longest <= SHORT_ROW and not packed:
                # The fused one last: where they are level on this batch, it loses on those of more and shorter rows.
                plain = "folded" if loss.folds(whole[0]) else "eager"
                trial.fastest("attention", (plain, "sdpa"), loss.attend, ROUNDING_ONLY)
        if settings.compile != "never":
            loss.compile(settings.compile == "always" or trial.compiling_pays(steps, log))
        if loss.compiled:
            trial.warm_up()
    return Pace(threads, trial.parts)


@dataclass
class _Trial:
    """One batch, on which each way to train is timed once on a machine (`known`)."""

    loss: LabelledLoss
    collate: Collate
    cache: Path
    known: Mapping[str, object]
    parts: int

    def split(self, parts: int) -> None:
        """From now on in so many parts."""
        self.parts = parts

    def fastest(self, of: str, ways: Sequence[Way], take: Callable[[Way], None], must_gain: float) -> Way:
        """Takes the fastest of `ways`, and returns it."""

        def seconds(way: Way) -> float:
            take(way)
            return self._step()[0]

        chosen = fastest(ways, seconds, self.cache, {**self.known, "of": of}, must_gain)
        take(chosen)
        return chosen

    def warm_up(self) -> None:
        """Compile now, so that no step of the training takes a minute."""
        self._step()

    def compiling_pays(self, steps: int, log: Log) -> bool:
        """Whether so many steps are worth compiling for, and it makes them faster."""
        as_it_is = self._remembered("plain", self._plain)
        if as_it_is * steps < WORTH_COMPILING_S:
            return False
        try:
            faster = self._remembered("compiled", self._compiled)
        except Exception as error:  # a compiler that is missing, an operation that it can't: whatever it raises
            log(f"torch.compile can't be used here: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
            return False
        wins = faster * MUST_GAIN < as_it_is
        log(f"torch.compile: {faster:.3f} s a step, {as_it_is:.3f} s without: {'on' if wins else 'off'}")
        return wins

    def _remembered(self, of: str, seconds: Callable[[], float]) -> float:
        return remembered(self.cache / "measured", {**self.known, "of": of}, lambda: {of: seconds()})[of]

    def _plain(self) -> float:
        return min(self._step()[0] for _ in range(3))

    def _compiled(self) -> float:
        expected = self._step()[1]
        self.loss.compile()
        try:
            seconds, values = zip(*(self._step() for _ in range(4)), strict=True)
        finally:
            self.loss.compile(False)
        if abs(values[-1] - expected) > SAME_VALUE * abs(expected):
            raise ValueError(f"it gives another loss on this model, {values[-1]:.3f} instead of {expected:.3f}")
        return min(seconds)

    def _step(self) -> tuple[float, float]:
        """Seconds that the batch takes, forward and backward, and its loss; both infinite where memory is short."""
        batches = self.collate(self.parts)
        total = 0.0
        try:
            for batch in batches:
                self.loss.store_outputs(batch)  # that is done once, for all steps
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
        self.loss.forget_gradients()
        give_back()
        return math.inf, math.inf


@contextlib.contextmanager
def _untouched(loss: LabelledLoss) -> Iterator[None]:
    """What is done inside leaves neither gradients nor kept outputs nor a random state behind."""
    import torch

    with torch.random.fork_rng():
        loss.train()
        try:
            yield
        finally:
            loss.forget_gradients()
            loss.forget_outputs()
