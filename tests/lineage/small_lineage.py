"""files → read → made → joined → judged.

The shape of the lineage, with little in it; a variant for each thing that may change.
"""

from collections.abc import Callable

import dagster as dg
import pyarrow as pa
from dagster._core.execution.retries import RetryMode

from canopy_assets.lineage import versions
from canopy_assets.lineage.automation import follows_its_seed, gathers_the_seeds, retrains_when_it_is_worth_it
from canopy_assets.lineage.checks import seed_check
from canopy_assets.lineage.io_manager import canopy_storage
from canopy_assets.lineage.partitions import CHUNKS, SEEDS
from canopy_assets.lineage.versions import Made, versioned_seeds
from canopy_assets.records import Skipped, from_table, to_table
from canopy_assets.settings import Settings

FILES = dg.AssetSpec("files", partitions_def=SEEDS)
UNREADABLE = "bad.md"


def build(
    code_version: str = "1",
    silent: str = "",
    failure: BaseException | None = None,
    default_size: int = 1,
    judge_version: str = "1",
    enough: Callable[[Settings], bool] = lambda _: True,
    executor: dg.ExecutorDefinition = dg.in_process_executor,
) -> dg.Definitions:
    """The definitions; `made` raises `failure` for the seed `silent`."""

    class Config(dg.Config):
        size: int = default_size

    @dg.asset(
        partitions_def=SEEDS,
        backfill_policy=CHUNKS,
        automation_condition=follows_its_seed(),
        deps=[FILES],
        code_version="1",
    )
    def read(context: dg.AssetExecutionContext):
        return versioned_seeds(context, lambda _: Made(table(0)))

    readable = seed_check(
        read,
        name="readable",
        description="",
        judge=lambda tables: {seed: dg.AssetCheckResult(passed=seed != UNREADABLE) for seed in tables},
    )

    @dg.asset(
        partitions_def=SEEDS, backfill_policy=CHUNKS, automation_condition=follows_its_seed(), code_version=code_version
    )
    def made(context: dg.AssetExecutionContext, config: Config, read: dict[str, pa.Table]):
        def make(seed: str) -> Made:
            if seed == silent:
                raise failure or ValueError("the teacher fell silent")
            assert read[seed].num_rows == 1
            return Made(table(config.size))

        return versioned_seeds(context, make, config=config)

    @dg.asset(automation_condition=gathers_the_seeds(), code_version="1")
    def joined(context: dg.AssetExecutionContext, made: dict[str, pa.Table]):
        usable = versions.usable_partitions(context.instance, context.repository_def.asset_graph, dg.AssetKey("made"))
        return versions.versioned(context, table(*(r.line for p in usable for r in from_table(made[p], Skipped))))

    @dg.asset(
        code_version=judge_version,
        automation_condition=retrains_when_it_is_worth_it(material="joined", enough=enough),
    )
    def judged(context: dg.AssetExecutionContext, joined: pa.Table):
        return versions.versioned(context, joined)

    return dg.Definitions(
        assets=[FILES, read, made, joined, judged],
        asset_checks=[readable],
        resources={"io_manager": canopy_storage},
        executor=executor,
    )


class _Unreachable(dg.Executor):
    """Stands for a cluster that isn't there."""

    @property
    def retries(self) -> RetryMode:
        return RetryMode.DISABLED

    def execute(self, plan_context, execution_plan):
        raise ConnectionError("no cluster at ray://nowhere")


def table(*lines: int) -> pa.Table:
    return to_table([Skipped(line, "") for line in lines], Skipped)


unchanged = build()
code_changed = build(code_version="2")
teacher_silent = build(silent="a.md")
interrupted = build(silent="a.md", failure=KeyboardInterrupt())
unreachable = build(executor=dg.executor(name="unreachable")(lambda _: _Unreachable()))
