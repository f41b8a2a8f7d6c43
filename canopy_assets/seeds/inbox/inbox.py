"""The inbox: which seed files there are, which of them are registered, and copying new ones in.

`refresh` looks at the folders and brings the registry in line with them. It never raises for what it finds in a folder:
a file that can't be used is registered with its `problem`, so that it is quarantined with its reason and stops nobody
else's file. What the lineage reads is what is registered, never what happens to lie there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from upath import UPath

from canopy_assets.seeds.inbox import changes, listing, registry
from canopy_assets.seeds.inbox.adding import add
from canopy_assets.seeds.inbox.changes import Refresh, version
from canopy_assets.seeds.inbox.listing import InboxUnavailableError
from canopy_assets.seeds.inbox.naming import KEY_LENGTH
from canopy_assets.seeds.inbox.registry import Registry, RegistryError, SeedChangedError, SeedFile, registry_path
from canopy_assets.settings import SAMPLE_SEEDS, Settings

__all__ = [
    "KEY_LENGTH",
    "InboxUnavailableError",
    "Refresh",
    "Registry",
    "RegistryError",
    "SeedChangedError",
    "SeedFile",
    "add",
    "exclusively",
    "observed",
    "refresh",
    "registered",
    "registry_path",
    "scan",
    "version",
]

DEFAULT_MAX_BYTES = 20 * 1024 * 1024
"""Bytes that a seed may have unless `CANOPY_MAX_SEED_MB` says otherwise."""

_LOCK_WAIT_S = 120


def scan(folders: Sequence[Path | UPath], *, max_bytes: int = DEFAULT_MAX_BYTES) -> list[SeedFile]:
    """Every seed file in the folders and below them, without a registry: for a notebook, or a test.

    In a stable order: by folder as given, then by relative path. Dot-files, editors' and browsers' partial files,
    sockets and the like are passed over.

    Args:
        folders: the inbox folders; one that does not exist counts as empty.
        max_bytes: a larger file is not read, and comes back with a problem.
    """
    roots = [listing.Root(f"{i} {folder.name}", listing.opened(folder)) for i, folder in enumerate(folders)]
    before = Registry({root.name: root.folder for root in roots})
    return [*changes.look(before, roots, now=0.0, max_bytes=max_bytes).registry.values()]


def registered(settings: Settings) -> Registry:
    """The registered seed files, by partition key. A step asks once and finds its seeds in the answer.

    Raises:
        RegistryError: the registry's file is damaged.
    """
    return registry.load(settings, {root.name: root.folder for root in _roots(settings)})


def refresh(
    settings: Settings, *, now: float, budget_s: float | None = None, whole: Collection[Path | UPath] = ()
) -> Refresh:
    """Look at the inbox and bring the registry in line with it.

    New and changed keys stay `unobserved` in the registry until `observed` is told of them, also over a crash.

    Args:
        now: seconds since the epoch.
        budget_s: after so many seconds no further file is opened; the next look goes on.
        whole: files that nobody is writing to any more, however new they are.

    Raises:
        InboxUnavailableError: a folder can't be looked at; nothing was changed.
        RegistryError: the registry's file is damaged.
    """
    before = registered(settings)
    found = changes.look(
        before,
        _roots(settings),
        now=now,
        max_bytes=settings.max_seed_bytes,
        settle_s=settings.settle_seconds,
        budget_s=budget_s,
        whole={str(path) for path in whole},
    )
    registry.save(settings, found.registry, before)
    return found


def observed(settings: Settings, current: Registry, keys: Iterable[str]) -> None:
    """Note that Dagster has been told of the present version of these seeds."""
    registry.save(settings, replace(current, unobserved=current.unobserved - {*keys}), current)


@contextmanager
def exclusively(settings: Settings, *, wait_s: float = _LOCK_WAIT_S) -> Iterator[None]:
    """Bring the registry and Dagster's partitions in line while no other process of this machine does.

    Raises:
        InboxUnavailableError: another one still does after `wait_s` seconds.
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
    # By role and not by path: the samples lie elsewhere on another machine, and an inbox may move.
    named = {"samples" if str(f) == str(UPath(SAMPLE_SEEDS)) else "inbox": f for f in settings.seed_folders}
    return [listing.Root(name, listing.opened(folder)) for name, folder in named.items()]
