"""What the peers of `benchmarks/train.py` share: a clock that stops while an adapter is saved for evaluation."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

SAVED_ADAPTERS = 8
"""Adapters saved over the training, to be evaluated."""


class Clock(TrainerCallback):
    """Stops the training when its time is up, and saves the adapter at even intervals until then."""

    def __init__(self, job: dict[str, Any], rows_a_step: float, cut: int) -> None:
        self.job, self.rows_a_step, self.cut = job, rows_a_step, cut
        self.saved: list[float] = []
        self.paused = 0.0
        self.steps = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Start the clock."""
        self.began = time.monotonic()

    def seconds(self) -> float:
        """Training time so far."""
        return time.monotonic() - self.began - self.paused

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Save the adapter when the next one is due, and stop the training when its time is up."""
        self.steps = state.global_step
        now = self.seconds()
        done = max(now / self.job["seconds"], state.global_step / state.max_steps)
        last = done >= 1
        if SAVED_ADAPTERS * done >= len(self.saved) + 1 or last:
            self.total = now
            self.cut_off = state.global_step < state.max_steps
            started = time.monotonic()
            kwargs["model"].save_pretrained(Path(self.job["out"]) / f"at-{now}")
            self.saved.append(now)
            self.paused += time.monotonic() - started
        control.should_training_stop = last
        return control

    def write_summary(self) -> None:
        """Write time, tokens and memory for the benchmark."""
        rows = self.steps * self.rows_a_step
        tokens, supervised = self.job["a_row_cut_at"][str(self.cut)]
        cuda = self.job["device"] == "cuda"
        peak = (
            torch.cuda.max_memory_allocated() / 2**20
            if cuda
            else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        )
        summary = {
            "seconds": self.total,
            "tokens": round(rows * tokens),
            "supervised_tokens": round(rows * supervised),
            "cut_off": self.cut_off,
            "peak_mb": peak,
            "saved": self.saved,
        }
        (Path(self.job["out"]) / "summary.json").write_text(json.dumps(summary))
