"""Reads reStructuredText, Org and Typst: pandoc knows their mathematics."""

from __future__ import annotations

import re

from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer

MAX_CHARACTERS = 2 << 20

_READERS = {".rst": "rst", ".org": "org"}
_TYPST_FORMULA = re.compile(r"`+[^`]*`+|//[^\n]*|/\*.*?\*/|\\.|\$(?P<formula>(?:[^$\\]|\\.)*)\$", re.DOTALL)


def to_markdown(data: bytes, seconds: float, extension: str) -> str:
    """A text in one of these languages as Markdown.

    Raises:
        UnreadableError: it is not well-formed, or too large.
    """
    if len(data) > MAX_CHARACTERS:
        raise UnreadableError(f"it has over {MAX_CHARACTERS >> 20} million characters: split it")
    if extension == ".typ":
        return _typst(data.decode(), seconds)
    return Printer().document(pandoc.read(data, _READERS[extension], seconds=seconds))


def _typst(source: str, seconds: float) -> str:
    """Typst: pandoc evaluates the document and drops what it cannot, so that its formulas are read by themselves."""
    found: list[str] = []

    def marked(match: re.Match[str]) -> str:
        if match["formula"] is None:
            return match[0]
        found.append(match["formula"])
        return pandoc.mark(len(found) - 1)

    blocks = pandoc.read(_TYPST_FORMULA.sub(marked, source).encode(), "typst", seconds=seconds)
    return Printer(_typst_formulas(found, seconds)).document(blocks)


def _typst_formulas(found: list[str], seconds: float) -> dict[int, str | None]:
    """The LaTeX of Typst's formulas; None for one that pandoc does not understand, and for all if it stops at one."""
    formulas: dict[int, str | None] = dict.fromkeys(range(len(found)))
    page = "\n\n".join(f"{pandoc.mark(i)} ${' '.join(body.split())}$" for i, body in enumerate(found))
    try:
        blocks = pandoc.read(page.encode(), "typst", seconds=seconds) if found else []
    except UnreadableError:
        return formulas
    for block in blocks:
        inlines = block.get("c") if block["t"] in ("Para", "Plain") else []
        number = next((pandoc.MARK.fullmatch(i["c"]) for i in inlines if i["t"] == "Str"), None)
        latex = [i["c"][1] for i in inlines if i["t"] == "Math"]
        if number and len(latex) == 1:
            formulas[int(number[1])] = latex[0]
    return formulas
