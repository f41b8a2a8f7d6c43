"""Chats in a text file, with a speaker at the beginning of each message."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from canopy_assets.records import SeedDocument
from canopy_assets.seeds import chats
from canopy_assets.seeds.inbox.registry import SeedFile
from canopy_assets.seeds.reading import reader

CHAT = """Session 14, algebra

Problem: Solve 3x + 5 = 20

Student: I have to solve it, and I'm stuck.
Tutor: What is being done to x,
and in which order?
Student: Times 3 and then plus 5.

So I'd undo the 5?
Tutor: Why the 5 first?
Student: Because it came last.
"""
SECOND = """
---

**Tutor:** Which slope has y = 2x + 1?

**Student:** 2

**Tutor:** How do you see that?
"""


def _read(text: str, path: Path) -> SeedDocument:
    data = text.encode()
    path.write_bytes(data)
    return reader.read(SeedFile("s", path, path.name, hashlib.sha256(data).hexdigest(), len(data)))


@pytest.mark.parametrize("name", ["log.txt", "log.md"])
def test_a_transcript_is_read_as_chats(tmp_path: Path, name: str) -> None:
    document = _read(CHAT + SECOND, tmp_path / name)
    assert (document.kind, document.text) == ("chats", CHAT + SECOND)
    (first, second), skipped = chats.parse(document)
    assert skipped == []
    assert [t.role for t in first.turns] == ["student", "tutor", "student", "tutor"]
    assert first.turns[1].text == "What is being done to x, and in which order?"
    assert first.turns[2].text == "Times 3 and then plus 5. So I'd undo the 5?"
    assert (first.statement, first.answer) == ("Solve 3x + 5 = 20", "x = 5")
    assert first.span is not None
    assert (first.span.line_start, first.span.line_end) == (5, 12)
    assert document.text[first.span.char_start : first.span.char_end].endswith("Because it came last.")
    assert [(t.role, t.text) for t in second.turns] == [("student", "2"), ("tutor", "How do you see that?")]


@pytest.mark.parametrize(
    "text",
    [
        "Problem 1: Solve 2x = 6.\n\nTutor: ask for the inverse.\n\nProblem 2: Solve 3x = 6.\n\nTutor: ask again.\n",
        "Student: Is 3 + 4 = 8?\nTutor: Count again.\n",
        "Tutor: one\nTutor: two\nTutor: three\nTutor: four\n",
        "Solve 2x = 8.\n\nSolve 3x = 9.\n\nStudent: 4?\nTutor: Why?\nStudent: I halved.\nTutor: Good.\n\nSolve 4x.\n",
    ],
)
def test_a_worksheet_with_a_conversation_in_it_stays_one(tmp_path: Path, text: str) -> None:
    assert _read(text, tmp_path / "sheet.txt").kind == "prose"
