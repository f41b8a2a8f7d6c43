"""The machine is found, measured once, and reported on at a sane rate."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from canopy_assets.compute.devices import (
    Device,
    DeviceError,
    Dtype,
    choose_dtype,
    cpu_threads,
    find_device,
    peak_memory_mb,
)
from canopy_assets.compute.progress import ProgressReporter, duration

CPU = Device("cpu", "test", 2, 1000)


def test_some_device_is_always_found_and_a_missing_one_is_an_error() -> None:
    import torch

    device = find_device()
    assert device.threads == cpu_threads() >= 1
    assert device.memory_mb > 0
    assert peak_memory_mb() > 10
    if not torch.cuda.is_available():
        with pytest.raises(DeviceError, match=r"finds only: .*cpu"):
            find_device("cuda")


@pytest.mark.parametrize(("half_takes", "chosen"), [(0.5, "bfloat16"), (0.95, "float32"), (3.0, "float32")])
def test_bfloat16_is_used_only_where_it_is_clearly_faster_and_measured_once(
    half_takes: float, chosen: Dtype, tmp_path: Path
) -> None:
    calls: list[Dtype] = []

    def measure(dtype: Dtype) -> float:
        calls.append(dtype)
        return half_takes if dtype == "bfloat16" else 1.0

    found = [choose_dtype("auto", CPU, cache=tmp_path, workload="w", measure=measure) for _ in range(2)]
    assert found == [chosen, chosen]
    measured = len(calls)
    assert choose_dtype("float32", CPU, cache=tmp_path, workload="w", measure=measure) == "float32"
    assert len(calls) == measured
    choose_dtype("auto", CPU, cache=tmp_path, workload="other", measure=measure)
    assert len(calls) == 2 * measured


def test_a_damaged_measurement_is_made_again(tmp_path: Path) -> None:
    choose_dtype("auto", CPU, cache=tmp_path, workload="w", measure=lambda _: 1.0)
    (file,) = (tmp_path / "measured").iterdir()
    file.write_text("{")
    assert choose_dtype("auto", CPU, cache=tmp_path, workload="w", measure=lambda _: 1.0) == "float32"


def test_log_lines_come_at_most_every_ten_seconds_and_once_at_the_end() -> None:
    lines: list[str] = []
    now = [0.0]
    with ProgressReporter("training", 40, unit="step", log=lines.append, bar=False, clock=lambda: now[0]) as progress:
        for _ in range(40):
            now[0] += 1.0
            progress.advance(1, loss="1.5")
    assert [line.split(",")[0] for line in lines] == [
        "training: 10/40 steps (25 %)", "training: 20/40 steps (50 %)", "training: 30/40 steps (75 %)",
        "training: 40/40 steps (100 %)", "training: 40/40 steps (100 %)",
    ]  # fmt: skip
    assert lines[0] == "training: 10/40 steps (25 %), 1 steps/s, 30 s left, loss 1.5"
    assert lines[-1].endswith("done")


def test_a_failure_is_named_in_the_last_line() -> None:
    lines: list[str] = []

    def fail() -> None:
        with ProgressReporter("reading", log=lines.append, bar=False) as progress:
            progress.advance(3)
            raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        fail()
    assert lines[0].startswith("reading: 3 rows")
    assert lines[0].endswith("stopped by ValueError")


def test_on_a_terminal_a_bar_is_drawn() -> None:
    with redirect_stderr(io.StringIO()) as shown, ProgressReporter("replies", unit="reply", bar=True) as progress:
        progress.reach(5, total=5, arm="base")
    assert "replies: 100%" in shown.getvalue()
    assert "arm=base" in shown.getvalue()


def test_durations_read_as_people_say_them() -> None:
    assert [duration(s) for s in (8.4, 200, 7500)] == ["8 s", "3 min 20 s", "2 h 5 min"]
