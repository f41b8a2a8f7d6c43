"""Running out of memory: smaller micro-batches, the same result, and a clear error where nothing is left to split."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import LoraSettings
from canopy_assets.adapters.generation import GenerationError, TutorModel
from canopy_assets.adapters.results import TrainingError, TrainingProgress, TrainingResult
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.compute.memory import MicroBatches, is_out_of_memory
from canopy_assets.lineage.failures import Kind, classify
from canopy_assets.records import Message, TrainingExample
from tests.adapters.conftest import SETTINGS, SYSTEM, example

# Without dropout, whose masks depend on how the rows are split; and adapted from the lowest layer on, so that every
# pass is one over a batch and they can be counted.
PLAIN = LoraSettings(rank=4, alpha=8, skip_layers=0)
UPPER = PLAIN.model_copy(update={"skip_layers": 1 / 3})
WHOLE = SETTINGS.model_copy(update={"micro_batches": 1, "batch_tokens": 1024})
PROMPTS = [[Message("user", f"I have {n}x + 4 = 30." + " Please tell me." * (n % 4))] for n in range(9)]


@contextmanager
def memory_for(rows: int, *, after: int = 0, only_if: Callable[[], object] = lambda: True) -> Iterator[list[int]]:
    """The device runs out of memory when a model is given more rows at once, from the (after + 1)th time on.

    Yields how many rows each attempted pass had.
    """
    import torch

    seen: list[int] = []

    def allocate(module: torch.nn.Module, args: tuple[Any, ...]) -> None:
        if isinstance(module, torch.nn.Embedding):
            seen.append(args[0].shape[0])
            if len(seen) > after and args[0].shape[0] > rows and only_if():
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    hook = torch.nn.modules.module.register_module_forward_pre_hook(allocate)
    try:
        yield seen
    finally:
        hook.remove()


@pytest.fixture
def train(tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path) -> Any:
    def run(name: str, *, log: list[str] | None = None, **more: Any) -> TrainingResult:
        settings = WHOLE.model_copy(update=more.pop("changes", {}))
        return train_adapter(
            tiny_base, examples, tmp_path / name, lora=more.pop("lora", PLAIN), settings=settings,
            cache=tmp_path / "cache", log=(log if log is not None else []).append, **more,
        )  # fmt: skip

    return run


def largest_difference(one: Path, other: Path) -> float:
    from safetensors.torch import load_file

    a, b = (load_file(folder / adapter_files.WEIGHTS) for folder in (one, other))
    assert a.keys() == b.keys()
    return max((a[name] - b[name]).abs().max().item() for name in a)


def test_a_training_that_runs_out_of_memory_continues_in_micro_batches_to_the_same_adapter(
    train: Any, tmp_path: Path
) -> None:
    whole, log = train("whole"), []
    with memory_for(1, after=5):
        split = train("split", log=log)
    assert [line for line in log if "out of memory" in line][:2] == [
        "out of memory with 4 rows at once (training step 1): starting over with 2",
        "out of memory with 2 rows at once (training step 1): starting over with 1",
    ]
    assert [(r.step, r.tokens, r.supervised_tokens) for r in split.log] == [
        (r.step, r.tokens, r.supervised_tokens) for r in whole.log
    ]
    assert [r.loss for r in split.log] == pytest.approx([r.loss for r in whole.log], abs=1e-3)
    assert split.validation_loss == pytest.approx(whole.validation_loss, abs=1e-3)
    assert largest_difference(tmp_path / "whole", tmp_path / "split") < 5e-3


@pytest.mark.parametrize("lora", [PLAIN, UPPER], ids=["all layers", "upper layers"])
def test_no_step_is_done_twice_when_memory_runs_out_in_the_middle(
    train: Any, tmp_path: Path, lora: LoraSettings
) -> None:
    whole, done, log = train("whole", lora=lora), [], []

    def on_progress(progress: TrainingProgress) -> None:
        done.append(progress.step)

    with memory_for(2, only_if=lambda: len(done) >= 4):
        train("split", lora=lora, log=log, on_progress=on_progress, checkpoints=tmp_path / "checkpoints")
    assert "out of memory with 4 rows at once (training step 5): starting over with 2" in log
    assert done == list(range(1, whole.steps + 1))
    assert largest_difference(tmp_path / "whole", tmp_path / "split") < 5e-3


def test_gradients_from_before_memory_ran_out_do_not_count_twice(train: Any, tmp_path: Path) -> None:
    """The second micro-batch of a step is the one that does not fit: the first one's gradients must be dropped."""
    train("whole")
    with memory_for(1, after=5) as tried:
        train("split", changes={"micro_batches": 2})
    assert tried[4:9] == [2, 2, 1, 1, 1], tried
    assert largest_difference(tmp_path / "whole", tmp_path / "split") < 5e-3


def test_one_example_that_does_not_fit_is_tried_with_gradient_checkpointing(train: Any, tmp_path: Path) -> None:
    """The device has no room for the activations of all layers."""
    import torch

    whole, log = train("whole"), []

    def allocate(module: torch.nn.Module, args: tuple[Any, ...]) -> None:
        decoder: Any = module
        if type(module).__name__ == "LlamaModel" and module.training and not decoder.layers[0].gradient_checkpointing:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    hook = torch.nn.modules.module.register_module_forward_pre_hook(allocate)
    try:
        saved = train("saved", log=log)
    finally:
        hook.remove()
    assert any("gradient checkpointing is on" in line for line in log)
    assert [r.loss for r in saved.log] == pytest.approx([r.loss for r in whole.log], abs=1e-3)
    assert largest_difference(tmp_path / "whole", tmp_path / "saved") < 5e-3


def test_the_cache_of_frozen_outputs_is_given_up_before_gradient_checkpointing(train: Any, tmp_path: Path) -> None:
    whole, done, log = train("whole", lora=UPPER), [], []

    def is_cached() -> bool:
        return not any("no longer cached" in line for line in log)

    with memory_for(0, only_if=lambda: len(done) >= 4 and is_cached()):
        train("split", lora=UPPER, log=log, on_progress=lambda progress: done.append(progress.step))
    assert not is_cached()
    assert not any("gradient checkpointing" in line for line in log)
    assert done == list(range(1, whole.steps + 1))
    assert largest_difference(tmp_path / "whole", tmp_path / "split") < 5e-3


@pytest.mark.parametrize("lora", [PLAIN, UPPER], ids=["all layers", "upper layers"])
def test_gradient_checkpointing_gives_the_same_adapter(train: Any, tmp_path: Path, lora: LoraSettings) -> None:
    train("kept", lora=lora, changes={"gradient_checkpointing": "never"})
    train("recomputed", lora=lora, changes={"gradient_checkpointing": "always"})
    assert largest_difference(tmp_path / "kept", tmp_path / "recomputed") < 1e-6


@pytest.mark.parametrize("lora", [PLAIN, UPPER], ids=["all layers", "upper layers"])
def test_one_example_that_does_not_fit_is_a_clear_error_and_is_not_tried_again(train: Any, lora: LoraSettings) -> None:
    done: list[int] = []
    with (
        memory_for(0, only_if=lambda: done),
        pytest.raises(TrainingError, match=r"one example at a time.*Lower max_length") as error,
    ):
        train("a", lora=lora, on_progress=lambda progress: done.append(progress.step))
    assert len(done) == 1
    assert classify(error.value) is Kind.PERMANENT
    assert is_out_of_memory(error.value.__cause__ or error.value)


def test_replies_are_the_same_in_the_batches_that_fit(tiny_base: BaseModelInfo) -> None:
    model = TutorModel.load(tiny_base.path, None, cache=tiny_base.path.parent, device="cpu", dtype="float32")
    whole = model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=8, batch_size=8)
    log: list[str] = []
    with memory_for(2) as tried:
        split = model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=8, batch_size=8, log=log.append)
    assert [r.text for r in split] == [r.text for r in whole]
    assert max(tried) == 8
    assert log == [
        "out of memory with 8 rows at once (replies): starting over with 4",
        "out of memory with 4 rows at once (replies): starting over with 2",
    ]


def test_one_prompt_that_does_not_fit_is_a_clear_error(tiny_base: BaseModelInfo) -> None:
    model = TutorModel.load(tiny_base.path, None, cache=tiny_base.path.parent, device="cpu", dtype="float32")
    with memory_for(0, after=11), pytest.raises(GenerationError, match="Lower max_new_tokens") as error:
        model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=8)
    assert classify(error.value) is Kind.PERMANENT


def test_other_errors_are_left_as_they_are() -> None:
    def fails(_: int) -> None:
        raise RuntimeError("shapes don't match")

    micro_batches = MicroBatches()
    with pytest.raises(RuntimeError, match="shapes don't match"):
        micro_batches.run(fails, rows=8, what="test")
    assert micro_batches.count == 1


def _train_within(base: BaseModelInfo, rows: list[TrainingExample], folder: Path, megabytes: int) -> None:
    """Train twice in this process: with all the memory there is, and with `megabytes` more than it holds now."""
    import resource

    settings = WHOLE.model_copy(update={"batch_tokens": 1 << 20, "epochs": 1, "checkpoint_every_s": 60})
    logs: dict[str, list[str]] = {"whole": [], "split": []}
    for name, log in logs.items():
        if name == "split":
            held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (held + (megabytes << 20), resource.RLIM_INFINITY))
        train_adapter(base, rows, folder / name, lora=PLAIN, settings=settings, cache=folder, log=log.append)
    (folder / "logs.json").write_text(json.dumps(logs))


def test_a_real_allocation_failure_is_survived(
    tiny_base: BaseModelInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch of 200 long rows, in a process whose address space the kernel limits."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs Linux: /proc, and a kernel that enforces RLIMIT_AS")
    # So that glibc gives every tensor's address space back, and the second training cannot use the first one's.
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "65536")
    rows = [_long(n) for n in range(200)]
    process = get_context("spawn").Process(target=_train_within, args=(tiny_base, rows, tmp_path, 120))
    process.start()
    process.join(600)
    assert process.exitcode == 0
    logs = json.loads((tmp_path / "logs.json").read_text())
    cuts = [line for line in logs["split"] if line.startswith("out of memory with 200 rows at once")]
    assert cuts, logs["split"]
    assert not any("out of memory" in line for line in logs["whole"])
    assert largest_difference(tmp_path / "whole", tmp_path / "split") < 5e-3


def _long(number: int) -> TrainingExample:
    row = example(number)
    *before, last = row.messages
    return replace(row, messages=(*before, Message("assistant", last.content + " And what else do you see?" * 10)))
