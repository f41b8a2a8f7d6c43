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
"""Limit on the wall-clock time of a document."""

REFUSED = 3
"""Exit status of the worker when it prints why the document cannot be converted."""


def convert(data: bytes, extension: str, *, seconds: float = SECONDS) -> str:
    """Convert a document in a separate process.

    Args:
        data: the document's bytes.
        extension: ".docx", ".pdf", …. It decides how the file is read, whatever the content looks like.
        seconds: wall-clock limit.

    Raises:
        UnreadableError: the document is damaged or encrypted, or takes too long or too much memory.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("worker.py")), extension, f"{seconds:g}"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        output, errors = process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"reading it took longer than {seconds:g} s: split or simplify the document") from None
    finally:
        _end(process)
    if process.returncode == 0:
        return output.decode("utf-8")
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    if process.returncode == REFUSED and lines:
        raise UnreadableError(lines[-1])
    raise UnreadableError(
        f"the converter stopped (exit status {process.returncode}): split, simplify or export the document again"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the worker and the programs that it started, which are a process group of their own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        process.communicate()
