"""Data versions by input: what an asset holds is named by what it was made from.

The version of a materialization is the digest of the asset's key, its code version, its configuration and the
versions of what it read. So the version that an asset *should* have is known before it is computed: equal to the one
it has means that there is nothing to do. Input from outside (seed files, eval prompts) enters as external assets that
are observed under the digest of their content.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from canopy_assets.lineage import recorded
from canopy_assets.lineage.configuration import config_digest, config_type, config_values
from canopy_assets.lineage.failures import Kind, classify
from canopy_assets.lineage.recorded import CONFIG_TAG, DEFAULTS_TAG, NOT_MADE_KEY, VERSION_KEY
from canopy_assets.records import content_id

Digests = Mapping[str, str] | Mapping[None, str]
"""Content digests of an external asset, by partition; under None for one without partitions."""

InputVersions = dict[str, str]
"""The version of each thing read: by asset, or by asset and partition ("reviewed_dialogues/algebra.md")."""


class FailedChecksError(RuntimeError):
    """A blocking check of what an asset would read failed, in this run or an earlier one."""


@dataclass(frozen=True)
class Made:
    """What an asset makes of one seed: its table, what to tell of it, and, where the asset knows better than the event
    log, the versions of what was really read.
    """

    table: Any
    metadata: Mapping[str, Any] = field(default_factory=dict)
    inputs: InputVersions | None = None


def expected_version(asset: str, code_version: str | None, config: str, inputs: InputVersions) -> str:
    """The data version of an asset made by this code, from these inputs, with the configuration of that digest."""
    return content_id(asset, code_version, config, json.dumps(inputs, sort_keys=True))


def versioned(
    context: dg.AssetExecutionContext,
    value: Any,
    *,
    config: dg.Config | None = None,
    metadata: Mapping[str, Any] | None = None,
    inputs: InputVersions | None = None,
) -> dg.MaterializeResult:
    """What an asset without partitions returns: its value under the data version that its inputs, configuration and
    code give it.

    Args:
        inputs: versions of what was really read, where the asset knows better than the event log.
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
    """What a per-seed asset returns: a table for each seed of the run, each under a data version of its own.

    A run of a backfill takes many seeds. One whose checks failed upstream is left out, and one that raises doesn't
    take the others with it: both keep the table that they had, and are recorded as not made, with the reason, so that
    they are asked for again. Raised is an error when nothing can be made, and one that the step shall retry.

    Args:
        make: the table of one seed, by its partition key.

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
                raise  # the whole run is tried again in a while
            error = problem
            reason = str(problem) if seed in blocked else "".join(traceback.format_exception_only(problem)).strip()
            context.add_asset_metadata({NOT_MADE_KEY: reason}, partition_key=seed)
            context.log.warning("not made: %s", reason, exc_info=seed not in blocked)
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
        # Of one seed this is its version; of many, Dagster takes just one, and VERSION_KEY says which is whose.
        data_version=dg.DataVersion(versions[0] if len(versions) == 1 else content_id(*versions)),
        tags=_config_tags(context, digest),
    )


def blocked_seeds(context: dg.AssetExecutionContext) -> dict[str, str]:
    """The seeds of the run that may not be used, and why: a check upstream failed, or what is read was not made."""
    graph, seeds = context.repository_def.asset_graph, context.partition_keys
    blocked: dict[str, str] = {}
    for above in graph.get_ancestor_asset_keys(context.asset_key):
        node = graph.get(above)
        if not (node.is_partitioned and node.is_materializable):
            continue
        name, held = above.path[-1], recorded.latest(context.instance, graph, above)
        blocked |= {s: f"{name} was not made" for s in seeds if s in held and held[s].version is None}
        failed = recorded.blocking_verdicts(context.instance, graph, above, seeds).failed
        blocked |= {s: f"a blocking check of {name} failed" for s in seeds if s in failed}
    return blocked


def stop_behind_failed_checks(context: dg.AssetExecutionContext) -> None:
    """Stop a shared asset that was launched by hand although a blocking check of what it reads failed earlier.

    Within one run Dagster does that by itself.

    Raises:
        FailedChecksError: names the asset whose checks failed.
    """
    graph = context.repository_def.asset_graph
    for parent in sorted(graph.get(context.asset_key).parent_keys):
        if (
            not graph.get(parent).is_partitioned
            and recorded.blocking_verdicts(context.instance, graph, parent, [None]).failed
        ):
            raise FailedChecksError(
                f"{context.asset_key.path[-1]}: a blocking check of {parent.path[-1]} failed: see its checks, mend "
                f"what they say, and materialize {parent.path[-1]} again"
            )


def usable_partitions(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> list[str]:
    """The partitions of an asset that are made and whose blocking checks, and those upstream, passed.

    A quarantined seed must neither stop the fan-in nor get into it with what an earlier version of the file left
    there.
    """
    made = {p for p, r in recorded.latest(instance, graph, key).items() if p is not None and r.version is not None}
    for above in (key, *graph.get_ancestor_asset_keys(key)):
        if graph.get(above).is_partitioned and graph.get(above).is_materializable:
            made -= recorded.blocking_verdicts(instance, graph, above, made).not_passed
    return sorted(made)


def observe(instance: dg.DagsterInstance, key: dg.AssetKey, digests: Digests) -> None:
    """Record the content digests of an external asset's partitions, where they are new."""
    for partition, digest in digests.items():
        known = recorded.latest_of(instance, key, partition)
        if known is None or known.version != digest:
            observation = dg.AssetObservation(key, partition=partition, tags={DATA_VERSION_TAG: digest})
            instance.report_runless_asset_event(observation)


def fan_in_versions(instance: dg.DagsterInstance, graph: Any, key: dg.AssetKey) -> InputVersions:
    """The versions that an asset without partitions reads of one that has them: of its usable partitions."""
    held = recorded.latest(instance, graph, key)
    return {f"{key.path[-1]}/{p}": held[p].version or "none" for p in usable_partitions(instance, graph, key)}


def _shared_inputs(context: dg.AssetExecutionContext, spec: dg.AssetSpec) -> InputVersions:
    graph = context.repository_def.asset_graph
    read: InputVersions = {}
    for parent in sorted(d.asset_key for d in spec.deps if d.asset_key != spec.key):
        if graph.get(parent).is_partitioned:
            read |= fan_in_versions(context.instance, graph, parent)
        else:
            held = recorded.latest_of(context.instance, parent)
            read[parent.path[-1]] = (held.version if held else None) or "none"
    return read


def _seed_inputs(context: dg.AssetExecutionContext, spec: dg.AssetSpec) -> dict[str, InputVersions]:
    graph = context.repository_def.asset_graph
    read: dict[str, InputVersions] = {seed: {} for seed in context.partition_keys}
    for parent in sorted(d.asset_key for d in spec.deps if d.asset_key != spec.key):
        held = recorded.latest(context.instance, graph, parent)
        for seed, inputs in read.items():
            record = held.get(seed if graph.get(parent).is_partitioned else None)
            inputs[parent.path[-1]] = (record.version if record else None) or "none"
    return read


def _config_tags(context: dg.AssetExecutionContext, digest: str) -> dict[str, str]:
    kind = config_type(context.assets_def)
    return {CONFIG_TAG: digest, DEFAULTS_TAG: config_digest(config_values(kind() if kind else None))}
