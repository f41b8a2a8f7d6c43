"""A file of results that only grows: what a long computation has finished survives a killed process.

One JSON object a line, with its key. A line is written at once, when its result is there. A line that a crash cut off
is ignored, and its result is computed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class JournalError(RuntimeError):
    """The file cannot be read or written; the message names it and the fix."""


class Journal:
    """Results by key, in one file. Use it as a context manager, from one thread.

    Several processes may append to a file. Each sees what was there when it opened the file.
    """

    def __init__(self, path: Path) -> None:
        """Read the file, or create it.

        Raises:
            JournalError: the file cannot be read or written.
        """
        self._path = path
        self._results: dict[str, dict[str, Any]] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered and in append mode, so that a line is one write, and processes do not overwrite each other.
            self._file = path.open("ab", buffering=0)
            lines = path.read_bytes().split(b"\n")
            if lines[-1]:
                self._file.write(b"\n")  # after a line that a crash cut off
        except OSError as error:
            raise JournalError(_cannot_be_used(path, error)) from error
        for line in lines:
            try:
                row = json.loads(line)
                self._results[row["key"]] = row["result"]
            except (ValueError, KeyError, TypeError):
                continue

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._results)

    def find(self, key: str) -> dict[str, Any] | None:
        """The result that was recorded under a key, or None."""
        return self._results.get(key)

    def record(self, key: str, result: dict[str, Any]) -> None:
        """Write a result to the file before this returns. A killed process keeps it; a power cut may lose the last.

        Raises:
            JournalError: it cannot be written; the results before it are kept.
        """
        line = json.dumps({"key": key, "result": result}, ensure_ascii=False).encode() + b"\n"
        try:
            if self._file.write(line) != len(line):
                raise OSError("only a part of a line was written")
        except OSError as error:
            raise JournalError(_cannot_be_used(self._path, error)) from error
        self._results[key] = result


def key_of(parts: Mapping[str, Any]) -> str:
    """The key of a result: SHA-256 of everything that decides it, as JSON with sorted keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _cannot_be_used(path: Path, error: OSError) -> str:
    return (
        f"{path}: results can't be kept there ({error}): make room on the disk or the folder writable, then run again; "
        "what was recorded before is kept"
    )
