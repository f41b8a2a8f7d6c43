"""Reads models' replies: one parser for structured replies, fenced JSON, lists of messages and tagged text.

It is tolerant of the wrapping and strict about the content: the turns must be those of the plan, and none may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from canopy_assets.endpoints.json_replies import json_values, without_thoughts

_TAG = re.compile(
    r"""
    ^[\s>*\#_-]*                                    # quoting, list and heading marks
    (?:turn[\ _]\d+[\ _(-]*)?                       # "Turn 3 ("
    (student|tutor|teacher|user|assistant)\)?
    [\s*_]*[:：][\s*_]*                             # a colon, Western or Chinese, perhaps in emphasis
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_ROLES = {"student": "student", "user": "student", "tutor": "tutor", "teacher": "tutor", "assistant": "tutor"}
_KEY = re.compile(r"turn_?(\d+)", re.IGNORECASE)

_TEXTS = ("text", "content", "message", "utterance")


class ReplyError(ValueError):
    """A reply without a usable dialogue. The message says why."""


def parse_dialogue(text: str, roles: Sequence[str]) -> tuple[str, ...]:
    """The words of each turn of a reply.

    Args:
        text: what the model answered.
        roles: "student" or "tutor" for each turn that was asked for.

    Raises:
        ReplyError: the form is unknown, the turns are not those that were asked for, or a turn is empty.
    """
    text = without_thoughts(text)
    if not text:
        raise ReplyError("the reply is empty")
    turns = next((t for value in json_values(text) if (t := _turns(value))), None) or _tagged(text)
    if not turns:
        raise ReplyError("the reply holds neither JSON nor turns marked student and tutor")
    said = [role for role, _ in turns]
    if len(turns) != len(roles):
        raise ReplyError(f"{len(turns)} turns where {len(roles)} were asked for")
    if wrong := [i for i, (mine, asked) in enumerate(zip(said, roles, strict=True), 1) if mine not in (None, asked)]:
        raise ReplyError(
            f"turn {wrong[0]} is the {said[wrong[0] - 1]}'s where the {roles[wrong[0] - 1]}'s was asked for"
        )
    words = tuple(_clean(text) for _, text in turns)
    if "" in words:
        raise ReplyError(f"turn {words.index('') + 1} is empty")
    return words


def _turns(value: Any) -> list[tuple[str | None, str]] | None:
    """The turns of a parsed value as (role or None, text); None where it is not a dialogue."""
    if isinstance(value, dict):
        numbered = sorted((int(m[1]), k) for k in value if (m := _KEY.match(str(k))))
        if numbered and all(isinstance(value[k], str) for _, k in numbered):
            return [(_role(k.rpartition("_")[2]), value[k]) for _, k in numbered]
        lists = [v for v in value.values() if isinstance(v, list)]
        return _turns(lists[0]) if len(lists) == 1 else None
    if not isinstance(value, list) or not value:
        return None
    turns: list[tuple[str | None, str]] = []
    for item in value:
        if isinstance(item, str):
            turns.append((None, item))
        elif isinstance(item, dict):
            text = next((item[k] for k in _TEXTS if isinstance(item.get(k), str)), None)
            if text is None and len(item) == 1:
                ((name, text),) = item.items()
                turns.append((_role(str(name)), text if isinstance(text, str) else ""))
                continue
            if text is None:
                return None
            turns.append((_role(str(item.get("role") or item.get("speaker") or "")), text))
        else:
            return None
    return turns


def _tagged(text: str) -> list[tuple[str | None, str]]:
    """The turns of a text with the labels "Student:" and "Tutor:"."""
    marks = list(_TAG.finditer(text))
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return [(_ROLES[mark[1].lower()], text[mark.end() : ends[i]]) for i, mark in enumerate(marks)]


def _role(name: str) -> str | None:
    return _ROLES.get(name.strip().lower())


def _clean(text: str) -> str:
    """A turn without the label and the quotes that models put around it."""
    text = _TAG.sub("", text.strip(), count=1).strip()
    if len(text) > 1 and text[0] in '"“' and text[-1] in '"”':
        text = text[1:-1].strip()
    return text
