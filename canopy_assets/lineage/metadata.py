"""Metadata of assets in the forms that Dagster's UI shows: row counts, columns, previews, Markdown tables, pictures."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from canopy_assets.storage.arrow import description_of

_PREVIEW_ROWS = 5
_CELL_CHARACTERS = 120


def describe_table(table: pa.Table, *, preview: Sequence[str] = (), **extra: Any) -> dict[str, Any]:
    """Metadata of a table: `dagster/row_count`, `dagster/column_schema` and a preview of the first rows.

    Args:
        table: the asset's rows.
        preview: the columns of the preview; if empty, there is no preview.
        extra: further metadata, by name.
    """
    metadata: dict[str, Any] = {
        "dagster/row_count": table.num_rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    f.name,
                    str(f.type),
                    description=description_of(f),
                    constraints=dg.TableColumnConstraints(nullable=f.nullable),
                )
                for f in table.schema
            ]
        ),
    }
    if preview and table.num_rows:
        rows = table.select(list(preview)).slice(0, _PREVIEW_ROWS).to_pylist()
        metadata["preview"] = dg.MetadataValue.md(markdown_table(list(preview), [list(r.values()) for r in rows]))
    return metadata | extra


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table. Cells are shortened, and escaped so that they cannot break the table or become markup."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows)])


def counts_table(title: str, counts: Mapping[str, int]) -> dg.MarkdownMetadataValue:
    """Counts as a Markdown table, the most frequent first."""
    return dg.MetadataValue.md(markdown_table([title, "count"], Counter(counts).most_common()))


def picture(path: Path) -> dg.MarkdownMetadataValue:
    """A PNG file as Markdown with the picture inside (base64), because the UI serves no files."""
    return dg.MetadataValue.md(f"![{path.stem}](data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()})")


def finite(value: Any) -> Any:
    """The value with NaN and infinities replaced by None: Dagster stores them literally, which is not valid JSON."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {k: finite(v) for k, v in value.items()}
    return [finite(v) for v in value] if isinstance(value, list | tuple) else value


def _cell(value: object) -> str:
    text = " ".join(str("" if value is None else value).split())
    text = text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("[", "\\[")
