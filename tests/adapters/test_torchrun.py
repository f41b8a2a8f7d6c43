"""Two processes that train together take the steps of one; errors are raised; none outlives the process that waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.results import TrainingError, TrainingProgress, TrainingResult
from canopy_assets.adapters.training.torchrun import train_in_processes
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import LORA, SETTINGS

UNDROPPED = LORA.model_copy(update={"dropout": 0.0})  # each process draws its own


@pytest.fixture
def together(tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path):
    def run(name: str, processes: int = 2, **changes: Any) -> TrainingResult:
        arguments: dict[str, Any] = {
            "lora": UNDROPPED,
            "settings": SETTINGS.model_copy(update=changes),
            "cache": tmp_path / "cache",
            "checkpoints": tmp_path / "checkpoints" / name,
            "on_progress": lambda p: steps.setdefault(name, []).append(p),
        }
        if processes == 1:
            return train_adapter(tiny_base, examples, tmp_path / name, **arguments)
        return train_in_processes(processes, tiny_base, examples, tmp_path / name, **arguments)

    steps: dict[str, list[TrainingProgress]] = {}
    run.steps = steps  # pyright: ignore[reportFunctionMemberAccess]
    return run


def test_two_processes_give_the_update_of_one(together, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    one, two = together("one", 1), together("two")
    assert [r.loss for r in two.log] == pytest.approx([r.loss for r in one.log], abs=1e-5)
    assert [r.gradient_norm for r in two.log] == pytest.approx([r.gradient_norm for r in one.log], rel=1e-3)
    assert two.validation_loss == pytest.approx(one.validation_loss, abs=1e-5)
    assert (two.supervised_tokens, two.best_step) == (one.supervised_tokens, one.best_step)
    left, right = (load_file(tmp_path / name / adapter_files.WEIGHTS) for name in ("one", "two"))
    assert left.keys() == right.keys()
    assert max((left[name] - right[name]).abs().max() for name in left) < 1e-4
    assert [p.step for p in together.steps["two"]] == [r.step for r in two.log]


def test_an_error_in_a_process_is_raised_here(together, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="longer than max_length=8"):
        together("none", max_length=8)
    assert not (tmp_path / "none").exists()


def test_no_process_outlives_the_one_that_waits(tiny_base: BaseModelInfo, tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from canopy_assets.adapters.base_model import read_info
from canopy_assets.adapters.training.torchrun import train_in_processes
from tests.adapters.conftest import LORA, SETTINGS, example
train_in_processes(
    2, read_info(Path({str(tiny_base.path)!r})), [example(n) for n in range(12)], Path({str(tmp_path / "a")!r}),
    lora=LORA, settings=SETTINGS.model_copy(update={{"epochs": 100}}), cache=Path({str(tmp_path / "cache")!r}),
    on_progress=lambda p: print(p.step, flush=True),
)
"""
    waiting = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert waiting.stdout is not None
    assert waiting.stdout.readline().strip() == "1"
    assert _trainers()
    os.kill(waiting.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while _trainers() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _trainers() == []


def _trainers() -> list[int]:
    """The processes of this machine that train together, by id."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"canopy_assets.adapters.training.torchrun" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found
