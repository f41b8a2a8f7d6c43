"""The registry of seed files: the partition key of each, and the digest of its content when it was registered.

The registry is one file in the store. It is replaced as a whole, so that steps on other machines read what the inbox's
sensor found.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upath import UPath

from canopy_assets.records import content_id
from canopy_assets.seeds.inbox.naming import Place, display
from canopy_assets.settings import Settings
from canopy_assets.storage import backend

_FORMAT = 1


class RegistryError(ValueError):
    """The registry's file cannot be used; the message names it and the fix."""


class SeedChangedError(OSError):
    """A seed file is not the one that is registered: it was removed, or it is being rewritten. The next look at the
    inbox registers what is there then, so a retry can succeed.
    """


@dataclass(frozen=True)
class SeedFile:
    """A registered file as later steps see it.

    Attributes:
        key: its partition key.
        name: its path below the inbox folder, as it can be shown.
        digest: SHA-256 of its content; of something else when it must not be read.
        problem: why it must not be read, and the fix; None when it may be read.
    """

    key: str
    path: Path | UPath
    name: str
    digest: str
    size_bytes: int
    problem: str | None = None


@dataclass(frozen=True)
class Entry:
    """A registered file as the registry stores it: a list of these fields, in this order.

    Attributes:
        root: the name of its top folder.
        relative: its path below that.
        size: in bytes.
        stamp: see `listing.Listed`.
        digest: of its content; of its name or its stamp when the content must not be read.
        is_read: whether the digest is that of the content.
        problem: see `SeedFile`.
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
        return Place(self.root, self.relative)


@dataclass(frozen=True)
class Waiting:
    """A new or changed file that is not registered in its present state yet: it may still be being written.

    Attributes:
        since: when it was last seen to change, in seconds since the epoch.
    """

    size: int
    stamp: str
    since: float


@dataclass(frozen=True)
class Registry(Mapping[str, SeedFile]):
    """The registered seed files, by partition key.

    Attributes:
        folders: the paths of the top folders on this machine, by name.
        entries: the registered files, by partition key.
        waiting: files that were seen and are not registered as they are.
        identities: `Listing.identity` of each top folder, by name.
        unobserved: keys whose present version is not in Dagster yet.
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
        # A folder that is no longer configured has no path; its files are about to be removed.
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


def version(seed_file: SeedFile | Entry) -> str:
    """The data version of a seed: it changes with its content, and with whether it may be read."""
    return content_id(seed_file.digest, seed_file.problem or "")


def load(settings: Settings, folders: Mapping[str, Path | UPath]) -> Registry:
    """Load the registry as it was last saved; before that, an empty one.

    Args:
        settings: the settings, with the path of the store.
        folders: the paths of the top folders on this machine, by name.

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
        raise _damaged(path, f"its format is not {_FORMAT}; was it written by a newer version?")
    try:
        return Registry(
            folders,
            {key: Entry(*fields) for key, fields in content["seeds"].items()},
            {Place(root, relative): Waiting(*fields) for root, relative, *fields in content["waiting"]},
            content["identities"],
            frozenset(content["unobserved"]),
            _looked(settings),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, repr(error)) from error


def save(settings: Settings, registry: Registry, before: Registry | None = None) -> None:
    """Replace the saved registry. If only the time of the look differs from `before`, only that time is written."""
    if before is None or _content(registry) != _content(before):
        backend.put(settings, registry_path(settings), json.dumps(_content(registry), separators=(",", ":")).encode())
    if registry.looked is not None:
        backend.put(settings, _looked_path(settings), repr(registry.looked).encode())


def registry_path(settings: Settings) -> UPath:
    """Where the registry is kept: not in a folder `inbox`, which by default is the inbox itself."""
    return backend.store_root(settings) / "seeds" / "registry.json"


def _looked_path(settings: Settings) -> UPath:
    # A separate file: otherwise ten thousand unchanged entries would be written twice a minute.
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
        f"{path} cannot be used ({reason}): remove it; the next look at the inbox creates it again, and files renamed "
        "since the last look count as new ones"
    )
