"""A training set as files for other tools: JSON lines of `messages`, Parquet, and a dataset card.

The JSON lines are what OpenAI's fine-tuning, TRL's `SFTTrainer` and `datasets.load_dataset` read unchanged; preference
pairs are what TRL's `DPOTrainer` reads.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from canopy_assets.records import Message, PreferencePair, TrainingExample
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.files import new_folder

SPLITS = ("train", "validation")


def export_training_set(examples: Sequence[TrainingExample], target: Path, *, lineage: Mapping[str, str]) -> None:
    """Write `train.jsonl`, `validation.jsonl`, the same with all columns as Parquet in `data/`, and a card.

    Args:
        examples: of both splits.
        target: a folder that does not exist yet, or is empty; it appears complete or not at all.
        lineage: where the rows came from, for the card.

    Raises:
        FileExistsError: there is something in `target`.
    """
    with new_folder(target) as folder:
        for split, rows in _by_split(examples):
            _write_lines(folder / f"{split}.jsonl", ({"messages": _plain(row.messages)} for row in rows))
            (folder / "data").mkdir(exist_ok=True)
            pq.write_table(to_table(rows, TrainingExample), folder / "data" / f"{split}.parquet")
        counts = {
            "topics": Counter(e.topic for e in examples),
            "opening states": Counter(e.opening_state or "human-written" for e in examples),
            "teachers": Counter(e.teacher for e in examples),
            "seed documents": Counter(e.seed for e in examples),
        }
        card = _card("Socratic tutoring dialogues", "messages", [s for s, _ in _by_split(examples)], lineage, counts)
        (folder / "README.md").write_text(card, encoding="utf-8")


def export_preference_pairs(pairs: Sequence[PreferencePair], target: Path, *, lineage: Mapping[str, str]) -> None:
    """Write the pairs of each split as JSON lines of `prompt`, `chosen` and `rejected`, and a card.

    Args:
        pairs: of both splits.
        target: as in `export_training_set`.
        lineage: as in `export_training_set`.

    Raises:
        FileExistsError: there is something in `target`.
    """
    with new_folder(target) as folder:
        for split, rows in _by_split(pairs):
            lines = ({n: _plain(getattr(row, n)) for n in ("prompt", "chosen", "rejected")} for row in rows)
            _write_lines(folder / f"{split}.jsonl", lines)
        counts = {"rejected by": Counter(p.gate for p in pairs), "teachers": Counter(p.teacher for p in pairs)}
        title = "Preference pairs of a Socratic tutor"
        card = _card(title, "prompt, chosen, rejected", [s for s, _ in _by_split(pairs)], lineage, counts)
        (folder / "README.md").write_text(card, encoding="utf-8")


def _by_split(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The rows of each split that has some: loaders fail on an empty file."""
    sorted_rows = ((split, [row for row in rows if row.split == split]) for split in SPLITS)
    return [(split, mine) for split, mine in sorted_rows if mine]


def _plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [asdict(message) for message in messages]


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _card(
    title: str, columns: str, splits: Sequence[str], lineage: Mapping[str, str], counts: Mapping[str, Counter[str]]
) -> str:
    """The dataset card: Hugging Face's front matter, the origin, and a table for each count."""
    files = "".join(f"      - {{split: {split}, path: {split}.jsonl}}\n" for split in splits)
    tables = "\n".join(
        f"## By {name}\n\n| | rows |\n|---|---|\n"
        + "\n".join(f"| {value} | {number} |" for value, number in counter.most_common())
        + "\n"
        for name, counter in counts.items()
    )
    origin = "\n".join(f"| {name} | {value} |" for name, value in lineage.items())
    return f"""---
language: en
task_categories: [text-generation]
tags: [tutoring, conversational]
configs:
  - config_name: default
    data_files:
{files}---

# {title}

JSON lines with the columns {columns}. Made by Canopy Assets from course material: planned from exercises whose answers
were verified, put into words by the teachers below, and accepted by every gate of the review. Split by exercise: none
stands on both sides. The terms of use are those of the seed documents, and of the teachers' makers.

## Where it came from

| | |
|---|---|
{origin}

{tables}"""
