"""Chats that were written down as text, in the ways in which people do so, and texts that only look like them."""

from __future__ import annotations

import pytest

from canopy_assets.seeds import chats
from canopy_assets.seeds.exercises import extraction
from tests.seeds.files import docx
from tests.seeds.test_rows import dialogues, read

SAID = [
    ("tutor", "Let's solve 2y + 6 = 20. What is done to y first?"),
    ("student", "it is doubled"),
    ("tutor", "And after that?"),
    ("student", "6 is added, so I take it away: 2y = 14"),
]
OPENING = [("student", "Solve 2y + 6 = 20 with me: I'm lost."), *SAID[2:3]]


def lines(label: str, tutor: str = "Tutor", student: str = "Student") -> str:
    """The chat with a line for each message; `label` has the places `{who}` and `{text}`."""
    names = {"tutor": tutor, "student": student}
    return "\n".join(label.format(who=names[role], text=text) for role, text in SAID)


PICTURE = '<w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"/></w:drawing></w:r>'
FORMS = {
    "plain": lines("{who}: {text}"),
    "paragraphs": lines("{who}: {text}\n"),
    "bold": lines("**{who}:** {text}\n"),
    "bold name": lines("**{who}**: {text}"),
    "all bold": lines("**{who}: {text}**"),
    "capitals": lines("{who}: {text}", "TUTOR", "STUDENT"),
    "times": lines("[10:02] {who}: {text}"),
    "times before": lines("10:02:15 - {who}: {text}"),
    "times after": lines("{who} (10:02): {text}"),
    "list": lines("- {who}: {text}"),
    "quotes": lines("> {who}: {text}"),
    "other roles": lines("{who}: {text}", "Teacher", "Pupil"),
    "programs": lines("{who}: {text}", "ChatGPT", "User"),
    "copied from a page": lines("{who}\n{text}\n", "ChatGPT said:", "You said:"),
    "letters": lines("{who}: {text}", "T", "S"),
    "names in brackets": lines("{who}: {text}", "Ms. Lee (tutor)", "Ana (student)"),
    "one named": lines("{who}: {text}", "Tutor", "Mina"),
    "headings": lines("### {who}\n\n{text}\n"),
    "table": "| Who | What |\n| --- | --- |\n" + lines("| {who} | {text} |"),
    "table with times": "| At | Who | What |\n|---|---|---|\n" + lines("| 10:02 | {who} | {text} |"),
    "wrapped": lines("{who}: {text}").replace(" is ", "\nis "),
    "with a title": "# Session 3\n\nRecorded on 3 May.\n\n" + lines("{who}: {text}"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_every_form_of_a_transcript_gives_the_same_chat(tmp_path, form, name):
    ((found,), skipped) = dialogues(tmp_path, name, FORMS[form])
    said = [(t.role, t.text) for t in found.turns]
    # The tutor has the first word, so the student is taken to have brought the problem; the last word has no reply.
    assert said[1:] == SAID[:3]
    assert (found.answer, found.family) == ("y = 7", "linear_equation")
    assert (found.origin, found.teacher) == ("human", "human")
    assert skipped == []


def test_a_word_file_gives_the_same_chat_and_one_with_a_lost_equation_none(tmp_path):
    paragraphs = "".join(
        f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{role.title()}:</w:t></w:r>"
        f"<w:r><w:t xml:space='preserve'> {text}</w:t></w:r></w:p>"
        for role, text in SAID
    )
    document = read(tmp_path, "a.docx", docx(paragraphs))
    assert (document.kind, document.state) == ("chats", "read"), document.reason
    ((found,), _) = chats.parse(document)
    assert [t.text for t in found.turns[1:]] == [text for _, text in SAID[:3]]
    lost = paragraphs.replace("And after that?", f"</w:t></w:r>{PICTURE}<w:r><w:t>And after that?")
    refused = read(tmp_path, "a.docx", docx(lost))
    assert refused.state == "quarantined"
    assert "an equation or a picture in this chat could not be read" in (refused.reason or "")


def test_headings_rules_and_problems_divide_chats_and_state_what_they_are_about(tmp_path):
    text = (
        "# Two sessions\n\nProblem 1: Solve 3z = 12.\n\nStudent: what now?\nTutor: What is done to z?\n\n---\n\n"
        "Student: I have 2y + 6 = 20.\nTutor: What would leave 2y alone?\n\n**Problem 2:** Find 25% of 80.\n\n"
        "Student: is it 25?\nTutor: How could you check?\n"
    )
    found, skipped = dialogues(tmp_path, "a.md", text)
    assert [d.answer for d in found] == ["z = 4", "y = 7", "20"]
    assert [(d.span.line_start, d.span.line_end) for d in found if d.span] == [(3, 6), (10, 11), (13, 16)]
    assert [text.split("\n")[d.span.line_start - 1][:3] for d in found if d.span] == ["Pro", "Stu", "**P"]
    assert skipped == []


def test_titles_divide_chats_and_a_message_goes_on_below_a_blank_line(tmp_path):
    text = (
        "Session 14, algebra\n\nProblem: Solve 3x + 5 = 20\n\nStudent: I have to solve it, and I'm stuck.\n"
        "Tutor: What is being done to x,\nand in which order?\nStudent: Times 3 and then plus 5.\n\n"
        "So I'd undo the 5?\nTutor: Why the 5 first?\nStudent: Because it came last.\n\nSession 15, slopes\n\n"
        "**Tutor:** Which slope has y = 2x + 1?\n\n**Student:** 2\n\n**Tutor:** How do you see that?\n"
    )
    (first, second), skipped = dialogues(tmp_path, "log.txt", text)
    assert skipped == []
    assert [t.role for t in first.turns] == ["student", "tutor", "student", "tutor"]
    assert first.turns[1].text == "What is being done to x, and in which order?"
    assert first.turns[2].text == "Times 3 and then plus 5. So I'd undo the 5?"
    assert (first.statement, first.answer) == ("Solve 3x + 5 = 20", "x = 5")
    assert first.span is not None
    assert (first.span.line_start, first.span.line_end) == (3, 12)
    assert text[first.span.char_start : first.span.char_end].endswith("Because it came last.")
    assert [(t.role, t.text) for t in second.turns] == [("student", "2"), ("tutor", "How do you see that?")]


def test_formulas_in_messages_are_written_on_the_line(tmp_path):
    text = "Student: what is $\\frac{1}{2} + \\frac{1}{3}$?\n\nTutor: What do *halves* and thirds have in common?\n"
    ((found,), _) = dialogues(tmp_path, "a.md", text)
    assert [t.text for t in found.turns] == ["what is 1/2 + 1/3?", "What do halves and thirds have in common?"]


@pytest.mark.parametrize(
    "text",
    [
        lines("{who}: {text}", "Student 1", "Student 2"),
        lines("{who}: {text}", "Parent", "Student"),
        lines("{who}: {text}") + "\n" + lines("{who}: {text}", "Tutor", "Mina"),
    ],
)
def test_a_chat_of_people_of_whom_not_one_is_the_tutor_is_refused_with_the_nearest_form(tmp_path, text):
    document = read(tmp_path, "a.txt", text)
    assert document.state == "quarantined"
    assert "line 1: it reads like a chat of" in (document.reason or "")
    assert "the nearest known form is a transcript whose messages begin with `Tutor:`" in (document.reason or "")


def test_one_chat_that_is_refused_leaves_the_others(tmp_path):
    text = f"{lines('{who}: {text}')}\n\n## Next\n\n{lines('{who}: {text}', 'Parent', 'Student')}\n"
    found, skipped = dialogues(tmp_path, "a.md", text)
    assert len(found) == 1
    assert [s.line for s in skipped] == [8]
    assert "‘Parent’" in skipped[0].reason


def test_two_without_known_roles_are_named_and_their_text_is_read_as_prose(tmp_path):
    document = read(tmp_path, "a.txt", lines("{who}: {text}", "Mr. Berg", "Anna"))
    assert document.kind == "prose"
    (remark,) = document.skipped
    assert "‘Mr. Berg’ and ‘Anna’ seem to talk to each other" in remark.reason
    assert "the nearest known form is a transcript" in remark.reason


SHEET = "1. Solve 2x = 6.\n\n2. Find the mean of 4, 6 and 11.\n"


def test_a_chat_beside_exercises_leaves_them_and_is_named(tmp_path):
    document = read(tmp_path, "a.md", f"{SHEET}\n## A sample\n\n{lines('{who}: {text}')}\n")
    assert document.kind == "prose"
    assert {e.answer for e in extraction.extract(document)[0] if e.verified} >= {"x = 3", "7"}
    assert [s.line for s in document.skipped] == [7]


def test_a_chat_between_paragraphs_with_tasks_leaves_them_exercises(tmp_path):
    chat = "Student: 4?\nTutor: Why?\nStudent: I halved.\nTutor: Good."
    document = read(tmp_path, "a.txt", f"Solve 2x = 8.\n\nSolve 3x = 9.\n\n{chat}\n\nSolve 4x = 8.\n")
    assert document.kind == "prose"
    assert [s.line for s in document.skipped] == [5]


@pytest.mark.parametrize(
    "text",
    [
        f"Student: ________\nTeacher: Ms. Lee\nDate: 3 May\n\n{SHEET}",
        "Q: What is 3 + 4?\nA: 7\nQ: What is 5 + 4?\nA: 9\n",
        "Problem 1: Solve 2x = 6.\nAnswer: x = 3\nTutor notes: ask what is done to x.\nStudent mistakes: adding 2\n",
        "Slope: the ratio of rise and run.\nIntercept: where the line meets an axis.\n",
        "Radius: 3 cm\nArea: ?\nRadius: 5 cm\nArea: ?\n",
        "System: 2x + y = 3, x - y = 0\nModel: y = 3x\nSystem: x + y = 3\nModel: y = 2x\n",
        "The tutor says: wait.\nThe student says: why?\n",
        "Tutor: ask what is done to x.\n",
        "Tutor: one\nTutor: two\nTutor: three\nTutor: four\n",
        "Problem 1: Solve 2x = 6.\n\nTutor: ask for the inverse.\n\nProblem 2: Solve 3x = 6.\n\nTutor: ask again.\n",
        "",
    ],
)
def test_other_texts_stay_prose_without_a_remark(tmp_path, text):
    document = read(tmp_path, "a.txt", text or "Nothing here.")
    assert (document.state, document.kind, document.skipped) == ("read", "prose", ())


def test_a_transcript_in_a_field_of_a_row_is_a_chat(tmp_path):
    from tests.seeds.test_rows import json_lines

    row = {"transcript": "Student: 2y + 6 = 20, help\nTutor: What would leave 2y alone?", "topic": "equations"}
    ((found,), _) = dialogues(tmp_path, "a.jsonl", json_lines([row]))
    assert ([t.role for t in found.turns], found.answer, found.topic) == (["student", "tutor"], "y = 7", "equations")
