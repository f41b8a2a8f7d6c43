"""Sheets that were filled in elsewhere: every mistake in them is named with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.evals.ratings.exchange import export_sheet, import_sheet
from canopy_assets.evals.ratings.log import RatingsError
from canopy_assets.evals.ratings.sheet import Row
from canopy_assets.settings import Settings
from tests.evals.ratings.examples import item


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def rows(settings: Settings, tmp_path: Path) -> list[dict[str, Any]]:
    """Four exported rows, the last of them a repeat of the first; all filled in."""
    separated = item(3, reply="Which part\u2028undoes\x85the 3?")  # these end lines for Python, not for JSON
    export_sheet(
        settings, [Row(item(1)), Row(item(2)), Row(separated), Row(item(1), repeat=True)], tmp_path / "sheet.jsonl"
    )
    lines = (tmp_path / "sheet.jsonl").read_text().split("\n")[:-1]
    return [json.loads(line) | {"rating": "send"} for line in lines]


def _filled(tmp_path: Path, rows: list[Any]) -> Path:
    file = tmp_path / "filled.jsonl"
    file.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return file


def test_a_sheet_comes_back_as_ratings_of_what_was_exported(
    settings: Settings, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    rows[1]["rating"] = ""
    rows[2] |= {"rating": " BAD ", "reason": " off  "}
    imported = import_sheet(settings, _filled(tmp_path, rows), "cleo")
    assert imported.empty == 1
    assert [(r.prompt_id, r.label, r.repeat, r.reason) for r in imported.ratings] == [
        ("p-1", "send", False, None),
        ("p-3", "bad", False, "off"),
        ("p-1", "send", True, None),
    ]
    assert imported.ratings[0].conversation == item(1).conversation
    assert {(r.source, r.adapter, r.rater) for r in imported.ratings} == {("candidate", "a" * 16, "cleo")}


def test_rows_without_their_texts_are_enough(settings: Settings, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    short = [{"id": row["id"], "rating": "weak"} for row in rows]
    assert len(import_sheet(settings, _filled(tmp_path, short), "cleo").ratings) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rating": "good"}, "'rating' is 'good'; it must be one of send, weak, bad, skip, or empty"),
        ({"rating": 1}, "'rating' is 1"),
        ({"reply": "another"}, "reply differs from what was exported"),
        ({"conversation": [["user", "another"]]}, "conversation differs from what was exported"),
        ({"id": "0123456789abcdef"}, "was not exported from this home"),
        ({"id": 7}, "'id' must be the text that was exported"),
        ({"reason": "x" * 501}, "'reason' must be a text of at most 500 characters"),
        ({"reason": 5}, "'reason' must be a text"),
        ({"raiting": "send"}, "unknown field raiting"),
        ({"id": ...}, "lacks id"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "expected an object, found list"),
        ("twice", "the same id as in line 1"),
    ],
)
def test_a_wrong_line_is_named(
    settings: Settings, rows: list[dict[str, Any]], tmp_path: Path, change: Any, message: str
) -> None:
    lines = [json.dumps(row) for row in rows]
    if isinstance(change, dict):
        lines[2] = json.dumps({k: v for k, v in (rows[2] | change).items() if v is not ...})
    else:
        lines[2] = lines[0] if change == "twice" else change
    file = tmp_path / "filled.jsonl"
    file.write_text("\n".join(lines))
    with pytest.raises(RatingsError) as raised:
        import_sheet(settings, file, "cleo")
    assert str(raised.value).startswith(f"{file}, line 3: ")
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "no rows"), (b"\n \n", "no rows"), (b"\xff{}", "not UTF-8 at byte 0")]
)
def test_a_file_without_rows_is_named(settings: Settings, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "filled.jsonl").write_bytes(content)
    with pytest.raises(RatingsError, match=message):
        import_sheet(settings, tmp_path / "filled.jsonl", "cleo")


def test_no_file_is_overwritten(settings: Settings, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match=r"sheet\.jsonl is there already"):
        export_sheet(settings, [Row(item(1))], tmp_path / "sheet.jsonl")
