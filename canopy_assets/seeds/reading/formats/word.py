"""Reads Word files: pandoc reads their structure, `equations.omml` their equations.

Each equation is replaced by a mark before pandoc sees the file, so that each of them is accounted for afterwards. What
only a picture shows leaves the mark of a lost equation.
"""

from __future__ import annotations

from typing import Any

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.equations import omml
from canopy_assets.seeds.reading.equations.signs import EquationError
from canopy_assets.seeds.reading.formats import xml
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

_MAIN = "word/document.xml"
_PARTS = (_MAIN, "word/footnotes.xml", "word/endnotes.xml")
_MATHS = omml.NAMESPACES
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def to_markdown(data: bytes, seconds: float, extension: str = ".docx") -> str:
    """A Word file as Markdown.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    formulas: dict[int, str | None] = {}
    parts: dict[str, bytes] = {}
    for name in _PARTS:
        content = xml.part(data, name)
        if content is not None:
            xml.refuse_long(content, (b"<w:p",), (b"<w:tc",))
            root = xml.parse(content)
            _Preparation(root, formulas).run()
            parts[name] = xml.text_of(root)
    blocks = pandoc.read(xml.with_parts(data, parts), "docx", seconds=seconds)
    return Printer(formulas).document(blocks)


class _Preparation:
    """Changes a part of a Word file so that pandoc loses nothing of it.

    Attributes:
        root: the part's root element.
        word: the namespace of Word's elements in it.
        formulas: the equations met so far, by the number of their mark.
    """

    def __init__(self, root: Any, formulas: dict[int, str | None]) -> None:
        self.root = root
        self.word = _STRICT if root.tag.startswith(f"{{{_STRICT}}}") else _WORD
        self.formulas = formulas

    def run(self) -> None:
        """Make all changes."""
        self._choose()
        self._lift_text_boxes()
        for namespace in _MATHS:
            for name in ("oMathPara", "oMath"):
                for element in list(self.root.iter(f"{{{namespace}}}{name}")):
                    self._replace(element, self._marks(element))
        self._pictures()
        self._fields()
        self._raised_by_hand()
        self._hidden()

    def _tag(self, name: str) -> str:
        return f"{{{self.word}}}{name}"

    def _choose(self) -> None:
        """Of the alternatives that Word writes for older programs, keep the first, which has the equations."""
        for element in list(self.root.iter(f"{{{_COMPATIBILITY}}}AlternateContent")):
            chosen = next((c for c in element if c.tag.endswith("}Choice")), None)
            kept = list(chosen if chosen is not None else element[0] if len(element) else [])
            parent, index = element.getparent(), element.getparent().index(element)
            _detach(element)
            for offset, child in enumerate(kept):
                parent.insert(index + offset, child)

    def _lift_text_boxes(self) -> None:
        """Put the paragraphs of a text box after the paragraph that it is anchored in."""
        for box in list(self.root.iter(self._tag("txbxContent"))):
            anchor = box
            while anchor is not None and anchor.tag not in (self._tag("p"), self._tag("body")):
                anchor = anchor.getparent()
            holder = box
            while holder is not None and holder.tag not in (self._tag("drawing"), self._tag("pict")):
                holder = holder.getparent()
            if anchor is None or anchor.tag == self._tag("body"):
                continue
            place = anchor
            for child in list(box):
                place.addnext(child)
                place = child
            if holder is not None and holder.getparent() is not None and not _shows_picture(holder):
                _detach(holder)

    def _marks(self, element: Any) -> str:
        """The marks of the equations in an element."""
        inside = [e for e in element.iter() if e.tag in {f"{{{n}}}oMath" for n in _MATHS}]
        marks = []
        for equation in inside or [element]:
            number = len(self.formulas)
            try:
                self.formulas[number] = omml.to_latex(equation)
            except EquationError:
                self.formulas[number] = None
            marks.append(pandoc.mark(number) if self.formulas[number] != "" else "")
            if self.formulas[number] == "":
                del self.formulas[number]
        return " ".join(m for m in marks if m)

    def _replace(self, element: Any, text: str) -> None:
        """Put a text in the place of an element, wherever it stands."""
        parent = element.getparent()
        if parent is None:
            return
        new: Any = self._made("t")
        new.text = text
        new.set(_XML_SPACE, "preserve")
        if parent.tag != self._tag("r"):
            new = self._wrapped("r", new)
        if parent.tag in {self._tag(n) for n in ("body", "tc", "txbxContent", "sdtContent")} and not any(
            c.tag == self._tag("r") for c in parent
        ):
            new = self._wrapped("p", new)
        new.tail = element.tail
        parent.replace(element, new)

    def _made(self, name: str) -> Any:
        return self.root.makeelement(self._tag(name))

    def _wrapped(self, name: str, inner: Any) -> Any:
        outer = self._made(name)
        outer.append(inner)
        return outer

    def _pictures(self) -> None:
        for name in ("drawing", "pict", "object"):
            for element in list(self.root.iter(self._tag(name))):
                self._replace(element, UNREADABLE if _shows_picture(element) else "")

    def _fields(self) -> None:
        """An EQ field draws a formula that is stored nowhere as text."""
        for element in list(self.root.iter(self._tag("instrText"))):
            if (element.text or "").split()[:1] == ["EQ"]:
                self._replace(element, UNREADABLE)

    def _raised_by_hand(self) -> None:
        """Characters that were moved up or down by points are powers and indices, too."""
        for element in list(self.root.iter(self._tag("position"))):
            value = element.get(self._tag("val"), "0")
            if value.lstrip("-").isdigit() and abs(int(value)) >= 4:  # half points
                raised = self._made("vertAlign")
                raised.set(self._tag("val"), "subscript" if value.startswith("-") else "superscript")
                element.getparent().replace(element, raised)

    def _hidden(self) -> None:
        for element in list(self.root.iter(self._tag("vanish"))):
            run = element.getparent().getparent()
            if run is not None and run.tag == self._tag("r") and element.get(self._tag("val")) not in ("0", "false"):
                _detach(run)


def _shows_picture(element: Any) -> bool:
    """Whether a drawing shows a picture, a chart or an embedded object, not only lines around text."""
    shown = {"blip", "imagedata", "OLEObject", "chart", "relIds", "wgp"}
    return any(isinstance(e.tag, str) and e.tag.rpartition("}")[2] in shown for e in element.iter())


def _detach(element: Any) -> None:
    """Take an element out of its parent, and leave the text after it."""
    parent = element.getparent()
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
