"""The machine that a stage runs on: device, threads, memory and number formats, found at run time.

torch is imported inside the functions, because the code server needs none of this.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from canopy_assets.compute.timing import fastest

DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]
DtypeChoice = Literal["auto", "float32", "bfloat16"]
Dtype = Literal["float32", "bfloat16"]

BFLOAT16_MIN_SPEEDUP = 1.1
"""bfloat16 has 8 bits of mantissa instead of 24. It is only used if it is at least this many times as fast."""

_ANY_MACHINE = "?"


@dataclass(frozen=True)
class Device:
    """Where a model runs.

    Attributes:
        kind: torch's device type.
        threads: threads of the CPU that this process may use.
        memory_mb: memory that was free when the device was looked up, in MiB.
    """

    kind: Literal["cuda", "mps", "cpu"]
    name: str
    threads: int
    memory_mb: int


class DeviceError(RuntimeError):
    """A setting names a device that this machine does not have."""


def find_device(choice: DeviceChoice = "auto") -> Device:
    """The device to run a model on: the chosen one. "auto" takes CUDA if there is one, else MPS, else the CPU.

    Raises:
        DeviceError: `choice` names a device that this machine does not have.
    """
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        choice = "cuda" if present["cuda"] else "mps" if present["mps"] else "cpu"
    if not present[choice]:
        here = ", ".join(kind for kind, is_here in present.items() if is_here)
        raise DeviceError(f"device is set to {choice!r}, but torch finds only: {here}. Set device to 'auto'.")
    if choice == "cuda":
        free, _ = torch.cuda.mem_get_info()
        return Device("cuda", torch.cuda.get_device_name(), cpu_threads(), free >> 20)
    return Device(choice, cpu_name() if choice == "cpu" else "Apple GPU", cpu_threads(), free_memory_mb())


def cpu_threads() -> int:
    """Processors that this process may use.

    These are the processors of its affinity, limited by a cgroup quota (a container's CPU limit) and OMP_NUM_THREADS.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _first_line(Path("/sys/fs/cgroup/cpu.max")).split()
    if len(quota) == 2 and quota[0].isdigit():
        allowed = min(allowed, max(1, int(quota[0]) // int(quota[1])))
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, int(wanted)) if wanted.isdigit() and int(wanted) else allowed


def physical_cores() -> int:
    """Physical cores that this process may use: with hyper-threading, half as many as processors.

    On systems other than Linux every processor counts as a core.
    """
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    siblings = Path("/sys/devices/system/cpu")
    found = {_first_line(siblings / f"cpu{n}" / "topology" / "thread_siblings_list") or str(n) for n in allowed}
    return len(found)


def use_cpu_threads() -> int:
    """Let torch use the processors that this process may use, and return how many.

    torch by itself does not know a container's CPU limit.
    """
    import torch

    threads = cpu_threads()
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    return threads


def use_fast_float32() -> None:
    """Let GPUs multiply float32 matrices in TF32: 10 bits of mantissa, several times as fast. No effect on a CPU."""
    import torch

    torch.backends.cuda.matmul.fp32_precision = "tf32"


def release_memory() -> None:
    """Give freed memory back to the system.

    glibc keeps freed memory when tensors keep changing shape. Without this, a training that needs 2 GB grew to 4 GB.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def cpu_name() -> str:
    """The processor's model name, with the CPU features that decide how fast bfloat16 is."""
    text = _read(Path("/proc/cpuinfo"))
    fields = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    features = sorted({"avx512_bf16", "amx_bf16", "avx512f", "avx2"} & set(fields.get("flags", "").split()))
    name = fields.get("model name") or platform.processor() or platform.machine() or _ANY_MACHINE
    return f"{name} ({', '.join(features)})" if features else name


def free_memory_mb() -> int:
    """Memory that a new process could get without swapping, in MiB; 0 where the system does not report it."""
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) >> 10
    return 0


def peak_memory_mb(device: Device | None = None) -> int:
    """The most memory held so far, in MiB: on the GPU if `device` is one, else by this process."""
    if device is not None and device.kind == "cuda":
        import torch

        return torch.cuda.max_memory_allocated() >> 20
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> 20 if sys.platform == "darwin" else peak >> 10


def choose_dtype(
    choice: DtypeChoice,
    device: Device,
    *,
    cache: Path,
    workload: str,
    measure: Callable[[Dtype], float],
) -> Dtype:
    """The number format for a model's frozen weights and activations.

    "auto" is bfloat16 on GPUs that have it. On a CPU both formats are timed, once for each machine and workload,
    because the speed of bfloat16 depends on AVX512-BF16 or AMX and on torch's build.

    Args:
        choice: the format in the settings.
        device: where the model will run.
        cache: the result is kept in the folder `measured` below it.
        workload: a name for what is measured, such as "train-llama-576x30"; part of the cache key.
        measure: returns the seconds that a short, representative piece of work takes in the given format.
    """
    if choice != "auto":
        return choice
    import torch

    if device.kind == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    if device.kind == "mps":
        return "float32"
    key = {"workload": workload, "cpu": device.name, "threads": device.threads, "torch": torch.__version__}
    formats: tuple[Dtype, ...] = ("float32", "bfloat16")
    return fastest(formats, measure, cache, key, BFLOAT16_MIN_SPEEDUP, rounds=2)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _first_line(path: Path) -> str:
    return next(iter(_read(path).splitlines()), "")
