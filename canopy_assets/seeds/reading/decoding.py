"""Decodes bytes to text, with an error for any byte that does not fit, and normalizes text line by line."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from canopy_assets.records import Span

_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"), " "
)
_INVISIBLE: dict[int, str | None] = dict.fromkeys(
    map(
        ord,
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
        "\u2060\u2061\u2062\u2063\u2066\u2067\u2068\u2069\ufeff",
    )
)
_HYPHENS = {0x2010: "-", 0x2011: "-"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CHARSET = re.compile(
    rb"""
    <meta[^>]{0,200}?
    charset\s*=\s*["']?\s*
    ([A-Za-z0-9_.:-]{1,40})""",
    re.IGNORECASE | re.VERBOSE,
)


_OPEN_END = re.compile(
    r"""
    (?: [=<>≤≥+−–×·÷*/^(,:-]
      | \b(?:and|or|of|the|with|to|is|are|for|by|than|from|in|at|a|an|und|y|et)
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)


class _Signature(NamedTuple):
    """How a kind of binary file begins, and the extension under which it could be read, if there is one."""

    start: bytes
    kind: str
    extension: str | None


_SIGNATURES = (
    _Signature(b"%PDF-", "a PDF", ".pdf"),
    _Signature(b"PK\x03\x04", "a zip or Office file", ".docx or .pptx"),
    _Signature(b"\xd0\xcf\x11\xe0", "an old or encrypted Office file", ".docx or .pptx, saved without a password"),
    _Signature(b"\x89PNG", "a picture", None),
    _Signature(b"\xff\xd8\xff", "a picture", None),
    _Signature(b"GIF8", "a picture", None),
    _Signature(b"\x1f\x8b", "a gzip archive", None),
    _Signature(b"\x7fELF", "a program", None),
)


class UnreadableError(ValueError):
    """A seed that cannot be used; the message names the place and the fix."""


def decode(data: bytes) -> str:
    """Decode a text file: UTF-8 (a byte order mark is allowed), or UTF-16 where a byte order mark says so.

    Raises:
        UnreadableError: it is empty or binary, or a byte does not fit the encoding (with its line).
    """
    if not data.strip():
        raise UnreadableError("the file is empty: write the exercises into it, or remove it")
    _refuse_binary(data)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_strictly(data, "utf-16")
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise UnreadableError(
            f"line {line}: a zero byte: the file is binary, or UTF-16 without a byte order mark: save it as UTF-8 text"
        )
    text = _decode_strictly(data, "utf-8-sig")
    if len(_CONTROL.findall(text)) > max(2, len(text) // 100):
        raise UnreadableError(
            "the file is full of control characters: it is binary, not text: remove it, or export it as text"
        )
    return text


def decode_declared(data: bytes, encoding: str) -> str:
    """Decode text in the encoding that the file itself declares, as HTML does.

    Raises:
        UnreadableError: Python does not know the encoding, or the bytes do not fit it.
    """
    try:
        known = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise UnreadableError(f"the declared encoding {encoding!r} is unknown: save the file as UTF-8") from None
    if not known._is_text_encoding:  # "base64" and the like are codecs, but not encodings of text
        raise UnreadableError(f"the declared encoding {encoding!r} is not a text encoding: save the file as UTF-8")
    return _decode_strictly(data, known.name)


def decode_html(data: bytes) -> str:
    """Decode an HTML file by its byte order mark, its declared charset, or as UTF-8.

    Raises:
        UnreadableError: empty, binary, or wrongly encoded.
    """
    declared = _CHARSET.search(data[:2048])
    encoding = declared.group(1).decode("ascii") if declared else ""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    # A UTF-16 page whose meta tag can be read as ASCII is not UTF-16, so its declaration is wrong.
    plain = marked or not encoding or encoding.lower().replace("-", "") in ("utf8", "utf16", "utf16le", "utf16be")
    return decode(data) if plain or b"\x00" in data else decode_declared(data, encoding)


def normalize(text: str) -> str:
    """Bring text into NFC with "\\n" line ends, plain spaces, and neither invisible nor control characters.

    No line is dropped or joined, so that line numbers are those that an editor shows.
    """
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    return _clean(text)


def normalize_rows(text: str) -> str:
    """Like `normalize`, for JSONL: there only "\\n" ends a line, and a line separator inside a string is content."""
    return _clean(text.replace("\r\n", "\n"))


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text).translate(_SPACES).translate(_INVISIBLE | _HYPHENS)
    # Half of a surrogate pair cannot be encoded as UTF-8, so no Parquet file could hold it.
    return re.sub(r"[\ud800-\udfff]", "\ufffd", _CONTROL.sub("", text))


def line_starts(text: str) -> list[int]:
    """The character offset at which each line begins."""
    return [0, *(m.end() for m in re.finditer("\n", text))]


def goes_on(line: str) -> bool:
    """Whether a line ends in the middle of a sentence or a formula, so that a number below it is no list marker."""
    return _OPEN_END.search(line) is not None


def block_spans(text: str) -> tuple[Span, ...]:
    """The span of each paragraph: a run of lines that are not blank."""
    spans, line, position, start = [], 1, 0, None
    for row in [*text.split("\n"), ""]:
        if row.strip() and start is None:
            start = (line, position)
        elif not row.strip() and start is not None:
            spans.append(Span(start[0], line - 1, start[1], position - 1))
            start = None
        line, position = line + 1, position + len(row) + 1
    return tuple(spans)


def _refuse_binary(data: bytes) -> None:
    for signature in _SIGNATURES:
        if data.startswith(signature.start):
            fix = f"give it the extension {signature.extension}" if signature.extension else "remove it"
            raise UnreadableError(f"its content is {signature.kind}, not text: {fix}")


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableError(
            f"line {line}: byte {error.start + 1} (0x{data[error.start]:02x}) is not "
            f"{encoding.removesuffix('-sig').upper()}: save the file as UTF-8"
        ) from None
