"""Worker processes of runs: notice when one is dead, and end one whose parent is gone.

Dagster's own launcher cannot check whether a worker is alive. The code server notices a worker that dies, unless both
die together (a power cut, a killed container). The run would then count as started for ever, and keep its pool slots.
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
"""Well below the daemon's own timeout. A server that is merely slow counts as alive."""


class MonitoredRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher with a health check of the workers of runs. For `run_launcher:` in dagster.yaml."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """True, so that Dagster's run monitoring calls the check."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Ask the code server that started the run. If it is gone, so are its workers: see `end_with_parent`."""
        if GRPC_INFO_TAG not in run.tags:
            return CheckRunHealthResult(
                WorkerStatus.RUNNING, "not started by a code server: the process that started it watches it"
            )
        running = self._ask_server(run)
        if running is None:
            return CheckRunHealthResult(WorkerStatus.FAILED, "the code server that started the run is gone")
        if not running:
            return CheckRunHealthResult(WorkerStatus.FAILED, "the code server has no process for this run")
        return CheckRunHealthResult(WorkerStatus.RUNNING)

    def _ask_server(self, run: DagsterRun) -> bool | None:
        """Whether the code server has a process for the run; None if the server is gone."""
        from dagster._grpc.client import DagsterGrpcClient
        from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult

        server = json.loads(run.tags[GRPC_INFO_TAG])
        client = DagsterGrpcClient(
            port=server.get("port"),
            socket=server.get("socket"),
            host=server.get("host"),
            use_ssl=bool(server.get("use_ssl", False)),
        )
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=ASK_TIMEOUT_S)
        except DagsterUserCodeUnreachableError as error:
            return None if _is_unavailable(error) else True
        return deserialize_value(answer, CanCancelExecutionResult).can_cancel


def end_with_parent() -> None:
    """End this process when its parent ends; no effect in a process that multiprocessing did not start.

    A run's worker that is killed with -9 cannot stop its steps. A step that went on would keep its GPU, and write at
    the same time as the restarted run. A step publishes whole files at once, so it may end at any point.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def _is_unavailable(error: BaseException) -> bool:
    import grpc

    cause = error.__cause__
    return isinstance(cause, grpc.RpcError) and getattr(cause, "code", lambda: None)() is grpc.StatusCode.UNAVAILABLE
