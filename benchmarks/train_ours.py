"""Our training for `benchmarks/train.py`, as the asset runs it. Takes the path of a job file from there."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import pyarrow.parquet as pq

from canopy_assets.adapters.base_model import read_info
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.results import TrainingProgress
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from canopy_assets.storage.arrow import from_table

job = json.loads(Path(sys.argv[-1]).read_text())
out = Path(job["out"])
seen: list[TrainingProgress] = []
result = train_adapter(
    read_info(Path(job["model"])),
    from_table(pq.read_table(job["rows"]), TrainingExample),
    out / "adapter",
    lora=LoraSettings(**job["lora"]),
    settings=TrainingSettings(
        epochs=job["epochs"], batch_tokens=job["batch_tokens"], device=job["device"], dtype=job["dtype"],
        max_minutes=job["seconds"] / 60,
        evaluations_per_epoch=max(1, 8 // job["epochs"]), learning_rate=job["learning_rate"],
        compile="always" if "--compile" in sys.argv else "auto",
    ),
    cache=out / "cache",  # as on a machine that has measured nothing yet
    on_progress=seen.append,
    log=lambda line: print(line, flush=True),
)  # fmt: skip
last = seen[-1]
curve = {
    p.validation_loss: result.measuring_seconds + p.seconds - p.validation_seconds
    for p in reversed(seen)
    if p.validation_loss is not None
}
peak = result.peak_memory_mb if job["device"] == "cuda" else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
summary = {
    "seconds": result.measuring_seconds + last.seconds - last.validation_seconds,
    "measuring": result.measuring_seconds,
    "tokens": result.tokens,
    "supervised_tokens": result.supervised_tokens,
    "peak_mb": peak,
    "cut_off": result.steps_done < result.steps,
    "curve": sorted((seconds, loss) for loss, seconds in curve.items()),
}
(out / "summary.json").write_text(json.dumps(summary))
