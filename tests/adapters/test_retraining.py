"""When there are enough new examples to train again."""

from pathlib import Path

import pyarrow as pa
import pytest

from canopy_assets.adapters.retraining import enough_new_examples, write_examples
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import Artefact, draft_folder, publish_artefact
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, sample_seeds=False, retrain_min_examples=10, retrain_min_share=0.5)
    prepare_home(settings)
    return settings


def _gathered(settings: Settings, count: int) -> None:
    publish_tables(settings, "training_set", {None: pa.table({"example_id": [f"e{i}" for i in range(count)]})})


def _trained_on(settings: Settings, count: int) -> None:
    draft = draft_folder("lora_adapter", settings)
    write_examples(draft, [f"e{i}" for i in range(count)])
    publish_artefact(settings, "lora_adapter", Artefact(draft))


def test_before_anything_is_gathered_there_is_nothing_to_train_on(settings: Settings) -> None:
    assert not enough_new_examples(settings)


@pytest.mark.parametrize(("examples", "enough"), [(9, False), (10, True)])
def test_the_first_adapter_waits_for_the_number(settings: Settings, examples: int, enough: bool) -> None:
    _gathered(settings, examples)
    assert enough_new_examples(settings) is enough


@pytest.mark.parametrize(("examples", "enough"), [(4, False), (5, False), (6, True)])
def test_a_later_adapter_also_comes_when_the_share_is_reached(settings: Settings, examples: int, enough: bool) -> None:
    _trained_on(settings, 4)
    _gathered(settings, examples)
    assert enough_new_examples(settings) is enough


def test_fewer_examples_are_no_reason_to_train(settings: Settings) -> None:
    _trained_on(settings, 40)
    _gathered(settings, 20)
    assert not enough_new_examples(settings)
