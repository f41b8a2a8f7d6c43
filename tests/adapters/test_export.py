"""An exported adapter, merged or not, replies as the trained one; an adapter of another base model is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import Message, TrainingExample
from canopy_assets.release.export import ExportError, export_adapter, export_merged
from tests.adapters.conftest import LORA, SETTINGS, SYSTEM


@pytest.fixture(scope="module")
def adapter(
    tmp_path_factory: pytest.TempPathFactory, tiny_base: BaseModelInfo, examples: list[TrainingExample]
) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    train_adapter(tiny_base, examples, folder / "adapter", lora=LORA, settings=SETTINGS, cache=folder / "cache")
    return folder / "adapter"


def _greedy(model: Any, prompt: Sequence[int]) -> list[int]:
    import torch

    with torch.inference_mode():
        out = model.generate(torch.tensor([list(prompt)]), max_new_tokens=24, do_sample=False)
    return out[0, len(prompt) :].tolist()


def test_merged_and_unmerged_give_the_same_greedy_replies(
    adapter: Path, tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    export_adapter(adapter, tmp_path / "adapter")
    export_merged(tiny_base, adapter, tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    tokenizer = load_tokenizer(tmp_path / "merged")
    unmerged = PeftModel.from_pretrained(load_causal_lm(tiny_base.path), tmp_path / "adapter")
    base = load_causal_lm(tiny_base.path)
    differs = 0
    for number in range(6):
        chat = [Message("system", SYSTEM), Message("user", f"I have 3x + {number} = 40.")]
        prompt = encode_prompt(tokenizer, chat)
        assert prompt == encode_prompt(load_tokenizer(tiny_base.path), chat)
        assert _greedy(merged, prompt) == _greedy(unmerged, prompt)
        differs += _greedy(base, prompt) != _greedy(merged, prompt)
    assert differs  # the adapter does something


def test_a_merged_model_is_whole_and_says_what_it_is(adapter: Path, tiny_base: BaseModelInfo, tmp_path: Path) -> None:
    import torch

    export_merged(tiny_base, adapter, tmp_path / "merged", dtype="bfloat16")
    names = {p.name for p in (tmp_path / "merged").iterdir()}
    assert {"config.json", "generation_config.json", "tokenizer.json", "README.md"} <= names
    assert not any(name.endswith((".bin", ".pt")) for name in names)
    assert "adapter_config.json" not in names
    card = (tmp_path / "merged" / "README.md").read_text()
    assert card.startswith("---\n")
    assert "license: mit" in card
    assert "Merged: these are the base model's weights" in card
    assert load_causal_lm(tmp_path / "merged", "bfloat16").dtype is torch.bfloat16


def test_an_adapter_of_another_base_model_is_refused_in_words(
    adapter: Path, tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    other = dataclasses.replace(tiny_base, digest="f" * 64)
    with pytest.raises(ExportError, match="was trained on"):
        export_merged(other, adapter, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_an_exported_adapter_keeps_every_file(adapter: Path, tmp_path: Path) -> None:
    export_adapter(adapter, tmp_path / "out")
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {
        p.name: p.read_bytes() for p in adapter.iterdir()
    }
    assert json.loads((tmp_path / "out" / "adapter_config.json").read_text())["peft_type"] == "LORA"
