"""Finds what has changed in the inbox since the last look, and updates the registry accordingly."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.seeds.inbox import naming
from canopy_assets.seeds.inbox.inspection import Look
from canopy_assets.seeds.inbox.listing import InboxUnavailableError, Listing, Root, list_folder
from canopy_assets.seeds.inbox.matching import entries_after
from canopy_assets.seeds.inbox.registry import Entry, Registry, version
from canopy_assets.seeds.inbox.settling import read_files, sort_files


@dataclass(frozen=True)
class Changes:
    """The outcome of a look at the inbox.

    Attributes:
        registry: what is registered now.
        new, changed, removed, renamed: partition keys; a renamed file is neither new nor changed.
        unsettled: names of files that may still be being written. A registered one stays registered as it was.
        settled_in: seconds until these can be registered, if nobody writes to them.
        unread: how many files the budget left for the next look.
        remarks: what could not be read, in words for a person.
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


def find_changes(
    before: Registry,
    roots: Sequence[Root],
    *,
    now: float,
    max_bytes: int,
    settle_s: float = 0.0,
    budget_s: float | None = None,
    complete: Collection[str] = (),
) -> Changes:
    """Look at the folders and compare them with the registry.

    Args:
        before: what was registered.
        roots: the folders, in order; of two new files with the same content the first one counts.
        now: seconds since the epoch.
        max_bytes: a larger file is not read, and is registered with a problem.
        settle_s: a file is read once it has not changed for this many seconds.
        budget_s: after this many seconds no further file is opened; None for no limit. One is always read.
        complete: paths of files that are known to be complete, however new they are.

    Raises:
        InboxUnavailableError: a folder cannot be read, or is not the one that held the registered files.
    """
    deadline = None if budget_s is None else time.monotonic() + budget_s
    listings = {root.name: list_folder(root, max_bytes) for root in roots}
    for root in roots:
        _refuse_another_folder(before, root, listings[root.name])
    look = Look(before, listings, now, settle_s)
    sort_files(look, complete)
    read_files(look, deadline)
    return _changes(look, entries_after(look))


def _refuse_another_folder(before: Registry, root: Root, listing: Listing) -> None:
    """Raise where a folder without files is probably not the one that held the registered files."""
    registered = sum(e.root == root.name for e in before.entries.values())
    if not registered or listing.files or listing.unreadable:
        return
    if listing.identity is None:
        raise InboxUnavailableError(
            f"the inbox {root.folder} does not exist, and {registered} of its seeds are registered: mount it again, or "
            "correct CANOPY_SEEDS; nothing was changed"
        )
    # An unmounted share leaves an empty folder, which is not the folder of the share.
    if listing.identity != before.identities.get(root.name):
        raise InboxUnavailableError(
            f"the inbox {root.folder} is empty, and it is not the folder that held the {registered} registered seeds: "
            "mount it again, or correct CANOPY_SEEDS; if the seeds should go, put any file into it; nothing was changed"
        )


def _changes(look: Look, entries: Mapping[str, Entry]) -> Changes:
    old = look.before.entries
    new = [key for key in entries if key not in old]
    changed = [key for key, entry in entries.items() if key in old and version(entry) != version(old[key])]
    waiting = {place: w for place, w in look.waiting.items() if place not in look.described}
    registry = Registry(
        folders=look.before.folders,
        entries=entries,
        waiting=waiting,
        identities={name: x.identity for name, x in look.listings.items() if x.identity is not None},
        unobserved=frozenset({*look.before.unobserved, *new, *changed} & entries.keys()),
        looked=look.now,
    )
    refused = [f"{naming.display(path)} cannot be read" for x in look.listings.values() for path in x.unreadable]
    unchanged_since = [waiting[file.place].since for file in look.unsettled]
    return Changes(
        registry=registry,
        new=tuple(new),
        changed=tuple(changed),
        removed=tuple(key for key in old if key not in entries),
        renamed=tuple(key for key, entry in entries.items() if key in old and entry.place != old[key].place),
        unsettled=tuple(naming.display(file.relative) for file in look.unsettled),
        settled_in=max(0.0, max(unchanged_since) + look.settle_s - look.now) if unchanged_since else 0.0,
        unread=len(look.unread),
        remarks=tuple(look.remarks + refused),
    )
