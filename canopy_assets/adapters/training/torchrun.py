"""A training in several processes on one machine, one per GPU: `train_adapter` started by torchrun, watched from here.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m canopy_assets.adapters.training.torchrun JOB

The job is a folder: `job.json` and `rows.parquet` in it say what to train. The leading process writes a line for each
step to its output, and what came out to `outcome.pickle`, which only the one that started it reads.
"""

from __future__ import annotations

import ctypes
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
from canopy_assets.records import TrainingExample, from_table, to_table

_STEP, _SAYS = "step ", "says "
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
    """`train_adapter` in so many processes of this machine, each with a GPU where there are any.

    The update of a step is that of one process, up to rounding. Arguments, result and errors are those of
    `train_adapter`.

    Raises:
        TorchrunError: the processes ended without saying why.
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
        outcome = job / "outcome.pickle"
        if not outcome.exists():
            raise TorchrunError(f"{processes} training processes ended without a result: " + "\n".join(lines))
        came_out = pickle.loads(outcome.read_bytes())
    if isinstance(came_out, BaseException):
        raise came_out
    return came_out


def _watch(
    processes: int, job: Path, on_progress: Callable[[TrainingProgress], None], log: Callable[[str], None]
) -> list[str]:
    """Starts the processes, tells what they do, and gives their last lines when they have ended."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    threads = os.environ.get("OMP_NUM_THREADS", "1")  # what torchrun would set, without its warning
    running = subprocess.Popen(
        [*command, "-m", "canopy_assets.adapters.training.torchrun", str(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": threads},
        preexec_fn=partial(_end_with_parent, signal.SIGTERM),
    )
    last: list[str] = []
    try:
        assert running.stdout is not None
        for line in map(str.rstrip, running.stdout):
            if line.startswith(_STEP):
                on_progress(TrainingProgress(**json.loads(line.removeprefix(_STEP))))
            elif line.startswith(_SAYS):
                log(line.removeprefix(_SAYS))
            else:
                last = [*last, line][-_LAST_LINES:]
        running.wait()
    finally:
        running.terminate()  # torchrun ends its processes
        running.wait()
    return last


def _end_with_parent(by: int) -> None:
    """Let the kernel (Linux) send this process a signal when its parent dies: none may go on holding a GPU."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_parent_death_signal, by)


def main(job: Path) -> None:
    """One of the processes."""
    from canopy_assets.adapters.training.processes import join, leave
    from canopy_assets.adapters.training.train import train_adapter

    _end_with_parent(signal.SIGKILL)
    facts: dict[str, Any] = json.loads((job / "job.json").read_text())
    group = join()

    def tell(kind: str, text: str) -> None:
        if group.leads:
            print(f"{kind}{text}", flush=True)

    came_out: TrainingResult | Exception
    try:
        came_out = train_adapter(
            BaseModelInfo(**{**facts["base"], "path": Path(facts["base"]["path"])}),
            from_table(pq.read_table(job / "rows.parquet"), TrainingExample),
            Path(facts["target"]),
            lora=LoraSettings(**facts["lora"]),
            settings=TrainingSettings(**facts["settings"]),
            cache=Path(facts["cache"]),
            checkpoints=Path(facts["checkpoints"]) if facts["checkpoints"] else None,
            lineage=facts["lineage"],
            group=group,
            on_progress=lambda p: tell(_STEP, json.dumps(dataclasses.asdict(p))),
            log=lambda line: tell(_SAYS, line.replace("\n", " ")),
        )
    except Exception as error:
        came_out = error
    if group.leads or isinstance(came_out, Exception):
        partial = job / f"outcome.{group.rank}"
        partial.write_bytes(pickle.dumps(came_out))
        partial.replace(job / "outcome.pickle")
    if isinstance(came_out, Exception):
        os._exit(1)  # the others wait for a sum that won't come; torchrun ends them
    leave(group)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
