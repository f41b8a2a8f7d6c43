"""Decides which file is which seed: keys of new files, renamed files, and duplicates.

If the same content is found under a new path and no longer under its old one, the file was renamed and keeps its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from canopy_assets.seeds.inbox import naming
from canopy_assets.seeds.inbox.inspection import Look
from canopy_assets.seeds.inbox.listing import Listed
from canopy_assets.seeds.inbox.naming import Place
from canopy_assets.seeds.inbox.registry import Entry, Registry

Orphans = Mapping[tuple[str, str], list[str]]
"""Keys of files that are missing, by content and extension."""


def entries_after(look: Look) -> dict[str, Entry]:
    """The registered files by key after a look: those of the listing in its order, then those that were not seen."""
    keys, lost = _assign_keys(look)
    entries = {}
    for place in look.files:
        if place in look.described:
            entries[keys[place]] = look.described[place]
        elif place in look.keys_before:
            entries[look.keys_before[place]] = look.before.entries[look.keys_before[place]]
    unseen = [k for p, k in look.keys_before.items() if p not in look.files and k not in lost and k not in entries]
    entries |= {key: look.before.entries[key] for key in unseen}
    return _mark_duplicates(look.before, entries)


def _assign_keys(look: Look) -> tuple[dict[Place, str], set[str]]:
    """The key of every file that is described, and the keys that are lost with their files."""
    keys = {p: look.keys_before[p] for p in look.files if p in look.described and p in look.keys_before}
    orphans: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in look.missing.values():
        if look.before.entries[key].is_read and look.before.entries[key].size:
            orphans[_likeness(look.before.entries[key])].append(key)
    new = [place for place in look.files if place in look.described and place not in look.keys_before]
    for place in new:
        if matching := orphans.get(_likeness(look.described[place])):
            keys[place] = matching.pop(0)
    lost = _give_keys_to_copies(look, keys, orphans)
    undecided = {_kind(f) for f in [*look.unsettled, *look.unread] if f.place not in look.keys_before}
    assigned = set(keys.values())
    lost |= {k for k in look.missing.values() if k not in assigned and _kind(look.before.entries[k]) not in undecided}
    unnamed = [place for place in new if place not in keys]
    taken = {*look.keys_before.values()} - lost
    return keys | dict(zip(unnamed, naming.partition_keys(unnamed, taken), strict=True)), lost


def _give_keys_to_copies(look: Look, keys: dict[Place, str], orphans: Orphans) -> set[str]:
    """Give the key of a missing file to its registered copy: a rename in two steps, as buckets do it.

    Returns:
        The keys that the copies had.
    """
    freed = set()
    before = look.before.entries
    for place, key in list(keys.items()):
        entry = look.described[place]
        is_copy = entry.is_read and key in before and before[key].problem is not None
        if is_copy and (matching := orphans.get(_likeness(entry))):
            freed.add(key)
            keys[place] = matching.pop(0)
    return freed


def _likeness(entry: Entry) -> tuple[str, str]:
    # The extension decides how a file is read: with another one, the same bytes are another seed.
    return entry.digest, _extension(entry.relative)


def _kind(file: Listed | Entry) -> tuple[int, str]:
    """The properties that an unread file shares with a missing one if it may be the same file under a new name."""
    return file.size, _extension(file.relative)


def _extension(relative: str) -> str:
    return PurePosixPath(relative).suffix.lower()


def _mark_duplicates(before: Registry, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Mark duplicates as problems. Of files with equal content, the one registered first counts as the original, or
    else the first one of the listing.
    """

    def was_first(key: str) -> bool:
        known = before.entries.get(key)
        return known is not None and known.problem is None and known.digest == entries[key].digest

    first: dict[str, str] = {}
    for key in sorted(entries, key=was_first, reverse=True):
        # Empty files all share a digest; the reader reports each of them as empty.
        if entries[key].is_read and entries[key].size:
            first.setdefault(entries[key].digest, key)
    marked = {}
    for key, entry in entries.items():
        original = first.get(entry.digest, key) if entry.is_read else key
        name = naming.display(entry.relative)
        problem = None if original == key else f"{name}: duplicate of {original}: remove one of the two"
        marked[key] = replace(entry, problem=problem) if entry.is_read else entry
    return marked
