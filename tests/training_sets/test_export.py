"""The training data as files: other tools load them unchanged, and no export is half written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from canopy_assets.records import Message, PreferencePair, TrainingExample
from canopy_assets.storage.arrow import from_table
from canopy_assets.training_sets.export import export_preference_pairs, export_training_set


def _example(number: int, split: str) -> TrainingExample:
    messages = (
        Message("system", "Guide."),
        Message("user", f"Help with {number}x = 6, “please”."),
        Message("assistant", f"What undoes {number}·?"),
    )
    return TrainingExample(
        f"e{number}", f"d{number}", "x1", "a.md", "synthetic", "train" if split == "train" else "validation", messages,
        "linear", "linear_equation", "stuck", 1, "embedded-2",
    )  # fmt: skip


EXAMPLES = [_example(n, "validation" if n == 3 else "train") for n in range(1, 6)]
PAIR = PreferencePair(
    "p", "d1", "x1", "a.md", "train", EXAMPLES[0].messages[:2], EXAMPLES[0].messages[2:],
    (Message("assistant", "It is 6."),), "leak", "reveals the answer", "linear", "stuck", "large",
)  # fmt: skip


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))


def test_datasets_loads_a_training_set_with_its_splits_and_all_messages(tmp_path: Path, no_network: None) -> None:
    from datasets import load_dataset

    export_training_set(EXAMPLES, tmp_path / "set", lineage={"home": "/somewhere"})
    loaded: Any = load_dataset(str(tmp_path / "set"), cache_dir=str(tmp_path / "cache"))
    assert {split: rows.num_rows for split, rows in loaded.items()} == {"train": 4, "validation": 1}
    assert loaded["validation"][0] == {
        "messages": [{"role": m.role, "content": m.content} for m in EXAMPLES[2].messages]
    }


def test_the_lines_are_in_openai_format_and_parquet_has_every_column(tmp_path: Path) -> None:
    export_training_set(EXAMPLES, tmp_path / "set", lineage={})
    lines = (tmp_path / "set" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    for line in lines:
        row = json.loads(line)
        assert set(row) == {"messages"}
        assert [m["role"] for m in row["messages"]] == ["system", "user", "assistant"]
        assert all(set(m) == {"role", "content"} for m in row["messages"])
    rows = from_table(pq.read_table(tmp_path / "set" / "data" / "validation.parquet"), TrainingExample)
    assert rows == [EXAMPLES[2]]
    card = (tmp_path / "set" / "README.md").read_text()
    assert "| embedded-2 | 5 |" in card
    assert "| a.md | 5 |" in card


def test_preference_pairs_are_what_dpo_takes(tmp_path: Path, no_network: None) -> None:
    from datasets import load_dataset

    export_preference_pairs([PAIR], tmp_path / "pairs", lineage={})
    loaded: Any = load_dataset(str(tmp_path / "pairs"), cache_dir=str(tmp_path / "cache"))
    (row,) = loaded["train"]
    assert row["prompt"][-1] == {"role": "user", "content": EXAMPLES[0].messages[1].content}
    assert row["chosen"] == [{"role": "assistant", "content": "What undoes 1·?"}]
    assert row["rejected"] == [{"role": "assistant", "content": "It is 6."}]


def test_an_export_overwrites_nothing_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="name a new folder"):
        export_training_set(EXAMPLES, tmp_path / "set", lineage={})
    assert [p.name for p in tmp_path.iterdir()] == ["set"]
    with pytest.raises(AttributeError):
        export_training_set([*EXAMPLES, None], tmp_path / "other", lineage={})  # pyright: ignore[reportArgumentType]
    assert [p.name for p in tmp_path.iterdir()] == ["set"]
