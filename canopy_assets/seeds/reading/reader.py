"""Turns a file's content into text: `read` makes a `SeedDocument` from a seed file.

The extension decides how a file is read: documents become Markdown (`documents`), the rows of JSON and CSV files are
inspected (`rows.table`), and so are the chats of a document that is a transcript (`rows.transcripts`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from canopy_assets.records import DocumentKind, SeedDocument, Skipped, Span
from canopy_assets.seeds.inbox import listing
from canopy_assets.seeds.inbox.registry import SeedChangedError, SeedFile
from canopy_assets.seeds.reading import documents
from canopy_assets.seeds.reading.decoding import UnreadableError, block_spans
from canopy_assets.seeds.rows import table, transcripts

MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".epub": "application/epub+zip",
    ".rtf": "application/rtf",
    ".tex": "application/x-tex",
    ".ipynb": "application/x-ipynb+json",
    ".rst": "text/x-rst",
    ".org": "text/x-org",
    ".typ": "text/x-typst",
    **table.MEDIA_TYPES,
}
"""The media type of each extension that can be read."""


@dataclass(frozen=True)
class _Content:
    """The content of a file, as fields of `SeedDocument`."""

    text: str
    kind: DocumentKind = "prose"
    spans: tuple[Span, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def read(seed_file: SeedFile) -> SeedDocument:
    """Read a seed file.

    No file's content makes this raise. A file that cannot be read is returned as quarantined; `reason` names the file,
    the line where there is one, and the fix. A file of rows with bad lines is read; `skipped` lists them.

    Raises:
        SeedChangedError: the file was removed, or is not the one that was registered; a retry can succeed.
        OSError: this process cannot read it (no permission, or a share or a bucket that fails).
    """
    media_type = MEDIA_TYPES.get(seed_file.path.suffix.lower(), "application/octet-stream")
    content, reason = _Content(""), seed_file.problem
    if reason is None:
        data = _load(seed_file)
        try:
            content = _content(data, seed_file.path.suffix.lower())
        except UnreadableError as error:
            reason = f"{seed_file.name}: {error}"
        except Exception as error:  # an unexpected error of a parser must not stop other files
            reason = (
                f"{seed_file.name}: it could not be read ({type(error).__name__}: {str(error)[:200]}): save it again"
            )
    return SeedDocument(
        seed=seed_file.key,
        name=seed_file.name,
        kind=content.kind,
        media_type=media_type,
        text=content.text,
        digest=seed_file.digest,
        size_bytes=seed_file.size_bytes,
        state="read" if reason is None else "quarantined",
        reason=reason,
        spans=content.spans,
        skipped=content.skipped,
    )


def _load(seed_file: SeedFile) -> bytes:
    """The file's bytes, if they are the registered ones: everything made from them gets the registered version."""
    try:
        data = listing.content(seed_file.path, seed_file.size_bytes)
    except FileNotFoundError:
        raise SeedChangedError(
            f"{seed_file.name} was removed since the inbox was looked at: put it back, or let the next look at the "
            "inbox remove its partition"
        ) from None
    if hashlib.sha256(data).hexdigest() != seed_file.digest:
        raise SeedChangedError(
            f"{seed_file.name} changed since the inbox was looked at: run again when it is complete; the next look at "
            "the inbox registers its new content"
        )
    return data


def _content(data: bytes, extension: str) -> _Content:
    """The content of a file with this extension; raises `UnreadableError` if it cannot be used."""
    if not data:
        raise UnreadableError("the file is empty: write the exercises into it, or remove it")
    if extension in table.MEDIA_TYPES:
        text = table.text_of(data, extension)
        return _Content(text, *table.inspect(text, MEDIA_TYPES[extension]))
    reader = documents.READERS.get(extension)
    if reader is None:
        known = " ".join(MEDIA_TYPES)
        raise UnreadableError(f"the extension {extension or '(none)'!r} is unknown: use one of {known}")
    text = reader(data)
    if not text.strip():
        scanned = ": are its pages pictures? Recognise their text (OCR) first" if extension == ".pdf" else ""
        raise UnreadableError(f"there is no text in it{scanned or ': write the exercises into it, or remove it'}")
    if transcripts.is_transcript(text):
        return _Content(text, *table.inspect(text, MEDIA_TYPES[extension]))
    remark = transcripts.remark(text)
    return _Content(text, "prose", block_spans(text), (remark,) if remark else ())
