"""The version of the store's layout, kept in `schema.json` at its top."""

from __future__ import annotations

import json
from pathlib import Path

from canopy_assets.settings import Settings, SettingsError
from canopy_assets.storage.backend import StoreError, get, put, store_root

VERSION = 2
"""The version that this release reads and writes. A layout that an older release cannot read gets a higher number."""


class HomeVersionError(SettingsError):
    """Another release wrote the store, and this one cannot use it; the message says what to do."""


def check_version(settings: Settings) -> None:
    """Refuse a store of another version, and mark a new one with the version of this release.

    Raises:
        HomeVersionError: the store has an earlier or a later version, or its version cannot be read.
        StoreError: the store cannot be read or written.
    """
    root, setting = store_root(settings), _setting(settings)
    version = _version_of(settings)
    if version is None:
        _write_version(settings)
    elif version > VERSION:
        raise HomeVersionError(
            f"{root} was written by a later release (version {version} of the tables; this release knows up to "
            f"{VERSION}): check out that release and install it (`pip install -e .`), or set {setting} to another "
            "folder"
        )
    elif version < VERSION:
        raise HomeVersionError(
            f"{root} is of version {version} of the tables, from which no way leads to {VERSION}: set {setting} to a "
            "new folder"
        )


def _version_of(settings: Settings) -> int | None:
    """The version recorded in the store; None for a new store."""
    path = store_root(settings) / "schema.json"
    try:
        version = json.loads(get(path))["version"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        version = None
    except Exception as error:  # from the file system or one of several libraries that access a bucket
        raise _unusable(settings, error) from error
    if type(version) is not int or version < 1:
        raise HomeVersionError(
            f'{path} holds no version: restore it ({{"version": {VERSION}}} if this release wrote the folder), or set '
            f"{_setting(settings)} to another folder"
        )
    return version


def _write_version(settings: Settings) -> None:
    try:
        put(settings, store_root(settings) / "schema.json", json.dumps({"version": VERSION}).encode())
    except Exception as error:
        if settings.store is None:
            raise  # the home cannot be written, and the caller says so
        raise _unusable(settings, error) from error


def _unusable(settings: Settings, error: Exception) -> StoreError:
    hint = "check that the bucket exists, and the address and credentials (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …)"
    if isinstance(store_root(settings), Path):
        hint = "set it to a folder that can be read and written"
    return StoreError(f"{_setting(settings)}={settings.store or settings.home} can't be used ({error!r}): {hint}")


def _setting(settings: Settings) -> str:
    return "CANOPY_STORE" if settings.store else "CANOPY_HOME"
