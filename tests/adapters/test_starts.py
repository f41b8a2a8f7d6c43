"""Several starts: the median one is the adapter, the others are kept for the evaluation, and none is trained twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.assets import LoraTrainingConfig
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import TrainingSettings
from canopy_assets.adapters.generation import TutorModel
from canopy_assets.adapters.results import Start, TrainingError, TrainingProgress, TrainingResult
from canopy_assets.adapters.training.starts import median_start, train_starts
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.lineage.configuration import config_values
from canopy_assets.records import Message, TrainingExample
from canopy_assets.release.export import export_adapter
from canopy_assets.storage.files import tree_digest
from tests.adapters.conftest import LORA, SETTINGS, SYSTEM

THREE = [SETTINGS.model_copy(update={"seed": seed}) for seed in (4, 5, 6)]

TrainStarts = Callable[..., tuple[list[TrainingResult], list[Start]]]


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def train(tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path) -> TrainStarts:
    """Trains starts into a folder; `reached` gets (number, step) of every step that is taken."""

    def run(
        name: str,
        starts: list[TrainingSettings],
        *,
        checkpoints: Path | None = None,
        kill_at: tuple[int, int] | None = None,
        reached: list[tuple[int, int]] | None = None,
        rows: list[TrainingExample] = examples,
    ) -> tuple[list[TrainingResult], list[Start]]:
        def start(number: int, settings: TrainingSettings, folder: Path) -> TrainingResult:
            def on_progress(progress: TrainingProgress) -> None:
                if (number, progress.step) == kill_at:
                    raise KilledError
                if reached is not None:
                    reached.append((number, progress.step))

            return train_adapter(
                tiny_base, rows, folder, lora=LORA, settings=settings, cache=tmp_path / "cache",
                checkpoints=checkpoints, on_progress=on_progress,
            )  # fmt: skip

        (tmp_path / name).mkdir(exist_ok=True)
        return train_starts(start, starts, rows, tmp_path / name)

    return run


@pytest.fixture
def three(train: TrainStarts, tmp_path: Path) -> tuple[Path, list[Start]]:
    """An adapter of three starts, and what is recorded of them."""
    return tmp_path / "three", train("three", THREE)[1]


def weights(folder: Path) -> bytes:
    return (folder / adapter_files.WEIGHTS).read_bytes()


def test_of_three_starts_the_one_with_the_median_validation_loss_is_the_adapter(
    train: TrainStarts, three: tuple[Path, list[Start]], tmp_path: Path
) -> None:
    folder, starts = three
    losses = {s.seed: s.validation_loss or 0 for s in starts}
    assert len(set(losses.values())) == 3
    (judged,) = [s.seed for s in starts if s.judged]
    assert judged == sorted(losses, key=lambda seed: losses[seed])[1]
    assert [(s.number, s.seed) for s in starts] == [(1, 4), (2, 5), (3, 6)]
    for settings in THREE:  # each is what it would be alone: no start depends on those before it
        ((alone,), (only,)) = train(f"alone-{settings.seed}", [settings])
        assert (only.judged, alone.validation_loss) == (True, losses[settings.seed])
        kept = folder if settings.seed == judged else adapter_files.start_folder(folder, settings.seed)
        assert weights(kept) == weights(tmp_path / f"alone-{settings.seed}")


def test_the_other_starts_keep_what_they_need_to_reply_and_the_card_names_all(
    three: tuple[Path, list[Start]], tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    folder, starts = three
    others = [s for s in starts if not s.judged]
    wanted = {adapter_files.start_folder(folder, s.seed) for s in others}
    assert set((folder / adapter_files.OTHER_STARTS).iterdir()) == wanted
    chat = [Message("system", SYSTEM), Message("user", "I have 3x + 7 = 40.")]
    for other in wanted:
        assert {p.name for p in other.iterdir()} == {
            adapter_files.WEIGHTS, adapter_files.ADAPTER_CONFIG, adapter_files.CONFIG_FILE
        }  # fmt: skip
        model = TutorModel.load(tiny_base.path, other, cache=tmp_path / "cache", device="cpu", dtype="float32")
        assert model.reply([chat], max_new_tokens=4)[0].reply_tokens
    card = (folder / adapter_files.CARD).read_text()
    for start in starts:
        assert f"{start.validation_loss:.4f} nats per tutor token, {start.seconds:.0f} s" in card
        assert (f"seed {start.seed}, **this adapter**" in card) == start.judged
    assert json.loads((folder / adapter_files.CONFIG_FILE).read_text())["training"]["seed"] not in [
        s.seed for s in others
    ]


def test_one_start_is_the_adapter_as_it_is_trained_without_starts(
    train: TrainStarts, tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path
) -> None:
    train("starts", [SETTINGS])
    train_adapter(tiny_base, examples, tmp_path / "plain", lora=LORA, settings=SETTINGS, cache=tmp_path / "cache")
    names = {p.name for p in (tmp_path / "plain").iterdir()}
    assert {p.name for p in (tmp_path / "starts").iterdir()} == names
    assert weights(tmp_path / "starts") == weights(tmp_path / "plain")
    assert "## Starts" not in (tmp_path / "starts" / adapter_files.CARD).read_text()


@pytest.mark.parametrize(
    ("losses", "median"),
    [
        ([2.0], 0),
        ([None], 0),
        ([2.0, 1.9], 0),  # of two the worse: it must not flatter
        ([1.9, 2.0], 1),
        ([2.2, 1.9, 2.0], 2),
        ([1.0, 4.0, 3.0, 2.0], 2),
        ([2.0, 2.0, 2.0], 1),
        ([5.0, 1.0, 4.0, 2.0, 3.0], 4),
    ],
)
def test_the_median_start(losses: list[float | None], median: int) -> None:
    assert median_start(losses) == median


def test_without_validation_rows_several_starts_are_refused_before_training(
    train: TrainStarts, examples: list[TrainingExample]
) -> None:
    rows, reached = [e for e in examples if e.split == "train"], []
    with pytest.raises(TrainingError, match="Set starts to 1"):
        train("none", THREE, rows=rows, reached=reached)
    assert reached == []
    assert train("one", [SETTINGS], rows=rows)[1][0].validation_loss is None
    with pytest.raises(TrainingError, match="starts is 2"):
        median_start([1.0, None])


def test_a_kill_in_the_second_start_does_not_train_the_first_again(
    train: TrainStarts, three: tuple[Path, list[Start]], tmp_path: Path
) -> None:
    whole, starts = three
    checkpoints, reached = tmp_path / "checkpoints", []
    with pytest.raises(KilledError):
        train("killed", THREE, checkpoints=checkpoints, kill_at=(2, 4))
    assert len(list(checkpoints.iterdir())) == 2  # named by what decides the result, and the seed does
    results, again = train("resumed", THREE, checkpoints=checkpoints, reached=reached)
    steps = results[0].steps
    assert [step for number, step in reached if number == 1] == []
    assert [step for number, step in reached if number == 2] == list(range(4, steps + 1))
    assert [step for number, step in reached if number == 3] == list(range(1, steps + 1))
    assert [(s.seed, s.validation_loss, s.judged) for s in again] == [
        (s.seed, s.validation_loss, s.judged) for s in starts
    ]
    assert weights(tmp_path / "resumed") == weights(whole)


def test_what_is_exported_is_the_judged_start_alone(three: tuple[Path, list[Start]], tmp_path: Path) -> None:
    folder, _ = three
    export_adapter(folder, tmp_path / "out")
    assert not (tmp_path / "out" / adapter_files.OTHER_STARTS).exists()
    assert {p.name for p in (tmp_path / "out").iterdir()} == {p.name for p in folder.iterdir() if p.is_file()}
    assert weights(tmp_path / "out") == weights(folder)
    before = tree_digest(folder)
    other = next((folder / adapter_files.OTHER_STARTS).iterdir()) / adapter_files.WEIGHTS
    other.write_bytes(other.read_bytes()[:-1] + b"?")
    assert tree_digest(folder) != before  # the digest of the adapter is of all starts


def test_one_start_leaves_the_data_version_as_it_was_and_more_change_it() -> None:
    plain = config_values(LoraTrainingConfig())
    assert "starts" not in plain
    assert config_values(LoraTrainingConfig(starts=1)) == plain
    assert config_values(LoraTrainingConfig(starts=3)) == plain | {"starts": 3}
    lora, (only,) = LoraTrainingConfig(rank=8).settings()
    assert (lora.rank, only.seed) == (8, 0)
    assert [t.seed for t in LoraTrainingConfig(starts=3, seed=7).settings()[1]] == [7, 8, 9]


@pytest.mark.parametrize("starts", [0, 10])
def test_the_number_of_starts_has_bounds(starts: int) -> None:
    with pytest.raises(ValueError, match="starts"):
        LoraTrainingConfig(starts=starts)


def test_a_seed_that_leaves_no_room_for_its_starts_is_named() -> None:
    with pytest.raises(dg.Failure, match="seed"):
        LoraTrainingConfig(starts=2, seed=2**31 - 1).settings()
