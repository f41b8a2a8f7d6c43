"""What every asset holds, what it should hold, and what stands in the way: one look at the whole lineage.

`canopy run` plans by it and automation decides by it, so that both want the same. It goes by what *is*, not by what
happened since somebody last looked: a daemon that was away for a week, or lost its cursor, comes to the same end.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import dagster as dg

from canopy_assets.lineage import recorded, versions
from canopy_assets.lineage.configuration import config_digest
from canopy_assets.lineage.recorded import Recorded, Verdicts
from canopy_assets.storage.stored import StoredAssets

NEVER = "never materialized"
FILE_MISSING = "its file is missing"
UNCHECKED = "its checks have not been run"
CODE_CHANGED = "its code version changed"
CONFIG_CHANGED = "its configuration changed"
INPUT_CHANGED = "its input changed"


class Lineage:
    """A snapshot, read when it is first asked for; make a new one after a run.

    Partitions are keys of dicts everywhere; an asset without partitions has the one key None.
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
        """Nothing is read yet.

        Args:
            configs: the configuration that each asset would run with.
            stored: what is in the store: an asset whose file is gone is made again.
            keep_own_config: whether what somebody launched with a configuration of their own is left alone until
                the defaults change.
        """
        self.instance, self.graph = instance, graph
        self._configs, self._stored, self._keep_own_config = configs, stored, keep_own_config
        self._recorded: dict[dg.AssetKey, dict[str | None, Recorded]] = {}
        self._verdicts: dict[dg.AssetKey, Verdicts] = {}
        self._expected: dict[dg.AssetKey, dict[str | None, str]] = {}
        self._reasons: dict[dg.AssetKey, dict[str | None, str]] = {}
        self._blocked: dict[dg.AssetKey, set[str | None]] = {}

    def recorded(self, key: dg.AssetKey) -> dict[str | None, Recorded]:
        """The latest materialization (or observation) of each partition."""
        if key not in self._recorded:
            self._recorded[key] = recorded.latest(self.instance, self.graph, key)
        return self._recorded[key]

    def verdicts(self, key: dg.AssetKey) -> Verdicts:
        """What the blocking checks of an asset said."""
        if key not in self._verdicts:
            made = [p for p, r in self.recorded(key).items() if r.version is not None]
            self._verdicts[key] = recorded.blocking_verdicts(self.instance, self.graph, key, made)
        return self._verdicts[key]

    def expected(self, key: dg.AssetKey) -> dict[str | None, str]:
        """The data version that each partition should have: by its code, configuration and inputs, where an input
        that is itself stale counts with the version that it will have.
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
        """The partitions that are not what they should be, and why."""
        if key not in self._reasons:
            spec = self.graph.get(key).assets_def.get_asset_spec(key)
            reasons = {p: self._reason(key, p, version, spec.code_version) for p, version in self.expected(key).items()}
            self._reasons[key] = {p: reason for p, reason in reasons.items() if reason}
        return self._reasons[key]

    def changed_inputs(self, key: dg.AssetKey) -> set[dg.AssetKey]:
        """What an asset without partitions read in another version than it has now, among what has no partitions."""
        held = self.recorded(key).get(None)
        parents = {k: self.recorded(k).get(None) for k in self._parents(key) if not self.graph.get(k).is_partitioned}
        read = held.inputs if held else {}
        return {k for k, now in parents.items() if held and now and read.get(k.to_user_string()) != now.version}

    def usable(self, key: dg.AssetKey) -> list[str]:
        """The partitions of an asset that an asset without partitions takes."""
        return versions.usable_partitions(self.instance, self.graph, key)

    def blocked(self, key: dg.AssetKey) -> set[str | None]:
        """The partitions that must not be made: a blocking check of something above them failed, and nothing has
        changed since. What reads all seeds is not blocked by one of them; it leaves that one out.
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
        default = config_digest(self._configs.get(key.path[-1], {}))
        held = self.recorded(key).get(partition)
        own = self._keep_own_config and held is not None and held.config is not None and held.defaults == default
        return held.config if own and held and held.config else default

    def _inputs(self, spec: dg.AssetSpec, partition: str | None) -> versions.InputVersions:
        inputs: versions.InputVersions = {}
        for parent in self._parents(spec.key):
            node, name = self.graph.get(parent), parent.path[-1]
            if node.is_partitioned and partition is None:
                inputs |= self._fan_in(parent)
            elif node.is_materializable and node.is_partitioned == (partition is not None):
                inputs[name] = self.expected(parent)[partition]
            else:
                held = self.recorded(parent).get(partition if node.is_partitioned else None)
                inputs[name] = (held.version if held else None) or "none"
        return inputs

    def _fan_in(self, parent: dg.AssetKey) -> versions.InputVersions:
        return versions.fan_in_versions(self.instance, self.graph, parent)

    def _reason(self, key: dg.AssetKey, partition: str | None, version: str, code_version: str | None) -> str | None:
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
            return CODE_CHANGED
        return CONFIG_CHANGED if held.config != self._config(key, partition) else INPUT_CHANGED
