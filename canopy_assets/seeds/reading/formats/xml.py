"""XML inside zip archives (Office files, ODT, EPUB): parsed without entities and with its size bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from canopy_assets.seeds.reading.decoding import UnreadableError

MAX_PART_BYTES = 30 << 20
"""In bytes, for an unpacked XML part; a novel as .docx has 5 MB."""

MAX_PARAGRAPHS = 20_000
"""Of paragraphs, and as many of table cells. A printed page has about 40."""


def parse(xml: bytes) -> Any:
    """The root of an XML document.

    Raises:
        UnreadableError: it declares entities, is malformed, or is nested deeper than 250 levels.
    """
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    if b"<!DOCTYPE" in xml[:2000].replace(b"\\x00", b"") and b"<!ENTITY" in xml:
        raise UnreadableError("it declares entities, which no Office program writes: save it again")
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"it is damaged ({str(error)[:150]}): save it again") from None


def text_of(root: Any) -> bytes:
    """An XML document as bytes."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def part(data: bytes, name: str) -> bytes | None:
    """A part of an archive; None if it has no such part.

    Raises:
        UnreadableError: it unpacks to too much.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if name not in archive.NameToInfo:
            return None
        if archive.getinfo(name).file_size > MAX_PART_BYTES:
            raise UnreadableError(f"{name} unpacks to over {MAX_PART_BYTES >> 20} MB: split the document")
        return archive.read(name)


def names(data: bytes) -> list[str]:
    """The parts of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def with_parts(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """An archive with some parts replaced, and without pictures, sounds and embedded files, which hold no text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            if item.filename in parts:
                target.writestr(item.filename, parts[item.filename])
            elif item.filename.endswith((".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", "mimetype")):
                if item.file_size > MAX_PART_BYTES:
                    raise UnreadableError(f"{item.filename} unpacks to over {MAX_PART_BYTES >> 20} MB: split it")
                target.writestr(item.filename, source.read(item))
    return out.getvalue()


def refuse_long(xml: bytes, paragraphs: tuple[bytes, ...], cells: tuple[bytes, ...]) -> None:
    """Refuse an XML part with too many paragraphs or cells, which would take minutes.

    Args:
        paragraphs, cells: how the tags of these elements begin.

    Raises:
        UnreadableError: it has too many.
    """
    for tags, what in ((paragraphs, "paragraphs"), (cells, "table cells")):
        count = sum(xml.count(tag + end) for tag in tags for end in (b">", b" ", b"/"))
        if count > MAX_PARAGRAPHS:
            raise UnreadableError(f"it has {count:,} {what}; a seed may have {MAX_PARAGRAPHS:,}: split it")
