"""Datasets of the Hugging Face hub, from a local server in its protocol: rows, splits, and every kind of refusal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.inbox.registry import SeedFile
from canopy_assets.seeds.reading import reader
from canopy_assets.seeds.rows.dataset_files import ConversionError
from canopy_assets.seeds.rows.hub import HubId, parse_id
from tests.seeds.local_hub import COMMIT, Hub, serving
from tests.seeds.test_dataset_files import parquet
from tests.seeds.test_rows import AGAIN, ASKED, openai

WORKED = "\n".join(json.dumps({"question": f"Solve {n}y = 18.", "answer": f"y = {18 // n}"}) for n in (2, 3, 6))
CONFIGURED = """---
configs:
- config_name: plain
  data_files: [{split: train, path: plain.jsonl}]
- config_name: other
  data_files: [{split: train, path: other.jsonl}]
---
"""
DATASETS = {
    "team/chats": {
        "README.md": b"# Chats",
        "data/train-00000-of-00001.parquet": parquet([{**openai(ASKED), "more": 1}]),
        "data/test-00000-of-00001.parquet": parquet([{**openai(AGAIN), "more": 2}]),
    },
    "team/sheets": {"README.md": CONFIGURED.encode(), "plain.jsonl": WORKED.encode(), "other.jsonl": WORKED.encode()},
    "team/scripted": {"scripted.py": b"raise SystemExit('run')", "a.jsonl": WORKED.encode()},
    "team/text": {"a.txt": b"Solve 2y = 18."},
    "team/empty": {"README.md": b"# Nothing"},
    "team/broken": {"a.parquet": b"PAR1 but not really"},
    "team/gated": {"a.jsonl": WORKED.encode()},
}


REFUSED = {
    "team/nowhere": "the hub has no such dataset, or it is private",
    "team/gated": "its owners give it to those who ask",
    "team/chats@v9": "it has no revision 'v9'",
    "team/chats:validation": "Bad split: validation. Available splits: ['train', 'test']",
    "team/sheets": "it has several configurations ('plain', 'other'): name one, as in team/sheets/NAME",
    "team/scripted": "a script of its own, scripted.py, reads it, and no code of a dataset is run",
    "team/text": "its files are of the kind 'text'",
    "team/empty": "it has no files of rows",
    "team/broken": "this is not a parquet file",
}
ASK = """
import json, sys
from canopy_assets.seeds.rows import hub

for name in sys.argv[1:]:
    try:
        print(json.dumps([name, sum(table.num_rows for table in hub.tables_of(hub.parse_id(name)))]))
    except hub.HubError as error:
        print(json.dumps([name, str(error)]))
"""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with serving(Hub(DATASETS, gated=frozenset({"team/gated"}))) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(tmp_path)
        yield running


def added(name: str) -> SeedFile:
    """The seed that a dataset becomes."""
    (file,) = inbox.add([Path(name)], Path("inbox"))
    (seed,) = [seed for seed in inbox.scan([Path("inbox")]) if seed.path.name == file.name]
    return seed


def test_a_dataset_becomes_one_parquet_file_that_names_its_commit(hub):
    seed = added("team/chats")
    assert seed.name == "team-chats.parquet"
    found, skipped = chats.parse(reader.read(seed))
    assert sorted(d.turns[0].text for d in found) == sorted(chat[0][1] for chat in (ASKED, AGAIN))
    assert skipped == []
    assert pq.read_schema(seed.path).metadata[b"source"] == f"hf://datasets/team/chats@{COMMIT}".encode()
    assert all(re.match(r"\w+ /(?:api/)?datasets/team/chats\b", request) for request in hub.requests)


def test_a_split_of_a_revision_alone_is_read(hub):
    seed = added("hf://datasets/team/chats@main:test")
    assert seed.name == "team-chats-test.parquet"
    ((found,), _) = chats.parse(reader.read(seed))
    assert found.turns[0].text == AGAIN[0][1]


def test_a_configuration_gives_exercises(hub):
    found, _ = extraction.extract(reader.read(added("team/sheets/plain")))
    assert [(e.answer, e.verified) for e in found] == [("y = 9", True), ("y = 6", True), ("y = 3", True)]


def test_what_cannot_be_read_is_refused_with_the_reason(hub, tmp_path):
    command = [sys.executable, "-c", ASK, *REFUSED, "team/chats"]
    caches = {"HF_HUB_CACHE": str(tmp_path), "HF_DATASETS_CACHE": str(tmp_path)}
    done = subprocess.run(command, env=os.environ | caches, capture_output=True, text=True, check=True)
    found = dict(map(json.loads, done.stdout.splitlines()))
    assert found.pop("team/chats") == 2
    assert found.keys() == REFUSED.keys()
    assert {name: reason in found[name] for name, reason in REFUSED.items()} == dict.fromkeys(REFUSED, True), found


def test_a_refusal_names_the_dataset_and_the_way_by_hand_and_adds_nothing(hub):
    hub.status = 503
    with pytest.raises(ConversionError) as refusal:
        inbox.add([Path("team/chats@main")], Path("inbox"))
    said = str(refusal.value)
    assert said.startswith("team/chats@main: there is no such file, and as a dataset of the Hugging Face hub it cannot")
    assert "the hub refused (HTTP status 503): try again later. Check the name" in said
    assert "`hf download --repo-type dataset team/chats --local-dir chats`, then `canopy add chats`" in said
    assert not any(Path("inbox").iterdir())


def test_a_local_file_comes_first_and_a_misspelt_path_asks_nobody(hub):
    folder = Path("team")
    folder.mkdir()
    (folder / "chats").write_text("x")
    (file,) = inbox.add([folder / "chats"], Path("inbox"))
    assert file.read_text() == "x"
    with pytest.raises(FileNotFoundError, match=r"no such file: check the path: 'team/chat'"):
        inbox.add([folder / "chat"], Path("inbox"))
    with pytest.raises(FileNotFoundError, match="no such file"):
        inbox.add([Path("notes/sheet.md")], Path("inbox"))
    assert hub.requests == []


@pytest.mark.parametrize(("name", "value"), [("HF_ENDPOINT", "http://127.0.0.1:9"), ("HF_HUB_OFFLINE", "1")])
def test_the_command_line_says_that_no_hub_can_be_reached(tmp_path, name, value):
    environment = os.environ | {"CANOPY_HOME": str(tmp_path / "home"), name: value}
    done = subprocess.run(
        [sys.executable, "-m", "canopy_assets.app.cli", "add", "team/chats"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("canopy: team/chats: there is no such file")
    assert "the hub could not be reached" in done.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("openai/gsm8k", HubId("openai/gsm8k")),
        ("openai/gsm8k/socratic@main:train", HubId("openai/gsm8k", "socratic", "main", "train")),
        ("hf:/datasets/a/b@refs/pr/1", HubId("a/b", None, "refs/pr/1")),
        ("hf://datasets/a/b.md", HubId("a/b.md")),
        ("notes/sheet.md", None),
        ("a/b/c/d", None),
        ("a", None),
        ("../a/b", None),
        ("/a/b", None),
        ("a/b:", None),
    ],
)
def test_what_names_a_dataset(text, named):
    assert parse_id(text) == named
    assert named is None or parse_id(str(named)) in (named, None)
