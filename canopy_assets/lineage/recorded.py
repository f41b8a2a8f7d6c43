"""What Dagster's event log says of the lineage, read in bulk: versions by partition, and verdicts of blocking checks.

One query a partition is fine for ten seeds and takes minutes for ten thousand, so everything here asks once for each
asset. Events never change, so what was read of one is kept for the next look of this process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

VERSION_KEY = "canopy/data_version"
"""Metadata of a materialization of one partition among several of a step: Dagster takes one data version a step."""

NOT_MADE_KEY = "canopy/not_made"
"""Metadata of a seed that a run of several couldn't make: why. Dagster records all seeds of a run as materialized."""

CONFIG_TAG = "canopy/config"
DEFAULTS_TAG = "canopy/default_config"
CODE_TAG = "dagster/code_version"
_INPUT_TAG = "dagster/input_data_version/"

_IDS_A_QUERY = 1000
_KEPT: dict[tuple[str, int], Recorded] = {}
"""By storage and event id."""


@dataclass(frozen=True)
class Recorded:
    """A materialization (or, of an external asset, an observation) as far as it decides what has to be done.

    Attributes:
        version: the data version; None when it was not made.
        config: digest of the configuration that it ran with.
        defaults: digest of what the configuration would have been had nobody given one.
        inputs: Dagster's data versions of what was read, by asset; of assets without partitions only.
        timestamp: seconds since the epoch.
    """

    storage_id: int
    run_id: str
    timestamp: float
    version: str | None
    code_version: str | None
    config: str | None
    defaults: str | None
    inputs: Mapping[str, str]


def latest(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> dict[str | None, Recorded]:
    """The latest materialization of every registered partition; under None that of an asset without partitions."""
    node = graph.get(key)
    if not node.is_partitioned:
        record = instance.get_latest_data_version_record(key)
        return {None: _recorded(record.storage_id, record.event_log_entry)} if record else {}
    kind = (
        dg.DagsterEventType.ASSET_MATERIALIZATION if node.is_materializable else dg.DagsterEventType.ASSET_OBSERVATION
    )
    registered = set(node.partitions_def.get_partition_keys(dynamic_partitions_store=instance))
    ids = instance.event_log_storage.get_latest_storage_id_by_partition(key, kind)
    wanted = {p: i for p, i in ids.items() if p in registered}
    home = str(instance.root_directory)
    missing = [i for i in wanted.values() if (home, i) not in _KEPT]
    for start in range(0, len(missing), _IDS_A_QUERY):
        records = instance.event_log_storage.get_event_records(
            dg.EventRecordsFilter(event_type=kind, asset_key=key, storage_ids=missing[start : start + _IDS_A_QUERY])
        )
        _KEPT.update({(home, r.storage_id): _recorded(r.storage_id, r.event_log_entry) for r in records})
    return {p: _KEPT[home, i] for p, i in wanted.items()}


def latest_of(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None = None) -> Recorded | None:
    """The latest materialization or observation of one asset (and partition)."""
    record = instance.get_latest_data_version_record(key, partition_key=partition)
    return _recorded(record.storage_id, record.event_log_entry) if record else None


@dataclass(frozen=True)
class Verdicts:
    """What the blocking checks of an asset say, as partitions (None for an asset without).

    Attributes:
        failed: a check failed.
        pending: a run that is under way will say.
        unknown: a check has not said anything of the latest materialization, and no run will: it was killed in between.
    """

    failed: frozenset[str | None] = frozenset()
    pending: frozenset[str | None] = frozenset()
    unknown: frozenset[str | None] = frozenset()

    @property
    def not_passed(self) -> frozenset[str | None]:
        """What must not be gone past."""
        return self.failed | self.pending | self.unknown


def blocking_verdicts(
    instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey, materialized: Iterable[str | None]
) -> Verdicts:
    """What the blocking checks of an asset say of its materialized partitions."""
    blocking = [check for check in graph.get_check_keys_for_assets({key}) if graph.get_check_spec(check).blocking]
    if not blocking:
        return Verdicts()
    here = set(materialized)
    infos = [i for i in instance.event_log_storage.get_asset_check_partition_info(blocking) if i.partition_key in here]
    planned = [i for i in infos if i.latest_execution_status == AssetCheckExecutionRecordStatus.PLANNED]
    under_way = _under_way(instance, {i.latest_planned_run_id for i in planned})
    failed = {i.partition_key for i in infos if i.latest_execution_status == AssetCheckExecutionRecordStatus.FAILED}
    pending = {i.partition_key for i in planned if i.latest_planned_run_id in under_way}
    passed: Mapping[str | None, set[str]] = defaultdict(set)
    for info in infos:
        if info.latest_execution_status == AssetCheckExecutionRecordStatus.SUCCEEDED and info.is_current:
            passed[info.partition_key].add(info.check_key.name)
    unknown = {p for p in here - failed - pending if len(passed[p]) < len(blocking)}
    return Verdicts(frozenset(failed), frozenset(pending - failed), frozenset(unknown))


def _under_way(instance: dg.DagsterInstance, run_ids: set[str]) -> set[str]:
    """The runs that have not come to an end."""
    runs = instance.get_runs(dg.RunsFilter(run_ids=sorted(run_ids))) if run_ids else []
    return {run.run_id for run in runs if not run.is_finished}


def _recorded(storage_id: int, entry: dg.EventLogEntry) -> Recorded:
    happening = entry.asset_materialization or entry.asset_observation
    tags = (happening.tags if happening else None) or {}
    told = happening.metadata if happening else {}
    own = told.get(VERSION_KEY)
    version = str(own.value) if own else tags.get(DATA_VERSION_TAG)
    return Recorded(
        storage_id,
        entry.run_id,
        entry.timestamp,
        None if NOT_MADE_KEY in told else version,
        tags.get(CODE_TAG),
        tags.get(CONFIG_TAG),
        tags.get(DEFAULTS_TAG),
        {name.removeprefix(_INPUT_TAG): value for name, value in tags.items() if name.startswith(_INPUT_TAG)},
    )
