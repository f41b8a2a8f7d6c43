"""Files that were written before anyone looked at what the product makes of them: nothing in them is read wrong."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import seeds_wild
from benchmarks.seeds_wild import OUR_FOLDER, measure, read_key

KNOWN_FAULTS: frozenset[tuple[str, str]] = frozenset()
"""File and quote of what is verified with a wrong answer. A fault that is fixed is removed here."""


def test_nothing_is_verified_with_a_wrong_answer():
    outcomes, _ = measure(OUR_FOLDER, {".md", ".txt", ".html"})
    assert {(o.file, o.quote) for o in outcomes if o.wrong} == KNOWN_FAULTS
    assert sum(bool(o.verified) for o in outcomes) > 20


def test_every_quote_of_the_key_stands_in_its_file_and_is_no_other_problems():
    rows = read_key(OUR_FOLDER)
    quotes = Counter((row.file, seeds_wild.plain(row.problem)) for row in rows)
    assert [quote for quote, count in quotes.items() if count > 1] == []
    for row in rows:
        source = OUR_FOLDER / row.file
        source = source if source.is_file() else OUR_FOLDER / f"{row.file}.md"
        text = source.read_text(encoding="utf-8")
        if source.suffix == ".ipynb":
            text = "".join(line for cell in json.loads(text)["cells"] for line in cell["source"])
        if source.suffix != ".html":  # MathML has its letters between tags
            assert seeds_wild.plain(row.problem) in seeds_wild.plain(text), row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sheet.md").write_text("1. Solve $3x + 1 = 10$.\n2. Compute $2 + 5$.\n3. Compute $4 + 5$.\n")
    (tmp_path / "handout.docx.md").write_text("1. Solve $x / 4 = 2$.\n2. Name a number.\n")
    return tmp_path


def run(folder: Path, key: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    lines = [json.dumps(dict(zip(("file", "problem", "value"), row, strict=True))) for row in key]
    (folder / "key.jsonl").write_text("\n".join(lines))
    monkeypatch.setattr(sys, "argv", ["seeds_wild.py", str(folder), *options])
    return seeds_wild.main()


def test_right_answers_are_counted_by_format(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    key = [
        ("sheet.md", "3x + 1 = 10", "3"), ("sheet.md", "2 + 5", "7"), ("sheet.md", "4 + 5", "9"),
        ("handout.docx", "x / 4 = 2", "8"), ("handout.docx", "Name a number", "refuse"),
    ]  # fmt: skip
    assert run(folder, key, monkeypatch) == 0
    said = capsys.readouterr().out
    assert "| docx | 2 | 2 | 1 | 1 | 0 |" in said
    assert "| md | 3 | 3 | 3 | 3 | 0 |" in said
    assert "| all | 5 | 5 | 4 | 4 | 0 |" in said


def test_another_value_a_refusal_and_a_problem_that_is_not_in_the_key_are_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    key = [("sheet.md", "3x + 1 = 10", "4"), ("sheet.md", "2 + 5", "refuse")]
    assert run(folder, key, monkeypatch, "--show", "wrong") == 1
    said = capsys.readouterr().out
    assert said.count("WRONG") == 3
    assert "| all | 2 | 2 | 3 | 0 | 3 |" in said


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, "does not exist"),
        ('{"file": "sheet.md"}', "line 1"),
        ('{"file": "other.md", "problem": "2 + 5", "value": "7"}', "neither other.md nor other.md.md"),
    ],
)
def test_a_key_that_cannot_be_used_says_so(folder: Path, key: str | None, message: str):
    if key is not None:
        (folder / "key.jsonl").write_text(key)
    with pytest.raises(SystemExit, match=message):
        measure(folder)
