"""The machine a stage runs on: device, threads, memory, and number formats, found at run time.

torch is imported inside the functions: the code server asks for none of this.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import json
import os
import platform
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

DeviceChoice = Literal["auto", "cpu", "cuda", "mps"]
DtypeChoice = Literal["auto", "float32", "bfloat16"]
Dtype = Literal["float32", "bfloat16"]

Way = TypeVar("Way", bound=int | str)

BFLOAT16_MUST_GAIN = 1.1
"""bfloat16 keeps 8 bits of mantissa instead of 24: it has to be at least this many times as fast to be worth it."""

_ANY_MACHINE = "?"


@dataclass(frozen=True)
class Device:
    """Where a model runs. `kind` is torch's device type, `memory_mb` what is free there (MiB) when it was asked."""

    kind: Literal["cuda", "mps", "cpu"]
    name: str
    threads: int
    memory_mb: int


class DeviceError(RuntimeError):
    """A device was asked for by name and this machine doesn't have it."""


def find_device(choice: DeviceChoice = "auto") -> Device:
    """The device to run a model on: CUDA before MPS before the CPU, or the one that was asked for.

    Raises:
        DeviceError: if `choice` names a device that isn't here.
    """
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        choice = "cuda" if present["cuda"] else "mps" if present["mps"] else "cpu"
    if not present[choice]:
        here = ", ".join(kind for kind, is_here in present.items() if is_here)
        raise DeviceError(f"device {choice!r} was asked for, but torch finds only: {here}. Set device to 'auto'.")
    if choice == "cuda":
        free, _ = torch.cuda.mem_get_info()
        return Device("cuda", torch.cuda.get_device_name(), cpu_threads(), free >> 20)
    return Device(choice, cpu_name() if choice == "cpu" else "Apple GPU", cpu_threads(), free_memory_mb())


def cpu_threads() -> int:
    """Processors that this process may use: its affinity, cut by a cgroup quota (a container's CPU limit) and by
    OMP_NUM_THREADS, where it is set."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _first_line(Path("/sys/fs/cgroup/cpu.max")).split()
    if len(quota) == 2 and quota[0].isdigit():
        allowed = min(allowed, max(1, int(quota[0]) // int(quota[1])))
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, int(wanted)) if wanted.isdigit() and int(wanted) else allowed


def physical_cores() -> int:
    """Cores behind the processors that this process may use: with hyper-threading, half as many. Linux; else all."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    siblings = Path("/sys/devices/system/cpu")
    found = {_first_line(siblings / f"cpu{n}" / "topology" / "thread_siblings_list") or str(n) for n in allowed}
    return len(found)


def use_cpu_threads() -> int:
    """Set torch to the processors this process may use (a container's limit is unknown to torch), and say how many."""
    import torch

    threads = cpu_threads()
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    return threads


def use_fast_float32() -> None:
    """Let GPUs multiply float32 matrices in TF32: 10 bits of mantissa, several times as fast. Nothing on a CPU."""
    import torch

    torch.backends.cuda.matmul.fp32_precision = "tf32"


def release_memory() -> None:
    """Give freed memory back to the system.

    glibc keeps what tensors of ever new shapes leave behind: a training that needs 2 GB grew to 4 without this.
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
    """Memory that a new process could get without swapping, in MiB; 0 where the system doesn't say."""
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

    "auto" is bfloat16 on GPUs that have it. On a CPU both are timed with `measure`, once per machine and workload:
    whether bfloat16 is fast depends on AVX512-BF16 or AMX, and torch's build. The result lies under `cache`/measured.

    Args:
        choice: what the settings say.
        device: where the model will run.
        cache: folder for the measurement.
        workload: names what is measured, e.g. "train-llama-576x30"; part of the cache key.
        measure: seconds that a short, representative piece of work takes in the given format.
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
    return fastest(formats, measure, cache, key, BFLOAT16_MUST_GAIN, rounds=2)


def fastest(
    ways: Sequence[Way],
    measure: Callable[[Way], float],
    cache: Path,
    key: Mapping[str, object],
    must_gain: float,
    *,
    rounds: int = 3,
) -> Way:
    """The first of `ways`, or the fastest of them where that is `must_gain` times as fast.

    Measured once under `key` and the ways' names; what was found lies under `cache`/measured.

    Args:
        ways: what there is to choose from; the first is the plain one.
        measure: seconds that a short, representative piece of work takes in the given way.
        cache: folder for the measurement.
        key: names machine and work.
        must_gain: how many times as fast another than the first has to be.
        rounds: how often each is measured that is faster than the first; its best counts.
    """
    if len(ways) == 1:
        return ways[0]

    def compute() -> dict[str, float]:
        # The first call pays for warming up; alternating and taking the best keeps a neighbour's load out of it.
        measure(ways[0])
        best = {str(way): measure(way) for way in ways}
        for _ in range(rounds - 1):
            plain = best[str(ways[0])]
            open_still = [way for way in ways if best[str(way)] < plain]  # who is no faster won't be `must_gain` times
            if not open_still:
                break
            for way in (ways[0], *open_still):
                best[str(way)] = min(best[str(way)], measure(way))
        return best

    seconds = remembered(cache / "measured", {**key, "ways": list(ways)}, compute)
    best = min(ways, key=lambda way: seconds[str(way)])
    return best if seconds[str(best)] * must_gain < seconds[str(ways[0])] else ways[0]


def remembered(folder: Path, key: Mapping[str, object], compute: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Measured seconds by name, from `folder` if they were measured under the same `key` before."""
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
    path = folder / f"{name}.json"
    try:
        return json.loads(path.read_text())["seconds"]
    except (OSError, ValueError, KeyError):
        seconds = compute()
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    draft.write_text(json.dumps({"key": key, "seconds": seconds}, indent=2))
    draft.replace(path)
    return seconds


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _first_line(path: Path) -> str:
    return next(iter(_read(path).splitlines()), "")
