"""Files and folders that appear whole or not at all.

Everything is written under a temporary name, flushed to the disk and renamed. The temporary name contains the machine
and the process that writes it. So the leftovers of a killed process can be distinguished from files that are still
being written.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ABANDONED_AFTER_DAYS = 7
"""Leftovers of another machine are removed when nothing in them has changed for this long. We cannot see from here
whether their process is alive, and the pod that it ran in may never come back.
"""

_PARTIAL = re.compile(
    r"""
    \.(?P<host>[\w-]+)       # machine,
    \.(?P<pid>\d+)           # process
    \.(?P<started>\d+)       # and its start, see `_started`
    \.[0-9a-f]{32}\.partial$ # a random name
    """,
    re.VERBOSE,
)


def partial_path(path: Path, folder: Path | None = None) -> Path:
    """A name to write to before renaming to `path`. Leftovers of dead processes in the same folder are removed.

    Args:
        folder: where to write; created if missing. It has to be on the file system of `path`. Default: beside it.
    """
    folder = folder or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    clear_abandoned(folder)
    # The name of `path` is left out: a partition key may be as long as a file system allows.
    return folder / f".{_this_host()}.{os.getpid()}.{_started(os.getpid()) or 0}.{uuid.uuid4().hex}.partial"


def clear_abandoned(folder: Path) -> None:
    """Remove partial files and folders of dead processes from a folder."""
    if not folder.is_dir():
        return
    for left in folder.iterdir():
        found = _PARTIAL.search(left.name)
        if found and _is_abandoned(left, found["host"], int(found["pid"]), int(found["started"])):
            discard(left)


def replace_atomically(path: Path, content: bytes, folder: Path | None = None) -> None:
    """Write a file. Even after a crash, a reader sees either the old or the new content, never a part.

    Args:
        folder: see `partial_path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_path(path, folder)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `target` when the block ends without an error.

    Raises:
        FileExistsError: `target` exists and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(f"{target} is there already, and not empty: name a new folder")
    partial = partial_path(target)
    partial.mkdir()
    try:
        yield partial
        sync_tree(partial)
        if target.exists():
            target.rmdir()
        partial.rename(target)
    finally:
        discard(partial)


def sync_tree(folder: Path) -> None:
    """Flush every file below a folder to the disk, so that no file is published while its content is in memory."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def move_folder(source: Path, target: Path) -> None:
    """Rename a folder to a name made from its content's digest. An existing folder of that name is equal, and kept."""
    try:
        source.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        discard(source)


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
    """Whether a process on this machine is still running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_abandoned(left: Path, host: str, pid: int, started: int) -> bool:
    """Whether the process named in a partial file has ended. On another machine: whether the file is old enough."""
    if host != _this_host():
        return time.time() - _last_change(left) > ABANDONED_AFTER_DAYS * 24 * 3600
    if not process_is_alive(pid):
        return True
    # Process ids are reused, in a restarted container immediately.
    now_started = _started(pid)
    return now_started is not None and now_started != started


def _this_host() -> str:
    return re.sub(r"[^\w-]", "-", socket.gethostname())


def _started(pid: int) -> int | None:
    """When a process started, in clock ticks since boot.

    0 for a process that has ended but was not waited for, None where the system does not report it.
    """
    try:
        # The command in parentheses may contain any characters. The state follows it (proc(5)).
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return 0 if fields[0] in "ZX" else int(fields[19])


def _last_change(path: Path) -> float:
    """The latest modification in a file or folder (seconds since the epoch)."""
    times = [0.0]
    for p in (path, *path.rglob("*")):
        try:
            times.append(p.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times)
