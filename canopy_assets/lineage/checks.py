"""Blocking asset checks: Great Expectations suites over tables, and checks of each seed."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import dagster as dg
import pyarrow as pa
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationTargetMaterializationData,
)

from canopy_assets.lineage import event_log
from canopy_assets.lineage.metadata import finite, markdown_table
from canopy_assets.lineage.partitions import SEEDS

SeedChecker = Callable[[Mapping[str, pa.Table]], Mapping[str, dg.AssetCheckResult]]
"""Takes the tables by seed and gives the result of each."""

_SUITE = "The Great Expectations suite over the rows. Nothing downstream uses a table that fails it."


def suite_check(asset: dg.AssetsDefinition, *, suite: str, frame: str) -> dg.AssetChecksDefinition:
    """A blocking check that runs an expectation suite over an asset's table and shows the failing rows.

    Args:
        asset: the asset to check, without partitions.
        suite: "package.module:function" of the suite. It is imported only when the check runs: Great Expectations
            takes seconds to import.
        frame: "package.module:function" that turns the table into the pandas frame of the suite.
    """

    @dg.asset_check(asset=asset, name="expectations", blocking=True, description=_SUITE)
    def run_suite(rows: pa.Table) -> dg.AssetCheckResult:
        return _run_suite(rows, suite, frame)

    return run_suite


def seed_suite_check(asset: dg.AssetsDefinition, *, suite: str, frame: str) -> dg.AssetChecksDefinition:
    """A blocking check that runs an expectation suite over a per-seed asset, with a result for each seed of the run.

    The rows of all seeds are checked at once, and seed by seed only if something fails: a suite takes a third of a
    second even for a few rows.

    Args:
        asset: the asset to check, partitioned by seed.
        suite: see `suite_check`.
        frame: see `suite_check`.
    """

    def check(tables: Mapping[str, pa.Table]) -> Mapping[str, dg.AssetCheckResult]:
        together = _run_suite(pa.concat_tables(tables.values()), suite, frame) if len(tables) > 1 else None
        if together is not None and together.passed:
            expectations = together.metadata["expectations"]
            return {
                seed: dg.AssetCheckResult(passed=True, metadata={"expectations": expectations, "rows": rows.num_rows})
                for seed, rows in tables.items()
            }
        return {seed: _run_suite(rows, suite, frame) for seed, rows in tables.items()}

    return seed_check(asset, name="expectations", description=_SUITE, check=check)


def seed_check(
    asset: dg.AssetsDefinition, *, name: str, description: str, check: SeedChecker
) -> dg.AssetChecksDefinition:
    """A blocking check of a per-seed asset. In a run of many seeds, one that fails does not stop the others.

    Dagster takes one result for each step, and a failed one would stop all seeds downstream. So in a run of many,
    each seed gets its own evaluation, and the step's result only warns which seeds failed. The assets downstream
    leave the failed seeds out (`lineage.versions`).

    Args:
        asset: the asset to check, partitioned by seed.
        name: the check's name in the UI.
        description: what the check looks at.
        check: returns the result of each seed.
    """

    @dg.asset_check(
        asset=asset,
        name=name,
        blocking=True,
        partitions_def=SEEDS,
        description=description,
    )
    def check_seeds(context: dg.AssetCheckExecutionContext, rows: dict[str, pa.Table]) -> dg.AssetCheckResult:
        seeds = context.op_execution_context.partition_keys
        if len(seeds) == 1:
            return check(rows)[seeds[0]]
        held = event_log.latest(context.instance, context.repository_def.asset_graph, asset.key)
        # A seed that was not made keeps its earlier table; this run checks only what it made.
        made = {seed: table for seed, table in rows.items() if held[seed].version is not None}
        results = check(made) if made else {}
        _log_results(context, asset.key, name, results, held)
        failed = sorted(seed for seed, result in results.items() if not result.passed)
        return dg.AssetCheckResult(
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"seeds": len(results), "failed": ", ".join(failed)},
        )

    return check_seeds


def _log_results(
    context: dg.AssetCheckExecutionContext,
    key: dg.AssetKey,
    name: str,
    results: Mapping[str, dg.AssetCheckResult],
    held: Mapping[str | None, event_log.Recorded],
) -> None:
    """Record an evaluation of each seed, against the materialization that was checked."""
    for seed, result in results.items():
        target = held[seed]
        context.op_execution_context.log_event(
            AssetCheckEvaluation(  # pyright: ignore[reportArgumentType]
                asset_key=key,
                check_name=name,
                passed=result.passed,
                metadata=result.metadata,
                target_materialization_data=AssetCheckEvaluationTargetMaterializationData(
                    storage_id=target.storage_id, run_id=target.run_id, timestamp=target.timestamp
                ),
                severity=result.severity,
                description=result.description,
                blocking=True,
                partition=seed,
            )
        )


def _run_suite(rows: pa.Table, suite: str, frame: str) -> dg.AssetCheckResult:
    from canopy_assets.lineage.expectations import validate

    result = validate(_load(frame)(rows), _load(suite)())
    failing = [(f.expectation, f.column or "", f.unexpected_count, str(f.failing_rows)) for f in result.failures]
    return dg.AssetCheckResult(
        passed=result.success,
        metadata={
            "expectations": result.evaluated,
            "rows": rows.num_rows,
            "failed": dg.MetadataValue.md(markdown_table(["expectation", "column", "rows", "examples"], failing)),
            "result": dg.MetadataValue.json(finite(result.to_json())),
        },
    )


def _load(where: str) -> Callable[..., Any]:
    """The function at "package.module:function"."""
    module, function = where.split(":")
    return getattr(import_module(module), function)
