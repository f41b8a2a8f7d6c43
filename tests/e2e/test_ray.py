"""On a real Ray cluster: two nodes on this machine, with two logical GPUs.

The nodes share this machine's disk, but the lineage's tables and artefacts go through a bucket (moto's S3 server).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from tests.e2e.conftest import ALGEBRA, Canopy, make_canopy

pytestmark = pytest.mark.e2e
pytest.importorskip("dagster_ray", reason="needs pip install -e '.[ray]'")

MARK = "CANOPY_TEST_CLUSTER"
PATIENCE = 300.0
LINEAGE_PATIENCE = 1500.0
# Even less than in the other end-to-end tests: each step starts a process, and the machine has few processors.
FEW = {
    "synthetic_dialogues": {"per_exercise": 2},
    "lora_adapter": {"epochs": 1, "rank": 4, "evaluations_per_epoch": 1, "validation_rows": 2, "dtype": "float32"},
    "tutor_responses": {"max_new_tokens": 8, "solving_tokens": 8},
}
MODULE = "tests.e2e.ray_lineage"
CHECKOUT = Path(__file__).parents[2]
BUCKET = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Cluster:
    """A head node with the GPUs and a worker node without."""

    address: str
    environment: dict[str, str]

    def python(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments], env=self.environment | environment, cwd=CHECKOUT, text=True
        )


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    """The environment variables for an S3 server on this machine; its bucket is called canopy."""
    server_module = pytest.importorskip("moto.server", reason="needs moto[s3,server]")
    s3fs = pytest.importorskip("s3fs", reason="needs pip install -e '.[s3]'")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (BUCKET | {"AWS_ENDPOINT_URL": url}).items():
            patch.setenv(name, value)
        s3fs.S3FileSystem(endpoint_url=url).mkdir("canopy")
        yield BUCKET | {"AWS_ENDPOINT_URL": url}
    server.stop()


@pytest.fixture(scope="module")
def cluster(bucket: dict[str, str], cache: Path) -> Iterator[Cluster]:
    """Both nodes, with a cache, the keys of the bucket and the commands of the venv in their environment."""
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # Ray's sockets allow no long paths
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("CANOPY_", "DAGSTER_", "RAY_", "CUDA_"))}
    environment = (
        clean
        | bucket
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(CHECKOUT),
            "CANOPY_CACHE": str(cache),
            "RAY_USAGE_STATS_ENABLED": "0",
            MARK: str(folder),
            # Steps run side by side, beside another test; threads that wait for one another would take much longer.
            "OMP_NUM_THREADS": "1",
        }
    )
    port, jobs = _free_port(), _free_port()
    head = [f"--port={port}", f"--dashboard-port={jobs}", "--num-gpus=2", f"--temp-dir={folder}"]
    nodes = [_start_node(environment, folder, "--head", "--num-cpus=3", *head)]
    try:
        _wait_for(lambda: _listens(jobs), "Ray's job server", nodes[0], folder / "ray.log")
        nodes.append(_start_node(environment, folder, f"--address=127.0.0.1:{port}", "--num-cpus=3", "--num-gpus=0"))
        cluster = Cluster(f"http://127.0.0.1:{jobs}", environment)
        _wait_for(lambda: _nodes(cluster) == 2, "the second node", nodes[1], folder / "ray.log")
        yield cluster
    finally:
        for node in reversed(nodes):
            _stop(node)
        _kill_what_is_left(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lineage(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RayLineage]:
    """The assets of `ray_lineage`, with an instance of their own."""
    (tmp_path / "dagster.yaml").write_text((CHECKOUT / "dagster.yaml").read_text())
    settings = {"CANOPY_HOME": str(tmp_path), "CANOPY_EXECUTOR": "ray", "CANOPY_RAY_ADDRESS": cluster.address}
    settings |= {"CANOPY_GPUS": "2", "CANOPY_GPU_STEP_MEMORY_GB": "0.5", "DAGSTER_HOME": str(tmp_path)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield RayLineage(replace(cluster, environment=cluster.environment | settings), instance, tmp_path)


@dataclass(frozen=True)
class RayLineage:
    cluster: Cluster
    instance: dg.DagsterInstance
    home: Path

    def materialize(self, *assets: str) -> subprocess.Popen[str]:
        """A run in a process of its own, as a run launcher would start it."""
        return self.cluster.python("-m", "dagster", "asset", "materialize", "-m", MODULE, "--select", ",".join(assets))

    def note(self, name: str) -> dict[str, Any]:
        return json.loads((self.home / "notes" / f"{name}.json").read_text())

    def wait_for_note(self, name: str, run: subprocess.Popen[str]) -> dict[str, Any]:
        _wait_for((self.home / "notes" / f"{name}.json").exists, name, run)
        return self.note(name)


def test_steps_that_want_a_gpu_get_different_devices(lineage: RayLineage) -> None:
    from canopy_assets.lineage.pools import set_pool_limit
    from canopy_assets.settings import Settings

    assert set_pool_limit(lineage.instance, Settings()) == 2
    assert lineage.materialize("left", "right").wait(PATIENCE) == 0
    # Each held its device until the other had one.
    assert {lineage.note("left")["devices"], lineage.note("right")["devices"]} == {"0", "1"}
    assert lineage.note("left")["worker"] != lineage.note("right")["worker"]


def test_a_step_whose_worker_is_killed_runs_again_and_one_that_raises_does_not(lineage: RayLineage) -> None:
    run = lineage.materialize("numbers", "wrong")
    first = lineage.wait_for_note("numbers-1", run)
    os.kill(first["worker"], signal.SIGKILL)
    assert run.wait(PATIENCE) != 0, "`wrong` raises"
    second = lineage.note("numbers-2")
    assert second["worker"] != first["worker"]
    assert not Path(f"/proc/{first['pid']}").exists()
    event = lineage.instance.get_latest_materialization_event(dg.AssetKey("numbers"))
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["sum"].value == 4950
    retries = lineage.instance.get_records_for_run(event.run_id, of_type=dg.DagsterEventType.STEP_UP_FOR_RETRY)
    assert [r.event_log_entry.step_key for r in retries.records] == ["numbers"]
    assert [p.name for p in (lineage.home / "notes").glob("wrong-*.json")] == ["wrong-1.json"]


def test_a_backfill_spreads_over_the_workers_with_runs_as_ray_jobs(
    lineage: RayLineage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the daemon and the Ray run launcher, as a backfill from the UI does."""
    from canopy_assets.compute import executors
    from canopy_assets.settings import Settings

    monkeypatch.setenv("CANOPY_LAUNCHER", "ray")
    launcher = executors.run_launcher(Settings())
    config = yaml.safe_load((lineage.home / "dagster.yaml").read_text()) | {"run_launcher": launcher}
    config["concurrency"]["runs"]["max_concurrent_runs"] = 4
    (lineage.home / "dagster.yaml").write_text(yaml.safe_dump(config))
    daemon = lineage.cluster.python("-m", "dagster._daemon", "run", "-m", MODULE)
    try:
        assert lineage.cluster.python("-m", MODULE).wait(PATIENCE) == 0
        _wait_for(lambda: all((lineage.home / "notes" / f"part-{i}.json").exists() for i in range(8)), "parts", daemon)
    finally:
        daemon.terminate()
        daemon.wait(PATIENCE)
    notes = [lineage.note(f"part-{i}") for i in range(8)]
    assert len({note["worker"] for note in notes}) == 4, "each chunk of two partitions has a worker of its own"
    assert len({note["raylet"] for note in notes}) == 2, "both nodes took part"
    jobs = [job.submission_id or "" for job in _client(lineage.cluster).list_jobs()]
    assert sum(job.startswith("dagster-run-") for job in jobs) == 4


@pytest.mark.timeout(2000)
def test_the_whole_lineage_runs_on_ray_and_shares_nothing_but_a_bucket(
    cluster: Cluster, tmp_path: Path, cache: Path
) -> None:
    canopy = _canopy_on_ray(cluster, tmp_path, cache)
    (canopy.inbox / "algebra.md").write_text(ALGEBRA)
    done = canopy("run", "--config", str(canopy.config), timeout=LINEAGE_PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    status = canopy.status()
    assert status["adapter"], status
    assert status["evaluation"]["verdict"] == "inconclusive", "six prompts are too few to decide"
    assert not (canopy.home / "tables").exists()
    assert not (canopy.home / "artefacts").exists()
    jobs = [job.metadata or {} for job in _client(cluster).list_jobs()]
    assert {"exercises", "lora_adapter", "tutor_responses", "eval_report"} <= {job.get("dagster/op") for job in jobs}
    _damage("tutor_responses", canopy)
    says = _materialize_again("eval_report", canopy)
    assert "tutor_responses" in says
    assert "materialize tutor_responses again" in says


def _canopy_on_ray(cluster: Cluster, folder: Path, cache: Path) -> Canopy:
    canopy = make_canopy(folder, cache)
    canopy.config.write_text(yaml.safe_dump({"ops": {asset: {"config": config} for asset, config in FEW.items()}}))
    del canopy.environment["CANOPY_CACHE"]
    canopy.environment.update(
        {name: cluster.environment[name] for name in ("PATH", "PYTHONPATH", *BUCKET, "AWS_ENDPOINT_URL")}
    )
    canopy.environment.update(
        CANOPY_EXECUTOR="ray",
        CANOPY_RAY_ADDRESS=cluster.address,
        CANOPY_GPU_STEP_MEMORY_GB="2",
        CANOPY_STORE=f"s3://canopy/{folder.name}",
    )
    return canopy


def _damage(asset: str, canopy: Canopy) -> None:
    """Replace one byte of every object of an asset's table."""
    import s3fs

    files = s3fs.S3FileSystem(endpoint_url=canopy.environment["AWS_ENDPOINT_URL"])
    prefix = canopy.environment["CANOPY_STORE"].removeprefix("s3://")
    found = [name for name in files.find(prefix) if f"/{asset}" in name and name.endswith(".parquet")]
    assert found
    for name in found:
        content = bytearray(bytes(files.cat_file(name)))  # pyright: ignore[reportArgumentType]
        content[len(content) // 2] ^= 0xFF
        files.pipe_file(name, bytes(content))


def _materialize_again(asset: str, canopy: Canopy) -> str:
    """The output of a run of one asset that fails."""
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "canopy_assets.definitions", "--select", asset],
        env=canopy.environment | {"DAGSTER_HOME": str(canopy.home / "dagster")},
        cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    return done.stdout + done.stderr


def _start_node(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [
        str(Path(sys.executable).parent / "ray"), "start", "--block", "--node-ip-address=127.0.0.1",
        f"--dashboard-agent-listen-port={_free_port()}", f"--ray-client-server-port={_free_port()}",
        "--object-store-memory=100000000", "--disable-usage-stats", *arguments,
    ]  # fmt: skip
    with (folder / "ray.log").open("a") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True, start_new_session=True)


def _client(cluster: Cluster) -> Any:
    from ray.job_submission import JobSubmissionClient

    return JobSubmissionClient(cluster.address)


def _nodes(cluster: Cluster) -> int:
    """The number of alive nodes, from the cluster's job server."""
    import urllib.request

    try:
        with urllib.request.urlopen(f"{cluster.address}/api/v0/nodes", timeout=30) as answer:
            nodes = json.load(answer)["data"]["result"]["result"]
    except OSError:
        return 0
    return sum(node["state"] == "ALIVE" for node in nodes)


def _wait_for(done: Callable[[], bool], what: str, process: subprocess.Popen[str], log: Path | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        said = log.read_text()[-4000:] if log and log.exists() else ""
        assert process.poll() is None, f"while waiting for {what}: {process.args} ended\n{said}"
        assert time.monotonic() < end, f"{what} did not come within {PATIENCE:.0f} s\n{said}"
        time.sleep(0.2)


def _stop(process: subprocess.Popen[str]) -> None:
    """Stop a node and its children: it leads a session of its own."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _kill_what_is_left(folder: Path) -> None:
    """Kill the steps that outlived the cluster: their environment has its mark."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{MARK}={folder}\0".encode() in (process / "environ").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def _free_port() -> int:
    """A port above Ray's own range for its workers (10002 to 19999)."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port >= 20000:
            return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
