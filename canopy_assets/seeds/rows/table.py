"""The rows of a file: their kind, which can be used, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from canopy_assets.records import SeedDocument, Skipped, Span
from canopy_assets.seeds.reading.decoding import UnreadableError, decode, normalize_rows
from canopy_assets.seeds.rows import csv_rows, dataset_files, json_rows, question_banks, transcripts
from canopy_assets.seeds.rows.messages import is_message
from canopy_assets.seeds.rows.shapes import (
    PROBLEM_ALONE,
    SHAPES,
    ChatRow,
    ExerciseRow,
    RowKind,
    folded,
    shape_of,
    unknown,
)

_RowReader = Callable[[str], Iterator[tuple[Span, dict[str, Any] | str]]]

MEDIA_TYPES = {
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": "application/vnd.apache.arrow.stream",
    ".xml": "application/xml",
    ".gift": "text/x-gift",
}
"""The media type of each extension of a file of rows."""
_READERS: Mapping[str, _RowReader] = {
    "application/jsonl": json_rows.rows_of,
    "application/json": json_rows.rows_of,
    "text/csv": csv_rows.rows_of,
    "text/tab-separated-values": csv_rows.rows_of,
    "application/vnd.apache.parquet": json_rows.rows_of,  # their text is JSON Lines, see `text_of`
    "application/vnd.apache.arrow.stream": json_rows.rows_of,
    **question_banks.READERS,
}
"""From the text of a file to its rows, by media type; a document of another type is a transcript."""

MAX_BAD_ROWS = 1_000
"""How many more rows than usable ones may be bad. A file beyond that is of another kind."""

_CHAT_IDS = ("conversation_id", "dialogue_id", "chat_id", "session_id", "thread_id", "conversation", "dialogue", "chat")
"""Columns that say which chat a message belongs to, in tables with a row for each message."""

_NAMES: dict[RowKind, str] = {"worked_exercises": "worked exercise", "chats": "chat"}


def text_of(data: bytes, extension: str) -> str:
    """The text of a file of rows; of a Parquet or Arrow file, its rows as JSON Lines.

    Raises:
        UnreadableError: the file is damaged, too large, or not in UTF-8.
    """
    if extension not in dataset_files.EXTENSIONS:
        return normalize_rows(decode(data))
    try:
        return normalize_rows(dataset_files.as_json_lines(data, extension))
    except dataset_files.ConversionError as error:
        raise UnreadableError(str(error)) from None


def inspect(text: str, media_type: str) -> tuple[RowKind, tuple[Span, ...], tuple[Skipped, ...]]:
    """Find the kind of a file of rows, the places of its usable rows, and the bad lines.

    The first row of a known form decides the kind of the file; a problem alone only where no other row does.

    Raises:
        UnreadableError: no row can be used, or far fewer than cannot.
    """
    spans: list[Span] = []
    skipped: list[Skipped] = []
    kind = _kind(text, media_type)
    for span, row in _rows(text, media_type):
        read = row if isinstance(row, str) else _read(row, kind)
        if isinstance(read, str):
            skipped.append(Skipped(span.line_start, read))
        else:
            spans.append(span)
        if len(skipped) > MAX_BAD_ROWS + len(spans):
            spans = []
            break
    if kind is None or not spans:
        first = f": line {skipped[0].line}: {skipped[0].reason}" if skipped else ""
        known = ", ".join(dict.fromkeys(shape.name for shape in SHAPES))
        many = f" (of more than {MAX_BAD_ROWS} bad ones)" if len(skipped) > MAX_BAD_ROWS else ""
        raise UnreadableError(
            f"no row can be used{first}{many}. The known forms are {known}: docs/seeds.md has their fields"
        )
    return kind, tuple(spans), tuple(skipped)


def _kind(text: str, media_type: str) -> RowKind | None:
    """The kind of a file, by its rows of known forms; None where none of the first ones has any."""
    first: RowKind | None = None
    for _, row in islice(_rows(text, media_type), 2 * MAX_BAD_ROWS):
        shape = None if isinstance(row, str) else shape_of(folded(row))
        if shape and shape is not PROBLEM_ALONE:
            return shape.kind
        first = first or (shape.kind if shape else None)
    return first


def chat_rows(document: SeedDocument) -> Iterator[tuple[Span, ChatRow]]:
    """The usable rows of a document of kind "chats", each with its place."""
    return ((span, row) for span, row in _usable(document, "chats") if isinstance(row, ChatRow))


def exercise_rows(document: SeedDocument) -> Iterator[tuple[Span, ExerciseRow]]:
    """The usable rows of a document of kind "worked_exercises", each with its place."""
    return ((span, row) for span, row in _usable(document, "worked_exercises") if isinstance(row, ExerciseRow))


def _usable(document: SeedDocument, kind: RowKind) -> Iterator[tuple[Span, ChatRow | ExerciseRow]]:
    for span, row in _rows(document.text, document.media_type):
        read = row if isinstance(row, str) else _read(row, kind)
        if not isinstance(read, str):
            yield span, read


def _rows(text: str, media_type: str) -> Iterator[tuple[Span, dict[str, Any] | str]]:
    """The rows of a text; rows of one message each that name the same chat one after the other are one row."""
    chat: tuple[Span, dict[str, Any]] | None = None
    name: object = None
    for span, row in _READERS.get(media_type, transcripts.rows_of)(text):
        fields = {} if isinstance(row, str) else folded(row)
        is_part = is_message(fields) and shape_of(fields) in (None, PROBLEM_ALONE)
        key = next((k for k in _CHAT_IDS if k in fields), None) if is_part else None
        if chat and (key is None or fields[key] != name):
            yield chat
            chat = None
        if key is None:
            yield span, row
        elif chat is None:
            chat, name = (span, {**fields, "messages": [fields]}), fields[key]
        else:
            begun, joined = chat
            joined["messages"].append(fields)
            chat = Span(begun.line_start, span.line_end, begun.char_start, span.char_end), joined
    if chat:
        yield chat


def _read(row: Mapping[str, Any], kind: RowKind | None) -> ChatRow | ExerciseRow | str:
    """What a row of a file of this kind means, or why it cannot be used."""
    fields = folded(row)
    shape = shape_of(fields)
    if shape is None:
        return unknown(row)
    if kind is not None and shape.kind != kind:
        return f"a {_NAMES[shape.kind]} in a file of {_NAMES[kind]}s: put it into a file of its own"
    return shape.read(fields)
