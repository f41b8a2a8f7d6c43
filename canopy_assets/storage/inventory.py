"""Which assets are in the store, as tables or as artefacts, and where checkpoints are."""

from __future__ import annotations

from pathlib import Path

from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import is_published
from canopy_assets.storage.backend import is_local, store_root
from canopy_assets.storage.tables import UNPARTITIONED, stored_partitions


def checkpoints_dir(settings: Settings) -> Path:
    """Where trainings keep their checkpoints.

    They are in the store if it is a folder, so that another worker can resume. With a bucket they stay on this machine,
    and a training that moves to another machine starts from the beginning.
    """
    root = Path(store_root(settings).path) if is_local(settings) else settings.home
    return root / "checkpoints"


class StoredAssets:
    """A snapshot of what is in the store. Each asset is listed only once, even if many partitions are looked up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._partitions: dict[str, set[str]] = {}
        self._published: dict[str, bool] = {}

    def holds(self, asset: str, partition: str | None = None) -> bool:
        """Whether the store has an asset's table or artefact."""
        if asset not in self._partitions:
            self._partitions[asset] = stored_partitions(self._settings, asset)
            self._published[asset] = is_published(self._settings, asset)
        return (partition or UNPARTITIONED) in self._partitions[asset] or self._published[asset]
