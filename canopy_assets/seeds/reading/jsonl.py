"""Inspects JSON Lines seeds: the kind of a file, and which of its rows can be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, NoReturn

from canopy_assets.records import Skipped, Span
from canopy_assets.seeds.reading.decoding import UnreadableError, line_starts

RowKind = Literal["worked_exercises", "chats"]

MAX_ROW_CHARACTERS = 200_000
"""In characters, for one row; the longest in GSM8K has about 2,000."""

_FIELDS: dict[RowKind, tuple[str, ...]] = {"worked_exercises": ("question", "answer"), "chats": ("messages",)}
_NAMES: dict[RowKind, str] = {"worked_exercises": "worked exercise", "chats": "chat"}


def inspect(text: str) -> tuple[RowKind, tuple[Span, ...], tuple[Skipped, ...]]:
    """Find the kind of a JSONL file, the positions of its usable rows, and the bad lines.

    The first row of a known kind decides the kind of the file.

    Raises:
        UnreadableError: no line can be used.
    """
    spans: list[Span] = []
    skipped: list[Skipped] = []
    kind: RowKind | None = None
    for span, row in _lines(text):
        problem = row if isinstance(row, str) else None
        if not isinstance(row, str):
            kind = kind or kind_of(row)
            problem = row_problem(row, kind)
        if problem is None:
            spans.append(span)
        else:
            skipped.append(Skipped(span.line_start, problem))
    if kind is None or not spans:
        first = f": line {skipped[0].line}: {skipped[0].reason}" if skipped else ""
        raise UnreadableError(
            f"no line can be used{first}; each line must be a JSON object with "
            '"question" and "answer", or with "messages"'
        )
    return kind, tuple(spans), tuple(skipped)


def usable_rows(text: str, kind: RowKind) -> Iterator[tuple[Span, dict[str, Any]]]:
    """The rows of a kind without a `row_problem`, each with its place in the text."""
    for span, row in _lines(text):
        if not isinstance(row, str) and row_problem(row, kind) is None:
            yield span, row


def kind_of(row: dict[str, Any]) -> RowKind | None:
    """The kind whose fields a row has; None for neither."""
    return next((kind for kind, fields in _FIELDS.items() if all(f in row for f in fields)), None)


def row_problem(row: dict[str, Any], kind: RowKind | None) -> str | None:
    """Why a row cannot be used in a file of this kind; None when it can. `kind` is None until it is known."""
    own = kind_of(row)
    if kind is None:
        return None if own else 'needs "question" and "answer", or "messages"'
    if own is None:
        return "missing field " + " and ".join(f'"{f}"' for f in _FIELDS[kind] if f not in row)
    if own != kind:
        return f"a {_NAMES[own]} in a file of {_NAMES[kind]}s: put it into a file of its own"
    if kind == "chats":
        usable = isinstance(row["messages"], list) and row["messages"]
        return None if usable else '"messages" must be a list with messages'
    bad = [f for f in _FIELDS[kind] if not isinstance(row[f], str) or not row[f].strip()]
    return f'"{bad[0]}" must be a text that isn\'t empty' if bad else None


def _lines(text: str) -> Iterator[tuple[Span, dict[str, Any] | str]]:
    """Every line that is not blank: as an object, or the reason why it is not one."""
    for number, (start, line) in enumerate(zip(line_starts(text), text.split("\n"), strict=True), 1):
        if line.strip():
            yield Span(number, number, start, start + len(line)), _row(line)


def _row(line: str) -> dict[str, Any] | str:
    """The line's JSON object, or the reason why it has none."""
    if len(line) > MAX_ROW_CHARACTERS:
        return f"{len(line)} characters are more than the {MAX_ROW_CHARACTERS} allowed in a row: split it"
    try:
        row = json.loads(line, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return f"bad JSON at column {error.colno}: {error.msg}"
    except RecursionError:
        return "bad JSON: nested too deeply"
    except ValueError as error:
        return f"bad JSON: {error}"
    if not isinstance(row, dict):
        return f"a JSON {type(row).__name__}, not an object: write {{…}}"
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair (\\ud800 to \\udfff) on its own: write the character itself"
    return row


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON: write a number or null")
