"""Assets that fail as the environment says and record every attempt, for the processes of any executor."""

import os
import signal
from pathlib import Path
from typing import Any

import dagster as dg

from canopy_assets.adapters.base_model import BaseModelError
from canopy_assets.compute.lost_workers import multiprocess_executor
from canopy_assets.lineage import failures

ATTEMPTS, TIMES, HOW = "TEST_ATTEMPTS", "TEST_TIMES", "TEST_HOW"

quickly = failures.classified(first_wait_s=0.01)


def _fail_as_configured() -> None:
    """Count the attempt, and raise what TEST_HOW names in the first TEST_TIMES attempts."""
    attempts = Path(os.environ[ATTEMPTS])
    with attempts.open("a") as file:
        file.write("x")
    if attempts.stat().st_size > int(os.environ[TIMES]):
        return
    how = os.environ[HOW]
    if how == "network":
        raise ConnectionResetError("connection reset by peer")
    if how == "base model without network":
        try:
            raise ConnectionResetError("connection reset by peer")
        except ConnectionError as error:
            raise BaseModelError("can't fetch the model: check the network") from error
    if how == "base model":
        raise BaseModelError("it is a file; give the directory that holds config.json.")
    if how == "disk":
        raise OSError(28, "No space left on device", "/home/x")
    if how == "bug":
        raise KeyError("x")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError(how)


class FlakyStorage(dg.IOManager):
    """Fails when it reads a step's input."""

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        pass

    def load_input(self, context: dg.InputContext) -> int:
        with quickly:
            _fail_as_configured()
        return 1


class Config(dg.Config):
    more: int = 0


@dg.asset
@quickly
def flaky(context: dg.AssetExecutionContext, config: Config) -> int:
    """Takes a context and configuration, as the package's assets do: the decorator must not hide them."""
    _fail_as_configured()
    return context.retry_number + config.more


@dg.asset(io_manager_key="flaky_io")
def source() -> int:
    return 1


@dg.asset
def reader(source: int) -> int:
    return source


@dg.asset_check(asset=source, name="flaky_check")
@quickly
def flaky_check() -> dg.AssetCheckResult:
    _fail_as_configured()
    return dg.AssetCheckResult(passed=True)


def _definitions(executor: dg.ExecutorDefinition) -> dg.Definitions:
    return dg.Definitions(
        assets=[flaky, source, reader],
        asset_checks=[flaky_check],
        resources={"flaky_io": FlakyStorage()},
        executor=executor,
        jobs=[
            dg.define_asset_job("flaky_job", dg.AssetSelection.assets(flaky)),
            dg.define_asset_job("reader_job", dg.AssetSelection.assets(source, reader).without_checks()),
            dg.define_asset_job("check_job", dg.AssetSelection.checks(flaky_check)),
        ],
    )


in_process = _definitions(dg.in_process_executor)
multiprocess = _definitions(multiprocess_executor)
