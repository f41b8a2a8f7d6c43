"""Rated replies: those that come with the package are complete and valid, and a wrong row is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.review.ratings import RatedReplyError, load_rated_replies, rated_files
from tests.shared_data import shared_data

ROW: dict[str, Any] = {
    "source": "embedded teacher",
    "problem": "Solve 3x = 12.",
    "answer": "x = 4",
    "conversation": [["user", "Where do I start?"]],
    "reply": "What does the 3 do to x?",
    "reader_1": "send",
    "reader_2": "send",
    "sends": True,
}


def _file(folder: Path, *rows: Any) -> Path:
    file = folder / "rated.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return file


def test_every_row_that_comes_with_the_package_is_used() -> None:
    lines = [line for file in rated_files() for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    rows = load_rated_replies()
    assert len(rows) == len(lines)
    for row in rows:
        roles = [role for role, _ in row.conversation]
        assert roles == (["user", "assistant"] * len(roles))[: len(roles)], row
        assert roles[-1] == "user", row
        # Texts of other data sets must not be in the repository.
        assert "MRBench" not in row.source, row


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    other = ROW | {"reply": "", "reader_2": "bad", "sends": False, "why": "empty", "problem": "", "answer": ""}
    first, second = load_rated_replies([_file(tmp_path, ROW, "", other)])
    assert (first.reply, first.conversation, first.sends) == (ROW["reply"], (("user", "Where do I start?"),), True)
    assert (second.why, second.reader_2, second.sends) == ("empty", "bad", False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reader_1": "good"}, "'reader_1' is 'good'; it must be one of send, weak, bad"),
        ({"reader_2": "weak"}, "'sends' must be true where both readers say send"),
        ({"sends": 1}, "'sends' must be true"),
        ({"source": " "}, "'source' must be a text that is not empty"),
        ({"reply": None}, "'reply' must be a text"),
        ({"conversation": []}, "'conversation' must be a list of"),
        ({"conversation": [["user", "a"], ["tutor", "b"]]}, r"turn 2 of 'conversation' must be \[role, text\]"),
        ({"conversation": [["user", " "]]}, "turn 1 of 'conversation'"),
        ({"conversation": [{"role": "user"}]}, "turn 1 of 'conversation'"),
        ({"why": 1}, "'why' must be a text"),
        ({"readers": 2}, "unknown field readers"),
        ({"answer": ...}, "lacks answer"),
        ("{", "not JSON"),
        ("3", "expected an object, found int"),
        ({}, "the reply of .*line 1 again"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, change: Any, message: str) -> None:
    wrong = change if isinstance(change, str) else {k: v for k, v in (ROW | change).items() if v is not ...}
    file = _file(tmp_path, ROW, wrong)
    with pytest.raises(RatedReplyError, match=message) as raised:
        load_rated_replies([file])
    assert str(raised.value).startswith(f"{file}, line 2: ")


def test_the_rows_that_were_handed_to_us_have_the_same_form() -> None:
    file = shared_data("tutor_replies_rated.jsonl")
    rows = load_rated_replies([file])
    assert len(rows) == len(file.read_text(encoding="utf-8").splitlines()) > 100
