"""Reads RTF files. Pandoc passes over their equations, pictures and objects, so that marks are put in their places."""

from __future__ import annotations

import re

from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.formats.xml import MAX_PARAGRAPHS
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

_PASSED_OVER = re.compile(rb"\{(?:\\\*)?\\(?:shppict|pict|object|mmathPara|moMathPara|mmath|moMath)\b")


def to_markdown(data: bytes, seconds: float, extension: str = ".rtf") -> str:
    """An RTF file as Markdown.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableError("its content is not RTF: save it again, or correct its extension")
    if data.count(b"\\par") > 2 * MAX_PARAGRAPHS:
        raise UnreadableError(f"it has over {MAX_PARAGRAPHS:,} paragraphs: split it")
    marked = _PASSED_OVER.sub(lambda m: b"{\\u-4?}" + m[0], data)
    return Printer().document(pandoc.read(marked, "rtf", seconds=seconds))
