"""Rows that state a problem and no answer: computed where a kind is known, refused where something may be missing."""

from __future__ import annotations

import json

import pytest

from canopy_assets.seeds.exercises import extraction
from tests.seeds.test_rows import ASKED, dialogues, exercises, json_lines, openai, read

BANK = """\
id,Question,Points
1,Solve 2y = 18.,1
2,"Find the mean of 4, 6 and 11.",2
3,Describe a situation that 3x + 2 = 11 could model.,4
4,,1
5,Find the mean of 4, 6 and 11.,2
6,3x + 2 = 11,1
"""


def test_a_table_of_questions_is_computed_and_every_row_that_is_not_is_named(tmp_path):
    document = read(tmp_path, "bank.csv", BANK)
    assert (document.state, document.kind) == ("read", "worked_exercises"), document.reason
    found, skipped = extraction.extract(document)
    assert {e.span.line_start: e.answer for e in found if e.verified} == {2: "y = 9", 3: "7", 7: "x = 3"}
    (described,) = [e for e in found if not e.verified]
    assert described.span.line_start == 4
    assert described.verification
    assert [e.stated_answer for e in found] == [None] * 4
    assert skipped == []
    reasons = {s.line: s.reason for s in document.skipped}
    assert sorted(reasons) == [5, 6]
    assert "quote cells that hold commas" in reasons[6]


@pytest.mark.parametrize("name", ["problem", "question", "exercise", "Task"])
def test_other_forms_may_have_questions_alone(tmp_path, name):
    rows = [{name: "Solve 2y = 18."}, {name: "Solve 3z = 12.", "answer": ""}, {name: "Solve 4a = 8.", "answer": None}]
    found = exercises(tmp_path, "a.json", json.dumps(rows))
    assert [(e.answer, e.verified) for e in found] == [("y = 9", True), ("z = 4", True), ("a = 2", True)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"instruction": "How many solutions?"}, 'the field "instruction" may belong to the problem'),
        ({"x": 5}, 'the field "x" may belong to the problem: write it into "question", or leave it out'),
        ({"passage": "Ana has 3 apples."}, 'the field "passage" may belong to the problem'),
        ({"problem": "Ana has 3 apples."}, '"question" may belong to the problem'),
        ({"options": ["4", "5"]}, "a problem with choices"),
        ({"answer": ["y", 9]}, '"answer" must be a text'),
        ({"topic": "number of solutions"}, '"question" says nothing to do, and "topic" may'),
        ({"type": "vertex"}, '"question" says nothing to do, and "type" may'),
    ],
)
def test_a_question_beside_something_that_may_belong_to_it_is_refused(tmp_path, row, reason):
    document = read(tmp_path, "a.jsonl", json_lines([{"question": "Solve 3z = 12."}, {"question": "2y = 18", **row}]))
    assert [s.line for s in document.skipped] == [2]
    assert reason in document.skipped[0].reason


def test_a_question_with_words_may_have_a_topic(tmp_path):
    (found,) = exercises(tmp_path, "a.csv", "topic,level,question\nequations,easy,Solve 2y = 18.\n")
    assert (found.answer, found.stated_answer) == ("y = 9", None)


def test_a_question_alone_makes_no_file_of_chats_one_of_exercises(tmp_path):
    rows = [{"problem": "Solve 3z = 12."}, openai(ASKED)]
    found, skipped = dialogues(tmp_path, "a.jsonl", json_lines(rows))
    assert len(found) == 1
    assert [(s.line, s.reason[:29]) for s in skipped] == [(1, "a worked exercise in a file o")]
