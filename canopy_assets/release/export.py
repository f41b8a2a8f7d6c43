"""Exports an adapter for other tools: unchanged (PEFT's layout), or merged into its base model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from canopy_assets.adapters.adapter_files import CARD, CONFIG_FILE, copy_served
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer, quiet_loading
from canopy_assets.compute.devices import Dtype
from canopy_assets.storage.files import new_folder

MAX_SHARD = "4GB"
"""The largest size of one file of weights."""

_MERGED = """\
> Merged: these are the base model's weights with the adapter below added, in {dtype}. Serve them without the adapter.

"""


class ExportError(ValueError):
    """An adapter cannot be exported; the message says why, and what to do."""


def export_adapter(adapter: Path, target: Path) -> None:
    """Copy an adapter. `AutoPeftModelForCausalLM`, TRL and vLLM's `--lora-modules` can load the copy.

    Args:
        adapter: the adapter's folder.
        target: a folder that does not exist yet, or is empty; it appears complete or not at all.

    Raises:
        FileExistsError: `target` is not empty.
    """
    with new_folder(target) as folder:
        copy_served(adapter, folder)


def export_merged(base: BaseModelInfo, adapter: Path, target: Path, *, dtype: Dtype = "float32") -> None:
    """Write base model and adapter as one model: safetensors, tokenizer with chat template, generation configuration.

    The sum is always computed in float32. In bfloat16, rounding would lose small weights of the adapter.

    Args:
        base: the base model that the adapter was trained on.
        adapter: the adapter's folder.
        target: see `export_adapter`.
        dtype: the number format of the stored weights.

    Raises:
        ExportError: the adapter was trained on another base model.
        FileExistsError: `target` is not empty.
    """
    import torch
    from peft import PeftModel

    trained_on = json.loads((adapter / CONFIG_FILE).read_text())["base_model"]
    if trained_on["digest"] != base.digest:
        raise ExportError(
            f"the adapter was trained on {trained_on['name']} ({trained_on['digest'][:16]}), and the base model now is "
            f"{base.name} ({base.digest[:16]}): set CANOPY_BASE_MODEL to the former, then "
            "`canopy run --until base_model`"
        )
    with new_folder(target) as folder:
        model = PeftModel.from_pretrained(load_causal_lm(base.path), adapter).merge_and_unload(safe_merge=True)
        with quiet_loading():
            model.to(getattr(torch, dtype)).save_pretrained(folder, safe_serialization=True, max_shard_size=MAX_SHARD)
        load_tokenizer(base.path).save_pretrained(folder)
        header, _, body = (adapter / CARD).read_text(encoding="utf-8").partition("\n---\n")
        card = header.replace("library_name: peft", "library_name: transformers")
        (folder / CARD).write_text(f"{card}\n---\n\n{_MERGED.format(dtype=dtype)}{body.lstrip()}", encoding="utf-8")
        for name in ("LICENSE", "LICENSE.txt"):
            if (base.path / name).exists():
                shutil.copy(base.path / name, folder / name)
