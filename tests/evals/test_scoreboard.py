"""The external scoreboard: readers of published benchmarks, scores, the table, and what it says of the judge."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scoreboard import MRBENCH, Scored, read_contexts, score, table, tutors_of, worth
from benchmarks.scoreboard_contexts import (
    Context,
    ContextError,
    mathdial_contexts,
    mathtutorbench_contexts,
    mrbench_contexts,
    spread,
)
from canopy_assets.review.usefulness.calibration import JudgeErrors
from canopy_assets.settings import Settings
from tests.shared_data import shared_data

PROBLEM = "Mina buys 3 pens for 4 coins each and a book for 5 coins. How many coins does she spend?"
SOLUTION = "The pens cost 3 x 4 = 12 coins.\nWith the book that is 12 + 5 = 17 coins.\n17"
WORK = "3 + 4 = 7, and 7 + 5 = 12, so 12 coins."
GUIDING = (
    "Let's look at the pens alone. If each of the 3 pens costs 4 coins, what do you have to do to find the cost of all "
    "pens?"
)
REVEALING = "The right answer is 17 coins."
GOOD = {"Providing_Guidance": "Yes", "Coherence": "Yes", "Actionability": "Yes", "Revealing_of_the_Answer": "No"}
REVEALS = GOOD | {"Providing_Guidance": "No", "Revealing_of_the_Answer": "Yes (and the answer is correct)"}
ERRORS = JudgeErrors((90, 100), (80, 100))


def _file(folder: Path, content: Any, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def _mrbench(folder: Path, *, last: str = "", labels: dict[str, str] = GOOD) -> Path:
    history = (
        f"Tutor: Hi, please solve this step by step. The question is: {PROBLEM}\xa0\n\xa0Student: {WORK}\xa0\n\xa0"
        f"Tutor: Can you tell me more?\xa0\n\xa0Student: I added all numbers.{last}"
    )
    row = {
        "conversation_id": "1-a",
        "conversation_history": history,
        "Ground_Truth_Solution": SOLUTION,
        "anno_llm_responses": {
            "Kind": {"response": GUIDING, "annotation": labels},
            "Teller": {"response": REVEALING, "annotation": REVEALS},
        },
    }
    return _file(folder, [row], MRBENCH)


def _mathdial(**changes: Any) -> str:
    turns = (
        "Teacher: (probing)What does one pen cost?",
        "Mina: 4 coins (four).",
        "Teacher: (focus)And 3 pens?",
        "Mina: 7",
        "Teacher: (generic)(See you!)",
        "Mina: bye: bye",
    )
    row = {"qid": 1, "question": PROBLEM, "ground_truth": SOLUTION, "conversation": "|EOM|".join(turns)}
    return json.dumps(row | changes) + "\n"


def _mathtutorbench(*users: str, **changes: Any) -> list[dict[str, Any]]:
    turns = [{"user": user, "text": f"Turn {i}"} for i, user in enumerate(users, 1)]
    return [{"problem": PROBLEM, "reference_solution": SOLUTION, "dialog_history": turns} | changes]


def test_mrbench_gives_the_turns_before_the_labelled_replies(tmp_path: Path) -> None:
    (context,) = mrbench_contexts(_mrbench(tmp_path))
    assert (context.problem, context.solution) == (PROBLEM, SOLUTION)
    assert [role for role, _ in context.conversation] == ["user", "assistant", "user"]
    assert context.messages[0].content == f"{PROBLEM}\n\n{WORK}"
    assert [(reply.responder, reply.text) for reply in context.replies] == [("Kind", GUIDING), ("Teller", REVEALING)]


def test_a_conversation_that_ends_with_the_tutor_waits_for_no_reply(tmp_path: Path) -> None:
    assert mrbench_contexts(_mrbench(tmp_path, last="\nTutor: I see.")) == []
    with pytest.raises(ValueError, match="MRBench: no conversation of the file waits"):
        read_contexts(tmp_path, None, None)


def test_a_missing_label_is_named(tmp_path: Path) -> None:
    labels = {name: label for name, label in GOOD.items() if name != "Actionability"}
    with pytest.raises(ValueError, match=r"conversation 1 .*Actionability"):
        mrbench_contexts(_mrbench(tmp_path, labels=labels))


def test_mathdial_gives_the_turns_before_the_teachers_middle_one(tmp_path: Path) -> None:
    (context,) = mathdial_contexts(_file(tmp_path, _mathdial() + "\n"))
    assert context.turns == (
        ("tutor", "What does one pen cost?"),
        ("student", "4 coins (four)."),
        ("tutor", "And 3 pens?"),
        ("student", "7"),
    )
    assert [reply.text for reply in context.replies] == ["(See you!)"]
    (context,) = mathdial_contexts(_file(tmp_path, _mathdial(student_incorrect_solution=WORK)))
    assert context.turns == (("student", WORK), ("tutor", "What does one pen cost?"), ("student", "4 coins (four)."))
    assert [reply.text for reply in context.replies] == ["And 3 pens?"]
    assert context.messages[0].content == f"{PROBLEM}\n\n{WORK}"


def test_mathtutorbench_gives_the_turns_before_the_teachers_last_ones(tmp_path: Path) -> None:
    rows = _mathtutorbench("Teacher", "Student", "Student", "Teacher", "Teacher")
    (context,) = mathtutorbench_contexts(_file(tmp_path, rows))
    assert context.turns == (("tutor", "Turn 1"), ("student", "Turn 2"), ("student", "Turn 3"))
    assert [message.content for message in context.messages] == ["Turn 1", f"{PROBLEM}\n\nTurn 2\nTurn 3"]
    assert [reply.text for reply in context.replies] == ["Turn 4 Turn 5"]
    (context,) = mathtutorbench_contexts(_file(tmp_path, _mathtutorbench("Teacher", "Student")))
    assert context.replies == ()
    assert mathtutorbench_contexts(_file(tmp_path, _mathtutorbench("Teacher"))) == []


@pytest.mark.parametrize(
    ("read", "content", "words"),
    [
        (mathdial_contexts, _mathdial() + "{", "line 2: not JSON"),
        (mathdial_contexts, "[]", "line 1: expected an object, found list"),
        (mathdial_contexts, _mathdial(question=""), "line 1: 'question' must be a text"),
        (mathdial_contexts, _mathdial(conversation=None), "line 1: 'conversation' must be a text, found None"),
        (mathdial_contexts, _mathdial(conversation="Hello there"), "line 1: the turn 'Hello there' has no speaker"),
        (mathtutorbench_contexts, "[", "line 1: not JSON"),
        (mathtutorbench_contexts, {}, "expected MathTutorBench's JSON list, found dict"),
        (mathtutorbench_contexts, ["x"], "row 1: expected an object"),
        (mathtutorbench_contexts, _mathtutorbench(dialog_history="x"), "row 1: expected \"dialog_history\""),
        (mathtutorbench_contexts, _mathtutorbench(dialog_history=[{"text": "x"}]), "row 1: .*found the turn"),
        (mathtutorbench_contexts, _mathtutorbench("Student", problem=None), "row 1: 'problem' must be a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named(
    tmp_path: Path, read: Callable[[Path], list[Context]], content: Any, words: str
) -> None:
    with pytest.raises(ContextError, match=words):
        read(_file(tmp_path, content))


def test_contexts_are_spread_over_the_file(tmp_path: Path) -> None:
    lines = "".join(_mathdial(question=f"Question {i}") for i in range(10))
    contexts = mathdial_contexts(_file(tmp_path, lines))
    assert [context.problem[-1] for context in spread(contexts, 4)] == ["0", "2", "5", "7"]
    assert spread(contexts, 10) == contexts


def test_our_replies_are_scored_as_those_of_others(tmp_path: Path) -> None:
    scored = score(mrbench_contexts(_mrbench(tmp_path)), {"ours": [REVEALING]})
    found = {row.responder: row for row in scored}
    assert list(found) == ["Kind", "Teller", "ours"]
    assert [(row.reveals, row.labelled_reveals, row.good) for row in scored] == [
        (False, False, True), (True, True, False), (True, None, None),
    ]  # fmt: skip
    assert found["ours"].sends is found["Teller"].sends is False
    assert found["Kind"].sends
    assert [row.ours for row in scored] == [False, False, True]


def _rows(name: str, sends: Sequence[bool], good: Sequence[bool | None], *, ours: bool = False) -> list[Scored]:
    return [
        Scored(name, ours, f"problem {i}", send, False, is_good, None if is_good is None else False)
        for i, (send, is_good) in enumerate(zip(sends, good, strict=True))
    ]


def test_the_table_is_sorted_by_rate_and_marks_our_rows() -> None:
    scored = [
        *_rows("low", [False] * 9 + [True], [False] * 10),
        *_rows("ours", [True] * 5 + [False] * 5, [None] * 10, ours=True),
        *_rows("high", [True] * 9 + [False], [True] * 8 + [False] * 2),
    ]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(scored, ERRORS).splitlines()[2:]]
    assert [row[0] for row in rows] == ["high", "**ours**", "low"]
    # (0.5 + 0.8 − 1) / (0.9 + 0.8 − 1) = 0.43; (0.9 − 0.2) / 0.7 = 1; (0.1 − 0.2) / 0.7 < 0
    assert [row[2].split(" [")[0] for row in rows] == ["100 %", "43 %", "0 %"]
    assert [row[3].split(" [")[0] for row in rows] == ["90 %", "50 %", "10 %"]
    assert [row[4].split(" [")[0] for row in rows] == ["80 %", "–", "0 %"]


def test_replies_about_one_problem_widen_the_interval() -> None:
    alike = [Scored("a", False, f"problem {i // 5}", i < 10, None, None, None) for i in range(20)]
    apart = [Scored("a", False, f"problem {i}", i < 10, None, None, None) for i in range(20)]
    assert "50 % [30, 70]" in table(apart, ERRORS)
    assert "50 % [13, 87]" in table(alike, ERRORS)


def test_the_judges_worth_is_its_agreement_with_the_labels() -> None:
    names = ("a", "b", "c")
    scored = [row for i, name in enumerate(names) for row in _rows(name, [True] * (9 - i) + [False] * (1 + i),
                                                                   [True] * (9 - i) + [False] * (1 + i))]  # fmt: skip
    agreed = worth(scored, ERRORS)
    assert "on 30 labelled replies" in agreed
    assert "κ 1.000" in agreed
    assert "ρ 1.00" in agreed
    assert "does not stand for people" not in agreed
    lenient = [*_rows("a", [True] * 10, [True] * 5 + [False] * 5), *_rows("ours", [True] * 10, [None] * 10, ours=True)]
    said = worth(lenient, ERRORS)
    assert "κ 0.000" in said
    assert "does not stand for people" in said
    assert "too few responders" in said
    assert "share of good replies is: ours –" in said
    assert worth(_rows("ours", [True], [None], ours=True), ERRORS).startswith("Nobody labelled")


def test_without_its_data_or_a_base_model_the_command_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{MRBENCH} is missing"):
        read_contexts(tmp_path, None, None)
    with pytest.raises(ValueError, match="run `canopy run` in it"):
        tutors_of(Settings(home=tmp_path), None)
    script = Path(__file__).parents[2] / "benchmarks" / "scoreboard.py"
    _mrbench(tmp_path)
    command = [sys.executable, str(script), str(tmp_path), "--home", str(tmp_path / "home")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds no base model" in done.stderr
    assert "Traceback" not in done.stderr


def test_mrbench_is_read_whole_and_people_agree_with_the_leak_detector() -> None:
    contexts = mrbench_contexts(shared_data(MRBENCH))
    assert len(contexts) > 90
    assert {len(context.replies) for context in contexts} == {8, 9}
    for context in contexts:
        roles = [message.role for message in context.messages]
        assert roles[-1] == "user"
        assert all(a != b for a, b in pairwise(roles))
    scored = score(contexts[:20], {})
    known = [row for row in scored if row.reveals is not None]
    assert len(known) >= 80
    assert sum(row.reveals == row.labelled_reveals for row in known) >= 0.9 * len(known)
