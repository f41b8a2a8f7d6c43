"""The rows of a table as text (CSV, or with semicolons or tabs), whose first line names the columns."""

from __future__ import annotations

import ast
import contextlib
import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from canopy_assets.records import Span
from canopy_assets.seeds.reading.decoding import line_starts

DELIMITERS = ",;\t"
MAX_LITERAL_CHARACTERS = 100_000
"""In characters, for a list in Python's notation: the parser takes some hundred bytes for each."""
_PYTHON_LIST = re.compile(r"\s*\[\s*\{\s*'")


def rows_of(text: str) -> Iterator[tuple[Span, dict[str, Any] | str]]:
    """Every row under the header with its place: by column, or the reason why it cannot be read.

    Empty cells are left out. A list or an object in JSON or Python notation, as messages are saved, is read as such.
    """
    lines = text.split("\n")
    starts = line_starts(text)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        begin = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _span(starts, text, begin, reader.line_num), f"bad CSV: {error}"
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            continue
        yield _span(starts, text, begin, reader.line_num), _row(header, cells)


def _row(header: list[str], cells: list[str]) -> dict[str, Any] | str:
    if len(cells) != len(header):
        return f"{len(cells)} cells where the first line names {len(header)} columns: quote cells that hold commas"
    return {name: _cell(cell) for name, cell in zip(header, cells, strict=True) if cell.strip()}


def _cell(cell: str) -> Any:
    if cell.lstrip()[:1] in ("[", "{"):
        with contextlib.suppress(ValueError, RecursionError):  # mathematics in brackets, say
            return json.loads(cell)
        if _PYTHON_LIST.match(cell) and len(cell) <= MAX_LITERAL_CHARACTERS:
            # pandas writes lists so. This reads literals and evaluates nothing.
            with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                return ast.literal_eval(cell.strip())
    return cell.strip()


def _span(starts: list[int], text: str, begin: int, end: int) -> Span:
    """The place of a row that takes the lines from index `begin` to before `end`."""
    last = starts[end] - 1 if end < len(starts) else len(text)
    return Span(begin + 1, max(end, begin + 1), starts[begin], last)
