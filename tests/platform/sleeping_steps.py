"""A step in the GPU's pool that says who works on it, and goes on for ever."""

import os
import time
from pathlib import Path

import dagster as dg

from canopy_assets.platform.gpu import POOL
from canopy_assets.platform.lost_workers import multiprocess_executor
from canopy_assets.platform.run_workers import end_with_parent

end_with_parent()

WHO = "TEST_WHO"


@dg.asset(pool=POOL)
def sleeper() -> None:
    path = Path(os.environ[WHO])
    path.with_suffix(".new").write_text(f"{os.getppid()} {os.getpid()}")
    path.with_suffix(".new").rename(path)
    time.sleep(600)


defs = dg.Definitions(
    assets=[sleeper],
    jobs=[dg.define_asset_job("sleep", [sleeper])],
    executor=multiprocess_executor,
)
