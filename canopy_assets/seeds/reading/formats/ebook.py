"""Reads EPUB files: web pages in an archive, in the order of its spine."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.formats import web, xml
from canopy_assets.seeds.reading.tree import pandoc
from canopy_assets.seeds.reading.tree.printer import Printer


def to_markdown(data: bytes, seconds: float, extension: str = ".epub") -> str:
    """An EPUB file as Markdown.

    Raises:
        UnreadableError: it is damaged or too large.
    """
    formulas: dict[int, str | None] = {}
    pages: list[bytes] = []
    size = 0
    for name in _spine(data):
        page = xml.part(data, name)
        if page is not None:
            size += len(page)
            if size > web.MAX_CHARACTERS:
                raise UnreadableError(f"its text has over {web.MAX_CHARACTERS >> 20} million characters: split it")
            pages.append(web.prepared(page.decode("utf-8", "replace"), formulas))
    blocks = [block for page in pages for block in pandoc.read(page, web.READER, seconds=seconds)]
    return Printer(formulas).document(blocks)


def _spine(data: bytes) -> list[str]:
    """The names of the pages in reading order."""
    container = xml.parse(xml.part(data, "META-INF/container.xml") or b"")
    package = next((e.get("full-path") for e in container.iter() if str(e.tag).endswith("}rootfile")), None)
    content = xml.part(data, package) if package else None
    if package is None or content is None:
        raise UnreadableError("its list of pages is missing: export it again")
    root = xml.parse(content)
    items = {e.get("id"): e.get("href") for e in root.iter() if str(e.tag).endswith("}item")}
    order = [items.get(e.get("idref")) for e in root.iter() if str(e.tag).endswith("}itemref")]
    folder = posixpath.dirname(package)
    return [posixpath.normpath(posixpath.join(folder, unquote(name))) for name in order if name]
