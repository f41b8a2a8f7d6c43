"""Reads JSON Lines that people write: every error names the file or the line, and the fix."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any


def read_text(path: Path, error: type[Exception], *, max_bytes: int) -> str:
    """The text of a file.

    Args:
        path: the file.
        error: what to raise, with a message, if it is missing, larger than `max_bytes`, or not UTF-8.
        max_bytes: the largest size.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise error(f"{path}: larger than {max_bytes // 2**20} MB; split the file")
        return path.read_text(encoding="utf-8-sig")
    except OSError as cause:
        raise error(f"{path}: cannot be read ({cause.strerror}); name an existing .jsonl file") from cause
    except UnicodeDecodeError as cause:
        raise error(f"{path}: not UTF-8 at byte {cause.start}; save the file as UTF-8") from cause


def json_object(line: str, where: str, error: type[Exception]) -> dict[str, Any]:
    """The JSON object of a line; `where` names file and line in the error."""
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as cause:
        raise error(f"{where}: not JSON ({cause}); write one object per line") from cause
    if not isinstance(row, dict):
        raise error(f"{where}: expected an object, found {type(row).__name__}")
    return row


def check_fields(
    row: Mapping[str, Any],
    where: str,
    error: type[Exception],
    *,
    required: Collection[str] = (),
    known: Collection[str],
) -> None:
    """Raises `error` where a row lacks a required field or has one that is not known. Both are listed in order."""
    if missing := [name for name in required if name not in row]:
        raise error(f"{where}: lacks {', '.join(missing)}")
    if unknown := sorted(set(row) - set(known)):
        raise error(f"{where}: unknown field {', '.join(unknown)}; known are {', '.join(known)}")
