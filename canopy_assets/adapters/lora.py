"""The model that is trained: the frozen base with a fresh LoRA adapter on its linear layers."""

from __future__ import annotations

from typing import Any

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import LoraSettings
from canopy_assets.adapters.models import load_causal_lm
from canopy_assets.compute.devices import Device, Dtype


def load_adapted_model(
    base: BaseModelInfo, lora: LoraSettings, seed: int, dtype: Dtype, device: Device, *, four_bit: bool = False
) -> Any:
    """The base model in `dtype` on `device`, under PEFT, with an untrained adapter in float32.

    Args:
        base: a prepared base model.
        lora: the adapter's shape.
        seed: decides the adapter's initial weights.
        dtype: the format of the base's weights.
        device: where the model goes.
        four_bit: hold the base's linear layers in 4 bits.
    """
    from peft import LoraConfig, get_peft_model
    from transformers import set_seed

    from canopy_assets.adapters.speed.fused import fuse

    # Seed before the adapter is made, and make it on the CPU: the same initial weights on every device.
    set_seed(seed)
    model = load_causal_lm(base.path, dtype, four_bit_on=device.kind if four_bit else None)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,  # pyright: ignore[reportArgumentType]  # PEFT divides by r, any number will do
        lora_dropout=lora.dropout,
        target_modules=_linear_names(model) if lora.target_modules == "all-linear" else lora.target_modules,
        layers_to_transform=_adapted_layers(model, lora.skip_layers),
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config)  # its weights are float32 whatever the base is
    fuse(adapted)
    return adapted.to(device.kind)


def _linear_names(model: Any) -> list[str]:
    """The names of the decoder's linear modules. PEFT's own "all-linear" cannot be combined with a choice of layers."""
    from torch.nn import Linear

    linear = (
        name for name, m in model.named_modules() if isinstance(m, Linear) and m is not model.get_output_embeddings()
    )
    return sorted({name.rpartition(".")[2] for name in linear})


def _adapted_layers(model: Any, skipped: float) -> list[int] | None:
    """The indices of the layers that get an adapter; None for all."""
    layers = model.config.num_hidden_layers
    return list(range(round(layers * skipped), layers)) if skipped else None
