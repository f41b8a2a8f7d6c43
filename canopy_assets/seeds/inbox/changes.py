"""What has changed in the inbox since it was last looked at, and what the registry is after that.

A file whose size and stamp are those of the registry isn't opened. A new or changed one is read once it has not changed
for a while. Where the same content lies under a new path and not under its old one, the file was renamed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from canopy_assets.records import content_id
from canopy_assets.seeds.inbox import naming
from canopy_assets.seeds.inbox.listing import (
    FileChangedError,
    InboxUnavailableError,
    Listed,
    Listing,
    Place,
    Root,
    digest,
    list_folder,
    written,
)
from canopy_assets.seeds.inbox.registry import Entry, Registry, SeedFile, Waiting

_REQUESTS_AT_ONCE = 16


@dataclass(frozen=True)
class Refresh:
    """What a look at the inbox came to.

    Attributes:
        registry: what is registered now.
        new, changed, removed, renamed: partition keys; a renamed file is no new one, and its content hasn't changed.
        unsettled: names of files that may still be being written. One that is registered stays so as it was.
        settled_in: seconds after which these can be registered, if nobody writes to them.
        unread: how many files the budget left for the next look.
        remarks: what couldn't be looked at, for a person.
    """

    registry: Registry
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    settled_in: float = 0.0
    unread: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def cut_short(self) -> bool:
        """Whether the budget left something for the next look."""
        return self.unread > 0


@dataclass
class _Sight:
    """What is known of the files of this look, by place."""

    files: Mapping[Place, Listed]
    described: dict[Place, Entry] = field(default_factory=dict)
    waiting: dict[Place, Waiting] = field(default_factory=dict)
    unsettled: list[Listed] = field(default_factory=list)
    unread: list[Listed] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def version(seed_file: SeedFile | Entry) -> str:
    """What names this state of a seed: its content, and whether it may be read."""
    return content_id(seed_file.digest, seed_file.problem or "")


def look(
    before: Registry,
    roots: Sequence[Root],
    *,
    now: float,
    max_bytes: int,
    settle_s: float = 0.0,
    budget_s: float | None = None,
    whole: Collection[str] = (),
) -> Refresh:
    """Look at the folders.

    Args:
        before: what was registered.
        roots: the folders, in order; of two new files with the same content the first one counts.
        now: seconds since the epoch.
        max_bytes: a larger file is not read, and is registered with a problem.
        settle_s: a file is read once it has not changed for so many seconds.
        budget_s: after so many seconds no further file is opened; None for no limit. One is always read.
        whole: paths of files that nobody is writing to any more, however new they are.

    Raises:
        InboxUnavailableError: a folder can't be looked at, or isn't the one that held the registered files.
    """
    deadline = None if budget_s is None else time.monotonic() + budget_s
    listings = {root.name: list_folder(root, max_bytes) for root in roots}
    for root in roots:
        _refuse_another_folder(before, root, listings[root.name])
    sight = _Sight({file.place: file for listing in listings.values() for file in listing.files})
    held = {e.place: key for key, e in before.entries.items() if e.root in listings}
    gone = {place: key for place, key in held.items() if place not in sight.files and not _hidden(place, listings)}
    _sort(before, held, gone, sight, now=now, settle_s=settle_s, whole=whole)
    _read(sight, deadline, now)
    keys, lost = _assign_keys(before, held, gone, sight)
    entries = _mark_duplicates(before, _entries(before, held, sight, keys, lost))
    return _outcome(before, listings, sight, entries, now=now, settle_s=settle_s)


def _refuse_another_folder(before: Registry, root: Root, listing: Listing) -> None:
    held = sum(e.root == root.name for e in before.entries.values())
    if not held or listing.files or listing.unreadable:
        return
    if listing.identity is None:
        raise InboxUnavailableError(
            f"the inbox {root.folder} isn't there, and {held} seeds of it are registered: mount it again, or correct "
            "CANOPY_SEEDS; nothing was changed"
        )
    # A share that isn't mounted leaves an empty folder behind, which is another than the one that it covered.
    if listing.identity != before.identities.get(root.name):
        raise InboxUnavailableError(
            f"the inbox {root.folder} is empty, and it isn't the folder that held the {held} registered seeds: mount "
            "it again, or correct CANOPY_SEEDS; if they are meant to be gone, put any file into it; nothing was changed"
        )


def _hidden(place: Place, listings: Mapping[str, Listing]) -> bool:
    """Whether a file is not seen because its folder, or it, couldn't be looked at."""
    root, relative = place
    return any(relative == u or (u.endswith("/") and relative.startswith(u)) for u in listings[root].unreadable)


def _sort(
    before: Registry,
    held: Mapping[Place, str],
    gone: Mapping[Place, str],
    sight: _Sight,
    *,
    now: float,
    settle_s: float,
    whole: Collection[str],
) -> None:
    """Which files are as they were, which are to be read, and which may still be being written."""
    moved = {_write(before.entries[key]) for key in gone.values()}
    for place, file in sight.files.items():
        entry = before.entries[held[place]] if place in held else None
        same = entry is not None and (entry.size, entry.stamp) == (file.size, file.stamp)
        if entry is not None and same and entry.is_read and not file.problem:
            sight.described[place] = replace(entry, problem=None)
            continue
        since = _unchanged_since(file, before, now)
        # What was only renamed was whole before.
        if same or now - since >= settle_s or _write(file) in moved or str(file.path) in whole:
            if file.problem:
                sight.described[place] = _not_read(file, file.problem)
            else:
                sight.unread.append(file)
            since = min(since, now - settle_s)
        else:
            sight.unsettled.append(file)
        sight.waiting[place] = Waiting(file.size, file.stamp, since)


def _write(file: Listed | Entry) -> tuple[int, str]:
    return file.size, written(file.stamp)


def _unchanged_since(file: Listed, before: Registry, now: float) -> float:
    waiting = before.waiting.get(file.place)
    if waiting and (waiting.size, waiting.stamp) == (file.size, file.stamp):
        return waiting.since
    # A date of the future, or from before a look that didn't see it, is of a wrong clock or was set by a program.
    if file.modified is None or file.modified > now or (before.looked is not None and file.modified < before.looked):
        return now
    return file.modified


def _not_read(file: Listed, problem: str) -> Entry:
    # What is too large is a new version when it changes; a name or a link that can't be used stays what it is.
    too_large = file.size > 0 and naming.name_problem(file.relative) is None
    told = f"{file.size}:{written(file.stamp)}" if too_large else file.relative
    return Entry(*file.place, file.size, file.stamp, naming.text_digest(told), is_read=False, problem=problem)


def _read(sight: _Sight, deadline: float | None, now: float) -> None:
    left = []
    for file, found in _digests(sight.unread, deadline):
        name = naming.display(file.relative)
        if found is None:
            left.append(file)
        elif isinstance(found, str):
            sight.described[file.place] = Entry(*file.place, file.size, file.stamp, found, is_read=True)
        elif isinstance(found, PermissionError):
            problem = f"{name}: no permission to read it: grant read permission"
            # Its digest must not change with its date: it is looked at again each time.
            digest_of_name = naming.text_digest(file.relative)
            sight.described[file.place] = Entry(
                *file.place, file.size, file.stamp, digest_of_name, is_read=False, problem=problem
            )
        elif isinstance(found, FileChangedError | FileNotFoundError):
            sight.unsettled.append(file)
            sight.waiting[file.place] = Waiting(file.size, file.stamp, now)
        else:  # a share or a bucket that fails: what is registered stays, and the next look tries again
            sight.remarks.append(f"{name}: {found}")
    sight.unread = left


def _digests(files: Sequence[Listed], deadline: float | None) -> Iterator[tuple[Listed, str | OSError | None]]:
    """The digest of each file, or the error that reading it raised, or None when the deadline came first."""
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


def _assign_keys(
    before: Registry, held: Mapping[Place, str], gone: Mapping[Place, str], sight: _Sight
) -> tuple[dict[Place, str], set[str]]:
    """The key of every file that is described, and the keys that are lost with their files."""
    keys = {place: held[place] for place in sight.files if place in sight.described and place in held}
    orphans: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in gone.values():
        if before.entries[key].is_read and before.entries[key].size:
            orphans[_likeness(before.entries[key])].append(key)
    fresh = [place for place in sight.files if place in sight.described and place not in held]
    for place in fresh:
        if matching := orphans.get(_likeness(sight.described[place])):
            keys[place] = matching.pop(0)
    lost = _hand_over(before, keys, orphans, sight)
    undecided = {_kind(f) for f in [*sight.unsettled, *sight.unread] if f.place not in held}
    assigned = set(keys.values())
    lost |= {k for k in gone.values() if k not in assigned and _kind(before.entries[k]) not in undecided}
    unnamed = [place for place in fresh if place not in keys]
    taken = {*held.values()} - lost
    return keys | dict(zip(unnamed, naming.keys(unnamed, taken), strict=True)), lost


def _hand_over(
    before: Registry, keys: dict[Place, str], orphans: Mapping[tuple[str, str], list[str]], sight: _Sight
) -> set[str]:
    """Give the key of a file that is gone to its copy: a rename in two steps, as buckets do it.

    Returns:
        The keys that the copies had.
    """
    freed = set()
    for place, key in list(keys.items()):
        entry = sight.described[place]
        copy = entry.is_read and key in before.entries and before.entries[key].problem is not None
        if copy and (matching := orphans.get(_likeness(entry))):
            freed.add(key)
            keys[place] = matching.pop(0)
    return freed


def _likeness(entry: Entry) -> tuple[str, str]:
    # The extension decides how a file is read: with another one, the same bytes are another seed.
    return entry.digest, _extension(entry.relative)


def _kind(file: Listed | Entry) -> tuple[int, str]:
    """What a file must share with one that is gone to be that one under a new name, as far as shows unread."""
    return file.size, _extension(file.relative)


def _extension(relative: str) -> str:
    return PurePosixPath(relative).suffix.lower()


def _entries(
    before: Registry, held: Mapping[Place, str], sight: _Sight, keys: Mapping[Place, str], lost: Collection[str]
) -> dict[str, Entry]:
    """The registered files in the order of the listing; after them those that aren't seen, and aren't lost."""
    entries = {}
    for place in sight.files:
        if place in sight.described:
            entries[keys[place]] = sight.described[place]
        elif place in held:
            entries[held[place]] = before.entries[held[place]]
    unseen = [key for place, key in held.items() if place not in sight.files and key not in lost and key not in entries]
    return entries | {key: before.entries[key] for key in unseen}


def _mark_duplicates(before: Registry, entries: dict[str, Entry]) -> dict[str, Entry]:
    """Of files with the same content the one that was registered first counts, or else the first of the listing."""

    def was_first(key: str) -> bool:
        known = before.entries.get(key)
        return known is not None and known.problem is None and known.digest == entries[key].digest

    first: dict[str, str] = {}
    for key in sorted(entries, key=was_first, reverse=True):
        # Empty files all share a digest; each is told that it is empty when it is read.
        if entries[key].is_read and entries[key].size:
            first.setdefault(entries[key].digest, key)
    marked = {}
    for key, entry in entries.items():
        original = first.get(entry.digest, key) if entry.is_read else key
        name = naming.display(entry.relative)
        problem = None if original == key else f"{name}: duplicate of {original}: remove one of the two"
        marked[key] = replace(entry, problem=problem) if entry.is_read else entry
    return marked


def _outcome(
    before: Registry,
    listings: Mapping[str, Listing],
    sight: _Sight,
    entries: dict[str, Entry],
    *,
    now: float,
    settle_s: float,
) -> Refresh:
    old = before.entries
    new = [key for key in entries if key not in old]
    changed = [key for key, entry in entries.items() if key in old and version(entry) != version(old[key])]
    waiting = {place: w for place, w in sight.waiting.items() if place not in sight.described}
    registry = Registry(
        before.folders,
        entries,
        waiting,
        {name: listing.identity for name, listing in listings.items() if listing.identity is not None},
        frozenset({*before.unobserved, *new, *changed} & entries.keys()),
        now,
    )
    refused = [f"{naming.display(path)} can't be looked at" for x in listings.values() for path in x.unreadable]
    quiet_from = [waiting[file.place].since for file in sight.unsettled]
    return Refresh(
        registry,
        tuple(new),
        tuple(changed),
        tuple(key for key in old if key not in entries),
        tuple(key for key, entry in entries.items() if key in old and entry.place != old[key].place),
        tuple(naming.display(file.relative) for file in sight.unsettled),
        max(0.0, max(quiet_from) + settle_s - now) if quiet_from else 0.0,
        len(sight.unread),
        tuple(sight.remarks + refused),
    )
