"""A training whose process is killed again and again ends in the adapter of an undisturbed one."""

from __future__ import annotations

import random
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import LORA, SETTINGS

KILLS = 20
LONG = SETTINGS.model_copy(update={"epochs": 40})


def train(
    base: BaseModelInfo, rows: list[TrainingExample], folder: Path, checkpoints: Path | None, steps: Connection
) -> None:
    """One process's attempt; sends the number of each step it has done, before the step's checkpoint is written."""
    train_adapter(
        base, rows, folder / "adapter", lora=LORA, settings=LONG, cache=folder.parent / "cache",
        checkpoints=checkpoints, on_progress=lambda p: steps.send(p.step),
    )  # fmt: skip


@pytest.fixture(scope="module")
def processes():
    """Processes that start with everything imported: importing torch twenty times would take most of the test."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "transformers", "peft", "canopy_assets.adapters.training.train"])
    return context


def test_twenty_kills_at_random_moments_leave_the_same_adapter(
    processes, tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path
) -> None:
    def start(name: str, checkpoints: Path | None):
        (tmp_path / name).mkdir(exist_ok=True)
        receiver, sender = processes.Pipe(duplex=False)
        process = processes.Process(target=train, args=(tiny_base, examples, tmp_path / name, checkpoints, sender))
        process.start()
        sender.close()
        return process, receiver

    def steps_of(receiver: Connection) -> list[int]:
        done = []
        while True:
            try:
                done.append(receiver.recv())
            except EOFError:
                return done

    process, receiver = start("whole", None)
    total = len(steps_of(receiver))
    process.join()
    assert process.exitcode == 0

    generator, checkpoints, reached = random.Random(5), tmp_path / "checkpoints", 0
    for _ in range(KILLS):
        process, receiver = start("killed", checkpoints)
        first = receiver.recv()
        # Of the reported steps, at most the last one, which has no checkpoint yet, is done again.
        assert first >= reached, "a kill lost more than the last interval"
        for _ in range(generator.randrange(max(1, (total - first) // 6))):
            first = receiver.recv()
        process.join(generator.uniform(0, 0.02))  # into the step after it, its checkpoint, or the next step
        process.kill()
        process.join()
        reached = max([first, *steps_of(receiver)])
        assert process.exitcode == -9
    process, receiver = start("killed", checkpoints)
    assert steps_of(receiver)[-1] == total
    process.join()
    assert process.exitcode == 0
    whole, killed = (tmp_path / name / "adapter" / adapter_files.WEIGHTS for name in ("whole", "killed"))
    assert whole.read_bytes() == killed.read_bytes()
