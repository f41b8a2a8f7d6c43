"""Chats and exercises in the forms that other programs write: the same chat in any of them gives the same rows."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canopy_assets.records import Dialogue, Exercise, SeedDocument, Skipped
from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.seeds.rows.json_rows import MAX_ROW_CHARACTERS

Exchange = list[tuple[str, str]]

ASKED = [("user", "I have 2y + 6 = 20 and I'm lost."), ("assistant", "What would leave 2y alone?")]
AGAIN = [("user", "And 4z = 12, what now?"), ("assistant", "What is being done to z there?")]


def read(folder: Path, name: str, content: str | bytes) -> SeedDocument:
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (seed,) = inbox.scan([folder])
    return reader.read(seed)


def dialogues(folder: Path, name: str, content: str) -> tuple[list[Dialogue], list[Skipped]]:
    document = read(folder, name, content)
    assert document.state == "read", document.reason
    assert document.kind == "chats"
    found, skipped = chats.parse(document)
    return found, [*document.skipped, *skipped]


def exercises(folder: Path, name: str, content: str) -> list[Exercise]:
    document = read(folder, name, content)
    assert (document.state, document.kind) == ("read", "worked_exercises"), document.reason
    return extraction.extract(document)[0]


def openai(chat: Exchange) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in chat]}


def openai_with_all_roles(chat: Exchange) -> dict[str, Any]:
    """Instructions, and a tool that the tutor asks before it replies."""
    first = {"role": "developer", "content": "You are a tutor."}
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]}
    result = {"role": "tool", "tool_call_id": "1", "content": "x = 7"}
    said = openai(chat)["messages"]
    return {"messages": [{"role": "system", "content": ""}, first, said[0], call, result, *said[1:]]}


def openai_parts(chat: Exchange) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in chat]}


def capitals(chat: Exchange) -> dict[str, Any]:
    return {"messages": [{"role": role.upper(), "content": text} for role, text in chat]}


def sharegpt(chat: Exchange) -> dict[str, Any]:
    names = {"user": "human", "assistant": "gpt"}
    said = [{"from": names[role], "value": text} for role, text in chat]
    return {"id": "c1", "conversations": [{"from": "system", "value": "You are a tutor."}, *said]}


def alpaca(chat: Exchange) -> dict[str, Any]:
    pairs = [[chat[i][1], chat[i + 1][1]] for i in range(0, len(chat), 2)]
    *history, (asked, reply) = pairs
    return {"instruction": "You are a friendly tutor of algebra.", "input": asked, "output": reply, "history": history}


def prompt_and_completion(chat: Exchange) -> dict[str, Any]:
    said = openai(chat)["messages"]
    return {"prompt": said[:-1], "completion": said[-1:]}


def transcript(chat: Exchange) -> dict[str, Any]:
    names = {"user": "Mina", "assistant": "Teacher"}
    return {"id": 1, "conversation": "|EOM|".join(f"{names[role]}: {text}" for role, text in chat)}


def bare(chat: Exchange) -> list[dict[str, str]]:
    return openai(chat)["messages"]


def texts_in_turn(chat: Exchange) -> dict[str, Any]:
    return {"data": [text for _, text in chat]}


def pairs(chat: Exchange) -> dict[str, Any]:
    return {"conversation": [[chat[i][1], chat[i + 1][1]] for i in range(0, len(chat), 2)]}


def json_in_a_text(chat: Exchange) -> dict[str, Any]:
    return {"messages": json.dumps(openai(chat)["messages"])}


def student_and_tutor(chat: Exchange) -> dict[str, Any]:
    return {"Student": chat[0][1], "Tutor": chat[1][1]}


FORMS: list[Callable[[Exchange], Any]] = [
    *(openai, openai_with_all_roles, openai_parts, capitals, sharegpt, alpaca, prompt_and_completion, transcript, bare),
    *(texts_in_turn, pairs, json_in_a_text),
]


def json_lines(rows: list[Any]) -> str:
    return "\n".join(map(json.dumps, rows))


def lines_with_commas(rows: list[Any]) -> str:
    return ",\n".join(map(json.dumps, rows)) + ","


def on_one_line(rows: list[Any]) -> str:
    return " ".join(map(json.dumps, rows))


def array(rows: list[Any]) -> str:
    return json.dumps(rows)


def pretty_array(rows: list[Any]) -> str:
    return json.dumps(rows, indent=2).replace("\n]", ",\n]")


def pretty_objects(rows: list[Any]) -> str:
    return "\n\n".join(json.dumps(row, indent=4).replace('"\n', '",\n') for row in rows)


def wrapped(rows: list[Any]) -> str:
    return json.dumps({"version": "1.0", "count": 2, "train": rows[:1], "test": rows[1:]}, indent=1)


LAYOUTS = [json_lines, lines_with_commas, on_one_line, array, pretty_array, pretty_objects, wrapped]

_WORD = st.sampled_from(
    ["what", "is", "y", "+", "6", "2y", "=", "14", "“half”", "\\n", "or,", "so;", "[3]", "{x}", "a\tb", "é"]
)
_TEXT = st.lists(_WORD, min_size=1, max_size=8).map(" ".join)
_CHATS = st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=3).map(
    lambda pairs: [(role, text) for pair in pairs for role, text in zip(("user", "assistant"), pair, strict=True)]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_CHATS, st.sampled_from(FORMS), st.sampled_from(LAYOUTS), st.sampled_from([".json", ".jsonl"]))
def test_any_form_in_any_layout_gives_the_rows_of_messages_on_lines(tmp_path, chat, form, layout, extension):
    texts = [[" ".join(text.split()) for _, text in c] for c in (chat, AGAIN)]
    found, skipped = dialogues(tmp_path, f"a{extension}", layout([form(chat), form(AGAIN)]))
    plain, _ = dialogues(tmp_path, f"a{extension}", json_lines([openai(chat), openai(AGAIN)]))
    assert [[t.text for t in d.turns] for d in found] == texts
    assert [[t.role for t in d.turns] for d in found] == [["student", "tutor"] * (len(c) // 2) for c in (chat, AGAIN)]
    assert [(d.statement, d.answer, d.exercise_id) for d in found] == [
        (d.statement, d.answer, d.exercise_id) for d in plain
    ]
    assert skipped == []


def table(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows({k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()} for row in rows)
    return out.getvalue()


@pytest.mark.parametrize("form", [f for f in FORMS if f is not bare], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("extension", "delimiter"), [(".csv", ","), (".csv", ";"), (".tsv", "\t")])
def test_a_table_with_these_columns_gives_the_same_rows(tmp_path, form, extension, delimiter):
    found, skipped = dialogues(tmp_path, f"a{extension}", table([form(ASKED), form(AGAIN)], delimiter))
    assert [[t.text for t in d.turns] for d in found] == [[text for _, text in c] for c in (ASKED, AGAIN)]
    assert [d.answer for d in found] == ["y = 7", "z = 3"]
    assert skipped == []


@pytest.mark.parametrize("named", ["conversation_id", "Dialogue ID", "chat_id"])
def test_a_table_with_a_row_for_each_message_is_a_chat_for_each_id(tmp_path, named):
    rows = [
        {named: number, "Speaker": role, "Text": text, "Problem": "Solve 2y + 6 = 20." if number == 7 else ""}
        for number, chat in ((7, ASKED), (8, AGAIN))
        for role, text in chat
    ]
    found, skipped = dialogues(tmp_path, "a.csv", table(rows))
    assert [[t.text for t in d.turns] for d in found] == [[text for _, text in c] for c in (ASKED, AGAIN)]
    assert [(d.span.line_start, d.span.line_end) for d in found if d.span] == [(2, 3), (4, 5)]
    assert found[0].statement == "Solve 2y + 6 = 20."
    assert skipped == []


def test_names_of_columns_may_have_capitals_and_spaces(tmp_path):
    (found,) = exercises(tmp_path, "a.csv", "No,Task,Final Answer,Answer\n1,Solve 2y = 18.,y = 9,y = 9\n")
    assert (found.statement, found.answer, found.verified) == ("Solve 2y = 18.", "y = 9", True)


def test_lists_that_pandas_wrote_into_a_table_are_read(tmp_path):
    rows = [{"messages": str(openai(chat)["messages"])} for chat in (ASKED, AGAIN)]
    assert "'role': 'user'" in rows[0]["messages"]
    found, skipped = dialogues(tmp_path, "a.csv", table(rows))
    assert [d.answer for d in found] == ["y = 7", "z = 3"]
    assert skipped == []
    deep = "[{'a': " * 3000
    document = read(tmp_path, "a.csv", table([{"messages": deep}, *rows]))
    assert [s.line for s in document.skipped] == [2]


def test_a_row_of_a_table_may_take_several_lines_and_bad_rows_are_listed_with_theirs(tmp_path):
    text = (
        'problem,solution\n"Solve 2y = 14.\nShow the steps.","y = 7"\n\nonly one cell\n'
        'Solve 3z = 12.,z = 4\n,z = 4\n"Solve 5a = 5.","a" = 1\nSolve 4b = 8.,b = 2\n'
    )
    document = read(tmp_path, "a.csv", text)
    assert [(s.line_start, s.line_end) for s in document.spans] == [(2, 3), (6, 6), (9, 9)]
    assert document.text[document.spans[1].char_start : document.spans[1].char_end] == "Solve 3z = 12.,z = 4"
    reasons = {s.line: s.reason for s in document.skipped}
    assert sorted(reasons) == [5, 7, 8]
    assert "1 cells where the first line names 2 columns" in reasons[5]
    assert 'missing field "problem"' in reasons[7]
    assert "bad CSV" in reasons[8]


def test_bad_rows_of_an_array_are_listed_with_their_lines_and_the_others_used(tmp_path):
    good = json.dumps(openai(ASKED), indent=2)
    broken = '{\n  "messages": [\n    {"role": "user" "content": "x"}\n  ]\n}'
    text = f"[\n{good},\n3,\n{broken},\n{json.dumps(openai(AGAIN))}\n]"
    found, skipped = dialogues(tmp_path, "a.json", text)
    assert len(found) == 2
    bad = text[: text.index(broken)].count("\n") + 1
    assert [s.line for s in skipped] == [bad - 1, bad]
    assert "a JSON int, not an object" in skipped[0].reason
    assert f"bad JSON at line {bad + 2}, column 21" in skipped[1].reason
    assert [(d.span.line_start, d.span.line_end) for d in found if d.span] == [
        (2, 1 + len(good.split("\n"))),
        (text.count("\n"), text.count("\n")),
    ]


def test_a_row_that_breaks_off_takes_no_other_with_it(tmp_path):
    rows = [json.dumps(openai(ASKED)), json.dumps(openai(ASKED))[:40], json.dumps(openai(AGAIN))]
    found, skipped = dialogues(tmp_path, "a.jsonl", "\n".join(rows))
    assert [d.span.line_start for d in found if d.span] == [1, 3]
    assert [s.line for s in skipped] == [2]


def test_commas_and_brackets_inside_texts_stay(tmp_path):
    said = [("user", "is it [1, 2,] or {3,}? \\"), ("assistant", 'Where does "5, ]" come from?')]
    ((found,), _) = dialogues(tmp_path, "a.json", json.dumps([openai(said)]))
    assert [t.text for t in found.turns] == [text for _, text in said]


def test_a_long_row_is_refused_with_its_size(tmp_path):
    long = json.dumps({"messages": [{"role": "user", "content": "x" * MAX_ROW_CHARACTERS}]})
    _, (skipped,) = dialogues(tmp_path, "a.jsonl", long + "\n" + json.dumps(openai(ASKED)))
    assert (skipped.line, skipped.reason) == (
        1,
        f"{len(long)} characters are more than the 200000 allowed in a row: split it",
    )


@pytest.mark.parametrize(
    ("row", "seen", "nearest"),
    [
        ({"mesages": []}, '"mesages"', "OpenAI's messages"),
        ({"instruction": "a", "response": "b"}, '"instruction", "response"', "Alpaca's instructions"),
        (
            {"solution": "1 + 1 = 2"},
            '"solution"',
            'a problem and its solution ("problem"/"exercise"/"task" and "solution"/"answer")',
        ),
        ({"Questions": "1 + 1", "label": 2}, '"Questions", "label"', "a problem alone ("),
        (
            {"Answer": "1 + 1"},
            '"Answer"',
            'a problem and its solution ("problem"/"exercise"/"task" and "solution"/"answer")',
        ),
        (
            {"Queston": "1 + 1", "label": 2},
            '"Queston", "label"',
            'a problem alone ("problem"/"exercise"/"task"/"question")',
        ),
    ],
)
def test_a_refusal_names_the_form_that_was_seen_and_the_nearest_known(tmp_path, row, seen, nearest):
    document = read(tmp_path, "a.jsonl", json.dumps(row))
    assert document.state == "quarantined"
    assert f"line 1: unknown form, with the fields {seen}; the nearest is {nearest}" in (document.reason or "")
    assert "missing field" in (document.reason or "")


def test_a_row_of_an_unknown_form_is_not_said_to_be_near_any(tmp_path):
    document = read(tmp_path, "a.jsonl", '{"text": "hello", "label": 1}')
    assert 'with the fields "text", "label"; none of them is known' in (document.reason or "")
    assert "The known forms are OpenAI's messages, MathDial's rows," in (document.reason or "")


def test_columns_of_student_and_tutor_are_one_exchange(tmp_path):
    found, _ = dialogues(tmp_path, "a.csv", table([student_and_tutor(ASKED), student_and_tutor(AGAIN)]))
    assert [[t.text for t in d.turns] for d in found] == [[text for _, text in c] for c in (ASKED, AGAIN)]


def test_the_problem_of_a_tutor_who_speaks_first_becomes_the_students_first_turn(tmp_path):
    row = {
        "question": "Kim has 3 bags of 5 nuts and eats 2. How many are left?",
        "ground_truth": "3 * 5 = 15\n15 - 2 = 13\n 13",
        "conversation": "Teacher: (generic)Hi Kim, talk me through it|EOM|Kim: I did 3 + 5|EOM|"
        "Teacher: (focus)Why add?|EOM|Kim: oh: 15 nuts, then",
    }
    ((found,), _) = dialogues(tmp_path, "a.jsonl", json.dumps(row))
    assert [(t.role, t.text) for t in found.turns] == [
        ("student", row["question"]),
        ("tutor", "Hi Kim, talk me through it"),
        ("student", "I did 3 + 5"),
        ("tutor", "Why add?"),
    ]
    assert (found.statement, found.answer) == (row["question"], "13")


def test_a_greeting_before_the_student_says_anything_is_left_out(tmp_path):
    chat = [("assistant", "Hello, I'm your tutor!"), *ASKED, *AGAIN]
    ((found,), skipped) = dialogues(tmp_path, "a.json", json.dumps(openai(chat)))
    assert [t.text for t in found.turns] == [text for _, text in (*ASKED, *AGAIN)]
    assert skipped == []


def test_the_problem_is_found_in_the_tutors_first_words(tmp_path):
    chat = [("assistant", "Let's solve 2y + 6 = 20."), ("user", "take away 6?"), ("assistant", "From which side?")]
    ((found,), _) = dialogues(tmp_path, "a.json", json.dumps(openai(chat)))
    assert [t.role for t in found.turns] == ["student", "tutor", "student", "tutor"]
    assert "2y + 6 = 20" in found.turns[0].text
    assert found.answer == "y = 7"


def test_messages_of_one_speaker_in_a_row_are_one_turn(tmp_path):
    chat = [("user", "hi"), ("user", "2y = 14?"), ("assistant", "Well."), ("assistant", "What is done to y?")]
    ((found,), _) = dialogues(tmp_path, "a.json", json.dumps(openai(chat)))
    assert [t.text for t in found.turns] == ["hi 2y = 14?", "Well. What is done to y?"]


@pytest.mark.parametrize("said", ["I don't get exponents.", "Help!", "Explain slopes, please."])
def test_a_chat_that_states_no_problem_has_none(tmp_path, said):
    ((found,), skipped) = dialogues(
        tmp_path, "a.json", json.dumps(openai([("user", said), ("assistant", "Which part?")]))
    )
    assert (found.statement, found.exercise_id, found.answer) == ("", None, None)
    assert skipped == []


@pytest.mark.parametrize(
    ("row", "statement", "answer"),
    [
        (
            {"problem": "Solve $3x + 4 = 19$.", "solution": r"So $3x = 15$ and $x = \boxed{5}$."},
            "Solve 3x + 4 = 19.",
            "x = 5",
        ),
        ({"problem": "What is $2^{3} + 1$?", "solution": r"It is \boxed{9}."}, "What is 2³ + 1?", "9"),
        (
            {
                "question": "Ed has 4 cups of 6 pens. He lends 5. How many has he?",
                "solution": "4 * 6 = 24\n24 - 5 = 19",
                "answer": 19,
            },
            "Ed has 4 cups of 6 pens. He lends 5. How many has he?",
            "19",
        ),
        (
            {"question": "Ed has 4 cups of 6 pens. How many?", "answer": "He has 4*6=<<4*6=24>>24 pens.\n#### 24"},
            "Ed has 4 cups of 6 pens. How many?",
            "24",
        ),
    ],
)
def test_problems_with_solutions_are_verified_by_family_or_by_their_steps(tmp_path, row, statement, answer):
    for name, text in (("a.jsonl", json.dumps(row)), ("a.csv", table([row]))):
        (found,) = exercises(tmp_path, name, text)
        assert found.verified, found.verification
        assert (found.statement, found.answer) == (statement, answer)


def test_a_wrong_box_and_an_answer_without_reasons_are_not_verified(tmp_path):
    rows = [
        {"problem": "Solve 3x + 4 = 19.", "solution": r"Hence $x = \boxed{4}$."},
        {"problem": "Name the largest planet.", "solution": r"\boxed{\text{Jupiter}}"},
    ]
    found = exercises(tmp_path, "a.jsonl", json_lines(rows))
    assert [e.verified for e in found] == [False, False]
    assert found[0].stated_answer == "4"


def test_problems_that_cannot_be_read_alone_are_skipped_with_the_reason(tmp_path):
    rows = [
        {"problem": "Solve 3x = 15.", "answer": "5"},
        {"question": "Which is prime?", "choices": ["4", "7"], "answer": 1},
        {"problem": "Find the area. [asy] draw((0,0)--(3,4)); [/asy]", "solution": r"\boxed{6}"},
    ]
    document = read(tmp_path, "a.jsonl", json_lines(rows))
    found, skipped = extraction.extract(document)
    assert [e.statement for e in found] == ["Solve 3x = 15."]
    reasons = {s.line: s.reason for s in (*document.skipped, *skipped)}
    assert "choices" in reasons[2]
    assert "drawing" in reasons[3]


@pytest.mark.parametrize(
    "content",
    ["[\n" * 200_000, '{"k":[\n' * 50_000, '"\\' * 200_000, '{"a" 1}\n' * 100_000, "[" + '{"a": 1},' * 50_000 + "]"],
)
def test_a_file_of_bad_rows_is_given_up_soon(tmp_path, content):
    started = time.process_time()
    document = read(tmp_path, "a.json", content)
    assert document.state == "quarantined"
    assert "line 1: " in (document.reason or "")
    assert time.process_time() - started < 5


def test_a_problem_without_an_answer_is_verified_by_its_kind(tmp_path):
    rows = "id,question,points\n1,What is 15% of 80?,1\n2,Solve 8x - 3 = 29,2\n3,Tell a story about 3 + 4.,1\n"
    found, skipped = extraction.extract(read(tmp_path, "bank.csv", rows))
    assert skipped == []
    assert [(e.answer, e.verified) for e in found] == [("12", True), ("x = 4", True), (None, False)]
