"""Data versions by input: the version of an asset says what it was made from.

A data version is the digest of the asset's key, its code version, its configuration and the versions of its inputs. So
the version that an asset should have is known before it is made; if it has that version already, there is nothing to
do. Inputs from outside (seed files, evaluation prompts) are external assets, observed with the digest of their content.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from canopy_assets.lineage import event_log
from canopy_assets.lineage.configuration import config_digest, config_type, config_values
from canopy_assets.lineage.event_log import CONFIG_TAG, DEFAULTS_TAG, NOT_MADE_KEY, VERSION_KEY
from canopy_assets.lineage.failures import Kind, classify
from canopy_assets.records import content_id

Digests = Mapping[str, str] | Mapping[None, str]
"""Content digests of an external asset, by partition. An asset without partitions has the single key None."""

InputVersions = dict[str, str]
"""The versions of the inputs: by asset, or by asset and partition ("reviewed_dialogues/algebra.md")."""


class FailedChecksError(RuntimeError):
    """A blocking check of an asset's input failed, in this run or an earlier one."""


@dataclass(frozen=True)
class Made:
    """What an asset makes from one seed.

    Attributes:
        table: the rows.
        metadata: metadata of the materialization.
        inputs: the versions that were read, if the asset knows them better than the event log.
    """

    table: Any
    metadata: Mapping[str, Any] = field(default_factory=dict)
    inputs: InputVersions | None = None


def expected_version(asset: str, code_version: str | None, config: str, inputs: InputVersions) -> str:
    """The data version of an asset made by this code, with the configuration of that digest, from these inputs."""
    return content_id(asset, code_version, config, json.dumps(inputs, sort_keys=True))


def versioned(
    context: dg.AssetExecutionContext,
    value: Any,
    *,
    config: dg.Config | None = None,
    metadata: Mapping[str, Any] | None = None,
    inputs: InputVersions | None = None,
) -> dg.MaterializeResult:
    """The result of an asset without partitions: its value, and the data version that its inputs and code give.

    Args:
        context: the asset's context.
        value: a table or an artefact.
        config: the asset's configuration, if it has one.
        metadata: metadata of the materialization.
        inputs: the versions that were read, if the asset knows them better than the event log.
    """
    spec = context.assets_def.get_asset_spec(context.asset_key)
    read = inputs if inputs is not None else _shared_inputs(context, spec)
    digest = config_digest(config_values(config))
    return dg.MaterializeResult(
        value=value,
        metadata=dict(metadata or {}),
        data_version=dg.DataVersion(expected_version(context.asset_key.path[-1], spec.code_version, digest, read)),
        tags=_config_tags(context, digest),
    )


def versioned_seeds(
    context: dg.AssetExecutionContext, make: Callable[[str], Made], *, config: dg.Config | None = None
) -> dg.MaterializeResult:
    """The result of a per-seed asset: a table for each seed of the run, each with its own data version.

    A run of a backfill takes many seeds. If a check upstream of a seed failed, or `make` raises, the seed keeps its
    earlier table. It is recorded as not made, with the reason, so that it is requested again. The other seeds go on.
    An error is raised only if no seed could be made, or if the error is transient: then Dagster retries the step.

    Args:
        context: the asset's context.
        make: makes the table of one seed, given its partition key.
        config: the asset's configuration, if it has one.

    Raises:
        FailedChecksError: a blocking check upstream failed for the only seed of the run.
    """
    spec = context.assets_def.get_asset_spec(context.asset_key)
    inputs = _seed_inputs(context, spec)
    blocked = blocked_seeds(context)
    digest = config_digest(config_values(config))
    tables: dict[str, Any] = {}
    versions: list[str] = []
    error: Exception | None = None
    for seed in context.partition_keys:
        try:
            if seed in blocked:
                raise FailedChecksError(f"{context.asset_key.path[-1]} of {seed}: {blocked[seed]}")
            made = make(seed)
        except Exception as problem:
            if classify(problem) is Kind.TRANSIENT:
                raise  # Dagster retries the whole step
            error = problem
            _record_not_made(context, seed, problem, blocked=seed in blocked)
            continue
        read = inputs[seed] if made.inputs is None else made.inputs
        version = expected_version(context.asset_key.path[-1], spec.code_version, digest, read)
        context.add_asset_metadata({**made.metadata, VERSION_KEY: version}, partition_key=seed)
        tables[seed] = made.table
        versions.append(version)
    if error is not None and not tables and (len(blocked) < len(context.partition_keys) or len(blocked) == 1):
        raise error
    return dg.MaterializeResult(
        value=tables,
        # Dagster takes one data version for the step. With many seeds, each seed's metadata has its own (VERSION_KEY).
        data_version=dg.DataVersion(versions[0] if len(versions) == 1 else content_id(*versions)),
        tags=_config_tags(context, digest),
    )


def _record_not_made(context: dg.AssetExecutionContext, seed: str, problem: Exception, *, blocked: bool) -> None:
    """Record and log why a seed was not made; with a trace, unless a check upstream blocked it."""
    reason = str(problem) if blocked else "".join(traceback.format_exception_only(problem)).strip()
    context.add_asset_metadata({NOT_MADE_KEY: reason}, partition_key=seed)
    context.log.warning("not made: %s", reason, exc_info=not blocked)


def blocked_seeds(context: dg.AssetExecutionContext) -> dict[str, str]:
    """The seeds of the run that cannot be used, and why: a check upstream failed, or an input was not made."""
    graph, seeds = context.repository_def.asset_graph, context.partition_keys
    blocked: dict[str, str] = {}
    for above in graph.get_ancestor_asset_keys(context.asset_key):
        node = graph.get(above)
        if not (node.is_partitioned and node.is_materializable):
            continue
        name, held = above.path[-1], event_log.latest(context.instance, graph, above)
        blocked |= {s: f"{name} was not made" for s in seeds if s in held and held[s].version is None}
        failed = event_log.blocking_verdicts(context.instance, graph, above, seeds).failed
        blocked |= {s: f"a blocking check of {name} failed" for s in seeds if s in failed}
    return blocked


def stop_behind_failed_checks(context: dg.AssetExecutionContext) -> None:
    """Stop an asset without partitions if a blocking check of an input failed in an earlier run.

    For assets that a person launches from the UI: Dagster itself stops only within one run.

    Raises:
        FailedChecksError: a check failed; the message names the input.
    """
    graph = context.repository_def.asset_graph
    for parent in sorted(graph.get(context.asset_key).parent_keys):
        if (
            not graph.get(parent).is_partitioned
            and event_log.blocking_verdicts(context.instance, graph, parent, [None]).failed
        ):
            raise FailedChecksError(
                f"{context.asset_key.path[-1]}: a blocking check of {parent.path[-1]} failed: see its checks, fix "
                f"what they report, and materialize {parent.path[-1]} again"
            )


def usable_partitions(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> list[str]:
    """The partitions of an asset that are made and passed all blocking checks, their own and those upstream.

    So a quarantined seed does not stop the assets that gather all seeds. Nor do these use the table that was made from
    an earlier version of its file.
    """
    made = {p for p, r in event_log.latest(instance, graph, key).items() if p is not None and r.version is not None}
    for above in (key, *graph.get_ancestor_asset_keys(key)):
        if graph.get(above).is_partitioned and graph.get(above).is_materializable:
            made -= event_log.blocking_verdicts(instance, graph, above, made).not_passed
    return sorted(made)


def observe(instance: dg.DagsterInstance, key: dg.AssetKey, digests: Digests) -> None:
    """Record the content digests of an external asset's partitions, unless they are recorded already."""
    for partition, digest in digests.items():
        known = event_log.latest_of(instance, key, partition)
        if known is None or known.version != digest:
            observation = dg.AssetObservation(key, partition=partition, tags={DATA_VERSION_TAG: digest})
            instance.report_runless_asset_event(observation)


def fan_in_versions(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> InputVersions:
    """The versions of a per-seed input's usable partitions, for an asset without partitions that reads all of them."""
    held = event_log.latest(instance, graph, key)
    return {f"{key.path[-1]}/{p}": held[p].version or "none" for p in usable_partitions(instance, graph, key)}


def _shared_inputs(context: dg.AssetExecutionContext, spec: dg.AssetSpec) -> InputVersions:
    """The recorded versions of what an asset without partitions reads."""
    graph = context.repository_def.asset_graph
    read: InputVersions = {}
    for parent in sorted(d.asset_key for d in spec.deps if d.asset_key != spec.key):
        if graph.get(parent).is_partitioned:
            read |= fan_in_versions(context.instance, graph, parent)
        else:
            held = event_log.latest_of(context.instance, parent)
            read[parent.path[-1]] = (held.version if held else None) or "none"
    return read


def _seed_inputs(context: dg.AssetExecutionContext, spec: dg.AssetSpec) -> dict[str, InputVersions]:
    """The recorded versions of what a per-seed asset reads, for each seed of the run."""
    graph = context.repository_def.asset_graph
    read: dict[str, InputVersions] = {seed: {} for seed in context.partition_keys}
    for parent in sorted(d.asset_key for d in spec.deps if d.asset_key != spec.key):
        held = event_log.latest(context.instance, graph, parent)
        for seed, inputs in read.items():
            record = held.get(seed if graph.get(parent).is_partitioned else None)
            inputs[parent.path[-1]] = (record.version if record else None) or "none"
    return read


def _config_tags(context: dg.AssetExecutionContext, digest: str) -> dict[str, str]:
    """Tags with the digests of the configuration used and of the default one. Staleness compares both."""
    kind = config_type(context.assets_def)
    return {CONFIG_TAG: digest, DEFAULTS_TAG: config_digest(config_values(kind() if kind else None))}
