"""Training examples as JSON lines in the chat form that trainers read, with where each came from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from canopy_assets.records import TrainingExample


def to_jsonl(examples: Iterable[TrainingExample]) -> str:
    """One line per example: `messages` first (TRL, OpenAI and Axolotl read it), then split and provenance."""
    return "".join(json.dumps(_row(example), ensure_ascii=False) + "\n" for example in examples)


def _row(example: TrainingExample) -> dict[str, object]:
    fields = dataclasses.asdict(example)
    return {"messages": list(fields.pop("messages")), **fields}
