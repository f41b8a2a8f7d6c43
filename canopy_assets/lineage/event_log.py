"""What Dagster's event log records of the lineage, read in bulk: versions by partition, results of blocking checks.

A query for each partition is fine with ten seeds and takes minutes with ten thousand, so the functions here make one
query for each asset. Events never change, so a process reads each event once.
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
"""Metadata with the data version of one partition, for steps of several: Dagster takes only one data version a step."""

NOT_MADE_KEY = "canopy/not_made"
"""Metadata with the reason why a seed was not made. Dagster records every seed of a run as materialized."""

CONFIG_TAG = "canopy/config"
DEFAULTS_TAG = "canopy/default_config"
CODE_TAG = "dagster/code_version"
_INPUT_TAG = "dagster/input_data_version/"

_IDS_A_QUERY = 1000
_READ: dict[tuple[str, int], Recorded] = {}
"""The events read so far, by storage and event id."""


@dataclass(frozen=True)
class Recorded:
    """The parts of a materialization, or of an external asset's observation, that decide whether the asset is stale.

    Attributes:
        storage_id: the event's id in Dagster's event log.
        run_id: the run that made it.
        timestamp: seconds since the epoch.
        version: the data version; None when the partition was not made.
        code_version: the asset's code version at that time.
        config: digest of the configuration that it ran with.
        defaults: digest of the default configuration at that time.
        inputs: Dagster's data versions of the inputs without partitions, by asset.
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
    """The latest materialization of every registered partition. An asset without partitions has the single key None."""
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
    missing = [i for i in wanted.values() if (home, i) not in _READ]
    for start in range(0, len(missing), _IDS_A_QUERY):
        records = instance.event_log_storage.get_event_records(
            dg.EventRecordsFilter(event_type=kind, asset_key=key, storage_ids=missing[start : start + _IDS_A_QUERY])
        )
        _READ.update({(home, r.storage_id): _recorded(r.storage_id, r.event_log_entry) for r in records})
    return {p: _READ[home, i] for p, i in wanted.items()}


def latest_of(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None = None) -> Recorded | None:
    """The latest materialization or observation of one asset (and partition)."""
    record = instance.get_latest_data_version_record(key, partition_key=partition)
    return _recorded(record.storage_id, record.event_log_entry) if record else None


@dataclass(frozen=True)
class Verdicts:
    """The results of an asset's blocking checks, as sets of partitions (None for an asset without partitions).

    Attributes:
        failed: a check failed.
        pending: a run that is under way will check it.
        unknown: a check has no result for the latest materialization, and no run will give one, because the run was
            killed before the check.
    """

    failed: frozenset[str | None] = frozenset()
    pending: frozenset[str | None] = frozenset()
    unknown: frozenset[str | None] = frozenset()

    @property
    def not_passed(self) -> frozenset[str | None]:
        """The partitions that no asset downstream may use."""
        return self.failed | self.pending | self.unknown


def blocking_verdicts(
    instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey, materialized: Iterable[str | None]
) -> Verdicts:
    """The results of an asset's blocking checks for its materialized partitions."""
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
    """The ids of the runs that are not finished."""
    runs = instance.get_runs(dg.RunsFilter(run_ids=sorted(run_ids))) if run_ids else []
    return {run.run_id for run in runs if not run.is_finished}


def _recorded(storage_id: int, entry: dg.EventLogEntry) -> Recorded:
    event = entry.asset_materialization or entry.asset_observation
    tags = (event.tags if event else None) or {}
    metadata = event.metadata if event else {}
    own = metadata.get(VERSION_KEY)
    version = str(own.value) if own else tags.get(DATA_VERSION_TAG)
    return Recorded(
        storage_id,
        entry.run_id,
        entry.timestamp,
        None if NOT_MADE_KEY in metadata else version,
        tags.get(CODE_TAG),
        tags.get(CONFIG_TAG),
        tags.get(DEFAULTS_TAG),
        {name.removeprefix(_INPUT_TAG): value for name, value in tags.items() if name.startswith(_INPUT_TAG)},
    )
