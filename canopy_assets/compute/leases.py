"""Leases of the GPUs of one machine: each step gets its own GPUs, and waits while all are taken.

A lease is a file lock. The kernel releases it when the process ends, so a killed step gives its GPUs back, too. On Ray
and Kubernetes the cluster hands out GPUs, and nothing is leased.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from canopy_assets.settings import Settings

POOL = "gpu"
"""Dagster's pool for the steps that need a GPU."""
VISIBLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"
POLL_SECONDS = 0.5
REMIND_SECONDS = 60.0

_log = logging.getLogger(__name__)
_leased_before: tuple[str, ...] = ()
"""The GPUs of this process's last lease, see `_candidates`."""


class GpuError(RuntimeError):
    """A step wants more GPUs than this machine has; the message names the setting."""


def visible_gpus(settings: Settings) -> list[str]:
    """The GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them.

    Found without torch, which would fix the choice for the process.
    """
    if (given := os.environ.get(VISIBLE)) is not None:
        names = [name.strip() for name in given.split(",") if name.strip()]
        return names[: names.index("-1")] if "-1" in names else names  # CUDA ignores what follows -1
    count = settings.gpus if settings.gpus is not None else _count()
    return [str(index) for index in range(count)]


def usable_gpus(settings: Settings) -> int:
    """How many GPUs a step may use now, at most CANOPY_GPUS_PER_STEP. Call it inside the lease, as it imports torch."""
    if settings.device not in ("auto", "cuda"):
        return 0
    import torch

    return min(settings.gpus_per_step, torch.cuda.device_count())


@contextmanager
def lease(settings: Settings, log: Callable[[str], object] = _log.info) -> Iterator[tuple[str, ...]]:
    """Reserve GPUs for this step while the block runs, and set CUDA_VISIBLE_DEVICES to them.

    Without a GPU, with CANOPY_DEVICE=cpu, and where Ray or Kubernetes has handed out GPUs, the lease is empty and
    nothing is set. With CANOPY_GPUS_PER_STEP=0 the GPUs are hidden. Enter it before torch is imported.

    Args:
        log: gets a line when all GPUs are taken and the step waits.

    Raises:
        GpuError: the machine has GPUs, but fewer than CANOPY_GPUS_PER_STEP.
    """
    present = visible_gpus(settings) if settings.executor in ("in_process", "multiprocess") else []
    if settings.device in ("cpu", "mps") or not present:
        yield ()
        return
    wanted = settings.gpus_per_step
    if wanted > len(present):
        raise GpuError(
            f"CANOPY_GPUS_PER_STEP={wanted}, but this machine has {len(present)} ({', '.join(present)}): set it to "
            f"{len(present)} or less"
        )
    with ExitStack() as held:
        taken = _wait_for(_candidates(present, wanted), wanted, settings.home / "gpus", held, log)
        held.enter_context(_environment({VISIBLE: ",".join(taken), ORDER: "PCI_BUS_ID"}))
        yield taken


def _count() -> int:
    """How many GPUs there are: counted by nvidia-smi, or by device files in containers without it."""
    if tool := shutil.which("nvidia-smi"):
        try:
            listed = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=60, check=True).stdout
            return sum(line.startswith("GPU ") for line in listed.splitlines())
        except (OSError, subprocess.SubprocessError) as error:
            _log.warning("nvidia-smi -L: %s; counting device files instead", error)
    return sum(re.fullmatch(r"nvidia\d+", path.name) is not None for path in Path("/dev").glob("nvidia*"))


def _candidates(present: list[str], wanted: int) -> list[str]:
    """The GPUs to choose from.

    CUDA reads CUDA_VISIBLE_DEVICES once, so a process that has used some GPUs can only use the same again.
    """
    global _leased_before
    if _leased_before and "torch" in sys.modules and len(_leased_before) == wanted:
        return list(_leased_before)
    return present


def _wait_for(
    candidates: list[str], wanted: int, folder: Path, held: ExitStack, log: Callable[[str], object]
) -> tuple[str, ...]:
    """Wait until `wanted` of the candidates are free, and take them all at once.

    If a step kept some GPUs while it waits for others, two steps could wait for each other for ever.
    """
    global _leased_before
    folder.mkdir(parents=True, exist_ok=True)
    logged = -REMIND_SECONDS
    while True:
        with ExitStack() as attempt:
            free: list[str] = []
            for device in candidates:
                if len(free) < wanted and _take(device, folder, attempt):
                    free.append(device)
            if len(free) == wanted:
                held.enter_context(attempt.pop_all())
                _leased_before = tuple(free)
                return _leased_before
        if time.monotonic() - logged >= REMIND_SECONDS:
            log(f"waiting for {wanted} of the GPUs {', '.join(candidates)}: {_holders(candidates, folder)}")
            logged = time.monotonic()
        time.sleep(POLL_SECONDS)


def _take(device: str, folder: Path, held: ExitStack) -> bool:
    """Lock a GPU for this process, unless another has it. The kernel releases the lock when the process ends."""
    import fcntl  # not on Windows, where CUDA steps run under WSL

    file: IO[str] = held.enter_context(_lock_path(device, folder).open("a+"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return True


def _holders(candidates: list[str], folder: Path) -> str:
    return ", ".join(f"{d} last taken by process {_read(_lock_path(d, folder)) or '?'}" for d in candidates)


def _lock_path(device: str, folder: Path) -> Path:
    """The lock file of a GPU. Its name has the host name in it: machines may share a home, and each has a GPU 0."""
    return folder / (re.sub(r"[^\w.-]", "_", f"{socket.gethostname()}-{device}") + ".lock")


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
