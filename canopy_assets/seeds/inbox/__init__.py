"""The inbox: which seed files there are, which of them are registered, and copying new ones in.

- `scanning`: `scan` lists folders; `refresh` lists them and updates the registry.
- `listing`: what a folder or a bucket holds. `naming`: partition keys and file names that are accepted.
- `changes`: new, changed, renamed and removed files, with the help of `settling` (is a file complete?) and `matching`
  (which seed is it?).
- `registry`: the seed files that later steps read. `adding`: `canopy add`.
"""

from canopy_assets.seeds.inbox.adding import add
from canopy_assets.seeds.inbox.changes import Changes
from canopy_assets.seeds.inbox.listing import InboxUnavailableError
from canopy_assets.seeds.inbox.naming import KEY_LENGTH
from canopy_assets.seeds.inbox.registry import (
    Registry,
    RegistryError,
    SeedChangedError,
    SeedFile,
    registry_path,
    version,
)
from canopy_assets.seeds.inbox.scanning import locked, mark_observed, refresh, registered, scan

__all__ = [
    "KEY_LENGTH",
    "Changes",
    "InboxUnavailableError",
    "Registry",
    "RegistryError",
    "SeedChangedError",
    "SeedFile",
    "add",
    "locked",
    "mark_observed",
    "refresh",
    "registered",
    "registry_path",
    "scan",
    "version",
]
