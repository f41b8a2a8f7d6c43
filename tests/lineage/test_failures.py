"""Failures in real runs: what is tried again and how often, what is not, and what the messages say."""

from __future__ import annotations

import importlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pydantic
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._daemon.auto_run_reexecution.auto_run_reexecution import filter_runs_to_should_retry

from canopy_assets.adapters.base_model import BaseModelError
from canopy_assets.adapters.results import TrainingError
from canopy_assets.evals.eval_set import EvalSetError
from canopy_assets.lineage import failures
from canopy_assets.lineage.failures import Kind, classify, explain, reason_of
from canopy_assets.seeds.inbox import SeedChangedError
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.settings import Settings, SettingsError
from canopy_assets.storage.home import prepare_home
from tests.lineage import failing_steps


def caught(error: BaseException, *, cause: BaseException | None = None) -> BaseException:
    """The error, raised from another one and caught."""
    try:
        raise error from cause
    except BaseException as raised:
        return raised


class Rejected(Exception):  # noqa: N818
    """An HTTP error of an unknown client."""

    def __init__(self, status: int, text: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


def invalid() -> pydantic.ValidationError:
    with pytest.raises(pydantic.ValidationError) as error:
        Settings.model_validate({"device": "tpu"})
    return error.value


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionResetError("gone"), Kind.TRANSIENT),
        (TimeoutError("slow"), Kind.TRANSIENT),
        (urllib.error.URLError(OSError(101, "Network is unreachable")), Kind.TRANSIENT),
        (Rejected(429), Kind.TRANSIENT),
        (Rejected(503), Kind.TRANSIENT),
        (Rejected(401), Kind.PERMANENT),
        (Rejected(404), Kind.PERMANENT),
        (Rejected(429, "insufficient_quota"), Kind.PERMANENT),
        (MemoryError(), Kind.TRANSIENT),
        (RuntimeError("CUDA error: out of memory"), Kind.TRANSIENT),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), Kind.TRANSIENT),
        (RuntimeError("shapes don't match"), Kind.UNKNOWN),
        (SeedChangedError("a.md changed while it was read"), Kind.TRANSIENT),
        (OSError(28, "No space left on device", "/x"), Kind.PERMANENT),
        (FileNotFoundError(2, "No such file", "/x"), Kind.PERMANENT),
        (PermissionError(13, "Permission denied", "/x"), Kind.PERMANENT),
        (BaseModelError("give a directory"), Kind.PERMANENT),
        (EvalSetError("line 3"), Kind.PERMANENT),
        (SettingsError("CANOPY_DEVICE"), Kind.PERMANENT),
        (invalid(), Kind.PERMANENT),
        (UnreadableError("not UTF-8"), Kind.DATA),
        (ValueError("a bug"), Kind.UNKNOWN),
        (KeyError("a bug"), Kind.UNKNOWN),
        (caught(BaseModelError("check the network"), cause=ConnectionError("no route")), Kind.TRANSIENT),
        (caught(BaseModelError("set HF_TOKEN"), cause=Rejected(403)), Kind.PERMANENT),
        (caught(RuntimeError("wrapped"), cause=ConnectionError("no route")), Kind.TRANSIENT),
        (caught(TrainingError("even one row"), cause=MemoryError()), Kind.PERMANENT),
        (caught(KeyError("a bug"), cause=None), Kind.UNKNOWN),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else f"{type(value).__name__} {value}"[:40],
)
def test_errors_are_classified(error: BaseException, kind: Kind) -> None:
    assert classify(error) is kind


def test_errors_of_real_clients_are_classified() -> None:
    import boto3
    import requests
    from botocore.config import Config
    from botocore.exceptions import ClientError, EndpointConnectionError

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(self.path.rpartition("/")[2].partition("?")[0]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_PUT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"

    def s3(endpoint: str, key: str) -> None:
        boto3.client(
            "s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1",
            config=Config(retries={"max_attempts": 0}, connect_timeout=2, s3={"addressing_style": "path"}),
        ).get_object(Bucket="bucket", Key=key)  # fmt: skip

    for status, kind in ((503, Kind.TRANSIENT), (429, Kind.TRANSIENT), (403, Kind.PERMANENT)):
        with pytest.raises(ClientError) as refused:
            s3(address, str(status))
        assert classify(refused.value) is kind
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}/{status}")
        assert classify(refused.value) is kind
        with pytest.raises(requests.HTTPError) as refused:
            requests.get(f"{address}/{status}", timeout=5).raise_for_status()
        assert classify(refused.value) is kind
    server.shutdown()
    server.server_close()
    with pytest.raises(EndpointConnectionError) as gone:
        s3(address, "200")
    assert classify(gone.value) is Kind.TRANSIENT
    with pytest.raises(requests.ConnectionError) as gone:
        requests.get(address, timeout=5)
    assert classify(gone.value) is Kind.TRANSIENT


def test_our_own_errors_are_listed_by_the_names_of_classes_that_exist() -> None:
    assert failures.OWN
    for name in failures.OWN:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(importlib.import_module(module), kind), Exception)


def test_a_permanent_failure_says_what_happened_and_the_fix() -> None:
    assert explain(OSError(28, "No space left on device", "/home/x")) == (
        "OSError: [Errno 28] No space left on device: '/home/x' The disk is full: make room, or set CANOPY_HOME and "
        "CANOPY_CACHE to another one; then run again."
    )
    assert "doesn't accept the key" in explain(Rejected(401, "Unauthorized"))
    assert "no credit" in explain(Rejected(429, "insufficient_quota"))
    wrapped = caught(BaseModelError("it has no chat template; take another."), cause=ValueError("template"))
    assert explain(wrapped) == "BaseModelError: it has no chat template; take another."


def test_a_retry_waits_as_long_as_the_server_asks() -> None:
    with pytest.raises(dg.RetryRequested) as retry, failures.classified(attempt=0):
        raise Rejected(429, headers={"Retry-After": "77"})
    assert retry.value.seconds_to_wait == 77


class Lineage:
    """Runs of the failing assets on an instance with the home's settings, and the number of attempts."""

    def __init__(self, folder: Path, instance: dg.DagsterInstance, patch: pytest.MonkeyPatch) -> None:
        self.instance, self._patch, self._attempts = instance, patch, folder / "attempts"

    def run(self, how: str, *, times: int = 99, executor: str = "in_process", job: str = "flaky_job") -> Any:
        self._attempts.write_text("")
        values = {failing_steps.ATTEMPTS: self._attempts, failing_steps.TIMES: times, failing_steps.HOW: how}
        for name, value in values.items():
            self._patch.setenv(name, str(value))
        code = ReconstructableRepository.for_module("tests.lineage.failing_steps", executor)
        with dg.execute_job(code.get_reconstructable_job(job), instance=self.instance, raise_on_error=False) as result:
            return result

    @property
    def attempts(self) -> int:
        return self._attempts.stat().st_size


@pytest.fixture
def lineage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lineage]:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield Lineage(tmp_path, instance, monkeypatch)


def failure(result: Any) -> dg.DagsterEvent:
    (event,) = [e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_FAILURE]
    return event


def innermost(event: dg.DagsterEvent) -> str:
    """The last cause that the UI shows of a failure."""
    error = event.step_failure_data.error
    assert error is not None
    return failures.innermost(error)


@pytest.mark.parametrize("executor", ["in_process", "multiprocess"])
def test_a_transient_failure_is_tried_again_until_it_is_over(lineage: Lineage, executor: str) -> None:
    result = lineage.run("network", times=2, executor=executor)
    assert result.success
    assert lineage.attempts == 3


def test_a_transient_failure_that_stays_is_tried_four_times(lineage: Lineage) -> None:
    result = lineage.run("network")
    assert not result.success
    assert lineage.attempts == failures.RETRIES + 1 == 4
    event = failure(result)
    assert reason_of(event) == "failed 4 times, the last time because of ConnectionResetError: connection reset by peer"
    assert innermost(event) == "ConnectionResetError: connection reset by peer"


@pytest.mark.parametrize(
    ("how", "executor", "message"),
    [
        ("base model", "in_process", "BaseModelError: it is a file; give the directory that"),
        ("base model", "multiprocess", "BaseModelError: it is a file; give the directory that"),
        ("disk", "in_process", "make room, or set CANOPY_HOME"),
    ],
)
def test_a_permanent_failure_is_tried_once_and_names_the_fix(
    lineage: Lineage, how: str, executor: str, message: str
) -> None:
    result = lineage.run(how, executor=executor)
    assert not result.success
    assert lineage.attempts == 1
    event = failure(result)
    assert message in reason_of(event)
    assert innermost(event).partition(":")[0].endswith("Error"), "the cause stays visible below the message"


def test_our_own_error_above_a_network_failure_is_tried_again(lineage: Lineage) -> None:
    assert lineage.run("base model without network", times=1).success
    assert lineage.attempts == 2


def test_a_bug_is_tried_once_and_left_as_it_is(lineage: Lineage) -> None:
    result = lineage.run("bug")
    assert not result.success
    assert lineage.attempts == 1
    assert failure(result).step_failure_data.user_failure_data is None
    assert reason_of(failure(result)) == "KeyError: 'x'"


@pytest.mark.parametrize("job", ["reader_job", "check_job"])
def test_io_managers_and_checks_are_tried_again_too(lineage: Lineage, job: str) -> None:
    assert lineage.run("network", times=2, job=job).success
    assert lineage.attempts == 3
    assert not lineage.run("disk", job=job).success
    assert lineage.attempts == 1


def test_a_step_whose_process_is_killed_is_started_three_times(lineage: Lineage) -> None:
    assert lineage.run("killed", times=1, executor="multiprocess").success
    assert lineage.attempts == 2
    result = lineage.run("killed", executor="multiprocess")
    assert not result.success
    assert lineage.attempts == 3


def test_step_and_run_retries_do_not_multiply(lineage: Lineage) -> None:
    """The daemon starts a run again whose worker was lost, never one whose step failed."""
    instance = lineage.instance
    for how in ("network", "disk", "bug"):
        run = instance.get_run_by_id(lineage.run(how).run_id)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.FAILURE
        assert not list(filter_runs_to_should_retry([run], instance))
        assert run.tags["dagster/will_retry"] == "false"

    lost = instance.create_run_for_job(failing_steps.in_process.resolve_job_def("flaky_job"))
    instance.report_run_failed(lost, "the worker is gone", JobFailureData(None, RunFailureReason.RUN_EXCEPTION))
    lost = instance.get_run_by_id(lost.run_id)
    assert lost is not None
    assert [r.run_id for r in filter_runs_to_should_retry([lost], instance)] == [lost.run_id]
