"""A step in the GPU pool that writes down its processes and sleeps; and a run that starts the run of that step."""

import os
import time
from pathlib import Path

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

from canopy_assets.app.jobs import stop_if_cancelled
from canopy_assets.compute.leases import POOL
from canopy_assets.compute.lost_workers import multiprocess_executor
from canopy_assets.compute.run_workers import end_with_parent

end_with_parent()

WHO = "TEST_WHO"


@dg.asset(pool=POOL)
def sleeper() -> None:
    path = Path(os.environ[WHO])
    path.with_suffix(".new").write_text(f"{os.getppid()} {os.getpid()}")
    path.with_suffix(".new").rename(path)
    time.sleep(600)


@dg.op
def run_it(context: dg.OpExecutionContext) -> None:
    code = ReconstructableRepository.for_module(__name__, "defs")
    with dg.execute_job(code.get_reconstructable_job("sleep"), instance=context.instance):
        stop_if_cancelled(context)


@dg.job(executor_def=dg.in_process_executor)
def everything() -> None:
    run_it()


defs = dg.Definitions(
    assets=[sleeper],
    jobs=[dg.define_asset_job("sleep", [sleeper]), everything],
    executor=multiprocess_executor,
)
