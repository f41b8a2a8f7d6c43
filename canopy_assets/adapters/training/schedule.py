"""The learning rate of each step, and the steps after which the validation loss is computed."""

from __future__ import annotations

import math

from canopy_assets.adapters.config import TrainingSettings


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """The rate of step `step` (0-based) of `steps`: a linear rise over the warm-up, then the schedule down to zero."""
    warmup = round(settings.warmup * steps)
    if step < warmup:
        return settings.learning_rate * (step + 1) / (warmup + 1)
    done = (step - warmup) / max(1, steps - warmup)
    share = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}[settings.schedule]
    return settings.learning_rate * share


def evaluation_steps(steps: int, settings: TrainingSettings) -> frozenset[int]:
    """The numbers of steps after which the validation loss is computed: 0, evenly spaced ones, and the last."""
    times = settings.epochs * settings.evaluations_per_epoch
    return frozenset({0, steps} | {round(steps * i / times) for i in range(1, times)})
