"""The folder CANOPY_HOME with tables, artefacts, Dagster's storage and the DuckDB views.

With CANOPY_STORE, tables and artefacts are there instead.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from canopy_assets.compute.executors import run_launcher_yaml
from canopy_assets.settings import PACKAGE, Settings
from canopy_assets.storage.backend import is_local, partial_folder
from canopy_assets.storage.database import check_database, storage_config
from canopy_assets.storage.files import clear_abandoned, replace_atomically
from canopy_assets.storage.home_version import check_version
from canopy_assets.storage.views import refresh_views


def prepare_home(settings: Settings) -> None:
    """Create the folders, Dagster's configuration and `canopy.duckdb` if they are missing; cheap if none is.

    Raises:
        OSError: the folder cannot be written.
        HomeVersionError: another release wrote the tables, and this one cannot read them.
        StoreError: CANOPY_STORE cannot be used.
        DatabaseError: CANOPY_DATABASE cannot be used.
    """
    check_database(settings)
    for folder in (settings.home, settings.cache_dir, settings.dagster_home):
        folder.mkdir(parents=True, exist_ok=True)
    if isinstance(settings.inbox, Path):
        settings.inbox.mkdir(parents=True, exist_ok=True)
    dagster_yaml = _dagster_yaml().read_text() + storage_config(settings) + run_launcher_yaml(settings)
    _write_if_changed(dagster_yaml, settings.dagster_home / "dagster.yaml")
    check_version(settings)
    if is_local(settings):
        clear_abandoned(partial_folder(settings))
        refresh_views(settings)


def use_home(settings: Settings) -> None:
    """Point this process and its children to the home, and to Dagster's storage in it, by environment variables.

    Paths are made absolute, because children may have other working directories.
    """
    os.environ |= settings.places() | {"DAGSTER_HOME": str(settings.dagster_home)}


def _dagster_yaml() -> Path:
    """Dagster's settings: at the top of a checkout, or in the package of an installed wheel."""
    checkout = PACKAGE.parent / "dagster.yaml"
    return checkout if checkout.exists() else Path(str(resources.files("canopy_assets.storage") / "dagster.yaml"))


def _write_if_changed(content: str, target: Path) -> None:
    if not target.exists() or target.read_text() != content:
        replace_atomically(target, content.encode())
