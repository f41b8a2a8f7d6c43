"""What a run has to do: the assets whose recorded data version isn't the one that their inputs now give them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from canopy_assets.platform import versions
from canopy_assets.platform.storage import is_stored
from canopy_assets.settings import Settings


@dataclass(frozen=True)
class Stale:
    """An asset (of one partition) to materialize, and why."""

    key: dg.AssetKey
    partition: str | None
    reason: str


@dataclass(frozen=True)
class Planner:
    """Compares what is recorded with what should be.

    Attributes:
        config: the configuration that the run will use, by asset; an asset without an entry has none.
        until: stop after this asset.
    """

    instance: dg.DagsterInstance
    graph: Any
    settings: Settings
    config: Mapping[str, Mapping[str, Any]]
    until: dg.AssetKey | None = None

    def of_partition(self, partition: str) -> list[Stale]:
        """The stale assets of one seed, upstream first; those behind a failed blocking check are left out."""
        return self._stale([k for k in self._order() if self.graph.get(k).is_partitioned], partition)

    def shared(self) -> list[Stale]:
        """The stale assets without partitions, upstream first, given what the partitions hold now."""
        return self._stale([k for k in self._order() if not self.graph.get(k).is_partitioned], None)

    def _order(self) -> list[dg.AssetKey]:
        """Materializable assets upstream first, only those that `until` needs."""
        wanted: Collection[dg.AssetKey] = self.graph.materializable_asset_keys
        if self.until is not None:
            wanted = {self.until, *self.graph.get_ancestor_asset_keys(self.until)}
        return [k for k in self.graph.toposorted_asset_keys if k in wanted and self.graph.get(k).is_materializable]

    def _stale(self, keys: list[dg.AssetKey], partition: str | None) -> list[Stale]:
        expected: dict[dg.AssetKey, str] = {}
        blocked: set[dg.AssetKey] = set()
        stale: list[Stale] = []
        for key in keys:
            spec = self.graph.get(key).assets_def.get_asset_spec(key)
            name = key.path[-1]
            parents = {d.asset_key for d in spec.deps if d.asset_key != key}
            if parents & blocked:
                blocked.add(key)
                continue
            inputs = versions.input_versions(
                self.instance,
                spec,
                partition,
                self.graph,
                lambda k, p: expected.get(k) or versions.recorded_version(self.instance, k, p),
            )
            config = self.config.get(name, {})
            expected[key] = versions.expected_version(name, spec.code_version, config, inputs)
            reason = self._reason(key, partition, spec.code_version, config, expected[key], inputs)
            if reason:
                stale.append(Stale(key, partition, reason))
            elif versions.failed_blocking_checks(self.instance, self.graph, key, partition):
                blocked.add(key)
        return stale

    def _reason(
        self,
        key: dg.AssetKey,
        partition: str | None,
        code_version: str | None,
        config: Mapping[str, Any],
        expected: str,
        inputs: versions.InputVersions,
    ) -> str | None:
        """Why an asset has to be materialized, None when it hasn't."""
        record = self.instance.get_latest_data_version_record(key, partition_key=partition)
        if record is None or record.asset_materialization is None:
            return "never materialized"
        if not is_stored(self.settings, key.path[-1], partition):
            return "its file is missing"
        if versions.recorded_version(self.instance, key, partition) == expected:
            return None
        tags = record.asset_materialization.tags or {}
        if tags.get("dagster/code_version") != code_version:
            return "its code version changed"
        if tags.get(versions.CONFIG_TAG) != versions.config_digest(config):
            return "its configuration changed"
        return "its input changed"
