"""Assets that record where Ray ran them: GPU steps side by side, partitions, and one whose worker is killed."""

import json
import os
import time
from pathlib import Path

import dagster as dg

from canopy_assets.compute import executors, leases
from canopy_assets.settings import get_settings

SETTINGS = get_settings()
PATIENCE_SECONDS = 120
PARTS = dg.StaticPartitionsDefinition([f"part-{i}" for i in range(8)])
NOTES = SETTINGS.home / "notes"
GPU_TAGS = executors.gpu_op_tags(SETTINGS)


def note(name: str, **content: object) -> None:
    """Record the step's process, its Ray worker and its devices."""
    NOTES.mkdir(parents=True, exist_ok=True)
    shell = _parent(os.getpid())
    here = {
        "pid": os.getpid(),
        "worker": _parent(shell),
        "raylet": _parent(_parent(shell)),
        "devices": os.environ.get(leases.VISIBLE),
        "cache": os.environ.get("CANOPY_CACHE"),
    }
    partial = NOTES / f".{name}.{os.getpid()}"
    partial.write_text(json.dumps(here | content))
    partial.replace(NOTES / f"{name}.json")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _wait_for(other: str) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (there := (NOTES / f"{other}.json").exists()) and time.monotonic() < end:
        time.sleep(0.1)
    return there


def _meet(me: str, other: str) -> None:
    """Hold a device until the other step has one, too."""
    with leases.lease(SETTINGS):
        note(me)
        if not _wait_for(other):
            raise TimeoutError(f"{me}: {other} did not start while this step held its device")


@dg.asset(pool=leases.POOL, op_tags=GPU_TAGS)
def left() -> None:
    _meet("left", "right")


@dg.asset(pool=leases.POOL, op_tags=GPU_TAGS)
def right() -> None:
    _meet("right", "left")


@dg.asset(partitions_def=PARTS, backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=2))
def parts(context: dg.AssetExecutionContext) -> None:
    for key in context.partition_keys:
        note(key)
    time.sleep(3)  # long enough for the chunks to run side by side


@dg.asset
def numbers() -> dg.MaterializeResult:
    """Waits the first time, so that the test can kill its worker."""
    first = not (NOTES / "numbers-1.json").exists()
    note("numbers-1" if first else "numbers-2")
    if first:
        time.sleep(PATIENCE_SECONDS)
    return dg.MaterializeResult(metadata={"sum": sum(range(100))})


@dg.asset(deps=[numbers])
def wrong() -> None:
    """Fails for a reason that is the same on every worker."""
    note(f"wrong-{len(list(NOTES.glob('wrong-*.json'))) + 1}")
    raise ValueError("the answer is wrong")


defs = dg.Definitions(assets=[left, right, parts, numbers, wrong], executor=executors.executor(SETTINGS))


def ask_for_all_parts() -> None:
    """Request a backfill as the UI's button does; the daemon runs it."""
    from dagster._core.execution.backfill import PartitionBackfill

    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id="allparts",
        asset_graph=defs.resolve_asset_graph(),
        partition_names=None,
        asset_selection=[dg.AssetKey("parts")],
        backfill_timestamp=time.time(),
        tags={},
        dynamic_partitions_store=dg.DagsterInstance.get(),
        all_partitions=True,
        title=None,
        description=None,
        run_config=None,
    )
    dg.DagsterInstance.get().add_backfill(backfill)


if __name__ == "__main__":
    ask_for_all_parts()
