"""Converts documents to Markdown in a separate process with limits.

A crafted file can make a parser loop or use all memory. Therefore `convert` runs `worker.py` as an isolated process:
such a file cannot block others. The worker reads the document from standard input and opens nothing else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from canopy_assets.seeds.reading.decoding import UnreadableError

SECONDS = 30
"""Limit on the time of a document: of the processor, and by the clock while the machine has nothing else to do."""

_MOST_LOAD = 4.0
"""By how much the limit by the clock grows at most on a busy machine: load must not decide whether a file is read."""

REFUSED = 3
"""Exit status of the worker when it prints why the document cannot be converted."""


def convert(data: bytes, extension: str, *, seconds: float = SECONDS) -> str:
    """Convert a document in a separate process.

    Args:
        data: the document's bytes.
        extension: ".docx", ".pdf", …. It decides how the file is read, whatever the content looks like.
        seconds: limit on processor time, and by the clock on an idle machine.

    Raises:
        UnreadableError: the document is damaged or encrypted, or takes too long or too much memory.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("worker.py")), extension, f"{seconds:g}"]
    too_long = f"reading it took longer than {seconds:g} s: split or simplify the document"
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        output, errors = process.communicate(data, timeout=seconds * _load())
    except subprocess.TimeoutExpired:
        raise UnreadableError(too_long) from None
    finally:
        _end(process)
    if process.returncode == 0:
        return output.decode("utf-8")
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    if process.returncode == REFUSED and lines:
        raise UnreadableError(lines[-1])
    if process.returncode == -getattr(signal, "SIGXCPU", 0):
        raise UnreadableError(too_long)
    raise UnreadableError(
        f"the converter stopped (exit status {process.returncode}): split, simplify or export the document again"
    )


def _load() -> float:
    """How many processes wait for each processor: 1 on an idle machine."""
    if not hasattr(os, "getloadavg"):
        return _MOST_LOAD
    return min(_MOST_LOAD, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the worker and the programs that it started, which are a process group of their own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.communicate()
