"""Data versions by input: what an asset holds is named by what it was made from.

The version of a materialization is the digest of the asset's key, its code version, its configuration and the
versions of what it read. So the version that an asset *should* have is known before it is computed: equal to the one
it has means that there is nothing to do. Input from outside (seed files, eval prompts) enters as external assets that
are observed under the digest of their content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG, extract_data_version_from_entry
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from canopy_assets.records import content_id

CONFIG_TAG = "canopy/config"
"""On every materialization: the digest of its configuration, so that a later run can say that it was the
configuration that changed.
"""

Digests = Mapping[str, str] | Mapping[None, str]
"""Content digests of an external asset, by partition; under None for one without partitions."""

InputVersions = dict[str, str]
"""The version of each thing read: by asset, or by asset and partition ("reviewed_dialogues/algebra.md")."""


def expected_version(asset: str, code_version: str | None, config: Mapping[str, Any], inputs: InputVersions) -> str:
    """The data version of an asset made by this code, from this configuration and these inputs."""
    return content_id(asset, code_version, config_digest(config), json.dumps(inputs, sort_keys=True))


def config_digest(config: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that name a configuration."""
    return content_id(json.dumps(config, sort_keys=True, default=str))


def config_values(config: dg.Config | None) -> dict[str, Any]:
    """A Dagster config as plain values."""
    return config.model_dump(mode="json") if config is not None else {}


def recorded_version(instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None = None) -> str | None:
    """The data version of the latest materialization or observation, None when there is none."""
    record = instance.get_latest_data_version_record(key, partition_key=partition)
    version = extract_data_version_from_entry(record.event_log_entry) if record else None
    return version.value if version else None


def versioned(
    context: dg.AssetExecutionContext,
    value: Any,
    *,
    config: dg.Config | None = None,
    metadata: Mapping[str, Any] | None = None,
    inputs: InputVersions | None = None,
) -> dg.MaterializeResult:
    """What an asset returns: its value under the data version that its inputs, configuration and code give it.

    Args:
        inputs: versions of what was really read, where the asset knows better than the event log.
    """
    values = config_values(config)
    spec = context.assets_def.get_asset_spec(context.asset_key)
    partition = context.partition_key if context.has_partition_key else None
    read = (
        inputs
        if inputs is not None
        else input_versions(context.instance, spec, partition, context.repository_def.asset_graph)
    )
    version = expected_version(context.asset_key.path[-1], spec.code_version, values, read)
    return dg.MaterializeResult(
        value=value,
        metadata=dict(metadata or {}),
        data_version=dg.DataVersion(version),
        tags={CONFIG_TAG: config_digest(values)},
    )


def input_versions(
    instance: dg.DagsterInstance,
    spec: dg.AssetSpec,
    partition: str | None,
    graph: Any,
    version_of: Callable[[dg.AssetKey, str | None], str | None] | None = None,
) -> InputVersions:
    """The versions that a materialization of an asset reads, by the dependencies of its spec.

    A fan-in reads the usable partitions of a partitioned dependency only; see `usable_partitions`.

    Args:
        version_of: where to look versions up; the event log by default.
    """
    look_up = version_of or (lambda key, part: recorded_version(instance, key, part))
    versions: InputVersions = {}
    for dep in sorted(spec.deps, key=lambda d: d.asset_key):
        key, name = dep.asset_key, dep.asset_key.path[-1]
        if key == spec.key:
            continue
        if not graph.get(key).is_partitioned:
            versions[name] = look_up(key, None) or "none"
        elif partition is not None:
            versions[name] = look_up(key, partition) or "none"
        else:
            versions |= {f"{name}/{p}": look_up(key, p) or "none" for p in usable_partitions(instance, graph, key)}
    return versions


def usable_partitions(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> list[str]:
    """The partitions of an asset that are materialized and whose blocking checks, and those upstream, did not fail.

    A quarantined seed must neither stop the fan-in nor get into it with what an earlier version of the file left
    there.
    """
    lineage = [
        key,
        *(
            k
            for k in graph.get_ancestor_asset_keys(key)
            if graph.get(k).is_partitioned and graph.get(k).is_materializable
        ),
    ]
    registered = set(graph.get(key).partitions_def.get_partition_keys(dynamic_partitions_store=instance))
    materialized = sorted(instance.get_materialized_partitions(key) & registered)
    return [p for p in materialized if not any(failed_blocking_checks(instance, graph, k, p) for k in lineage)]


def failed_blocking_checks(
    instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey, partition: str | None
) -> list[dg.AssetCheckKey]:
    """The blocking checks of an asset whose latest evaluation failed."""
    blocking = [check for check in graph.get_check_keys_for_assets({key}) if graph.get_check_spec(check).blocking]
    if not blocking:
        return []
    latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        blocking, partition_filter=PartitionKeyFilter(key=partition)
    )
    return [check for check, record in latest.items() if record.status == AssetCheckExecutionRecordStatus.FAILED]


def observe(instance: dg.DagsterInstance, key: dg.AssetKey, digests: Digests) -> None:
    """Record the content digests of an external asset's partitions, where they are new."""
    for partition, digest in digests.items():
        if recorded_version(instance, key, partition) != digest:
            observation = dg.AssetObservation(key, partition=partition, tags={DATA_VERSION_TAG: digest})
            instance.report_runless_asset_event(observation)
