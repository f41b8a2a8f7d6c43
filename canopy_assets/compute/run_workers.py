"""Processes that work on runs: none outlives the one that waits for it, and a dead one is found.

Dagster's own launcher doesn't say whether a worker is alive. Its code server notices one that dies, unless it dies with
it (a power cut, a killed container); then the run would stay started for ever, with its pool slots.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._serdes import deserialize_value

if TYPE_CHECKING:
    from dagster._core.storage.dagster_run import DagsterRun

ASK_TIMEOUT_S = 10
"""Well below the daemon's patience; a server that only is slow counts as alive."""


class MonitoredRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, which can also tell whether the worker of a run is alive. For `run_launcher:` in
    dagster.yaml.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """So that run monitoring asks."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """What the code server that started the run says of it. With the server its workers end, see
        `end_with_parent`.
        """
        if GRPC_INFO_TAG not in run.tags:
            return CheckRunHealthResult(
                WorkerStatus.RUNNING, "not started by a code server: its own process sees to it"
            )
        running = self._asked(run)
        if running is None:
            return CheckRunHealthResult(WorkerStatus.FAILED, "the code server that started the run is gone")
        if not running:
            return CheckRunHealthResult(WorkerStatus.FAILED, "the code server has no process for this run")
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _asked(self, run: DagsterRun) -> bool | None:
        """Whether its server has a process for the run; None where there is no server any more."""
        from dagster._grpc.client import DagsterGrpcClient
        from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult

        where = json.loads(run.tags[GRPC_INFO_TAG])
        client = DagsterGrpcClient(
            port=where.get("port"),
            socket=where.get("socket"),
            host=where.get("host"),
            use_ssl=bool(where.get("use_ssl", False)),
        )
        try:
            said = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=ASK_TIMEOUT_S)
        except DagsterUserCodeUnreachableError as error:
            return None if _nobody_listens(error) else True
        return deserialize_value(said, CanCancelExecutionResult).can_cancel


def end_with_parent() -> None:
    """End this process when the one that started it is gone; does nothing in a process that nobody waits for.

    Killed with -9, a run's worker can't tell its steps to stop. One that goes on would hold the GPU, and write beside
    the run that is started anew. All that a step publishes, it publishes at once and whole, so it may end anywhere.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def _nobody_listens(error: BaseException) -> bool:
    import grpc

    cause = error.__cause__
    return isinstance(cause, grpc.RpcError) and getattr(cause, "code", lambda: None)() is grpc.StatusCode.UNAVAILABLE
