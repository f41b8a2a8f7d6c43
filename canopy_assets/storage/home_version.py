"""The version of how the store is laid out, in `schema.json` at its top, and the way from each version to the next.

A migration is a function of the settings that may be run again after a crash, and by two processes at once: each
writes whole files, and writes the same ones whoever runs it. The version is written after it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from canopy_assets.settings import Settings, SettingsError
from canopy_assets.storage import files
from canopy_assets.storage.backend import StoreError, get, names_in, put, store_root
from canopy_assets.storage.tables import history_path, stored_partitions, table_path, tables_dir

VERSION = 2
"""What this release reads and writes."""

_FIRST_PARTIALS = re.compile(r"\.(?P<pid>\d+)\.[0-9a-f]{32}\.partial$")


class HomeVersionError(SettingsError):
    """The store was written by another release, and can't be used by this one; the message names the mend."""


def bring_up_to_date(settings: Settings) -> None:
    """Migrate the store to this release's version, where it is of an earlier one.

    Raises:
        HomeVersionError: it is of a later version, or can't be migrated.
        StoreError: it can't be read or written.
    """
    root = store_root(settings)
    found = _version_of(settings)
    if found > VERSION:
        raise HomeVersionError(
            f"{root} was written by a later release (version {found} of the tables; this release knows up to "
            f"{VERSION}): check out that release and install it (`pip install -e .`), or set {_setting(settings)} to "
            "another folder"
        )
    for version in range(found, VERSION):
        _migrate(settings, version)


def history_of_every_table(settings: Settings) -> None:
    """Version 1 to 2: what is read must be a version that history holds, so each table in use gets its entry.

    A table that can't be read gets none: it is refused when it is read, with the way to make it again.
    """
    for asset in sorted(names_in(tables_dir(settings))):
        for partition in sorted(stored_partitions(settings, asset)):
            content = get(table_path(settings, asset, partition))
            history = history_path(settings, asset, partition, hashlib.sha256(content).hexdigest())
            if not history.exists() and _is_parquet(content):
                put(settings, history, content)
    _clear_first_partials(settings)


MIGRATIONS: dict[int, Callable[[Settings], None]] = {1: history_of_every_table}
"""By the version they start from."""


def _version_of(settings: Settings) -> int:
    """The store's version. The first release wrote none: a store without the file is of version 1, or new."""
    path = store_root(settings) / "schema.json"
    try:
        version = json.loads(get(path))["version"]
    except FileNotFoundError:
        return 1
    except (ValueError, KeyError, TypeError):
        version = None
    except Exception as error:  # of the file system or of one of several libraries that speak to a bucket
        raise _unusable(settings, error) from error
    if not isinstance(version, int) or version < 1:
        raise HomeVersionError(
            f'{path} holds no version: restore it ({{"version": {VERSION}}} if this release wrote the folder), or set '
            f"{_setting(settings)} to another folder"
        )
    return version


def _migrate(settings: Settings, version: int) -> None:
    """One step, then the version it led to."""
    if version not in MIGRATIONS:
        raise HomeVersionError(
            f"{store_root(settings)} is of version {version} of the tables, from which no way leads to {VERSION}: "
            f"set {_setting(settings)} to a new folder"
        )
    try:
        MIGRATIONS[version](settings)
        put(settings, store_root(settings) / "schema.json", json.dumps({"version": version + 1}).encode())
    except PermissionError as error:
        if settings.store is None:
            raise  # the home can't be written, and whoever called says so
        raise _unusable(settings, error) from error
    except Exception as error:
        if not settings.store:
            raise HomeVersionError(
                f"{settings.home} couldn't be migrated from version {version} of the tables to {version + 1} "
                f"({error!r}): mend that and try again, or set CANOPY_HOME to a new folder"
            ) from error
        raise _unusable(settings, error) from error


def _unusable(settings: Settings, error: Exception) -> StoreError:
    hint = "check that the bucket exists, and the address and credentials (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …)"
    if isinstance(store_root(settings), Path):
        hint = "set it to a folder that can be read and written"
    return StoreError(f"{_setting(settings)}={settings.store or settings.home} can't be used ({error!r}): {hint}")


def _setting(settings: Settings) -> str:
    return "CANOPY_STORE" if settings.store else "CANOPY_HOME"


def _is_parquet(content: bytes) -> bool:
    try:
        pq.ParquetFile(pa.BufferReader(content))
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def _clear_first_partials(settings: Settings) -> None:
    """What killed processes of the first release left: it wrote beside the place, under another name."""
    root = store_root(settings)
    if isinstance(root, Path):
        below = (left for folder in ("tables", "history", "artefacts") for left in (root / folder).rglob("*.partial"))
        for left in [*root.glob("*.partial"), *below]:
            found = _FIRST_PARTIALS.search(left.name)
            if found and not files.process_is_alive(int(found["pid"])):
                files.discard(left)
