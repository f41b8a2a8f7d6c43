"""files → read → made → joined → judged: a lineage of the same shape as the real one, with very small tables.

Variants of it differ in one thing each that may change: code, configuration, a failure.
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
from canopy_assets.records import Skipped
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table, to_table

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
    """The definitions.

    Args:
        code_version: of `made`.
        silent: the seed for which `made` raises `failure`.
        failure: by default a ValueError.
        default_size: of `made`'s configuration.
        judge_version: the code version of `judged`.
        enough: whether there are enough new examples for `judged`.
        executor: of the runs.
    """
    read, made = _read(), _made(code_version, silent, failure, default_size)
    return dg.Definitions(
        assets=[FILES, read, made, _joined(), _judged(judge_version, enough)],
        asset_checks=[_readable(read)],
        resources={"io_manager": canopy_storage},
        executor=executor,
    )


def _read() -> dg.AssetsDefinition:
    @dg.asset(
        partitions_def=SEEDS,
        backfill_policy=CHUNKS,
        automation_condition=follows_its_seed(),
        deps=[FILES],
        code_version="1",
    )
    def read(context: dg.AssetExecutionContext):
        return versioned_seeds(context, lambda _: Made(table(0)))

    return read


def _readable(read: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    return seed_check(
        read,
        name="readable",
        description="",
        check=lambda tables: {seed: dg.AssetCheckResult(passed=seed != UNREADABLE) for seed in tables},
    )


def _made(code_version: str, silent: str, failure: BaseException | None, default_size: int) -> dg.AssetsDefinition:
    class Config(dg.Config):
        size: int = default_size

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

    return made


def _joined() -> dg.AssetsDefinition:
    @dg.asset(automation_condition=gathers_the_seeds(), code_version="1")
    def joined(context: dg.AssetExecutionContext, made: dict[str, pa.Table]):
        usable = versions.usable_partitions(context.instance, context.repository_def.asset_graph, dg.AssetKey("made"))
        return versions.versioned(context, table(*(r.line for p in usable for r in from_table(made[p], Skipped))))

    return joined


def _judged(code_version: str, enough: Callable[[Settings], bool]) -> dg.AssetsDefinition:
    @dg.asset(
        code_version=code_version,
        automation_condition=retrains_when_it_is_worth_it(trained_on="joined", enough_new=enough),
    )
    def judged(context: dg.AssetExecutionContext, joined: pa.Table):
        return versions.versioned(context, joined)

    return judged


class _Unreachable(dg.Executor):
    """Stands for a cluster that cannot be reached."""

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
