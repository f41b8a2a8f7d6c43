"""What is in the store, whatever form it has: tables and artefacts alike."""

from __future__ import annotations

from pathlib import Path

from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import is_published
from canopy_assets.storage.backend import is_local, store_root
from canopy_assets.storage.tables import UNPARTITIONED, stored_partitions, table_path


def is_stored(settings: Settings, asset: str, partition: str | None = None) -> bool:
    """Whether an asset's table or artefact is there."""
    return table_path(settings, asset, partition).exists() or is_published(settings, asset)


def checkpoints_dir(settings: Settings) -> Path:
    """Where trainings keep their checkpoints: in a store that is a folder, so that a worker elsewhere can go on from
    them; with a bucket on this machine, and a training that moves to another one starts from its beginning.
    """
    root = Path(store_root(settings).path) if is_local(settings) else settings.home
    return root / "checkpoints"


class StoredAssets:
    """What is in the store, each asset listed once: for questions about thousands of partitions."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._partitions: dict[str, set[str]] = {}
        self._published: dict[str, bool] = {}

    def holds(self, asset: str, partition: str | None = None) -> bool:
        """Whether an asset's table or artefact is there."""
        if asset not in self._partitions:
            self._partitions[asset] = stored_partitions(self._settings, asset)
            self._published[asset] = is_published(self._settings, asset)
        return (partition or UNPARTITIONED) in self._partitions[asset] or self._published[asset]
