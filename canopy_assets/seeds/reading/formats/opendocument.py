"""Reads ODT files: pandoc reads their structure, `equations.mathml` their formulas, which are objects of their own."""

from __future__ import annotations

from typing import Any

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.equations import mathml
from canopy_assets.seeds.reading.equations.signs import EquationError
from canopy_assets.seeds.reading.formats import xml
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_MATH = "{http://www.w3.org/1998/Math/MathML}math"


def to_markdown(data: bytes, seconds: float, extension: str = ".odt") -> str:
    """An ODT file as Markdown.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    content = xml.part(data, "content.xml") or b""
    xml.refuse_long(content, (b"<text:p", b"<text:h"), (b"<table:table-cell",))
    root = xml.parse(content)
    formulas: dict[int, str | None] = {}
    for frame in list(root.iter(f"{_DRAW}frame")):
        shown = _shown(data, frame, formulas)
        if shown is not None and frame.getparent() is not None:
            _replace(frame, shown)
    parts = {"content.xml": xml.text_of(root)}
    return Printer(formulas).document(pandoc.read(xml.with_parts(data, parts), "odt", seconds=seconds))


def _shown(data: bytes, frame: Any, formulas: dict[int, str | None]) -> str | None:
    """The mark of a frame's formula, or of something lost in the place of a picture; None for a text box."""
    if frame.find(f"{_DRAW}text-box") is not None:
        return None
    target = frame.find(f"{_DRAW}object")
    name = "" if target is None else (target.get(_LINK) or "").removeprefix("./").rstrip("/")
    inner = None if target is None else next(target.iter(_MATH), None)
    stored = xml.part(data, f"{name}/content.xml") if name and inner is None else None
    if stored is not None:
        root = xml.parse(stored)
        inner = root if root.tag == _MATH else next(root.iter(_MATH), None)
    if inner is None:
        return UNREADABLE
    number = len(formulas)
    try:
        formulas[number] = mathml.to_latex(inner)
    except EquationError:
        formulas[number] = None
    return pandoc.mark(number)


def _replace(frame: Any, text: str) -> None:
    span = frame.makeelement(f"{_TEXT}span")
    span.text = text
    parent = frame.getparent()
    if parent.tag in (f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}span", f"{_TEXT}a"):
        span.tail = frame.tail
        parent.replace(frame, span)
    else:
        paragraph = frame.makeelement(f"{_TEXT}p")
        paragraph.append(span)
        parent.replace(frame, paragraph)
