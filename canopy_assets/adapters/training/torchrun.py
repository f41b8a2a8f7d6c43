"""A training in several processes on one machine, one per GPU. This process launches them by torchrun and watches them.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m canopy_assets.adapters.training.torchrun JOB

JOB is a folder with `job.json` and `rows.parquet`, which define what to train. The main process prints a line for each
step, and writes the result to `outcome.pickle`. Only the process that launched it reads that file.

We use torch's own launcher, not `accelerate launch`, which wraps it. `accelerate launch` reads precision and more from
the user's configuration file, and starts a single process for `--cpu --num_processes 2` (accelerate 1.15). Accelerate's
`notebook_launcher` forks, although this process may already use CUDA. Neither reports progress or ends with its parent.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.results import TrainingProgress, TrainingResult
from canopy_assets.compute.orphans import die_with_parent
from canopy_assets.records import TrainingExample
from canopy_assets.storage.arrow import from_table, to_table

_PROGRESS, _LOG = "progress ", "log "
"""How the lines begin with which the main process reports. Other lines are kept for an error message."""

_LAST_LINES = 20


class TorchrunError(RuntimeError):
    """The processes that trained together ended without a result; the message has their last lines."""


def train_in_processes(
    processes: int,
    base: BaseModelInfo,
    examples: Sequence[TrainingExample],
    target: Path,
    *,
    lora: LoraSettings,
    settings: TrainingSettings,
    cache: Path,
    checkpoints: Path | None = None,
    lineage: Mapping[str, str] | None = None,
    on_progress: Callable[[TrainingProgress], None] = lambda _: None,
    log: Callable[[str], None] = lambda _: None,
) -> TrainingResult:
    """Run `train_adapter` in several processes on this machine, each with a GPU if there are GPUs.

    Up to rounding, a step's update is the same as with one process. Arguments, result and errors are those of
    `train_adapter`.

    Args:
        processes: the number of processes.

    Raises:
        TorchrunError: the processes ended without reporting an error.
    """
    with tempfile.TemporaryDirectory() as name:
        job = Path(name)
        pq.write_table(to_table(examples, TrainingExample), job / "rows.parquet")
        facts = {
            "base": {**dataclasses.asdict(base), "path": str(base.path)},
            "target": str(target),
            "lora": lora.model_dump(),
            "settings": settings.model_dump(),
            "cache": str(cache),
            "checkpoints": str(checkpoints) if checkpoints else None,
            "lineage": dict(lineage or {}),
        }
        (job / "job.json").write_text(json.dumps(facts))
        lines = _watch(processes, job, on_progress, log)
        file = job / "outcome.pickle"
        if not file.exists():
            raise TorchrunError(f"{processes} training processes ended without a result: " + "\n".join(lines))
        outcome = pickle.loads(file.read_bytes())
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _watch(
    processes: int, job: Path, on_progress: Callable[[TrainingProgress], None], log: Callable[[str], None]
) -> list[str]:
    """Start the processes, pass on their progress and log lines until they end, and return the last other lines."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    threads = os.environ.get("OMP_NUM_THREADS", "1")  # what torchrun would set, without its warning
    running = subprocess.Popen(
        [*command, "-m", "canopy_assets.adapters.training.torchrun", str(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": threads},
        preexec_fn=partial(die_with_parent, signal.SIGTERM),
    )
    last: list[str] = []
    try:
        assert running.stdout is not None
        for line in map(str.rstrip, running.stdout):
            if line.startswith(_PROGRESS):
                on_progress(TrainingProgress(**json.loads(line.removeprefix(_PROGRESS))))
            elif line.startswith(_LOG):
                log(line.removeprefix(_LOG))
            else:
                last = [*last, line][-_LAST_LINES:]
        running.wait()
    finally:
        running.terminate()  # torchrun ends its processes
        running.wait()
    return last


def main(job: Path) -> None:
    """Train as one of the processes. Write the outcome: the main process's result, or any process's error."""
    from canopy_assets.adapters.training.processes import join_process_group, leave_process_group
    from canopy_assets.adapters.training.train import train_adapter

    die_with_parent()
    facts: dict[str, Any] = json.loads((job / "job.json").read_text())
    group = join_process_group()

    def report(kind: str, text: str) -> None:
        if group.is_main:
            print(f"{kind}{text}", flush=True)

    outcome: TrainingResult | Exception
    try:
        outcome = train_adapter(
            BaseModelInfo(**{**facts["base"], "path": Path(facts["base"]["path"])}),
            from_table(pq.read_table(job / "rows.parquet"), TrainingExample),
            Path(facts["target"]),
            lora=LoraSettings(**facts["lora"]),
            settings=TrainingSettings(**facts["settings"]),
            cache=Path(facts["cache"]),
            checkpoints=Path(facts["checkpoints"]) if facts["checkpoints"] else None,
            lineage=facts["lineage"],
            group=group,
            on_progress=lambda p: report(_PROGRESS, json.dumps(dataclasses.asdict(p))),
            log=lambda line: report(_LOG, line.replace("\n", " ")),
        )
    except Exception as error:
        outcome = error
    if group.is_main or isinstance(outcome, Exception):
        draft = job / f"outcome.{group.rank}"
        draft.write_bytes(pickle.dumps(outcome))
        draft.replace(job / "outcome.pickle")
    if isinstance(outcome, Exception):
        os._exit(1)  # the others wait for a reduction that this process will not join; torchrun ends them
    leave_process_group(group)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
