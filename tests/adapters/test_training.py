"""Training a tiny model: repeatable and resumable to the bit, and reported as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, collate
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import encode_examples
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
from canopy_assets.adapters.results import TrainingError, TrainingProgress, TrainingResult
from canopy_assets.adapters.speed import number_format
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.schedule import evaluation_steps, learning_rate
from canopy_assets.adapters.training.train import discard_checkpoints, train_adapter
from canopy_assets.compute.devices import find_device
from canopy_assets.records import Message, TrainingExample
from tests.adapters.conftest import LORA, SETTINGS

Train = Callable[..., TrainingResult]


class KilledError(Exception):
    """Stands for the end of the process at a step."""


@pytest.fixture
def train(tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path) -> Train:
    def run(name: str, *, checkpoints: Path | None = None, kill_after: int = 0, **changes: Any) -> TrainingResult:
        def on_progress(progress: TrainingProgress) -> None:
            if progress.step == kill_after:
                raise KilledError

        rows = changes.pop("rows", examples)
        lora = changes.pop("lora", LORA)
        return train_adapter(
            tiny_base, rows, tmp_path / name, lora=lora, settings=SETTINGS.model_copy(update=changes),
            cache=tmp_path / "cache", checkpoints=checkpoints, lineage={"training set": "abc"}, on_progress=on_progress,
        )  # fmt: skip

    return run


def weights(folder: Path) -> bytes:
    return (folder / adapter_files.WEIGHTS).read_bytes()


def test_two_trainings_give_the_same_adapter_to_the_bit(train: Train, tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("two", 0), ("other", 1)):
        train(name, seed=seed)
    assert weights(tmp_path / "one") == weights(tmp_path / "two") != weights(tmp_path / "other")
    configs = [(tmp_path / name / adapter_files.ADAPTER_CONFIG).read_bytes() for name in ("one", "two")]
    assert configs[0] == configs[1]


@pytest.mark.parametrize("kill_after", [2, 7])
def test_a_killed_training_goes_on_to_the_same_adapter(train: Train, tmp_path: Path, kill_after: int) -> None:
    whole = train("whole")
    checkpoints = tmp_path / "checkpoints"
    with pytest.raises(KilledError):
        train("killed", checkpoints=checkpoints, kill_after=kill_after)
    resumed = train("killed", checkpoints=checkpoints)
    steps = [row.step for row in resumed.log]
    assert weights(tmp_path / "whole") == weights(tmp_path / "killed")
    assert steps == list(range(1, whole.steps + 1))
    assert [r.loss for r in resumed.log] == [r.loss for r in whole.log]
    assert (resumed.best_step, resumed.validation_loss) == (whole.best_step, whole.validation_loss)


def test_a_resumed_training_does_not_repeat_the_steps_before(train: Train, tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints"
    with pytest.raises(KilledError):
        train("a", checkpoints=checkpoints, kill_after=5)
    with pytest.raises(KilledError):  # would never meet step 4 again: it was saved
        train("a", checkpoints=checkpoints, kill_after=5)
    newest = sorted(p.name for p in next(checkpoints.iterdir()).iterdir())[-1]
    assert newest == "step-00000004"


def test_a_changed_configuration_starts_over_and_published_trainings_leave_no_checkpoints(
    train: Train, tmp_path: Path
) -> None:
    checkpoints = tmp_path / "checkpoints"
    first = train("a", checkpoints=checkpoints, epochs=1)
    second = train("b", checkpoints=checkpoints, epochs=1, learning_rate=0.01)
    assert first.run_digest != second.run_digest
    train("c", epochs=1, learning_rate=0.01)
    assert weights(tmp_path / "b") == weights(tmp_path / "c")
    discard_checkpoints(checkpoints, first)
    assert [p.name for p in checkpoints.iterdir()] == [second.run_digest]


def test_the_kept_step_is_the_one_with_the_lowest_validation_loss(
    train: Train, tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path
) -> None:
    from peft import PeftModel

    # These replies have nothing to do with the training rows: learning helps at first, and then harms.
    unlike = [Message("user", "?"), Message("assistant", "ZQXJ zqxj ZQXJ zqxj")]
    rows = [replace(e, messages=(e.messages[0], *unlike)) if e.split == "validation" else e for e in examples]
    result = train("a", rows=rows, schedule="constant", epochs=8)
    validated = {row.step: row.validation_loss for row in result.log if row.validation_loss is not None}
    assert result.validation_loss == min(validated.values())
    assert validated[result.best_step] == result.validation_loss
    assert (result.validation_loss or 9) < (result.base_validation_loss or 0)
    assert result.best_step < result.steps

    model = PeftModel.from_pretrained(load_causal_lm(tiny_base.path), str(tmp_path / "a")).eval()
    chosen = [e for e in rows if e.split == "validation"]
    encoded = encode_examples(load_tokenizer(tiny_base.path), chosen, max_length=2048).rows
    loss = LabelledLoss(model, device="cpu", dtype="float32").per_token(collate(encoded, pad_id=2, device="cpu"))
    assert loss.mean().item() == pytest.approx(result.validation_loss, abs=1e-5)


def test_the_kept_step_s_validation_loss_is_reported_by_group(
    train: Train, examples: list[TrainingExample], tmp_path: Path
) -> None:
    states = ("stuck", "off_topic")
    rows = [replace(e, opening_state=states[i % 2], topic=f"topic {i % 3}") for i, e in enumerate(examples)]
    result = train("a", rows=rows, epochs=2)
    assert set(result.validation_by) == {"opening state", "topic"}
    assert set(result.validation_by["opening state"]) == set(states)
    for groups in result.validation_by.values():
        tokens = sum(g.tokens for g in groups.values())
        assert sum(g.loss * g.tokens for g in groups.values()) / tokens == pytest.approx(
            result.validation_loss, abs=1e-5
        )
    assert "Validation loss by opening state" in (tmp_path / "a" / adapter_files.CARD).read_text()


def test_training_ends_early_where_it_only_harms_even_after_resuming(
    train: Train, examples: list[TrainingExample], tmp_path: Path
) -> None:
    unlike = [Message("user", "?"), Message("assistant", "ZQXJ zqxj ZQXJ zqxj")]
    rows = [replace(e, messages=(e.messages[0], *unlike)) if e.split == "validation" else e for e in examples]
    whole = train("whole", rows=rows, schedule="constant", epochs=8)
    early = train("early", rows=rows, schedule="constant", epochs=8, patience=2, checkpoints=tmp_path / "checkpoints")
    since = [r for r in early.log if r.validation_loss is not None and r.step > early.best_step]
    assert len(since) == 2
    assert early.steps_done < whole.steps_done
    assert "no lower validation loss" in (early.stopped or "")
    # Killed before it was published, it finds its last checkpoint, and has nothing more to do.
    again = train("again", rows=rows, schedule="constant", epochs=8, patience=2, checkpoints=tmp_path / "checkpoints")
    assert (again.steps_done, again.stopped) == (early.steps_done, early.stopped)
    assert weights(tmp_path / "again") == weights(tmp_path / "early")


def test_the_adapter_directory_says_where_it_came_from(train: Train, tiny_base: BaseModelInfo, tmp_path: Path) -> None:
    result = train("a", epochs=1)
    folder = tmp_path / "a"
    config = json.loads((folder / adapter_files.CONFIG_FILE).read_text())
    assert config["base_model"]["digest"] == tiny_base.digest
    assert config["lora"]["rank"] == 4
    assert config["training"]["learning_rate"] == 0.02
    assert config["lineage"] == {"training set": "abc"}
    log = [json.loads(line) for line in (folder / adapter_files.LOG_FILE).read_text().splitlines()]
    assert [row["step"] for row in log] == list(range(1, result.steps + 1))
    assert sum(row["supervised_tokens"] for row in log) == result.supervised_tokens
    card = (folder / adapter_files.CARD).read_text()
    assert "license: mit" in card
    assert tiny_base.digest in card
    assert f"{result.validation_loss:.4f}" in card
    assert (folder / adapter_files.CURVE).read_bytes().startswith(b"\x89PNG")
    adapter = json.loads((folder / adapter_files.ADAPTER_CONFIG).read_text())
    assert adapter["base_model_name_or_path"] == tiny_base.name
    assert not list(folder.glob("*.bin"))


def test_micro_batches_of_a_step_give_the_update_of_the_whole_step(train: Train, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    plain = LoraSettings(rank=4, alpha=8)
    results = [train(f"in-{count}", lora=plain, epochs=1, micro_batches=count) for count in (1, 4)]
    assert results[0].steps == results[1].steps
    assert results[0].validation_loss == pytest.approx(results[1].validation_loss, abs=1e-3)
    one, four = (load_file(tmp_path / f"in-{count}" / adapter_files.WEIGHTS) for count in (1, 4))
    assert all((one[name] - four[name]).abs().max() < 5e-3 for name in one)


def test_packed_rows_give_the_adapter_that_padded_ones_give(train: Train, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    lora = LORA.model_copy(update={"dropout": 0.0})
    packed, padded = train("packed", lora=lora, packing="always"), train("padded", lora=lora)
    assert (packed.packed, padded.packed) == (True, False)
    assert packed.validation_loss == pytest.approx(padded.validation_loss, abs=1e-4)
    left, right = (load_file(tmp_path / name / adapter_files.WEIGHTS) for name in ("packed", "padded"))
    assert all((left[name] - right[name]).abs().max() < 1e-3 for name in left)
    assert packed.run_digest != padded.run_digest


def test_a_diverging_training_stops_and_names_the_fix(train: Train) -> None:
    # Whatever the machine rounds to: at 10^25 both factors, their product is more than a float holds.
    with pytest.raises(TrainingError, match=r"diverged. Lower learning_rate \(now 1e\+25\)"):
        train("a", lora=LoraSettings(rank=4, skip_layers=0), learning_rate=1e25, max_gradient_norm=1e30)


def test_a_time_limit_keeps_the_best_step_so_far(train: Train, tmp_path: Path) -> None:
    result = train("a", max_minutes=1e-9)
    assert result.stopped is not None
    assert "time limit" in result.stopped
    assert (result.steps_done, result.best_step) == (1, 1)
    assert weights(tmp_path / "a")


def test_without_validation_rows_the_last_step_is_kept(train: Train, examples: list[TrainingExample]) -> None:
    result = train("a", rows=[e for e in examples if e.split == "train"], epochs=1)
    assert result.validation_loss is None
    assert result.best_step == result.steps


def test_rows_that_are_too_long_are_reported_and_none_left_is_an_error(train: Train) -> None:
    result = train("a", max_length=150, epochs=1)
    assert result.too_long
    assert result.train_rows + result.validation_rows + len(result.too_long) == 16
    with pytest.raises(TrainingError, match="max_length=8"):
        train("b", max_length=8)


def test_bfloat16_trains_a_float32_adapter(train: Train, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    result = train("a", dtype="bfloat16", epochs=1)
    assert (result.validation_loss or 9) < (result.base_validation_loss or 0)
    assert {str(t.dtype) for t in load_file(tmp_path / "a" / adapter_files.WEIGHTS).values()} == {"torch.float32"}


@pytest.mark.parametrize(("times", "longest"), [(0.0, 16), (float("inf"), 128)])
def test_a_number_format_far_behind_on_a_few_tokens_is_not_measured_on_more(
    tiny_base: BaseModelInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: float, longest: int
) -> None:
    computed: list[int] = []
    plain = LabelledLoss.per_token

    def watched(loss: LabelledLoss, batch: Batch) -> Any:
        computed.append(batch.input_ids.shape[1])
        return plain(loss, batch)

    monkeypatch.setattr(LabelledLoss, "per_token", watched)
    monkeypatch.setattr(number_format, "MAX_SLOWDOWN", times)
    settings = SETTINGS.model_copy(update={"dtype": "auto"})
    assert number_format.chosen_dtype(tiny_base, LORA, settings, find_device("cpu"), tmp_path) in (
        "float32",
        "bfloat16",
    )
    assert max(computed) == longest


def test_the_rate_rises_over_the_warm_up_and_falls_to_zero() -> None:
    settings = TrainingSettings(learning_rate=0.1, warmup=0.1)
    rates = [learning_rate(step, 100, settings) for step in range(100)]
    assert rates[:10] == sorted(rates[:10])
    assert max(rates) == rates[10] == 0.1
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.001
    assert evaluation_steps(30, SETTINGS) >= {0, 10, 20, 30}
