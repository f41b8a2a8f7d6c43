"""Listing an inbox folder on a disk (one pass) or in a bucket (one request), without opening any file."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from upath import UPath

from canopy_assets.seeds.inbox.naming import Place, display, is_ignored, name_problem
from canopy_assets.storage.files import file_digest


class InboxUnavailableError(OSError):
    """The inbox cannot be read now; the message says why. What is registered stays registered."""


class FileChangedError(OSError):
    """A file has changed since it was listed."""


@dataclass(frozen=True)
class Root:
    """A folder that seeds are read from. When the folder moves, its name stays, and so do the keys of its seeds."""

    name: str
    folder: Path | UPath


@dataclass(frozen=True)
class Listed:
    """A file as the listing shows it.

    Attributes:
        size: in bytes.
        stamp: changes when the content does: times of the last write and the last change of the inode, or the ETag.
        modified: time of the last write in seconds since the epoch, by the clock of the file system; None if unknown.
        problem: why it must not be read, and the fix.
    """

    root: Root
    relative: str
    size: int
    stamp: str
    modified: float | None
    problem: str | None = None

    @property
    def place(self) -> Place:
        return Place(self.root.name, self.relative)

    @property
    def path(self) -> Path | UPath:
        return self.root.folder / self.relative


@dataclass(frozen=True)
class Listing:
    """The files of a folder and below, in a stable order: a folder's files, then its subfolders.

    Attributes:
        identity: differs from that of any other folder under the same path; None when there is no folder.
        unreadable: paths of subfolders (ending in "/") and files that could not be read.
    """

    files: tuple[Listed, ...] = ()
    identity: str | None = None
    unreadable: tuple[str, ...] = ()


def opened(folder: Path | UPath) -> Path | UPath:
    """The folder to list and read from: a `Path` for a local one; a bucket's is opened without cached listings.

    Raises:
        InboxUnavailableError: this kind of URL cannot be opened here.
    """
    if isinstance(folder, Path):
        return folder
    if folder.protocol in ("", "file", "local"):
        return Path(folder.path)
    try:
        remote = UPath(str(folder), use_listings_cache=False)
        _ = remote.fs
    except (ImportError, ValueError) as error:
        raise InboxUnavailableError(
            f"CANOPY_SEEDS={folder}: {error}; write a folder, or s3://bucket/prefix (needs `pip install -e '.[s3]'`)"
        ) from error
    return remote


def list_folder(root: Root, max_bytes: int) -> Listing:
    """List the files in a folder and below. Hidden files, partial files, sockets and the like are ignored.

    Args:
        root: the folder.
        max_bytes: a larger file gets a problem.

    Raises:
        InboxUnavailableError: the folder cannot be read.
    """
    return _list_local(root, max_bytes) if isinstance(root.folder, Path) else _list_remote(root, max_bytes)


def content(path: Path | UPath, size: int) -> bytes:
    """Read a file, in one request from a bucket.

    Args:
        path: the file.
        size: its registered size in bytes. At most one byte more is read: enough to see that it has grown.

    Raises:
        OSError: it cannot be read; FileNotFoundError when it does not exist any more.
    """
    if isinstance(path, Path):
        with path.open("rb") as stream:
            return stream.read(size + 1)
    if not size:  # an empty object has no first byte to ask for
        return b""
    try:
        data = path.fs.cat_file(path.path, start=0, end=size + 1)
    except OSError:
        raise
    except Exception as error:  # botocore raises classes of its own
        raise unreachable(path, error) from error
    assert isinstance(data, bytes)
    return data


def digest(file: Listed) -> str:
    """SHA-256 of a file's content.

    Raises:
        FileChangedError: it has changed since it was listed, or changes while it is read.
        OSError: it cannot be read.
    """
    if not isinstance(file.path, Path):
        data = content(file.path, file.size)
        if len(data) != file.size:
            raise FileChangedError(f"{display(file.relative)} changed while it was read")
        return hashlib.sha256(data).hexdigest()
    found = file_digest(file.path)
    status = file.path.stat()
    if (status.st_size, _stamp(status)) != (file.size, file.stamp):
        raise FileChangedError(f"{display(file.relative)} changed while it was read")
    return found


def write_stamp(stamp: str) -> str:
    """The part of a stamp that stays the same when the file is renamed."""
    return stamp.partition(".")[0]


def unreachable(path: UPath, error: Exception) -> InboxUnavailableError:
    """The error to raise for one of a bucket's client; it names the settings that may be the cause."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return InboxUnavailableError(
        f"the inbox {path} cannot be reached ({reason}): check the bucket in CANOPY_SEEDS, its credentials "
        "(AWS_PROFILE or AWS_ACCESS_KEY_ID) and AWS_ENDPOINT_URL"
    )


def _list_local(root: Root, max_bytes: int) -> Listing:
    folder, unreadable = root.folder, list[str]()
    assert isinstance(folder, Path)
    try:
        status = folder.stat()
        entries = list(_walk(str(folder), "", unreadable)) if stat.S_ISDIR(status.st_mode) else []
    except FileNotFoundError:
        return Listing()
    except OSError as error:
        raise InboxUnavailableError(
            f"the inbox {folder} cannot be read ({error.strerror}): mount it, or grant permission to read it"
        ) from error
    files = []
    top = folder.resolve()
    for relative, entry in entries:
        try:
            files.append(_local_file(root, top, relative, entry, max_bytes))
        except FileNotFoundError:
            continue
        except OSError:
            unreadable.append(relative)
    return Listing(tuple(files), f"{status.st_dev}:{status.st_ino}", tuple(unreadable))


def _walk(folder: str, prefix: str, unreadable: list[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files of a folder and below with their relative paths; adds what cannot be read to `unreadable`."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda e: e.name)
    except OSError as error:
        if not prefix:
            raise
        if not isinstance(error, FileNotFoundError):
            unreadable.append(prefix)
        return
    folders = [e for e in entries if e.is_dir(follow_symlinks=False)]
    for entry in entries:
        if not is_ignored(entry.name) and (entry.is_symlink() or entry.is_file(follow_symlinks=False)):
            yield f"{prefix}{entry.name}", entry
    for entry in folders:
        if not entry.name.startswith("."):
            yield from _walk(entry.path, f"{prefix}{entry.name}/", unreadable)


def _local_file(root: Root, top: Path, relative: str, entry: os.DirEntry[str], max_bytes: int) -> Listed:
    problem = name_problem(relative) or (_link_problem(Path(entry.path), top, relative) if entry.is_symlink() else None)
    status = entry.stat(follow_symlinks=problem is None)
    size = 0 if entry.is_symlink() and problem else status.st_size
    if problem is None and size > max_bytes:
        problem = _too_large(relative, size, max_bytes)
    return Listed(root, relative, size, _stamp(status), status.st_mtime, problem)


def _stamp(status: os.stat_result) -> str:
    # A program can set the time of the last write back, but not that of the inode's last change.
    return f"{status.st_mtime_ns}.{status.st_ctime_ns}"


def _link_problem(path: Path, top: Path, relative: str) -> str | None:
    name = display(relative)
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return f"{name}: a symbolic link that leads nowhere: copy the file itself into the inbox"
    if not target.is_relative_to(top):
        return f"{name}: a symbolic link that leads out of the inbox: copy the file itself into the inbox"
    if not target.is_file():
        return f"{name}: a symbolic link to a folder: copy the folder itself into the inbox"
    return None


def _too_large(relative: str, size: int, max_bytes: int) -> str:
    return (
        f"{display(relative)}: {size / 1024**2:.1f} MB is more than the {max_bytes / 1024**2:g} MB allowed: "
        "split the file, or raise CANOPY_MAX_SEED_MB"
    )


def _list_remote(root: Root, max_bytes: int) -> Listing:
    folder = root.folder
    assert not isinstance(folder, Path)
    top = folder.path.rstrip("/")
    try:
        found = dict(folder.fs.find(top, detail=True))
    except Exception as error:  # botocore and each file system raise classes of their own
        raise unreachable(folder, error) from error
    files = []
    for path, info in sorted(found.items(), key=lambda item: _in_order(item[0])):
        relative = path[len(top) + 1 :]
        hidden = any(part.startswith(".") for part in relative.split("/")[:-1])
        # A bucket's own web page marks an empty "folder" by an object that ends in a slash.
        if info["type"] != "file" or not relative or relative.endswith("/") or hidden:
            continue
        if not is_ignored(relative.rpartition("/")[2]):
            files.append(_remote_file(root, relative, info, max_bytes))
    return Listing(tuple(files), str(folder))


def _remote_file(root: Root, relative: str, info: dict[str, Any], max_bytes: int) -> Listed:
    when = next((info[k] for k in ("LastModified", "mtime", "modified", "created") if info.get(k) is not None), None)
    modified = when.timestamp() if isinstance(when, datetime) else when
    stamp = str(info.get("ETag") or when).strip('"').replace(".", "_")
    size = int(info["size"])
    problem = name_problem(relative)
    if problem is None and size > max_bytes:
        problem = _too_large(relative, size, max_bytes)
    return Listed(root, relative, size, stamp, modified, problem)


def _in_order(path: str) -> list[tuple[bool, str]]:
    """A sort key that puts a folder's files before its subfolders, as the listing of a disk does."""
    *folders, name = path.split("/")
    return [*((True, folder) for folder in folders), (False, name)]
