"""Looks at the inbox and keeps the registry up to date.

No file's content makes this raise. A file that cannot be used is registered with its `problem`: it is quarantined with
that reason, and no other file waits for it. Later steps read only what is registered, even if the folder has changed
since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from upath import UPath

from canopy_assets.seeds.inbox import listing, registry
from canopy_assets.seeds.inbox.changes import Changes, find_changes
from canopy_assets.seeds.inbox.listing import InboxUnavailableError
from canopy_assets.seeds.inbox.registry import Registry, SeedFile
from canopy_assets.settings import SAMPLE_SEEDS, Settings

DEFAULT_MAX_BYTES = 20 * 1024 * 1024
"""Largest seed file in bytes, unless `CANOPY_MAX_SEED_MB` says otherwise."""

_LOCK_WAIT_S = 120


def scan(folders: Sequence[Path | UPath], *, max_bytes: int = DEFAULT_MAX_BYTES) -> list[SeedFile]:
    """List every seed file in the folders and below them without a registry, as notebooks and tests need it.

    The order is stable: by folder as given, then by relative path. Hidden files, partial files of editors and browsers,
    sockets and the like are ignored.

    Args:
        folders: the inbox folders; one that does not exist counts as empty.
        max_bytes: a larger file is not read; it is returned with a problem.
    """
    roots = [listing.Root(f"{i} {folder.name}", listing.opened(folder)) for i, folder in enumerate(folders)]
    before = Registry({root.name: root.folder for root in roots})
    return [*find_changes(before, roots, now=0.0, max_bytes=max_bytes).registry.values()]


def registered(settings: Settings) -> Registry:
    """Load the registered seed files, by partition key. A step loads them once for all its seeds.

    Raises:
        RegistryError: the registry's file is damaged.
    """
    return registry.load(settings, {root.name: root.folder for root in _roots(settings)})


def refresh(
    settings: Settings, *, now: float, budget_s: float | None = None, complete: Collection[Path | UPath] = ()
) -> Changes:
    """Look at the inbox and update the registry.

    New and changed keys stay `unobserved` in the registry until `mark_observed` is called for them, even after a crash.

    Args:
        now: seconds since the epoch.
        budget_s: after this many seconds no further file is opened; the next look continues.
        complete: files that are known to be complete, however new they are.

    Raises:
        InboxUnavailableError: a folder cannot be read; nothing was changed.
        RegistryError: the registry's file is damaged.
    """
    before = registered(settings)
    changes = find_changes(
        before,
        _roots(settings),
        now=now,
        max_bytes=settings.max_seed_bytes,
        settle_s=settings.settle_seconds,
        budget_s=budget_s,
        complete={str(path) for path in complete},
    )
    registry.save(settings, changes.registry, before)
    return changes


def mark_observed(settings: Settings, current: Registry, keys: Iterable[str]) -> None:
    """Record that Dagster has the present version of these seeds."""
    registry.save(settings, replace(current, unobserved=current.unobserved - {*keys}), current)


@contextmanager
def locked(settings: Settings, *, wait_s: float = _LOCK_WAIT_S) -> Iterator[None]:
    """Keep other processes of this machine from updating the registry and Dagster's partitions meanwhile.

    Raises:
        InboxUnavailableError: another process still holds the lock after `wait_s` seconds.
    """
    from filelock import FileLock, Timeout

    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / ".inbox.lock"
    try:
        with FileLock(path, timeout=wait_s):
            yield
    except Timeout:
        raise InboxUnavailableError(
            f"another process has been looking at the inbox for over {wait_s:g} s (it holds {path}): wait for it to end"
        ) from None


def _roots(settings: Settings) -> list[listing.Root]:
    """The configured folders, named by role, because paths differ between machines and an inbox may move."""
    named = {"samples" if str(f) == str(UPath(SAMPLE_SEEDS)) else "inbox": f for f in settings.seed_folders}
    return [listing.Root(name, listing.opened(folder)) for name, folder in named.items()]
