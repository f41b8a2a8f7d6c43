"""The rows of a file: their kind, which can be used, and why the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from canopy_assets.records import SeedDocument, Skipped, Span
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.rows import csv_rows, json_rows
from canopy_assets.seeds.rows.shapes import SHAPES, ChatRow, ExerciseRow, RowKind, shape_of, unknown

_Rows = Callable[[str], Iterator[tuple[Span, dict[str, Any] | str]]]

READERS: Mapping[str, _Rows] = {
    "application/jsonl": json_rows.rows_of,
    "application/json": json_rows.rows_of,
    "text/csv": csv_rows.rows_of,
    "text/tab-separated-values": csv_rows.rows_of,
}
"""From the text of a file to its rows, by media type."""

_NAMES: dict[RowKind, str] = {"worked_exercises": "worked exercise", "chats": "chat"}


def inspect(text: str, media_type: str) -> tuple[RowKind, tuple[Span, ...], tuple[Skipped, ...]]:
    """Find the kind of a file of rows, the places of its usable rows, and the bad lines.

    The first row of a known form decides the kind of the file.

    Raises:
        UnreadableError: no row can be used.
    """
    spans: list[Span] = []
    skipped: list[Skipped] = []
    kind: RowKind | None = None
    for span, row in READERS[media_type](text):
        shape = None if isinstance(row, str) else shape_of(row)
        kind = kind or (shape.kind if shape else None)
        read = row if isinstance(row, str) else _read(row, kind)
        if isinstance(read, str):
            skipped.append(Skipped(span.line_start, read))
        else:
            spans.append(span)
    if kind is None or not spans:
        first = f": line {skipped[0].line}: {skipped[0].reason}" if skipped else ""
        known = ", ".join(map(str, SHAPES))
        raise UnreadableError(f"no row can be used{first}. Each row must have one of these forms: {known}")
    return kind, tuple(spans), tuple(skipped)


def chat_rows(document: SeedDocument) -> Iterator[tuple[Span, ChatRow]]:
    """The usable rows of a document of kind "chats", each with its place."""
    return ((span, row) for span, row in _usable(document, "chats") if isinstance(row, ChatRow))


def exercise_rows(document: SeedDocument) -> Iterator[tuple[Span, ExerciseRow]]:
    """The usable rows of a document of kind "worked_exercises", each with its place."""
    return ((span, row) for span, row in _usable(document, "worked_exercises") if isinstance(row, ExerciseRow))


def _usable(document: SeedDocument, kind: RowKind) -> Iterator[tuple[Span, ChatRow | ExerciseRow]]:
    for span, row in READERS[document.media_type](document.text):
        read = row if isinstance(row, str) else _read(row, kind)
        if not isinstance(read, str):
            yield span, read


def _read(row: Mapping[str, Any], kind: RowKind | None) -> ChatRow | ExerciseRow | str:
    """What a row of a file of this kind means, or why it cannot be used."""
    shape = shape_of(row)
    if shape is None:
        return unknown(row)
    if kind is not None and shape.kind != kind:
        return f"a {_NAMES[shape.kind]} in a file of {_NAMES[kind]}s: put it into a file of its own"
    return shape.read(row)
