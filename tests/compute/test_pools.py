"""Real runs that are cancelled or killed: they end, leave no process, and give their pool slot back."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import filter_runs_to_should_retry
from dagster._daemon.monitoring.concurrency import execute_concurrency_slots_iteration
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration

from canopy_assets.compute.leases import POOL
from canopy_assets.settings import Settings
from canopy_assets.storage.files import process_is_alive
from canopy_assets.storage.home import prepare_home
from tests.compute import sleeping_steps

PATIENCE_S = 120.0
LOG = logging.getLogger("test")


def wait_for(happened: Callable[[], object], what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, f"{what} did not happen within {PATIENCE_S:.0f} s"
        time.sleep(0.2)


class Deployment:
    """An instance with our dagster.yaml, a code server, and the part of the daemon that watches runs."""

    def __init__(self, instance: dg.DagsterInstance, workspace, who: Path) -> None:
        self.instance, self.workspace, self._who = instance, workspace, who

    def launch(self, job: str) -> None:
        """Start the run and wait until its step works."""
        context = self.workspace.create_request_context()
        remote = context.code_locations[0].get_repository("__repository__").get_full_job(job)
        run = self.instance.create_run_for_job(
            sleeping_steps.defs.resolve_job_def(job),
            remote_job_origin=remote.get_remote_origin(),
            job_code_origin=remote.get_python_origin(),
        )
        self.run_id = run.run_id
        self.instance.launch_run(run.run_id, context)
        wait_for(self._who.exists, "the step")
        self.worker, self.step = map(int, self._who.read_text().split())
        self.server = parent_of(self.worker)

    @property
    def run(self) -> dg.DagsterRun:
        run = self.instance.get_run_by_id(self.run_id)
        assert run is not None
        return run

    @property
    def slots_taken(self) -> int:
        return self.instance.event_log_storage.get_concurrency_info(POOL).active_slot_count

    def daemon(self) -> None:
        """One round of the daemon's checks of runs and slots."""
        list(execute_run_monitoring_iteration(self.workspace, LOG))
        list(execute_concurrency_slots_iteration(self.workspace, LOG))

    def has_ended(self) -> bool:
        self.daemon()
        return self.run.is_finished and not self.slots_taken


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    if not Path("/proc/self/stat").exists():
        pytest.skip("needs Linux: it looks processes up in /proc")
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    path = settings.dagster_home / "dagster.yaml"
    config = yaml.safe_load(path.read_text())
    config["run_monitoring"]["free_slots_after_run_end_seconds"] = 1
    config["run_launcher"] = {"module": "canopy_assets.compute.run_workers", "class": "MonitoredRunLauncher"}
    path.write_text(yaml.safe_dump(config))
    monkeypatch.setenv(sleeping_steps.WHO, str(tmp_path / "who"))
    target = ModuleTarget("tests.compute.sleeping_steps", None, str(Path.cwd()), "sleeping")
    with (
        dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance,
        create_test_daemon_workspace_context(target, instance) as workspace,
    ):
        deployment = Deployment(instance, workspace, tmp_path / "who")
        deployment.launch(getattr(request, "param", "sleep"))
        try:
            yield deployment
        finally:
            for pid in (deployment.step, deployment.worker):
                if process_is_alive(pid):
                    os.kill(pid, signal.SIGKILL)


def test_a_working_run_is_left_alone(deployment: Deployment) -> None:
    assert deployment.slots_taken == 1
    deployment.daemon()
    assert deployment.run.status is dg.DagsterRunStatus.STARTED
    assert deployment.slots_taken == 1
    assert process_is_alive(deployment.step)


def test_a_cancelled_run_frees_its_slot_and_leaves_no_process(deployment: Deployment) -> None:
    assert deployment.instance.run_launcher.terminate(deployment.run_id)
    wait_for(deployment.has_ended, "the end of the run and of its slot")
    assert deployment.run.status is dg.DagsterRunStatus.CANCELED
    for pid in (deployment.step, deployment.worker):
        wait_for(lambda pid=pid: not process_is_alive(pid), "the end of its process")
    assert process_is_alive(deployment.server)


@pytest.mark.parametrize("deployment", ["everything"], indirect=True)
def test_a_cancelled_run_that_has_started_others_ends_them_too(deployment: Deployment) -> None:
    assert deployment.instance.run_launcher.terminate(deployment.run_id)
    wait_for(deployment.has_ended, "the end of the run and of the slot")
    # The inner run was not cancelled itself, so Dagster records a failure, which is not retried.
    assert [(run.job_name, run.status) for run in deployment.instance.get_runs()] == [
        ("sleep", dg.DagsterRunStatus.FAILURE),
        ("everything", dg.DagsterRunStatus.CANCELED),
    ]
    for pid in (deployment.step, deployment.worker):
        wait_for(lambda pid=pid: not process_is_alive(pid), "the end of its process")


def test_a_killed_run_worker_is_noticed_and_its_steps_end_with_it(deployment: Deployment) -> None:
    os.kill(deployment.worker, signal.SIGKILL)
    wait_for(lambda: not process_is_alive(deployment.step), "the end of the step's process")
    wait_for(deployment.has_ended, "the end of the run and of its slot")
    assert deployment.run.status is dg.DagsterRunStatus.FAILURE
    # The run itself did nothing wrong, so Dagster starts it again, once.
    assert list(filter_runs_to_should_retry([deployment.run], deployment.instance))


def test_a_run_that_died_with_its_code_server_is_found_by_run_monitoring(deployment: Deployment) -> None:
    os.kill(deployment.server, signal.SIGKILL)
    for pid in (deployment.worker, deployment.step):
        wait_for(lambda pid=pid: not process_is_alive(pid), "the end of what it had started")
    assert deployment.run.status is dg.DagsterRunStatus.STARTED
    wait_for(deployment.has_ended, "the end of the run and of its slot")
    assert deployment.run.status is dg.DagsterRunStatus.FAILURE
    events = deployment.instance.all_logs(deployment.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert "the code server that started the run is gone" in events[-1].message
