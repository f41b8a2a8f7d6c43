"""Loading what training and generation share: a prepared base model, its tokenizer, and the format it computes in."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from canopy_assets.platform.devices import Dtype


def load_causal_lm(path: Path, dtype: Dtype = "float32") -> Any:
    """The model in `path` on the CPU, in `dtype`; safetensors only, none of its own code."""
    import torch
    from transformers import AutoModelForCausalLM

    with quiet_loading():
        return AutoModelForCausalLM.from_pretrained(
            path, dtype=getattr(torch, dtype), use_safetensors=True, trust_remote_code=False, local_files_only=True
        )


def load_tokenizer(path: Path) -> Any:
    """The tokenizer in `path`, with its chat template."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)


def padding_id(tokenizer: Any) -> int:
    """A token id to fill batches with. Which one doesn't matter: masks go by position."""
    return tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id or 0


@contextlib.contextmanager
def quiet_loading() -> Iterator[None]:
    """No transformers bars on stderr while a model loads: ours are the ones people look at."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        # The GGUF reader draws a bar of its own that no switch turns off.
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
