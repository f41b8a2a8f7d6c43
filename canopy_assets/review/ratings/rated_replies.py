"""Reads the `*.jsonl` files of rated replies in this folder.

One object a line: `source` (who wrote the reply), `problem` and `answer` (empty where there is none), `conversation` (a
list of [role, text] with the roles user and assistant), `reply`, `reader_1` and `reader_2`
(send, weak or bad), `sends` (both readers say send), and optionally `why`, a short reason.

Each row was rated blind by two readers with the rubric of `evals.ratings.rubric`. All text is the project's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from canopy_assets.storage.json_lines import check_fields, json_object

Label = Literal["send", "weak", "bad"]

_TEXTS = ("source", "problem", "answer", "reply", "reader_1", "reader_2")
_FIELDS = (*_TEXTS, "conversation", "sends")
_OPTIONAL = ("why",)
_MAY_BE_EMPTY = ("problem", "answer", "reply")  # an empty reply of a broken model was rated, too


class RatedReplyError(ValueError):
    """A line of a file of rated replies cannot be used. The message names the file, the line and the fix."""


@dataclass(frozen=True)
class RatedReply:
    """A reply with the labels of two readers; see the module for the fields."""

    source: str
    problem: str
    answer: str
    conversation: tuple[tuple[str, str], ...]
    reply: str
    reader_1: Label
    reader_2: Label
    sends: bool
    why: str = ""


def rated_files() -> list[Path]:
    """The files that come with the package, by name."""
    return sorted(Path(__file__).parent.glob("*.jsonl"))


def load_rated_replies(files: Sequence[Path] | None = None) -> list[RatedReply]:
    """The rated replies of files, in file order; of those that come with the package unless others are given.

    Raises:
        RatedReplyError: a row is not valid, or a reply in the same conversation was rated in an earlier row.
        OSError: a file cannot be read.
    """
    rows: list[RatedReply] = []
    seen: dict[tuple[object, ...], str] = {}
    for file in rated_files() if files is None else files:
        # `splitlines` would also split at separators that may stand in a JSON text, such as U+2028.
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{file}, line {number}"
            row = _row(line, where)
            identity = (row.problem, row.conversation, row.reply)
            if identity in seen:
                raise RatedReplyError(f"{where}: the reply of {seen[identity]} again; remove one of the two")
            seen[identity] = where
            rows.append(row)
    return rows


def _row(line: str, where: str) -> RatedReply:
    row = json_object(line, where, RatedReplyError)
    check_fields(row, where, RatedReplyError, required=_FIELDS, known=(*_FIELDS, *_OPTIONAL))
    for name in _TEXTS:
        if not isinstance(row[name], str) or not (row[name].strip() or name in _MAY_BE_EMPTY):
            raise RatedReplyError(f"{where}: {name!r} must be a text that is not empty")
    for name in ("reader_1", "reader_2"):
        if row[name] not in get_args(Label):
            raise RatedReplyError(f"{where}: {name!r} is {row[name]!r}; it must be one of {', '.join(get_args(Label))}")
    if row["sends"] is not (row["reader_1"] == row["reader_2"] == "send"):
        raise RatedReplyError(f"{where}: 'sends' must be true where both readers say send, and false otherwise")
    if not isinstance(row.get("why", ""), str):
        raise RatedReplyError(f"{where}: 'why' must be a text")
    row["conversation"] = _conversation(row["conversation"], where)
    return RatedReply(**row)


def _conversation(turns: object, where: str) -> tuple[tuple[str, str], ...]:
    """The turns as (role, text). People's chats do not always alternate, so that is not asked for."""
    if not isinstance(turns, list) or not turns:
        raise RatedReplyError(f"{where}: 'conversation' must be a list of [role, text]")
    said = []
    for index, turn in enumerate(turns, start=1):
        match turn:
            case [("user" | "assistant") as role, str(text)] if text.strip():
                said.append((role, text))
            case _:
                raise RatedReplyError(
                    f"{where}: turn {index} of 'conversation' must be [role, text] with role user or assistant"
                )
    return tuple(said)
