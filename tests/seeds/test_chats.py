"""Existing chats: which are used, what is dropped, and what their problem and answer are taken to be."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.records import Dialogue, SeedDocument
from canopy_assets.seeds import chats
from canopy_assets.storage.arrow import to_table

USER, TUTOR = (
    {"role": "user", "content": "I have 5x − 9 = 16 and I'm lost."},
    {"role": "assistant", "content": "What was done to x last?"},
)


def _parse(*rows: dict):
    text = "\n".join(json.dumps(row) for row in rows)
    return chats.parse(SeedDocument("s", "s.jsonl", "chats", "application/jsonl", text, "d", len(text), "read"))


def test_a_chat_becomes_a_human_dialogue_without_its_system_prompt():
    (dialogue,), skipped = _parse({"messages": [{"role": "system", "content": "You are X"}, USER, TUTOR]})
    assert [t.role for t in dialogue.turns] == ["student", "tutor"]
    assert (dialogue.origin, dialogue.teacher, dialogue.seed) == ("human", "human", "s")
    assert skipped == []


def test_the_problem_is_found_inside_the_first_message():
    (dialogue,), _ = _parse({"messages": [USER, TUTOR]})
    assert (dialogue.family, dialogue.answer) == ("linear_equation", "x = 5")
    assert "5x − 9 = 16" in dialogue.statement


def test_fields_of_the_row_are_used_and_a_wrong_answer_is_reported():
    row = {"messages": [USER, TUTOR], "problem": "Solve 5x - 9 = 16.", "answer": "x = 7", "topic": "equations"}
    (dialogue,), skipped = _parse(row)
    assert (dialogue.statement, dialogue.answer, dialogue.topic) == ("Solve 5x - 9 = 16.", "x = 5", "equations")
    assert [(s.line, s.reason) for s in skipped] == [
        (1, "the stated answer x = 7 is wrong: computed x = 5; the computed one is used")
    ]


def test_an_answer_that_cannot_be_computed_is_taken_as_stated():
    (dialogue,), _ = _parse({"messages": [USER, TUTOR], "problem": "How long is the trip?", "answer": "2 h 35 min"})
    assert dialogue.answer == "2 h 35 min"


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([TUTOR, USER], "the tutor says nothing to what the student says"),
        ([USER, USER], "needs a user message and an assistant message"),
        ([USER], "needs a user message and an assistant message"),
        ([USER, {"role": "assistant", "content": "  "}], "message 2: content is empty"),
        ([USER, {"role": "assistant", "content": 5}], "message 2: content must be a text"),
        (
            [USER, {"role": "assistant", "content": [{"type": "image_url"}]}],
            "a part of type 'image_url' cannot be used",
        ),
        ([USER, {"role": "narrator", "content": "x"}], "message 2: role 'narrator' is unknown"),
        ([USER, {"role": ["a"], "content": "x"}], "is unknown"),
        ([USER, "hello"], 'message 2: needs "role" and "content"'),
        ([USER, {"role": "assistant", "content": "x" * 5000}], "5000 characters are more than"),
        ([USER, TUTOR] * 40, "80 messages are more than"),
    ],
)
def test_malformed_chats_are_skipped_with_line_and_message(messages, reason):
    dialogues, skipped = _parse({"messages": [USER, TUTOR]}, {"messages": messages})
    assert len(dialogues) == 1
    assert skipped[0].line == 2
    assert reason in skipped[0].reason


def test_a_last_student_turn_without_reply_is_dropped_and_a_repeated_chat_skipped():
    dialogues, skipped = _parse({"messages": [USER, TUTOR]}, {"messages": [USER, TUTOR, USER]})
    assert [len(d.turns) for d in dialogues] == [2]
    assert skipped[0].reason == "the same chat as in line 1"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["role", "content"]), inner),
    max_leaves=8,
)
_MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": st.text(max_size=20)}
)


@settings(max_examples=50)
@given(st.lists(_JSON | _MESSAGE, min_size=1, max_size=5), _JSON, _JSON)
def test_any_json_in_messages_is_used_or_skipped_never_raised(messages, problem, answer):
    dialogues, skipped = _parse({"messages": messages, "problem": problem, "answer": answer})
    assert dialogues or skipped
    to_table(dialogues, Dialogue)
