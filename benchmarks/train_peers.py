"""What the peers of `benchmarks/train.py` share: a clock that stops while an adapter is saved to be judged."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

JUDGED = 8
"""Adapters saved over the time."""


class Clock(TrainerCallback):
    """Stops the training when its time is up, and saves the adapter at even distances until then."""

    def __init__(self, job: dict[str, Any], rows_a_step: float) -> None:
        self.job, self.rows_a_step = job, rows_a_step
        self.saved: list[float] = []
        self.paused = 0.0
        self.steps = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Starts."""
        self.began = time.monotonic()

    def seconds(self) -> float:
        """Training time so far."""
        return time.monotonic() - self.began - self.paused

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Saves where it is time for it, and ends."""
        self.steps = state.global_step
        now = self.seconds()
        due = self.job["seconds"] / JUDGED * (len(self.saved) + 1)
        last = now >= self.job["seconds"] or state.global_step >= state.max_steps
        if now >= due or last:
            self.total = now
            started = time.monotonic()
            kwargs["model"].save_pretrained(Path(self.job["out"]) / f"at-{now}")
            self.saved.append(now)
            self.paused += time.monotonic() - started
        control.should_training_stop = last
        return control

    def write_summary(self) -> None:
        """What was done, for the benchmark."""
        rows = self.steps * self.rows_a_step
        cuda = self.job["device"] == "cuda"
        peak = (
            torch.cuda.max_memory_allocated() / 2**20
            if cuda
            else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        )
        summary = {
            "seconds": self.total,
            "tokens": round(rows * self.job["tokens_a_row"]),
            "supervised_tokens": round(rows * self.job["supervised_a_row"]),
            "peak_mb": peak,
            "saved": self.saved,
        }
        (Path(self.job["out"]) / "summary.json").write_text(json.dumps(summary))
