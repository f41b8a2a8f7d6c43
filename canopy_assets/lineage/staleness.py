"""Which data version every asset has, which it should have, and what blocks it: a snapshot of the whole lineage.

`canopy run` and the automation both use it, so that they agree on what is stale. It compares present states, not what
happened since the last time: a daemon that was down for a week, or lost its cursor, gets the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import dagster as dg

from canopy_assets.lineage import event_log, versions
from canopy_assets.lineage.configuration import config_digest
from canopy_assets.lineage.event_log import Recorded, Verdicts
from canopy_assets.storage.inventory import StoredAssets

NEVER = "never materialized"
FILE_MISSING = "its file is missing"
UNCHECKED = "its checks have not been run"
CODE_CHANGED = "its code changed"
"""Followed by both code versions."""
CONFIG_CHANGED = "its configuration changed"
INPUT_CHANGED = "its input changed"


class Lineage:
    """A snapshot of the lineage. Each part is read from the event log on first use and then kept.

    Make a new snapshot after a run. All dicts have partitions as keys; an asset without partitions has the single key
    None.
    """

    def __init__(
        self,
        instance: dg.DagsterInstance,
        graph: Any,
        configs: Mapping[str, Mapping[str, Any]],
        *,
        stored: StoredAssets,
        keep_own_config: bool = False,
    ) -> None:
        """Set up a snapshot; nothing is read yet.

        Args:
            instance: Dagster's storage.
            graph: Dagster's asset graph.
            configs: the configuration that each asset would run with, by asset.
            stored: what is in the store. An asset whose file is gone is stale.
            keep_own_config: whether an asset that a person launched with another configuration counts as up to date
                until the defaults change.
        """
        self.instance, self.graph = instance, graph
        self._configs, self._stored, self._keep_own_config = configs, stored, keep_own_config
        self._recorded: dict[dg.AssetKey, dict[str | None, Recorded]] = {}
        self._verdicts: dict[dg.AssetKey, Verdicts] = {}
        self._expected: dict[dg.AssetKey, dict[str | None, str]] = {}
        self._reasons: dict[dg.AssetKey, dict[str | None, str]] = {}
        self._blocked: dict[dg.AssetKey, set[str | None]] = {}

    def recorded(self, key: dg.AssetKey) -> dict[str | None, Recorded]:
        """The latest materialization of each partition, or the latest observation for an external asset."""
        if key not in self._recorded:
            self._recorded[key] = event_log.latest(self.instance, self.graph, key)
        return self._recorded[key]

    def verdicts(self, key: dg.AssetKey) -> Verdicts:
        """The results of an asset's blocking checks."""
        if key not in self._verdicts:
            made = [p for p, r in self.recorded(key).items() if r.version is not None]
            self._verdicts[key] = event_log.blocking_verdicts(self.instance, self.graph, key, made)
        return self._verdicts[key]

    def expected(self, key: dg.AssetKey) -> dict[str | None, str]:
        """The data version that each partition should have, given its code, configuration and inputs.

        For a stale input, the version that it will have is used.
        """
        if key not in self._expected:
            spec = self.graph.get(key).assets_def.get_asset_spec(key)
            self._expected[key] = {
                p: versions.expected_version(
                    key.path[-1], spec.code_version, self._config(key, p), self._inputs(spec, p)
                )
                for p in self._partitions(key)
            }
        return self._expected[key]

    def reasons(self, key: dg.AssetKey) -> dict[str | None, str]:
        """The stale partitions, and why each is stale."""
        if key not in self._reasons:
            spec = self.graph.get(key).assets_def.get_asset_spec(key)
            reasons = {p: self._reason(key, p, version, spec.code_version) for p, version in self.expected(key).items()}
            self._reasons[key] = {p: reason for p, reason in reasons.items() if reason}
        return self._reasons[key]

    def changed_inputs(self, key: dg.AssetKey) -> set[dg.AssetKey]:
        """The unpartitioned inputs that have changed since an unpartitioned asset last read them."""
        held = self.recorded(key).get(None)
        parents = {k: self.recorded(k).get(None) for k in self._parents(key) if not self.graph.get(k).is_partitioned}
        read = held.inputs if held else {}
        return {k for k, now in parents.items() if held and now and read.get(k.to_user_string()) != now.version}

    def usable(self, key: dg.AssetKey) -> list[str]:
        """The partitions of an asset that an unpartitioned asset downstream reads."""
        return versions.usable_partitions(self.instance, self.graph, key)

    def blocked(self, key: dg.AssetKey) -> set[str | None]:
        """The partitions that must not be made: a blocking check upstream failed, and nothing has changed since.

        An asset that gathers all seeds is not blocked by one of them; it leaves that one out.
        """
        if key not in self._blocked:
            blocked: set[str | None] = set()
            for parent in filter(lambda k: self.graph.get(k).is_materializable, self._parents(key)):
                stopped = self.verdicts(parent).failed - set(self.reasons(parent)) | self.blocked(parent)
                if self.graph.get(parent).is_partitioned == self.graph.get(key).is_partitioned:
                    blocked |= stopped
                elif None in stopped:
                    blocked |= set(self._registered)
            self._blocked[key] = blocked
        return self._blocked[key]

    @cached_property
    def _registered(self) -> list[str]:
        partitioned = next(k for k in self.graph.materializable_asset_keys if self.graph.get(k).is_partitioned)
        return list(
            self.graph.get(partitioned).partitions_def.get_partition_keys(dynamic_partitions_store=self.instance)
        )

    def _partitions(self, key: dg.AssetKey) -> list[str] | list[None]:
        return self._registered if self.graph.get(key).is_partitioned else [None]

    def _parents(self, key: dg.AssetKey) -> list[dg.AssetKey]:
        spec = self.graph.get(key).assets_def.get_asset_spec(key)
        return sorted(d.asset_key for d in spec.deps if d.asset_key != key)

    def _config(self, key: dg.AssetKey, partition: str | None) -> str:
        """The digest of the configuration that a partition should have been made with."""
        default = config_digest(self._configs.get(key.path[-1], {}))
        held = self.recorded(key).get(partition)
        own = self._keep_own_config and held is not None and held.config is not None and held.defaults == default
        return held.config if own and held and held.config else default

    def _inputs(self, spec: dg.AssetSpec, partition: str | None) -> versions.InputVersions:
        """The versions of what a partition reads.

        If asset and input are both per seed or both shared, these are the expected versions. For a shared input of a
        per-seed asset and for external assets they are the recorded ones.
        """
        inputs: versions.InputVersions = {}
        for parent in self._parents(spec.key):
            node, name = self.graph.get(parent), parent.path[-1]
            if node.is_partitioned and partition is None:
                inputs |= versions.fan_in_versions(self.instance, self.graph, parent)
            elif node.is_materializable and node.is_partitioned == (partition is not None):
                inputs[name] = self.expected(parent)[partition]
            else:
                held = self.recorded(parent).get(partition if node.is_partitioned else None)
                inputs[name] = (held.version if held else None) or "none"
        return inputs

    def _reason(self, key: dg.AssetKey, partition: str | None, version: str, code_version: str | None) -> str | None:
        """Why a partition is stale, given the versions of data and code that it should have; None if it is not."""
        held = self.recorded(key).get(partition)
        if held is None or held.version is None:
            return NEVER
        if not self._stored.holds(key.path[-1], partition):
            return FILE_MISSING
        if partition in self.verdicts(key).unknown:
            return UNCHECKED
        if held.version == version:
            return None
        if held.code_version != code_version:
            return f"{CODE_CHANGED} (version {held.code_version} was recorded, {code_version} is current)"
        return CONFIG_CHANGED if held.config != self._config(key, partition) else INPUT_CHANGED
