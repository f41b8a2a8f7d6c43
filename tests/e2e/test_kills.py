"""`kill -9` of a step, of a run's worker and of the daemon: the next run ends with the tables of an undisturbed one."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from canopy_assets.app.run import instance
from canopy_assets.settings import Settings
from tests.e2e.conftest import ALGEBRA, Canopy, make_canopy

pytestmark = pytest.mark.e2e

SEEDS = 4
UNTIL = ("--until", "training_set")
MOMENTS = [1, SEEDS, SEEDS + 1, 2 * SEEDS + 1, 3 * SEEDS]
"""Kill when so many tables of seeds exist: five moments, from the first table to just before the training set."""


def _new(folder: Path, cache: Path, **environment: str) -> Canopy:
    canopy = make_canopy(folder, cache)
    for i in range(SEEDS):
        (canopy.inbox / f"sheet-{i}.md").write_text(ALGEBRA.replace("4x + 3 = 27", f"4x + {3 + 4 * i} = {27 + 4 * i}"))
    quick = {"CANOPY_CONFIG": str(canopy.config), "CANOPY_SEEDS_PER_RUN": "2"}
    return replace(canopy, environment=canopy.environment | quick | environment)


def _tables(canopy: Canopy) -> dict[str, str]:
    """The digest of every table up to the training set, by its path. Only a daemon makes people's ratings by itself."""
    files = [f for f in (canopy.home / "tables").glob("*/[!_]*.parquet") if f.parent.name != "ratings"]
    return {str(f.relative_to(canopy.home)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def _of_seeds(canopy: Canopy) -> int:
    return len(list((canopy.home / "tables").glob("*/sheet-*.parquet")))


def _left_behind(canopy: Canopy) -> list[Path]:
    return [p for p in canopy.home.rglob("*") if ".partial" in p.name and p.is_file()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> dict[str, str]:
    """The tables of a run without kills."""
    canopy = _new(tmp_path_factory.mktemp("undisturbed"), cache)
    done = canopy("run", *UNTIL)
    assert done.returncode == 0, done.stdout + done.stderr
    return _tables(canopy)


def _wait_for_tables(canopy: Canopy, count: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while _of_seeds(canopy) < count and process.poll() is None:
        assert time.monotonic() < deadline, f"{_of_seeds(canopy)} tables instead of {count}"
        time.sleep(0.02)


@contextmanager
def _background(canopy: Canopy, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with (canopy.home.parent / "output.txt").open("ab") as output:
        process = subprocess.Popen(command, env=canopy.environment, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _steps_of(pid: int) -> list[int]:
    """The step processes of a run's worker, the newest last."""
    children = [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [c for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]


def _newest_step(run: subprocess.Popen[bytes], killed: list[int]) -> int:
    """A step process of a run that has not been killed yet."""
    while run.poll() is None:
        if steps := [s for s in _steps_of(run.pid) if s not in killed]:
            return steps[-1]
        time.sleep(0.02)
    pytest.fail(f"the run ended after {len(killed)} kills")


def test_after_kills_of_the_run_worker_the_tables_are_those_of_an_undisturbed_run(
    tmp_path: Path, cache: Path, undisturbed: dict[str, str]
) -> None:
    canopy = _new(tmp_path, cache)
    for moment in MOMENTS:
        with _background(canopy, *canopy.command("run", *UNTIL)) as run:
            _wait_for_tables(canopy, moment, run)
    done = canopy("run", *UNTIL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _tables(canopy) == undisturbed
    assert _left_behind(canopy) == []


def test_after_kills_of_steps_the_tables_are_those_of_an_undisturbed_run(
    tmp_path: Path, cache: Path, undisturbed: dict[str, str]
) -> None:
    canopy = _new(tmp_path, cache, CANOPY_EXECUTOR="multiprocess")
    killed: list[int] = []
    with _background(canopy, *canopy.command("run", *UNTIL)) as run:
        for moment in MOMENTS:
            _wait_for_tables(canopy, moment, run)
            step = _newest_step(run, killed)
            os.kill(step, signal.SIGKILL)
            killed.append(step)
        # It starts lost steps again. If one is lost too often, the run reports it and ends.
        run.wait(timeout=600)
    done = canopy("run", *UNTIL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _tables(canopy) == undisturbed
    assert _left_behind(canopy) == []


def test_after_kills_of_the_daemon_the_tables_are_those_of_an_undisturbed_run(
    tmp_path: Path, cache: Path, undisturbed: dict[str, str]
) -> None:
    canopy = _new(
        tmp_path,
        cache,
        CANOPY_EXECUTOR="in_process",
        CANOPY_AUTOMATION_INTERVAL_SECONDS="2",
        CANOPY_RETRAIN_MIN_EXAMPLES="1000000",
    )
    assert canopy("status").returncode == 0  # makes the home
    path = f"{Path(sys.executable).parent}{os.pathsep}{canopy.environment['PATH']}"
    canopy = replace(
        canopy, environment=canopy.environment | {"PATH": path, "DAGSTER_HOME": str(canopy.home / "dagster")}
    )
    daemon = (sys.executable, "-m", "dagster._daemon", "run", "-m", "canopy_assets.definitions")
    for moment in MOMENTS:
        with _background(canopy, *daemon) as process:
            _wait_for_tables(canopy, moment, process)
    with (
        _background(canopy, *daemon) as process,
        instance(Settings(home=canopy.home)) as dagster_instance,
    ):
        deadline = time.monotonic() + 300
        while not (_tables(canopy) == undisturbed and all(r.is_finished for r in dagster_instance.get_runs())):
            assert time.monotonic() < deadline, (_of_seeds(canopy), [r.status for r in dagster_instance.get_runs()])
            assert process.poll() is None
            time.sleep(1)
    assert _left_behind(canopy) == []
