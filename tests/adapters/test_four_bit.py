"""A base model held in 4 bits (QLoRA), by bitsandbytes on the CPU."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters.base_model import BaseModelInfo, prepare
from canopy_assets.adapters.batching import collate
from canopy_assets.adapters.encoding import encode_examples
from canopy_assets.adapters.models import QuantizationError, load_causal_lm
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import LORA, SETTINGS, save_tiny_llama


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> BaseModelInfo:
    """Wide enough for bitsandbytes' blocks of 64 numbers."""
    folder = tmp_path_factory.mktemp("four-bit")
    save_tiny_llama(folder / "source", tokenizer, hidden=64)
    return prepare(str(folder / "source"), folder / "model", cache=folder / "cache")


needs_bitsandbytes = pytest.mark.skipif(
    importlib.util.find_spec("bitsandbytes") is None, reason="bitsandbytes isn't installed"
)


@needs_bitsandbytes
def test_an_adapter_learns_on_a_base_in_4_bits_and_loads_on_the_whole_one(
    base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path
) -> None:
    from peft import PeftModel

    result = train_adapter(
        base, examples, tmp_path / "adapter", lora=LORA,
        settings=SETTINGS.model_copy(update={"base_format": "nf4"}), cache=tmp_path / "cache",
    )  # fmt: skip
    assert result.validation_loss is not None
    assert result.base_validation_loss is not None
    assert result.validation_loss < result.base_validation_loss - 0.3
    whole = PeftModel.from_pretrained(load_causal_lm(base.path), str(tmp_path / "adapter"))
    assert sum("lora_A" in name for name, _ in whole.named_parameters()) > 0


@needs_bitsandbytes
def test_its_linear_layers_are_in_4_bits_and_take_an_eighth_of_float32(base: BaseModelInfo) -> None:
    from bitsandbytes.nn.modules import Linear4bit

    held = load_causal_lm(base.path, four_bit_on="cpu")
    layers = [m for m in held.modules() if isinstance(m, Linear4bit)]
    assert len(layers) == 2 * 7
    plain = load_causal_lm(base.path)
    assert layers[0].weight.nbytes * 8 == plain.model.layers[0].self_attn.q_proj.weight.nbytes


@needs_bitsandbytes
def test_its_gradients_are_those_of_the_same_weights_unpacked_also_after_an_evaluation(
    base: BaseModelInfo, tokenizer: Any, examples: list[TrainingExample]
) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    rows = encode_examples(tokenizer, examples[:3], max_length=2048).rows
    batch = collate(rows, pad_id=2, device="cpu")

    def gradients(held: Any) -> dict[str, Any]:
        torch.manual_seed(3)
        model = get_peft_model(held, LoraConfig(r=4, target_modules=["q_proj", "down_proj"], init_lora_weights=False))
        loss = LabelledLoss(model, device="cpu", dtype="float32")
        loss.eval()
        with torch.inference_mode():
            loss.per_token(batch)
        loss.train()
        loss.per_token(batch).mean().backward()
        return {n: p.grad for n, p in model.named_parameters() if p.grad is not None}

    packed = gradients(load_causal_lm(base.path, four_bit_on="cpu"))
    unpacked = gradients(load_causal_lm(base.path, four_bit_on="cpu").dequantize())
    assert len(packed) == 2 * 2 * 2
    for name, gradient in unpacked.items():
        torch.testing.assert_close(packed[name], gradient, rtol=1e-3, atol=1e-5)


def test_without_bitsandbytes_the_error_names_what_to_install(
    base: BaseModelInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "bitsandbytes" else found(name, *rest)
    )
    with pytest.raises(QuantizationError, match=r"pip install -e '\.\[4bit\]'"):
        load_causal_lm(base.path, four_bit_on="cpu")
