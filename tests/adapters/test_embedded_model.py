"""The real path: the embedded 135M model is fetched, trained for a few steps, and replies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from canopy_assets.adapters.base_model import BUNDLED, prepare
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.generation import TutorModel
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import Message
from tests.adapters.conftest import SYSTEM, example


@pytest.mark.e2e
def test_the_embedded_model_is_fetched_trained_and_replies(tmp_path: Path) -> None:
    lines: list[str] = []
    base = prepare(BUNDLED, tmp_path / "base", cache=tmp_path / "cache", log=lines.append)
    assert (base.parameters, base.licence) == (134_515_008, "Apache-2.0")
    lines.clear()
    again = prepare(BUNDLED, tmp_path / "again", cache=tmp_path / "cache", log=lines.append)
    assert again.digest == base.digest
    assert not any("downloading" in line for line in lines)

    rows = [example(n) for n in range(6)] + [replace(example(9), split="validation")]
    settings = TrainingSettings(epochs=1, batch_tokens=256, dtype="float32", device="cpu", warmup=0)
    result = train_adapter(
        base, rows, tmp_path / "adapter", lora=LoraSettings(), settings=settings, cache=tmp_path / "cache"
    )
    assert "⟦What undoes adding 0?<|im_end|>⟧" in result.mask_sample
    assert result.labelled_logits_only
    assert (result.validation_loss or 9) < (result.base_validation_loss or 0) - 0.3

    question = [[Message("user", "What is the capital of France?")]]
    plain = TutorModel.load(base.path, cache=tmp_path / "cache", device="cpu", dtype="float32")
    assert (
        "Paris"
        in plain.reply(
            question,
            system_prompt="You are a helpful AI assistant named SmolLM, trained by Hugging Face",
            max_new_tokens=16,
        )[0].text
    )
    tuned = TutorModel.load(base.path, tmp_path / "adapter", cache=tmp_path / "cache", device="cpu", dtype="float32")
    assert tuned.reply([example(2).messages[1:2]], system_prompt=SYSTEM, max_new_tokens=16)[0].text
