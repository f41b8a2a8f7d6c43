"""Decides which files of a look are complete, and reads those.

A file whose size and stamp equal those of the registry is not opened. A new or changed file is read once it has not
changed for the settle time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from canopy_assets.seeds.inbox import naming
from canopy_assets.seeds.inbox.inspection import Look
from canopy_assets.seeds.inbox.listing import FileChangedError, Listed, digest, write_stamp
from canopy_assets.seeds.inbox.registry import Entry, Registry, Waiting

_REQUESTS_AT_ONCE = 16


def sort_files(look: Look, complete: Collection[str]) -> None:
    """Sort the files into those that are as registered, those to read, and those that may still be being written.

    Args:
        look: its `described`, `unread`, `unsettled` and `waiting` are filled in.
        complete: paths of files that are known to be complete.
    """
    moved = {_last_write(look.before.entries[key]) for key in look.missing.values()}
    for place, file in look.files.items():
        entry = look.before.entries[look.keys_before[place]] if place in look.keys_before else None
        same = entry is not None and (entry.size, entry.stamp) == (file.size, file.stamp)
        if entry is not None and same and entry.is_read and not file.problem:
            look.described[place] = replace(entry, problem=None)
            continue
        since = _unchanged_since(file, look.before, look.now)
        settled = look.now - since >= look.settle_s
        # A file that was only renamed was complete before.
        if same or settled or _last_write(file) in moved or str(file.path) in complete:
            if file.problem:
                look.described[place] = _entry_with_problem(file, file.problem)
            else:
                look.unread.append(file)
            since = min(since, look.now - look.settle_s)
        else:
            look.unsettled.append(file)
        look.waiting[place] = Waiting(file.size, file.stamp, since)


def read_files(look: Look, deadline: float | None) -> None:
    """Read the unread files and describe them.

    Args:
        look: its `unread` keeps the files that there was no time for.
        deadline: a time of `time.monotonic()` after which no further file is opened; one is always read.
    """
    left = []
    for file, found in _digests(look.unread, deadline):
        name = naming.display(file.relative)
        if found is None:
            left.append(file)
        elif isinstance(found, str):
            look.described[file.place] = Entry(*file.place, file.size, file.stamp, found, is_read=True)
        elif isinstance(found, PermissionError):
            problem = f"{name}: no permission to read it: grant read permission"
            # Not a digest of its date: that would make a new version of a file that nobody can read.
            digest_of_name = naming.text_digest(file.relative)
            look.described[file.place] = Entry(
                *file.place, file.size, file.stamp, digest_of_name, is_read=False, problem=problem
            )
        elif isinstance(found, FileChangedError | FileNotFoundError):
            look.unsettled.append(file)
            look.waiting[file.place] = Waiting(file.size, file.stamp, look.now)
        else:  # a share or a bucket fails: the registered files stay, and the next look tries again
            look.remarks.append(f"{name}: {found}")
    look.unread = left


def _last_write(file: Listed | Entry) -> tuple[int, str]:
    return file.size, write_stamp(file.stamp)


def _unchanged_since(file: Listed, before: Registry, now: float) -> float:
    """The time since which a file has not changed, in seconds since the epoch."""
    waiting = before.waiting.get(file.place)
    if waiting and (waiting.size, waiting.stamp) == (file.size, file.stamp):
        return waiting.since
    # A date in the future, or before a look that did not see the file, comes from a wrong clock or a program.
    if file.modified is None or file.modified > now or (before.looked is not None and file.modified < before.looked):
        return now
    return file.modified


def _entry_with_problem(file: Listed, problem: str) -> Entry:
    """The entry for a file that must not be read. A file that is too large gets a new version when it changes. A file
    whose name or link cannot be used never does.
    """
    too_large = file.size > 0 and naming.name_problem(file.relative) is None
    identity = f"{file.size}:{write_stamp(file.stamp)}" if too_large else file.relative
    return Entry(*file.place, file.size, file.stamp, naming.text_digest(identity), is_read=False, problem=problem)


def _digests(files: Sequence[Listed], deadline: float | None) -> Iterator[tuple[Listed, str | OSError | None]]:
    """The digest of each file, or the error raised by reading it, or None when the deadline came first."""
    if not files:
        return
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        start = 0
        while start < len(files):
            if start and deadline is not None and time.monotonic() >= deadline:
                yield from ((file, None) for file in files[start:])
                return
            # A disk is read file by file, a bucket several at once.
            size = 1 if isinstance(files[start].root.folder, Path) else _REQUESTS_AT_ONCE
            batch = files[start : start + size]
            yield from zip(batch, map(_digest, batch) if size == 1 else pool.map(_digest, batch), strict=True)
            start += size


def _digest(file: Listed) -> str | OSError:
    try:
        return digest(file)
    except OSError as error:
        return error
