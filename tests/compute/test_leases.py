"""Leases of GPUs between real processes. No GPU is needed: a lease is a lock and an environment variable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from canopy_assets.compute import leases
from canopy_assets.lineage.pools import set_pool_limit
from canopy_assets.settings import Settings

PATIENCE = 60.0
STEP = """
import os, sys, time
from canopy_assets.compute import leases
from canopy_assets.settings import Settings
assert "torch" not in sys.modules
with leases.lease(Settings(), log=lambda line: print(line, flush=True)) as devices:
    print("leased", os.environ.get("CUDA_VISIBLE_DEVICES", "unset"), "torch" in sys.modules, flush=True)
    sys.stdin.readline()
print("after", os.environ.get("CUDA_VISIBLE_DEVICES", "unset"), flush=True)
"""


@pytest.fixture(autouse=True)
def _no_gpus_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(leases.VISIBLE, raising=False)
    monkeypatch.setattr(leases, "_leased_before", ())


class Step:
    """A process that holds a lease until `go_on` is called."""

    def __init__(self, home: Path, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CANOPY_", "CUDA_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", STEP],
            env=clean | {"CANOPY_HOME": str(home), "CANOPY_GPUS": "2"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.says()


def settings(home: Path, **values: object) -> Settings:
    return Settings.model_validate({"home": home, **values})


def test_steps_at_the_same_time_get_different_gpus_before_torch_is_imported(tmp_path: Path) -> None:
    steps = [Step(tmp_path), Step(tmp_path)]
    said = sorted(step.says() for step in steps)
    assert said == ["leased 0 False", "leased 1 False"]
    assert [step.go_on() for step in steps] == ["after unset", "after unset"]


def test_a_step_waits_while_all_gpus_are_taken_and_logs_the_processes_that_have_them(tmp_path: Path) -> None:
    first, second = Step(tmp_path), Step(tmp_path)
    held = [first.says(), second.says()]
    third = Step(tmp_path)
    waiting = third.says()
    assert waiting.startswith("waiting for 1 of the GPUs 0, 1")
    assert str(first.process.pid) in waiting
    assert str(second.process.pid) in waiting
    first.go_on()
    assert third.says() == held[0]
    second.go_on()
    third.go_on()


def test_a_killed_step_gives_its_gpu_back(tmp_path: Path) -> None:
    first = Step(tmp_path, CANOPY_GPUS="1")
    assert first.says() == "leased 0 False"
    second = Step(tmp_path, CANOPY_GPUS="1")
    assert second.says().startswith("waiting")
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(PATIENCE)
    assert second.says() == "leased 0 False"
    second.go_on()


def test_a_step_that_wants_two_gpus_does_not_hold_one_while_it_waits(tmp_path: Path) -> None:
    first = Step(tmp_path)
    assert first.says() == "leased 0 False"
    both = Step(tmp_path, CANOPY_GPUS_PER_STEP="2")
    assert both.says().startswith("waiting for 2")
    # It locks device 1 only for a moment at each look, so another step gets the device within a few looks.
    third = Step(tmp_path)
    while (said := third.says()).startswith("waiting"):
        continue
    assert said == "leased 1 False"
    third.go_on()
    first.go_on()
    assert both.says() == "leased 0,1 False"
    both.go_on()


def test_only_visible_gpus_are_leased(tmp_path: Path) -> None:
    steps = [Step(tmp_path, CUDA_VISIBLE_DEVICES="GPU-a,3") for _ in range(2)]
    assert sorted(step.says() for step in steps) == ["leased 3 False", "leased GPU-a False"]
    assert [step.go_on() for step in steps] == ["after GPU-a,3"] * 2


def test_without_a_gpu_the_lease_is_empty_and_nothing_is_set(tmp_path: Path) -> None:
    with leases.lease(settings(tmp_path, gpus=0)) as devices:
        assert devices == ()
        assert leases.VISIBLE not in os.environ


def test_a_step_on_the_cpu_takes_no_gpu(tmp_path: Path) -> None:
    with (
        leases.lease(settings(tmp_path, gpus=1, device="cpu")) as first,
        leases.lease(settings(tmp_path, gpus=1)) as second,
    ):
        assert (first, second) == ((), ("0",))


@pytest.mark.parametrize("executor", ["ray", "k8s"])
def test_gpus_that_a_cluster_handed_out_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    monkeypatch.setenv(leases.VISIBLE, "5")
    with leases.lease(settings(tmp_path, executor=executor)) as devices:
        assert devices == ()
        assert os.environ[leases.VISIBLE] == "5"
    assert not (tmp_path / "gpus").exists()


def test_gpus_are_hidden_from_steps_that_should_have_none(tmp_path: Path) -> None:
    with leases.lease(settings(tmp_path, gpus=2, gpus_per_step=0)) as devices:
        assert devices == ()
        assert os.environ[leases.VISIBLE] == ""
    assert leases.VISIBLE not in os.environ


def test_too_few_gpus_are_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with (
        pytest.raises(leases.GpuError, match="CANOPY_GPUS_PER_STEP=3, but this machine has 2"),
        leases.lease(settings(tmp_path, gpus=2, gpus_per_step=3)),
    ):
        pass


def test_a_process_that_has_used_a_gpu_waits_for_the_same_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA reads the variable once: with another GPU in it, two processes would work on the first."""
    with leases.lease(settings(tmp_path, gpus=2)) as devices:
        assert devices == ("0",)
    monkeypatch.setitem(sys.modules, "torch", sys.modules.get("torch", sys))
    other = Step(tmp_path, CANOPY_GPUS="1")
    assert other.says() == "leased 0 False"
    lines: list[str] = []

    def release(line: str) -> None:
        lines.append(line)
        other.go_on()

    started = time.monotonic()
    with leases.lease(settings(tmp_path, gpus=2), log=release) as devices:
        assert devices == ("0",)
    assert len(lines) == 1
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize(
    ("listed", "count"), [("GPU 0: A (UUID: GPU-1)\n  MIG 1g\nGPU 1: A (UUID: GPU-2)", 2), ("", 0)]
)
def test_gpus_are_counted_as_the_driver_lists_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str, count: int
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{listed}\nEND\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert len(leases.visible_gpus(settings(tmp_path))) == count


def limit_of(instance: dg.DagsterInstance) -> int | None:
    return {p.name: p.limit for p in instance.event_log_storage.get_pool_limits()}.get(leases.POOL)


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({"gpus": 4}, 4),
        ({"gpus": 4, "gpus_per_step": 2}, 2),
        ({"gpus": 1, "gpus_per_step": 2}, 1),
        ({"gpus": 0}, 1),
        ({"gpus": 4, "device": "cpu"}, 1),
        ({"gpus": 4, "gpus_per_step": 0}, 1),
        ({"gpus": 8, "executor": "ray", "gpus_per_step": 2}, 4),
        ({"executor": "k8s"}, None),
    ],
)
def test_the_pool_lets_as_many_steps_run_as_there_are_gpus_for(
    tmp_path: Path, values: dict[str, object], limit: int | None
) -> None:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        assert set_pool_limit(instance, settings(tmp_path, **values)) == limit
        assert limit_of(instance) == limit


def test_a_limit_set_by_hand_stays_and_our_own_follows_the_machine(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        set_pool_limit(instance, settings(tmp_path, gpus=4))
        set_pool_limit(instance, settings(tmp_path, gpus=3))
        assert limit_of(instance) == 3
        instance.event_log_storage.set_concurrency_slots(leases.POOL, 2)
        assert set_pool_limit(instance, settings(tmp_path, gpus=4)) is None
        assert limit_of(instance) == 2
