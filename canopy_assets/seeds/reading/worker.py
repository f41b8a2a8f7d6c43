"""The process that `conversion.convert` starts for each document: reads it from standard input and prints Markdown.

Run as a script: `python -I worker.py EXTENSION SECONDS`. It limits its memory and processor time before it opens
anything, and dies with the process that started it.
"""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path

if __name__ == "__main__":  # an isolated process does not know where the package is
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from canopy_assets.compute.orphans import die_with_parent
from canopy_assets.seeds.reading.conversion import REFUSED
from canopy_assets.seeds.reading.decoding import UnreadableError
from canopy_assets.seeds.reading.limits import limit_resources

MEMORY_BYTES = 600 << 20
"""Limit on the address space of this process. With pandoc's heap, a document takes less than 1 GB."""

_MODULES = {
    ".docx": "word",
    ".odt": "opendocument",
    ".epub": "ebook",
    ".html": "web",
    ".pptx": "slides",
    ".pdf": "pdf",
    ".rtf": "rich_text",
    ".tex": "tex",
    ".rst": "light_markup",
    ".org": "light_markup",
    ".typ": "light_markup",
}
"""In which module of `formats` each extension is read."""

_REASONS = {
    "PDFPasswordIncorrect": "the PDF is encrypted: remove its password and add it again",
    "PDFEncryptionError": "the PDF is encrypted: remove its password and add it again",
    "PDFSyntaxError": "the PDF is damaged: export it again",
    "PSEOF": "the PDF is truncated: export it again",
    "BadZipFile": "the file is truncated or damaged: save it again",
    "MemoryError": "it needs more memory than a seed may take: split the document",
    "RecursionError": "it is nested too deeply: simplify the document",
}


def to_markdown(data: bytes, extension: str, seconds: float) -> str:
    """Convert a document in this process, without limits. Use `conversion.convert` for untrusted files.

    Raises:
        Exception: whatever the format's parser raises for a damaged file.
    """
    module = importlib.import_module(f"canopy_assets.seeds.reading.formats.{_MODULES[extension]}")
    return module.to_markdown(data, seconds, extension)


def reason_of(error: BaseException) -> str:
    """Why a document cannot be converted and what to do, from its parser's error."""
    if isinstance(error, UnreadableError):
        return str(error)
    names = [type(e).__name__ for e in (error, error.__cause__, error.__context__, *error.args) if e is not None]
    known = next((_REASONS[name] for name in names if name in _REASONS), None)
    detail = " ".join(str(error).split())[:200]
    return known or f"it is damaged ({type(error).__name__}{': ' if detail else ''}{detail}): export or save it again"


def _main() -> int:
    extension, seconds = sys.argv[1], float(sys.argv[2])
    die_with_parent()
    limit_resources(memory_bytes=MEMORY_BYTES, seconds=math.ceil(seconds))
    data = sys.stdin.buffer.read()
    try:
        markdown = to_markdown(data, extension, seconds)
    except Exception as error:
        print(reason_of(error), file=sys.stderr)
        return REFUSED
    sys.stdout.buffer.write(markdown.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
