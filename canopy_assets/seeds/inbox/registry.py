"""Which seed files are registered: a partition key for each, and the content that it had when it was registered.

One file of the store, replaced whole, so that steps on other machines read what the inbox's sensor found.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upath import UPath

from canopy_assets.seeds.inbox.listing import Place
from canopy_assets.seeds.inbox.naming import display
from canopy_assets.settings import Settings
from canopy_assets.storage import backend

_FORMAT = 1


class RegistryError(ValueError):
    """The registry's file can't be used; the message names it and the mend."""


class SeedChangedError(OSError):
    """A seed file is not the one that is registered: it is gone or being rewritten. The next look at the inbox
    registers what is there then, so a later try finds it.
    """


@dataclass(frozen=True)
class SeedFile:
    """A file of the inbox. `problem` says why it must not be read, and how to mend it; None when it may be."""

    key: str
    path: Path | UPath
    name: str
    digest: str
    size_bytes: int
    problem: str | None = None


@dataclass(frozen=True)
class Entry:
    """A registered file.

    Attributes:
        root: the name of its top folder.
        relative: its path below that.
        stamp: see `listing.Listed`.
        digest: of its content; of something else that changes with it when the content must not be read.
        is_read: whether the digest is that of the content.
    """

    root: str
    relative: str
    size: int
    stamp: str
    digest: str
    is_read: bool
    problem: str | None = None

    @property
    def place(self) -> Place:
        return self.root, self.relative


@dataclass(frozen=True)
class Waiting:
    """A new or changed file that isn't registered so yet: it may still be being written.

    Attributes:
        since: from when on it has not changed, in seconds since the epoch.
    """

    size: int
    stamp: str
    since: float


@dataclass(frozen=True)
class Registry(Mapping[str, SeedFile]):
    """The registered seed files, by partition key.

    Attributes:
        folders: where the top folders lie on this machine, by name.
        waiting: files that are seen and not registered as they are.
        identities: what tells each top folder from another, by name.
        unobserved: keys whose present version Dagster has not been told.
        looked: when the inbox was last looked at, in seconds since the epoch.
    """

    folders: Mapping[str, Path | UPath] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)
    waiting: Mapping[Place, Waiting] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    unobserved: frozenset[str] = frozenset()
    looked: float | None = None

    def __getitem__(self, key: str) -> SeedFile:
        entry = self.entries[key]
        # A folder that isn't configured any more has no place; its files are about to be removed.
        path = self.folders.get(entry.root, Path(entry.root)) / entry.relative
        return SeedFile(key, path, display(entry.relative), entry.digest, entry.size, entry.problem)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def find(self, key: str) -> SeedFile:
        """The seed file with this key.

        Raises:
            FileNotFoundError: no file has the key (any more).
        """
        if key in self.entries:
            return self[key]
        where = ", ".join(map(str, self.folders.values()))
        raise FileNotFoundError(
            errno.ENOENT,
            f"no seed file has the key {key!r}: look for it in {where}; the sensor `seed_inbox` or `canopy run` "
            "registers what is there",
            key,
        )


def load(settings: Settings, folders: Mapping[str, Path | UPath]) -> Registry:
    """The registry as it was last saved; an empty one before that.

    Raises:
        RegistryError: the file is damaged, or of a newer version.
    """
    path = registry_path(settings)
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Registry(folders)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise _damaged(path, f"its format isn't {_FORMAT}, is it of a newer version?")
    try:
        return Registry(
            folders,
            {key: Entry(*fields) for key, fields in content["seeds"].items()},
            {(root, relative): Waiting(*fields) for root, relative, *fields in content["waiting"]},
            content["identities"],
            frozenset(content["unobserved"]),
            _looked(settings),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, repr(error)) from error


def save(settings: Settings, registry: Registry, before: Registry | None = None) -> None:
    """Replace the saved registry; where only the time of the look differs from `before`, no more than that."""
    if before is None or _content(registry) != _content(before):
        backend.put(settings, registry_path(settings), json.dumps(_content(registry), separators=(",", ":")).encode())
    if registry.looked is not None:
        backend.put(settings, _looked_path(settings), repr(registry.looked).encode())


def registry_path(settings: Settings) -> UPath:
    """Where the registry is kept. Not in a folder `inbox`, which by default is the inbox itself."""
    return backend.store_root(settings) / "seeds" / "registry.json"


def _looked_path(settings: Settings) -> UPath:
    # A file of its own: otherwise ten thousand entries would be written twice a minute, of which none changed.
    return registry_path(settings).with_name("looked")


def _looked(settings: Settings) -> float | None:
    try:
        return float(_looked_path(settings).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _content(registry: Registry) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "identities": dict(registry.identities),
        "seeds": {
            key: [e.root, e.relative, e.size, e.stamp, e.digest, e.is_read, e.problem]
            for key, e in registry.entries.items()
        },
        "waiting": [[*place, w.size, w.stamp, w.since] for place, w in registry.waiting.items()],
        "unobserved": sorted(registry.unobserved),
    }


def _damaged(path: UPath, reason: str) -> RegistryError:
    return RegistryError(
        f"{path} can't be used ({reason}): remove it; the next look at the inbox makes it anew, and files that were "
        "renamed count as new ones"
    )
