"""Reads Jupyter notebooks: the Markdown between the code."""

from __future__ import annotations

import json
from typing import Any

from canopy_assets.seeds.reading.decoding import UnreadableError


def to_markdown(source: str) -> str:
    """The Markdown cells of a notebook (format 3 or 4), one after the other.

    Raises:
        UnreadableError: it is no notebook.
    """
    try:
        content = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not a notebook ({str(error)[:100]}): save it again in Jupyter") from None
    cells = _cells(content)
    if cells is None:
        raise UnreadableError("it has no cells: save it again in Jupyter, in format 4")
    texts = []
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") in ("markdown", "heading"):
            text = cell.get("source", "")
            text = "".join(map(str, text)) if isinstance(text, list) else str(text)
            texts.append(f"{'#' * int(cell.get('level') or 1)} {text}" if cell["cell_type"] == "heading" else text)
    return "\n\n".join(texts) + "\n"


def _cells(content: Any) -> list[Any] | None:
    if not isinstance(content, dict):
        return None
    cells = content.get("cells")
    if cells is None and isinstance(content.get("worksheets"), list):
        cells = [c for sheet in content["worksheets"] if isinstance(sheet, dict) for c in sheet.get("cells") or []]
    return cells if isinstance(cells, list) else None
