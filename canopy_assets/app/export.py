"""`canopy export`: artefacts and tables of the home as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

from canopy_assets.adapters.base_model import read_info
from canopy_assets.compute.devices import Dtype
from canopy_assets.records import PreferencePair, TrainingExample
from canopy_assets.release.export import export_adapter, export_merged
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.tables import read_table
from canopy_assets.training_sets.export import export_preference_pairs, export_training_set


def export(settings: Settings, what: str, folder: Path, *, latest: bool, dtype: str) -> str:
    """Write `what` to a new folder.

    Args:
        settings: the settings, which name the home.
        what: "adapter", "merged", "training-set" or "preference-pairs".
        folder: must not exist yet, or be empty.
        latest: export the adapter trained last instead of the champion.
        dtype: the number format of a merged model's weights.

    Returns:
        What was written and how to use it, in a line.

    Raises:
        LookupError: there is nothing to export yet.
        FileExistsError: the folder is not empty.
        ExportError: the adapter was trained on another base model.
        ValueError: there is no such dtype.
    """
    if what == "training-set":
        return _training_set(settings, folder)
    if what == "preference-pairs":
        return _preference_pairs(settings, folder)
    asset = "lora_adapter" if latest else "champion"
    adapter = current_artefact(asset, settings)
    if adapter is None:
        other = "" if latest else ", or --latest for an adapter that isn't the champion"
        raise LookupError(f"there is no {asset} yet: `canopy run` first{other}")
    if what == "adapter":
        export_adapter(adapter.path, folder)
        return f"{folder}: a PEFT adapter, for vLLM's --lora-modules or AutoPeftModelForCausalLM"
    if dtype not in get_args(Dtype):
        raise ValueError(f"--dtype {dtype}: take {' or '.join(get_args(Dtype))}")
    base = current_artefact("base_model", settings)
    if base is None:
        raise LookupError("there is no base_model: `canopy run --until base_model` first")
    export_merged(read_info(base.path), adapter.path, folder, dtype=cast("Dtype", dtype))
    return f"{folder}: a model without an adapter; serve it with `vllm serve {folder}` or `transformers serve`"


def _training_set(settings: Settings, folder: Path) -> str:
    table = read_table("training_set", settings=settings)
    if table is None or not table.num_rows:
        raise LookupError("there is no training_set yet: `canopy run --until training_set` first")
    examples = from_table(table, TrainingExample)
    export_training_set(examples, folder, lineage=_lineage(examples, settings))
    return f"{folder}: {len(examples)} dialogues; datasets.load_dataset({str(folder)!r})"


def _preference_pairs(settings: Settings, folder: Path) -> str:
    table = read_table("preference_pairs", settings=settings)
    if table is None or not table.num_rows:
        raise LookupError(
            "there are no preference pairs: they come from turns that a model, as the teacher, rewrote; configure "
            "one, then `canopy run --until preference_pairs`"
        )
    pairs = from_table(table, PreferencePair)
    export_preference_pairs(pairs, folder, lineage=_lineage(pairs, settings))
    return f"{folder}: {len(pairs)} pairs; datasets.load_dataset({str(folder)!r})"


def _lineage(rows: list[TrainingExample] | list[PreferencePair], settings: Settings) -> dict[str, str]:
    """Where the rows came from, for the dataset card."""
    return {
        "home": str(settings.home),
        "rows": str(len(rows)),
        "dialogues": str(len({r.dialogue_id for r in rows})),
        "exercises": str(len({r.exercise_id for r in rows if r.exercise_id})),
    }
