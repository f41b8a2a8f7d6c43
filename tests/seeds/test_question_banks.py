"""Moodle's question banks, as XML and in the GIFT format: what becomes an exercise, and what is refused and why."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canopy_assets.records import Exercise
from canopy_assets.seeds.exercises import extraction
from tests.seeds.test_rows import read


def question(kind: str, text: str, *answers: tuple[int, str], feedback: str = "", cdata: bool = True) -> str:
    wrapped = f"<![CDATA[<p>{text}</p>]]>" if cdata else escape(f"<p>{text}</p>")
    given = "".join(
        f'<answer fraction="{share}"><text>{escape(answer)}</text><feedback><text>why</text></feedback></answer>\n'
        for share, answer in answers
    )
    return (
        f'<question type="{kind}"><name><text>Q</text></name>\n'
        f'<questiontext format="html"><text>{wrapped}</text></questiontext>\n'
        f"<generalfeedback><text>{escape(feedback)}</text></generalfeedback>\n<defaultgrade>1</defaultgrade>\n"
        f"{given}</question>\n"
    )


def category(path: str) -> str:
    return f'<question type="category"><category><text>{path}</text></category></question>\n'


def quiz(*questions: str) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "".join(questions) + "</quiz>\n"


def found(folder: Path, name: str, content: str) -> tuple[list[Exercise], dict[int, str]]:
    document = read(folder, name, content)
    assert (document.state, document.kind) == ("read", "worked_exercises"), document.reason
    exercises, skipped = extraction.extract(document)
    return exercises, {s.line: s.reason for s in (*document.skipped, *skipped)}


@pytest.mark.parametrize("cdata", [True, False])
def test_questions_with_one_right_answer_become_exercises_with_their_category(tmp_path: Path, cdata: bool) -> None:
    text = quiz(
        category("$course$/top/Equations"),
        question("shortanswer", "Solve 4x + 3 = 23.", (100, "x = 5"), (0, "x = 6"), cdata=cdata),
        question("numerical", "What is 2<sup>5</sup> + 1?", (100, "33"), cdata=cdata),
        question("multichoice", "Solve 2y = 18.", (0, "y = 16"), (100, "y = 9"), (0, "y = 36"), cdata=cdata),
        question(
            "numerical",
            "Una buys 4 pens for 3 euros each &amp; pays with 20. How much is left?",
            *[(100, "8")],
            feedback="4 * 3 = 12\n20 - 12 = 8",
            cdata=cdata,
        ),
    )
    exercises, skipped = found(tmp_path, "bank.xml", text)
    assert skipped == {}
    assert [(e.statement, e.answer, e.verified) for e in exercises] == [
        ("Solve 4x + 3 = 23.", "x = 5", True),
        ("What is 2^5 + 1?", "33", True),
        ("Solve 2y = 18.", "y = 9", True),
        ("Una buys 4 pens for 3 euros each & pays with 20. How much is left?", "8", True),
    ]
    assert exercises[3].topic == "Equations"
    lines = text.split("\n")
    for exercise in exercises:
        assert lines[exercise.span.line_start - 1].startswith("<question type=")
        assert lines[exercise.span.line_end - 1] == "</question>"


def test_a_right_choice_that_is_wrong_is_not_verified(tmp_path: Path) -> None:
    ((exercise,), _) = found(tmp_path, "bank.xml", quiz(question("multichoice", "Solve 2y = 18.", (100, "y = 16"))))
    assert not exercise.verified
    assert "y = 16 is wrong" in exercise.verification


def test_other_types_and_lost_pictures_are_refused_with_line_and_reason(tmp_path: Path) -> None:
    text = quiz(
        question("truefalse", "2 is even.", (100, "true"), (0, "false")),
        question("essay", "Why is 2 + 2 = 4?"),
        question("shortanswer", "Solve 4x + 3 = 23.", (100, "x = 5")),
        question("multichoice", "Which are even?", (50, "2"), (50, "4"), (0, "5")),
        question("numerical", "Find the area of <img src='t.png'>.", (100, "6")),
    )
    exercises, skipped = found(tmp_path, "bank.xml", text)
    assert [e.statement for e in exercises] == ["Solve 4x + 3 = 23."]
    assert [text.split("\n")[line - 1][:24] for line in sorted(skipped)] == [
        '<question type="truefals',
        '<question type="essay"><',
        '<question type="multicho',
        '<question type="numerica',
    ]
    reasons = [skipped[line] for line in sorted(skipped)]
    assert "type 'truefalse', of which no exercise can be made: use shortanswer, numerical or multichoice" in reasons[0]
    assert "without one right answer" in reasons[2]
    assert "a picture in this problem could not be read" in reasons[3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<rss><channel/></rss>", "its root is <rss>: of XML only question banks of Moodle (<quiz>) are read"),
        ("<quiz><question></quiz>", "line 1: bad XML: mismatched tag"),
        ("<quiz></quiz>", "no row can be used"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz/>', "a document type or entities"),
    ],
)
def test_other_xml_is_quarantined_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    document = read(tmp_path, "a.xml", content)
    assert document.state == "quarantined"
    assert reason in (document.reason or "")


GIFT = r"""// exported by Moodle
$CATEGORY: $course$/Algebra/Lines

// question: 1
::First::Solve 4x + 3 \= 23. {=x \= 5 #right
=%50%x \= 6}

::Second:: What is 7 times 8? {#56:0.5####7 * 8 \= 56}

Solve 2y \= 18. {~y \= 16 #no
=y \= 9
~%-50%y \= 36}

[html]<b>Compute</b> 2<sup>4</sup> + 3. {=19}

Is it raining? {T}

Match. {=a -> 1 =b -> 2}

Between what? {#1..5}

Write a proof. {}

No braces here.
"""


def test_gift_questions_with_one_right_answer_become_exercises(tmp_path: Path) -> None:
    exercises, skipped = found(tmp_path, "bank.gift", GIFT)
    assert [(e.statement, e.answer, e.verified) for e in exercises] == [
        ("Solve 4x + 3 = 23.", "x = 5", True),
        ("What is 7 times 8?", "56", True),
        ("Solve 2y = 18.", "y = 9", True),
        ("Compute 2^4 + 3.", "19", True),
    ]
    assert [(e.span.line_start, e.span.line_end) for e in exercises] == [(4, 6), (8, 8), (10, 12), (14, 14)]
    assert sorted(skipped) == [16, 18, 20, 22, 24]
    assert all("without one right answer" in skipped[line] for line in (16, 18, 20, 22))
    assert "needs its answers in braces" in skipped[24]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("{}=~#:\\ \n<>&;/a1%-.[]\"'"), max_size=120))
def test_any_text_is_read_or_quarantined_never_raised(tmp_path: Path, text: str) -> None:
    for name, content in (("a.gift", text), ("a.xml", f"<quiz><question type='numerical'>{text}</question></quiz>")):
        document = read(tmp_path, name, content)
        assert document.state == "read" or "could not be read (" not in (document.reason or "")
        extraction.extract(document)
