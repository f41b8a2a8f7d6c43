"""Results that survive a killed process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canopy_assets.storage.journal import Journal, JournalError, key_of


def test_results_are_found_again_by_their_key(tmp_path: Path) -> None:
    with Journal(tmp_path / "new" / "j.jsonl") as journal:
        journal.record("a", {"text": "3² = 9\nnext line"})
        assert journal.find("a") == {"text": "3² = 9\nnext line"}
        assert journal.find("b") is None
    with Journal(tmp_path / "new" / "j.jsonl") as journal:
        assert (journal.find("a"), len(journal)) == ({"text": "3² = 9\nnext line"}, 1)


def test_a_line_that_a_crash_cut_off_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    with Journal(path) as journal:
        for n in range(3):
            journal.record(str(n), {"n": n})
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1]) + 1):
        path.write_bytes(whole[:-cut])
        with Journal(path) as journal:
            complete = cut == 1  # only the line's end is missing
            assert journal.find("2") == ({"n": 2} if complete else None)
            journal.record("3", {"n": 3})
        with Journal(path) as journal:
            assert [journal.find(str(n)) for n in (0, 1, 3)] == [{"n": 0}, {"n": 1}, {"n": 3}]


def test_lines_of_another_shape_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text("\n".join(['"text"', "[1]", '{"key": "x"}', "\xff", json.dumps({"key": "a", "result": {}})]))
    with Journal(path) as journal:
        assert (len(journal), journal.find("a")) == (1, {})


def test_two_processes_may_append(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.jsonl") as one, Journal(tmp_path / "j.jsonl") as other:
        one.record("a", {"by": 1})
        other.record("b", {"by": 2})
        one.record("c", {"by": 1})
    with Journal(tmp_path / "j.jsonl") as journal:
        assert len(journal) == 3


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").mkdir()
    with pytest.raises(JournalError, match=r"j\.jsonl: results can't be kept there"):
        Journal(tmp_path / "j.jsonl")


def test_a_key_depends_on_every_part_and_on_no_order() -> None:
    assert key_of({"a": 1, "b": "x"}) == key_of({"b": "x", "a": 1})
    assert len({key_of({"a": 1}), key_of({"a": "1"}), key_of({"a": 2}), key_of({"b": 1})}) == 4
