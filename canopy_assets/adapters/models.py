"""Loading a prepared base model and its tokenizer, for training and generation."""

from __future__ import annotations

import contextlib
import importlib.util
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canopy_assets.compute.devices import Dtype


class QuantizationError(RuntimeError):
    """The base model cannot be held in 4 bits here; the message says what to install."""


def load_causal_lm(path: Path, dtype: Dtype = "float32", *, four_bit_on: str | None = None) -> Any:
    """Load the model in `path` to the CPU, in `dtype`. Only safetensors are read, and the model's own code is not run.

    Args:
        path: a prepared base model.
        dtype: the format of its weights.
        four_bit_on: a device type to load to with 4-bit linear layers that compute in `dtype`: NF4 with double
            quantization, as in QLoRA (Dettmers et al. 2023). None: not quantized.

    Raises:
        QuantizationError: 4 bits are requested and bitsandbytes is not installed.
    """
    import torch
    from transformers import AutoModelForCausalLM

    quantized = {} if four_bit_on is None else _four_bit(getattr(torch, dtype), four_bit_on)
    with quiet_loading():
        model = AutoModelForCausalLM.from_pretrained(
            path, dtype=getattr(torch, dtype), use_safetensors=True, trust_remote_code=False, local_files_only=True,
            **quantized,
        )  # fmt: skip
    if quantized:
        _keep_differentiable(model)
    return model


def _keep_differentiable(model: Any) -> None:
    """Keep bitsandbytes from rearranging weights for its CPU kernel, which has no backward pass.

    It does so in the first evaluation. Version 0.50 then uses that kernel in training, too, and gradients are lost.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _four_bit(dtype: Any, device: str) -> dict[str, Any]:
    """The arguments that make transformers load a model in 4 bits."""
    from transformers import BitsAndBytesConfig

    if importlib.util.find_spec("bitsandbytes") is None:
        raise QuantizationError(
            "base_format is 'nf4', which needs bitsandbytes: pip install -e '.[4bit]', or set it to 'full'."
        )
    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )
    return {"quantization_config": config, "device_map": {"": device}}


def load_tokenizer(path: Path) -> Any:
    """The tokenizer in `path`, with its chat template."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)


def padding_id(tokenizer: Any) -> int:
    """A token id to fill batches with. It does not matter which one, because labels and masks go by position."""
    return tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id or 0


@contextlib.contextmanager
def quiet_loading() -> Iterator[None]:
    """Hide transformers' progress bars on stderr while a model is loaded or saved. We show our own."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        # The GGUF reader draws its own bar, which no setting turns off.
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
