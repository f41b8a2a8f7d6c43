"""Reads PowerPoint files with python-pptx, shape by shape in the order in which they stand on the slide.

Equations are read by `equations.omml`, wherever they stand: in a run of text, or in the alternative that PowerPoint
writes beside a picture for older programs. Notes follow their slide.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.equations import omml
from canopy_assets.seeds.reading.equations.signs import EquationError
from canopy_assets.seeds.reading.formats import xml
from canopy_assets.seeds.reading.tree.inlines import Text, formula, read_back, script, spaced

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_A = f"{{{_DRAWING}}}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = {f"{{{n}}}oMath" for n in omml.NAMESPACES}
_SLIDE = re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml")
_FURNITURE = {"sldNum", "dt", "ftr", "hdr", "sldImg"}
"""Placeholders for slide number, date, footer, header and the slide's picture on the notes page."""


NOTES = "Speaker notes:"
"""What stands above the notes of a slide, so that they are not taken for its text."""


def to_markdown(data: bytes, seconds: float, extension: str = ".pptx") -> str:
    """A PowerPoint file as Markdown: a heading for each title, a line for each paragraph, tables, notes.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    import pptx

    parts: dict[str, bytes] = {}
    for name in xml.names(data):
        if _SLIDE.fullmatch(name):
            content = xml.part(data, name) or b""
            xml.refuse_long(content, (b"<a:p",), (b"<a:tc",))
            parts[name] = xml.text_of(_without_alternatives(xml.parse(content)))
    deck = pptx.Presentation(io.BytesIO(xml.with_parts(data, parts)))
    lines: list[str] = []
    for slide in deck.slides:
        if slide._element.get("show") in ("0", "false"):
            continue
        lines += ["", *_slide(slide)]
        if slide.has_notes_slide:
            notes = [line for shape in slide.notes_slide.shapes for line in _shape(shape._element)]
            lines += ["", NOTES, *notes] if any(notes) else []
        if len(lines) > xml.MAX_PARAGRAPHS:
            raise UnreadableError(f"it has over {xml.MAX_PARAGRAPHS:,} lines: split the presentation")
    return "\n".join(lines).strip() + "\n"


def _without_alternatives(root: Any) -> Any:
    """Keep what PowerPoint shows, not the picture of it for older programs."""
    for element in list(root.iter(f"{_COMPATIBILITY}AlternateContent")):
        choice = element.find(f"{_COMPATIBILITY}Choice")
        parent, index = element.getparent(), element.getparent().index(element)
        parent.remove(element)
        for offset, child in enumerate(list(choice) if choice is not None else []):
            parent.insert(index + offset, child)
    return root


def _slide(slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None:
        text = " ".join(line for line in _shape(title._element) if line)
        yield from [f"# {text}", ""] if text else []
    shapes = [s for s in slide.shapes if title is None or s.shape_id != title.shape_id]
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        yield from _shape(shape._element)
        yield ""


def _shape(element: Any) -> Iterator[str]:
    """The lines of a shape, or of the shapes in a group."""
    name = element.tag.rpartition("}")[2]
    placeholder = next((e for e in element.iter() if e.tag.endswith("}ph")), None) if name == "sp" else None
    if placeholder is not None and placeholder.get("type") in _FURNITURE:
        return
    if name == "grpSp":
        members = [e for e in element if e.tag.rpartition("}")[2] in ("sp", "grpSp", "graphicFrame", "pic", "cxnSp")]
        for member in sorted(members, key=_position):
            yield from _shape(member)
    elif name == "sp":
        yield from (line for p in element.iter(f"{_A}p") for line in _paragraph(p))
    elif name == "graphicFrame":
        yield from _frame(element)
    elif name == "pic":
        yield UNREADABLE


def _position(element: Any) -> tuple[int, int]:
    offset = next(element.iter(f"{_A}off"), None)
    return (0, 0) if offset is None else (int(offset.get("y", 0)), int(offset.get("x", 0)))


def _frame(element: Any) -> Iterator[str]:
    table = next(element.iter(f"{_A}tbl"), None)
    if table is None:  # a chart, a diagram or an embedded object
        yield UNREADABLE
        return
    yield ""
    for number, row in enumerate(table.iter(f"{_A}tr")):
        cells = [
            " ".join(line for p in cell.iter(f"{_A}p") for line in _paragraph(p)).replace("|", r"\|")
            for cell in row.iter(f"{_A}tc")
        ]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield f"|{' --- |' * len(cells)}"


def _paragraph(element: Any) -> Iterator[str]:
    """The lines of a paragraph; automatic numbers of a list are not stored, so that its items become bullets."""
    properties = element.find(f"{_A}pPr")
    lines: list[list[Text]] = [[]]
    for child in element:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name == "br":
            lines.append([])
        elif name in ("r", "fld"):
            lines[-1].append(_run(child, lines[-1]))
        else:
            lines[-1] += _equations(child)
    numbered = properties is not None and properties.find(f"{_A}buAutoNum") is not None
    shown = [text for line in lines if (text := read_back(spaced(line)))]
    yield from [f"- {shown[0]}", *shown[1:]] if numbered and shown else shown


def _run(element: Any, before: list[Text]) -> Text:
    text = "".join(t.text or "" for t in element.iter(f"{_A}t"))
    properties = element.find(f"{_A}rPr")
    raised = 0 if properties is None else int(re.sub(r"[^-\d]", "", properties.get("baseline", "0")) or 0)
    if properties is not None and properties.get("strike", "noStrike") != "noStrike" and text.strip():
        return Text(UNREADABLE, UNREADABLE)
    return script("^" if raised > 0 else "_", [Text(text, text)], before) if raised and text else Text(text, text)


def _equations(element: Any) -> list[Text]:
    found = [e for e in element.iter() if e.tag in _MATHS]
    texts: list[Text] = []
    for equation in found:
        try:
            texts.append(formula(omml.to_latex(equation), display=False))
        except EquationError:
            texts.append(Text(UNREADABLE, UNREADABLE))
    return texts
