"""Parquet and Arrow files, and folders of datasets: read in a process of their own, as rows of the known forms."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.seeds.rows import dataset_files
from tests.seeds.test_rows import AGAIN, ASKED, dialogues, openai, read, sharegpt


def parquet(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def arrow(rows: list[dict[str, Any]], *, stream: bool) -> bytes:
    table, out = pa.Table.from_pylist(rows), io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


ROWS = [{**openai(ASKED), "picture": b"\x89PNG", "score": float("nan")}, openai(AGAIN)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.parquet", parquet(ROWS)), ("a.arrow", arrow(ROWS, stream=True)), ("b.arrow", arrow(ROWS, stream=False))],
)
def test_rows_of_a_columnar_file_are_those_of_json_lines_numbered_from_one(tmp_path, name, content):
    document = read(tmp_path, name, content)
    assert (document.state, document.kind) == ("read", "chats"), document.reason
    found, skipped = chats.parse(document)
    plain, _ = dialogues(tmp_path, "a.jsonl", "\n".join(json.dumps(openai(c)) for c in (ASKED, AGAIN)))
    assert [d.turns for d in found] == [d.turns for d in plain]
    assert [d.span.line_start for d in found if d.span] == [1, 2]
    assert skipped == []


def test_exercises_in_a_parquet_file_are_verified(tmp_path):
    document = read(tmp_path, "a.parquet", parquet([{"question": "Solve 2y = 18.", "answer": "y = 9"}]))
    ((found,), _) = extraction.extract(document)
    assert (found.verified, found.answer) == (True, "y = 9")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.parquet", b"PAR1 but not really", "it is damaged (ArrowInvalid"),
        ("a.arrow", b"\xff\xff\xff\xff\x00", "it is damaged"),
        ("a.parquet", parquet([{"label": 1}]), 'unknown form, with the fields "label"'),
    ],
)
def test_other_files_are_quarantined_with_the_reason(tmp_path, name, content, reason):
    document = read(tmp_path, name, content)
    assert document.state == "quarantined"
    assert reason in (document.reason or "")


def test_a_file_that_unpacks_to_too_much_or_takes_too_long_is_refused(tmp_path):
    bomb = parquet([{"messages": "x" * 1_000_000}] * 100)
    assert len(bomb) < 1_000_000
    with pytest.raises(dataset_files.ConversionError, match="more than 64 MB as text: split it"):
        dataset_files.as_json_lines(bomb, ".parquet")
    with pytest.raises(dataset_files.ConversionError, match="took longer than"):
        dataset_files.as_json_lines(bomb, ".parquet", seconds=0.01)


def test_the_reader_dies_with_the_process_that_started_it(tmp_path):
    """A reader that waits for more of its file, as long as the end of the pipe that the test holds is open."""
    pipe, kept_open = os.pipe()
    start = (
        "import subprocess, sys; from canopy_assets.seeds.rows import dataset_files; "
        "print(subprocess.Popen([sys.executable, '-I', dataset_files.__file__, '.parquet'], stdin=0).pid, flush=True); "
        "import time; time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", start], stdin=pipe, stdout=subprocess.PIPE, text=True)
    os.close(pipe)
    try:
        assert parent.stdout is not None
        reader_pid = int(parent.stdout.readline())
        _wait(lambda: _has_limits(reader_pid))
        parent.kill()
        parent.wait()
        _wait(lambda: not _runs(reader_pid))
    finally:
        parent.kill()
        os.close(kept_open)


def _has_limits(pid: int) -> bool:
    """Whether the reader has begun: it sets its limits after it has asked to die with its parent."""
    return _runs(pid) and str(dataset_files.MEMORY_BYTES) in Path(f"/proc/{pid}/limits").read_text()


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


def added(folder: Path, inbox_folder: Path) -> list[list[str]]:
    """The texts of the chats of a folder that is added and then read."""
    inbox.add([folder], inbox_folder)
    (seed,) = inbox.scan([inbox_folder])
    assert seed.path.name == f"{folder.name}.parquet"
    found, skipped = chats.parse(reader.read(seed))
    assert skipped == []
    return [[t.text for t in d.turns] for d in found]


TEXTS = [[text for _, text in chat] for chat in (ASKED, AGAIN)]


def test_a_folder_of_save_to_disk_is_added_as_one_parquet_file(tmp_path):
    import datasets

    saved = datasets.Dataset.from_list([openai(ASKED), openai(AGAIN)])
    # Selected rows are kept beside the data as indices.
    saved.select([1, 0]).save_to_disk(tmp_path / "turned")
    assert added(tmp_path / "turned", tmp_path / "one") == TEXTS[::-1]
    splits = datasets.DatasetDict({"train": saved.select([0]), "test": saved.select([1])})
    splits.save_to_disk(tmp_path / "split")
    assert added(tmp_path / "split", tmp_path / "two") == TEXTS


def test_a_folder_of_parquet_files_as_the_hub_has_it_is_added(tmp_path):
    data = tmp_path / "repository" / "data"
    data.mkdir(parents=True)
    (data.parent / "README.md").write_text("# Chats")
    (data / "test-00000-of-00001.parquet").write_bytes(parquet([sharegpt(ASKED)]))
    (data / "train-00000-of-00001.parquet").write_bytes(parquet([{**sharegpt(AGAIN), "source": "mine"}]))
    assert added(tmp_path / "repository", tmp_path / "inbox") == TEXTS


def test_other_folders_are_refused_with_what_to_do(tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.md").write_text("Solve 2x = 6.")
    with pytest.raises(IsADirectoryError, match="a folder without a dataset: give the files in it"):
        inbox.add([plain], tmp_path / "inbox")
    with pytest.raises(FileNotFoundError, match=r"check the path: 'notes/sheet.md'$"):
        inbox.add([Path("notes/sheet.md")], tmp_path / "inbox")
    (plain / "state.json").write_text("{}")
    with pytest.raises(dataset_files.ConversionError, match=r"plain: it is damaged"):
        inbox.add([plain], tmp_path / "inbox")
    assert not (tmp_path / "inbox").exists() or not any((tmp_path / "inbox").iterdir())
