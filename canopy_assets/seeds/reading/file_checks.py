"""Checks of PDF files and zip archives before any parser opens them."""

from __future__ import annotations

import io
import zipfile

from canopy_assets.seeds.reading.decoding import UnreadableError

MAX_UNPACKED_BYTES = 200 << 20
"""In bytes, for an unpacked archive: ten times the largest file allowed by default."""

MAX_MEMBERS = 5_000
"""How many files may be inside an archive."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PART = {
    ".docx": "word/document.xml",
    ".pptx": "ppt/presentation.xml",
    ".odt": "content.xml",
    ".epub": "META-INF/container.xml",
}
_PROGRAM = {".docx": "Word", ".pptx": "PowerPoint", ".odt": "LibreOffice", ".epub": "the program that made it"}


def check_archive(data: bytes, extension: str) -> None:
    """Refuse a file unless it is a complete Office file, ODT or EPUB of reasonable size without a password.

    Args:
        data: the file's bytes.
        extension: ".docx", ".pptx", ".odt" or ".epub".

    Raises:
        UnreadableError: it is encrypted, in the old format, truncated, another kind of file, or unpacks to too much.
    """
    program = _PROGRAM[extension]
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        what = "it is encrypted: remove the password" if encrypted else "it is in the old binary format: open it"
        raise UnreadableError(f"{what} in {program} and save it as {extension}")
    if not data.startswith(b"PK"):
        raise UnreadableError(
            f"its content is not a {extension} file: save it as {extension} in {program}, or correct its extension"
        )
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, OSError, EOFError):
        raise UnreadableError(f"the file is truncated or damaged: save it again in {program}") from None
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableError(f"it is encrypted: remove the password in {program}")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise UnreadableError(
            f"it unpacks to over {MAX_UNPACKED_BYTES >> 20} MB or {MAX_MEMBERS} parts: remove pictures, or split it"
        )
    if _MAIN_PART[extension] not in {member.filename for member in members}:
        raise UnreadableError(
            f"it has no {_MAIN_PART[extension]}: it is not a {extension} file; save it again in {program}"
        )


def check_pdf(data: bytes) -> None:
    """Refuse a file unless it is a complete PDF.

    Raises:
        UnreadableError: it is another kind of file, or truncated.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableError("its content is not a PDF: export it as PDF, or correct its extension")
    if b"%%EOF" not in data[-4096:]:
        raise UnreadableError("the PDF is truncated (its end-of-file mark is missing): export or copy it again")
