"""Plans a run: finds the assets whose recorded data version is not the one that their inputs now give."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from canopy_assets.lineage.staleness import Lineage
from canopy_assets.settings import Settings
from canopy_assets.storage.inventory import StoredAssets


@dataclass(frozen=True)
class Stale:
    """An asset (or one partition of it) to materialize, and why."""

    key: dg.AssetKey
    partition: str | None
    reason: str


@dataclass(frozen=True)
class Planner:
    """Finds the stale assets. Each call reads the lineage again.

    Attributes:
        instance: Dagster's storage.
        graph: Dagster's asset graph.
        settings: the settings, which name the home.
        config: the configuration that the run will use, by asset; an asset without an entry has none.
        until: the asset to stop after; None for all.
    """

    instance: dg.DagsterInstance
    graph: Any
    settings: Settings
    config: Mapping[str, Mapping[str, Any]]
    until: dg.AssetKey | None = None

    def of_seeds(self, seeds: Sequence[str]) -> dict[str, list[Stale]]:
        """The stale assets of each seed, upstream first. Seeds without stale assets are left out.

        An asset behind a failed blocking check is left out.
        """
        keys = [k for k in self._order() if self.graph.get(k).is_partitioned]
        lineage = self._lineage()
        plans = {seed: self._stale(lineage, keys, seed) for seed in seeds}
        return {seed: stale for seed, stale in plans.items() if stale}

    def shared(self) -> list[Stale]:
        """The stale assets without partitions, upstream first, judged by the partitions as they are now."""
        keys = [k for k in self._order() if not self.graph.get(k).is_partitioned]
        return self._stale(self._lineage(), keys, None)

    def _lineage(self) -> Lineage:
        return Lineage(self.instance, self.graph, self.config, stored=StoredAssets(self.settings))

    def _order(self) -> list[dg.AssetKey]:
        """The materializable assets upstream first; with `until`, only that one and what it needs."""
        wanted: Collection[dg.AssetKey] = self.graph.materializable_asset_keys
        if self.until is not None:
            wanted = {self.until, *self.graph.get_ancestor_asset_keys(self.until)}
        return [k for k in self.graph.toposorted_asset_keys if k in wanted and self.graph.get(k).is_materializable]

    def _stale(self, lineage: Lineage, keys: list[dg.AssetKey], partition: str | None) -> list[Stale]:
        return [
            Stale(key, partition, reason)
            for key in keys
            if (reason := lineage.reasons(key).get(partition)) and partition not in lineage.blocked(key)
        ]
