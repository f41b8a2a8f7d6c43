"""Great Expectations suites as blocking asset checks."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import dagster as dg
import pyarrow as pa

from canopy_assets.platform.metadata import finite, markdown_table


def suite_check(
    asset: dg.AssetsDefinition, *, suite: str, frame: str, partitions_def: dg.PartitionsDefinition | None = None
) -> dg.AssetChecksDefinition:
    """A blocking check that runs an expectation suite over an asset's table and shows the failing rows.

    Args:
        suite: where the suite is ("package.module:function"), imported only when the check runs: Great Expectations
            takes seconds.
        frame: where the function is that turns the table into the pandas frame of the suite.
        partitions_def: the asset's; without it one good partition would vouch for a bad one.
    """

    @dg.asset_check(
        asset=asset,
        name="expectations",
        blocking=True,
        partitions_def=partitions_def,
        description="The Great Expectations suite over the rows; nothing downstream uses a table that fails it.",
    )
    def run_suite(rows: pa.Table) -> dg.AssetCheckResult:
        from canopy_assets.platform.expectations import validate

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

    return run_suite


def _load(where: str) -> Callable[..., Any]:
    module, function = where.split(":")
    return getattr(import_module(module), function)
