"""Documents as Markdown: how each format is decoded, checked and converted."""

from __future__ import annotations

from collections.abc import Callable

from canopy_assets.seeds.reading import conversion, file_checks, markdown, notebook
from canopy_assets.seeds.reading.decoding import decode, decode_html, normalize


def _markdown(data: bytes) -> str:
    return markdown.canonical(normalize(decode(data)))


def _text(data: bytes) -> str:
    return markdown.powers(normalize(decode(data)))


def _notebook(data: bytes) -> str:
    return markdown.canonical(normalize(notebook.to_markdown(decode(data))))


def _html(data: bytes) -> str:
    return normalize(conversion.convert(decode_html(data).encode(), ".html"))


def _pdf(data: bytes) -> str:
    file_checks.check_pdf(data)
    return normalize(conversion.convert(data, ".pdf"))


def _archive(extension: str) -> Callable[[bytes], str]:
    """A reader of a zip archive: an Office file, ODT or EPUB."""

    def read(data: bytes) -> str:
        file_checks.check_archive(data, extension)
        return normalize(conversion.convert(data, extension))

    return read


def _source(extension: str) -> Callable[[bytes], str]:
    """A reader of a text in a markup language."""
    return lambda data: normalize(conversion.convert(normalize(decode(data)).encode(), extension))


READERS: dict[str, Callable[[bytes], str]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".ipynb": _notebook,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _archive(".docx"),
    ".pptx": _archive(".pptx"),
    ".odt": _archive(".odt"),
    ".epub": _archive(".epub"),
    ".rtf": _source(".rtf"),
    ".tex": _source(".tex"),
    ".rst": _source(".rst"),
    ".org": _source(".org"),
    ".typ": _source(".typ"),
}
"""From a file's bytes to Markdown, by extension. Each raises `UnreadableError` for what it cannot read."""
