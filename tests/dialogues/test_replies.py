"""Whatever wraps them, the words of each turn are found; what isn't the dialogue that was asked for is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.dialogues.model.replies import ReplyError, parse_dialogue

ROLES = ("student", "tutor", "student", "tutor")
WORDS = ("I have 4x + 3 = 27.", "What was done to x last?", 'Adding 3, "I think".', "What undoes that?")
CHAT = {"student": "user", "tutor": "assistant"}
KEYS = [f"turn_{i}_{role}" for i, role in enumerate(ROLES, 1)]
OBJECT = json.dumps(dict(zip(KEYS, WORDS, strict=True)))
TURNS = [{"role": role, "text": text} for role, text in zip(ROLES, WORDS, strict=True)]


@pytest.mark.parametrize(
    "reply",
    [
        OBJECT,
        f"Here you are:\n```json\n{OBJECT}\n```\nI hope this helps {{smile}}!",
        f"<think>First {{a}} plan: [1, 2]</think>\n{OBJECT}",
        json.dumps(dict(reversed(list(zip(KEYS, WORDS, strict=True))))),
        json.dumps({"dialogue": TURNS}),
        json.dumps(TURNS),
        json.dumps(WORDS),
        json.dumps({"turns": [{role: text} for role, text in zip(ROLES, WORDS, strict=True)]}),
        json.dumps([{"role": CHAT[role], "content": text} for role, text in zip(ROLES, WORDS, strict=True)]),
        "\n".join(f"**{role.title()}:** {text}" for role, text in zip(ROLES, WORDS, strict=True)),
        "\n\n".join(f"turn_{i}_{role}: {text}" for i, (role, text) in enumerate(zip(ROLES, WORDS, strict=True), 1)),
        json.dumps({key: f"{role.title()}: {text}" for key, role, text in zip(KEYS, ROLES, WORDS, strict=True)}),
    ],
    ids=["object", "fenced", "thought aloud", "other order", "messages in an object", "messages", "strings",
         "role as key", "chat messages", "bold tags", "keys as tags", "labels inside"],
)  # fmt: skip
def test_the_words_are_found_in_every_form(reply: str) -> None:
    assert parse_dialogue(reply, ROLES) == WORDS


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "empty"),
        ("I can't help with that.", "neither JSON nor turns"),
        (OBJECT[:-20], "neither JSON nor turns"),
        (json.dumps(TURNS[:3]), "3 turns where 4 were asked for"),
        (json.dumps([TURNS[1], TURNS[0], *TURNS[2:]]), "turn 1 is the tutor's where the student's"),
        (json.dumps([*TURNS[:3], {"role": "tutor", "text": "  "}]), "turn 4 is empty"),
        (json.dumps({"a": 1}), "neither JSON nor turns"),
    ],
)
def test_what_is_not_the_dialogue_is_refused_with_the_reason(reply: str, why: str) -> None:
    with pytest.raises(ReplyError, match=why):
        parse_dialogue(reply, ROLES)


JSON = st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))


@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_read_or_refused(reply: str) -> None:
    with contextlib.suppress(ReplyError):
        assert len(parse_dialogue(reply, ROLES)) == 4


@given(st.lists(st.from_regex(r"[A-Za-z0-9 \"{}\[\]\\=?é…]{1,40}[.?!]", fullmatch=True), min_size=4, max_size=4))
def test_words_come_out_of_json_as_they_went_in(words: list[str]) -> None:
    reply = json.dumps(dict(zip(KEYS, words, strict=True)))
    assert parse_dialogue(reply, ROLES) == tuple(w.strip() for w in words)
