"""files → read → made → joined → judged.

The shape of the lineage, with little in it; a variant for each thing that may change.
"""

import dagster as dg
import pyarrow as pa

from canopy_assets.platform import versions
from canopy_assets.platform.partitions import FAN_IN, SEEDS
from canopy_assets.platform.storage import canopy_storage
from canopy_assets.records import Skipped, from_table, to_table

FILES = dg.AssetSpec("files", partitions_def=SEEDS)
UNREADABLE = "bad.md"


class Config(dg.Config):
    size: int = 1


def build(code_version: str = "1", silent: str = "") -> dg.Definitions:
    """The definitions; `made` raises for the seed `silent`."""

    @dg.asset(deps=[FILES], partitions_def=SEEDS, code_version="1")
    def read(context: dg.AssetExecutionContext):
        return versions.versioned(context, table(0))

    @dg.asset_check(asset=read, blocking=True, partitions_def=SEEDS)
    def readable(context: dg.AssetCheckExecutionContext, read: pa.Table):
        return dg.AssetCheckResult(passed=context.partition_key != UNREADABLE)

    @dg.asset(partitions_def=SEEDS, code_version=code_version)
    def made(context: dg.AssetExecutionContext, config: Config, read: pa.Table):
        if context.partition_key == silent:
            raise ValueError("the teacher fell silent")
        return versions.versioned(context, table(config.size), config=config)

    @dg.asset(ins={"made": dg.AssetIn(metadata=FAN_IN)}, code_version="1")
    def joined(context: dg.AssetExecutionContext, made: dict[str, pa.Table]):
        usable = versions.usable_partitions(context.instance, context.repository_def.asset_graph, dg.AssetKey("made"))
        return versions.versioned(context, table(*(r.line for p in usable for r in from_table(made[p], Skipped))))

    @dg.asset(code_version="1")
    def judged(context: dg.AssetExecutionContext, joined: pa.Table):
        return versions.versioned(context, joined)

    return dg.Definitions(
        assets=[FILES, read, made, joined, judged],
        asset_checks=[readable],
        resources={"io_manager": canopy_storage},
        executor=dg.in_process_executor,
    )


def table(*lines: int) -> pa.Table:
    return to_table([Skipped(line, "") for line in lines], Skipped)


unchanged = build()
code_changed = build(code_version="2")
teacher_silent = build(silent="a.md")
