"""Whether there are enough new examples to train again."""

from __future__ import annotations

from pathlib import Path

from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.tables import read_table

EXAMPLES_FILE = "training_examples.txt"
"""The file in an adapter's folder with the ids of the examples that it was trained on, one per line."""


def write_examples(folder: Path, example_ids: list[str]) -> None:
    """Write the ids of the examples that an adapter was trained on into its folder."""
    (folder / EXAMPLES_FILE).write_text("".join(f"{i}\n" for i in sorted(example_ids)))


def enough_new_examples(settings: Settings) -> bool:
    """Whether the training set has enough examples that the current adapter was not trained on.

    Enough means CANOPY_RETRAIN_MIN_EXAMPLES, or CANOPY_RETRAIN_MIN_SHARE of the examples that the adapter was trained
    on. Removed examples do not count, because less data is no reason to train. Before the first adapter, only
    CANOPY_RETRAIN_MIN_EXAMPLES applies.
    """
    table = read_table("training_set", settings=settings)
    if table is None:
        return False
    now = set(table.column("example_id").to_pylist())
    adapter = current_artefact("lora_adapter", settings)
    known = adapter.path / EXAMPLES_FILE if adapter else None
    trained_on = set(known.read_text().split()) if known is not None and known.exists() else set()
    new = len(now - trained_on)
    share_reached = bool(trained_on) and new >= settings.retrain_min_share * len(trained_on)
    return new >= settings.retrain_min_examples or (share_reached and new > 0)
