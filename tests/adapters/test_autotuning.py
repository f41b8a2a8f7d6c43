"""Measuring before a training leaves no trace in the training, and only a clear gain counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, collate, split_step
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.encoding import EncodedExample, encode_examples
from canopy_assets.adapters.models import load_causal_lm
from canopy_assets.adapters.results import TrainingProgress
from canopy_assets.adapters.speed import autotuning
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.compute.devices import cpu_threads, find_device, physical_cores
from canopy_assets.compute.timing import fastest
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import LORA, SETTINGS

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")


@pytest.fixture
def loss(tiny_base: BaseModelInfo) -> LabelledLoss:
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    model = get_peft_model(
        load_causal_lm(tiny_base.path),
        LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", lora_dropout=0.2),
    )
    return LabelledLoss(model, device="cpu", dtype="float32")


@pytest.fixture
def rows(tokenizer: Any, examples: list[TrainingExample]) -> tuple[EncodedExample, ...]:
    return encode_examples(tokenizer, examples[:4], max_length=2048).rows


def batches(rows: tuple[EncodedExample, ...], micro_batches: int) -> list[Batch]:
    return [collate(part, pad_id=2, device="cpu") for part in split_step(rows, micro_batches)]


def test_measuring_leaves_no_gradient_and_no_random_number_behind_and_is_done_once(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], tmp_path: Path
) -> None:
    import torch

    measured: list[int] = []

    def collated(micro_batches: int) -> list[Batch]:
        measured.append(micro_batches)
        return batches(rows, micro_batches)

    before, state = {n: p.clone() for n, p in loss.model.named_parameters()}, torch.get_rng_state()

    def find() -> autotuning.Tuning:
        return autotuning.autotune(
            loss, collated, TrainingSettings(compile="never"), find_device("cpu"),
            steps=9, longest=100, cache=tmp_path, workload="tiny",
        )  # fmt: skip

    first = find()
    assert first.micro_batches in autotuning.MICRO_BATCHES
    assert 1 <= first.threads <= cpu_threads()
    assert {1, 2, 4} <= set(measured)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(p, before[n]) and p.grad is None for n, p in loss.model.named_parameters())
    asked = len(measured)
    assert find() == first
    assert len(measured) - asked == 1  # to know how large the batch is


def test_what_is_configured_is_not_measured(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], tmp_path: Path
) -> None:
    chosen = autotuning.autotune(
        loss, lambda count: batches(rows, count), TrainingSettings(micro_batches=3), find_device("cpu"),
        steps=9, longest=100, cache=tmp_path, workload="tiny",
    )  # fmt: skip
    assert chosen.micro_batches == 3
    assert not loss.compiled


@pytest.mark.parametrize(("seconds", "taken"), [({1: 1.0, 2: 0.95, 4: 2.0}, 1), ({1: 1.0, 2: 0.8, 4: 0.7}, 4)])
def test_an_alternative_has_to_gain_a_tenth(seconds: dict[int, float], taken: int, tmp_path: Path) -> None:
    assert (
        fastest(autotuning.MICRO_BATCHES, seconds.__getitem__, tmp_path, {"of": "parts"}, autotuning.MIN_SPEEDUP)
        == taken
    )


def test_physical_cores_are_among_the_processors_there_are() -> None:
    assert 1 <= physical_cores() <= cpu_threads() or cpu_threads() == 1  # OMP_NUM_THREADS counts for the second only


@needs_compiler
def test_the_compiled_decoder_gives_the_same_losses_at_any_length(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...]
) -> None:
    import torch

    loss.eval()
    plain = [loss.per_token(batch) for count in (1, 2) for batch in batches(rows, count)]
    loss.compile()
    compiled = [loss.per_token(batch) for count in (1, 2) for batch in batches(rows, count)]
    assert loss.compiled
    assert len({batch.input_ids.shape for count in (1, 2) for batch in batches(rows, count)}) > 1
    for one, other in zip(plain, compiled, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


@needs_compiler
@pytest.mark.parametrize(("steps", "tried"), [(10, False), (10**9, True)])
def test_compiling_is_tried_and_logged_where_the_training_is_long_enough(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], tmp_path: Path, steps: int, tried: bool
) -> None:
    lines: list[str] = []
    autotuning.autotune(
        loss, lambda count: batches(rows, count), TrainingSettings(micro_batches=1), find_device("cpu"),
        steps=steps, longest=100, cache=tmp_path, workload="tiny", log=lines.append,
    )  # fmt: skip
    assert [line.partition(":")[0] for line in lines] == ["torch.compile"] * tried
    assert loss.compiled == (tried and lines[-1].endswith("on"))


@needs_compiler
@pytest.mark.parametrize("epochs", [1, 2])  # with two, outputs of frozen layers are cached
def test_compiled_trainings_are_the_same_to_the_bit_even_when_interrupted(
    tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path, epochs: int
) -> None:
    def train(name: str, stop_after: int = 0) -> bytes:
        def on_progress(progress: TrainingProgress) -> None:
            if progress.step == stop_after:
                raise KeyboardInterrupt

        settings = SETTINGS.model_copy(update={"compile": "always", "epochs": epochs})
        result = train_adapter(
            tiny_base, examples, tmp_path / name, lora=LORA, settings=settings, cache=tmp_path,
            checkpoints=tmp_path / f"{name}-checkpoints", on_progress=on_progress,
        )  # fmt: skip
        assert result.compiled
        return (tmp_path / name / adapter_files.WEIGHTS).read_bytes()

    whole = train("whole")
    assert train("again") == whole
    with pytest.raises(KeyboardInterrupt):
        train("interrupted", stop_after=2)
    assert train("interrupted") == whole


def test_a_resumed_training_keeps_its_micro_batches_whatever_is_measured_later(
    tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path
) -> None:
    settings = SETTINGS.model_copy(update={"micro_batches": None, "epochs": 1})

    def train(name: str, cache: Path, stop_after: int = 0) -> bytes:
        def on_progress(progress: TrainingProgress) -> None:
            if progress.step == stop_after:
                raise KeyboardInterrupt

        train_adapter(
            tiny_base, examples, tmp_path / name, lora=LORA, settings=settings, cache=cache,
            checkpoints=tmp_path / f"{name}-checkpoints", on_progress=on_progress,
        )  # fmt: skip
        return (tmp_path / name / adapter_files.WEIGHTS).read_bytes()

    measured_once = tmp_path / "measured-once"  # if another attention were fastest, it would be another training
    train("measuring", measured_once)

    def cache_in_which(micro_batches: int) -> Path:
        """The measurements of a machine on which so many micro-batches are fastest."""
        cache = tmp_path / f"{micro_batches}-is-fastest"
        shutil.copytree(measured_once, cache)
        changed = []
        for file in (cache / "measured").iterdir():
            measured = json.loads(file.read_text())
            if measured["key"].get("of") == "parts":
                measured["seconds"] = {
                    str(way): 1.0 if way == micro_batches else 2.0 for way in autotuning.MICRO_BATCHES
                }
                file.write_text(json.dumps(measured))
                changed.append(file.name)
        assert changed
        return cache

    one, four = cache_in_which(1), cache_in_which(4)
    whole = train("whole", one)
    assert train("in-four", four) != whole
    with pytest.raises(KeyboardInterrupt):
        train("interrupted", one, stop_after=2)
    assert train("interrupted", four) == whole
