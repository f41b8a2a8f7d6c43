"""What is measured before a training: it leaves no trace in the training, and only a clear gain counts."""

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
from canopy_assets.adapters.speed import autotuning as pace
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


def batches(rows: tuple[EncodedExample, ...], parts: int) -> list[Batch]:
    return [collate(part, pad_id=2, device="cpu") for part in split_step(rows, parts)]


def test_measuring_leaves_no_gradient_and_no_random_number_behind_and_is_done_once(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], tmp_path: Path
) -> None:
    import torch

    measured: list[int] = []

    def parts_of(parts: int) -> list[Batch]:
        measured.append(parts)
        return batches(rows, parts)

    before, state = {n: p.clone() for n, p in loss.model.named_parameters()}, torch.get_rng_state()

    def find() -> pace.Pace:
        return pace.find_pace(
            loss, parts_of, TrainingSettings(compile="never"), find_device("cpu"),
            steps=9, longest=100, cache=tmp_path, workload="tiny",
        )  # fmt: skip

    first = find()
    assert first.parts in pace.PARTS
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
    chosen = pace.find_pace(
        loss, lambda parts: batches(rows, parts), TrainingSettings(micro_batches=3), find_device("cpu"),
        steps=9, longest=100, cache=tmp_path, workload="tiny",
    )  # fmt: skip
    assert chosen.parts == 3
    assert not loss.compiled


@pytest.mark.parametrize(("seconds", "taken"), [({1: 1.0, 2: 0.95, 4: 2.0}, 1), ({1: 1.0, 2: 0.8, 4: 0.7}, 4)])
def test_another_way_has_to_gain_a_tenth(seconds: dict[int, float], taken: int, tmp_path: Path) -> None:
    assert fastest(pace.PARTS, seconds.__getitem__, tmp_path, {"of": "parts"}, pace.MUST_GAIN) == taken


def test_physical_cores_are_among_the_processors_there_are() -> None:
    assert 1 <= physical_cores() <= cpu_threads() or cpu_threads() == 1  # OMP_NUM_THREADS counts for the second only


@needs_compiler
def test_the_compiled_decoder_gives_the_same_losses_at_any_length(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...]
) -> None:
    import torch

    loss.eval()
    plain = [loss.per_token(batch) for parts in (1, 2) for batch in batches(rows, parts)]
    loss.compile()
    compiled = [loss.per_token(batch) for parts in (1, 2) for batch in batches(rows, parts)]
    assert loss.compiled
    assert len({batch.input_ids.shape for parts in (1, 2) for batch in batches(rows, parts)}) > 1
    for one, other in zip(plain, compiled, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


@needs_compiler
@pytest.mark.parametrize(("steps", "tried"), [(10, False), (10**9, True)])
def test_compiling_is_tried_where_the_training_is_long_enough_and_told(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], tmp_path: Path, steps: int, tried: bool
) -> None:
    told: list[str] = []
    pace.find_pace(
        loss, lambda parts: batches(rows, parts), TrainingSettings(micro_batches=1), find_device("cpu"),
        steps=steps, longest=100, cache=tmp_path, workload="tiny", log=told.append,
    )  # fmt: skip
    assert [line.partition(":")[0] for line in told] == ["torch.compile"] * tried
    assert loss.compiled == (tried and told[-1].endswith("on"))


@needs_compiler
@pytest.mark.parametrize("epochs", [1, 2])  # with two, the frozen layers of rows are kept
def test_compiled_trainings_are_the_same_to_the_bit_also_when_one_was_interrupted(
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


def test_a_training_goes_on_in_as_many_parts_as_it_began_with_whatever_is_measured_later(
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

    measured_once = tmp_path / "measured-once"  # another attention that is fastest would be another training
    train("measuring", measured_once)

    def cache_in_which(parts: int) -> Path:
        """A machine on which so many parts were measured to be fastest."""
        cache = tmp_path / f"{parts}-is-fastest"
        shutil.copytree(measured_once, cache)
        for file in (cache / "measured").iterdir():
            measured = json.loads(file.read_text())
            if measured["key"].get("of") == "parts":
                measured["seconds"] = {str(way): 1.0 if way == parts else 2.0 for way in pace.PARTS}
                file.write_text(json.dumps(measured))
        return cache

    one, four = cache_in_which(1), cache_in_which(4)
    whole = train("whole", one)
    assert train("in-four", four) != whole
    with pytest.raises(KeyboardInterrupt):
        train("interrupted", one, stop_after=2)
    assert train("interrupted", four) == whole
