"""Files and folders that appear whole or not at all.

Everything is written under a name of its own beside its place, flushed to the disk and renamed. What a killed process
left behind names its process, so that the next writer of the same thing can tell it from one that is still at work.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from pathlib import Path

_PARTIAL = re.compile(r"\.(?P<pid>\d+)\.[0-9a-f]{32}\.partial$")


def partial_path(path: Path) -> Path:
    """A name beside `path` to write to before renaming; clears away what dead processes left there for the same
    `path`.
    """
    prefix = f".{path.name}."
    if path.parent.exists():
        for left in path.parent.iterdir():
            found = _PARTIAL.search(left.name)
            if left.name.startswith(prefix) and found and not process_is_alive(int(found["pid"])):
                discard(left)
    return path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex}.partial")


def replace_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees either the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_path(path)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def sync_tree(folder: Path) -> None:
    """Flush every file below a folder to the disk, so that a rename can't publish a file whose content is still in
    memory.
    """
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def tree_digest(folder: Path) -> str:
    """SHA-256 over the relative names and contents of a folder's files.

    The same tree has the same digest on every machine.
    """
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + file_digest(path).encode() + b"\n")
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def discard(path: Path) -> None:
    """Remove a file or folder that was never published."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def process_is_alive(pid: int) -> bool:
    """Whether a process of this machine is still running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
