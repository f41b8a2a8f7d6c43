"""Converts HTML, PDF, DOCX and PPTX to Markdown with markitdown, in a separate process.

A crafted file can make a parser loop or use all memory. Therefore `convert` runs this file as an isolated script with
limits on its CPU time and memory, so that such a file cannot block others. The script reads the document from standard
input and opens nothing else: no path, no URL, no plug-in.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

SECONDS = 600
"""Limit on wall-clock and CPU seconds for a document. 100 dense PDF pages took 44 s while both cores were busy."""

MEMORY_BYTES = 3 << 30
"""Limit on the address space of the process. markitdown with its imports maps 0.5 GB before it reads anything."""

MAX_HTML_DEPTH = 1_000
"""Limit on nested open elements. lxml silently drops elements that are nested deeper than about 2,000."""

_REFUSED = 3
"""Exit status of the script when it prints why the document cannot be converted."""

# Elements without an end tag, and elements whose end tag is optional.
_UNNESTED = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp",
}  # fmt: skip
"""Elements of which a page may hold any number without nesting."""

_OPTIONS: dict[str, Any] = {
    # Without marks, powers and indices would be lost. `2*3` and `x_1` must not become `2\\*3` and `x\\_1`.
    "sup_symbol": "<sup>",
    "sub_symbol": "<sub>",
    "escape_asterisks": False,
    "escape_underscores": False,
    "escape_misc": False,
    "strong_em_symbol": "*",
    "bullets": "-",
}
_REASONS = {
    "PDFPasswordIncorrect": "the PDF is encrypted: remove its password and add it again",
    "PDFEncryptionError": "the PDF is encrypted: remove its password and add it again",
    "PDFSyntaxError": "the PDF is damaged: export it again",
    "PSEOF": "the PDF is truncated: export it again",
    "BadZipFile": "the file is truncated or damaged: save it again",
    "MemoryError": "it needs more memory than a seed may take: split the document",
    "RecursionError": "it is nested too deeply: simplify the document",
}


class ConversionError(ValueError):
    """A document that cannot be converted; the message says why and what to do."""


def convert(data: bytes, extension: str, *, seconds: float = SECONDS) -> str:
    """Convert a document in a separate process.

    Args:
        data: the document's bytes.
        extension: ".html", ".pdf", ".docx" or ".pptx". It decides the converter, whatever the content looks like.
        seconds: wall-clock limit.

    Raises:
        ConversionError: the document is damaged or encrypted, or takes too long or too much memory.
    """
    command = [sys.executable, "-I", str(Path(__file__).resolve()), extension]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise ConversionError(f"reading it took longer than {seconds:g} s: split or simplify the document") from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8")
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == _REFUSED and lines:
        raise ConversionError(lines[-1])
    raise ConversionError(
        f"the converter stopped (exit status {done.returncode}): split, simplify or export the document again"
    )


def to_markdown(data: bytes, extension: str) -> str:
    """Convert a document in this process, without limits. Use `convert` for untrusted files.

    Raises:
        Exception: whatever the format's parser raises for a damaged file.
    """
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter, HtmlConverter, PdfConverter, PptxConverter

    converters = {".html": HtmlConverter, ".pdf": PdfConverter, ".docx": DocxConverter, ".pptx": PptxConverter}
    if extension == ".html":
        data = _with_end_tags(data.decode())
    if extension == ".docx":
        _refuse_malformed(data)
    if extension == ".pptx":
        data = _mark_slide_powers(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about falling back to plain text, which is intended
        result = converters[extension]().convert(
            io.BytesIO(data), StreamInfo(extension=extension, charset="utf-8"), **_OPTIONS
        )
    return result.markdown


def reason_of(error: BaseException) -> str:
    """Why a document cannot be converted and what to do, from its parser's error."""
    if isinstance(error, ConversionError):
        return str(error)
    names = [type(e).__name__ for e in (error, error.__cause__, error.__context__, *error.args) if e is not None]
    known = next((_REASONS[name] for name in names if name in _REASONS), None)
    detail = " ".join(str(error).split())[:200]
    return known or f"it is damaged ({type(error).__name__}{': ' if detail else ''}{detail}): export or save it again"


class _Depth(HTMLParser):
    """Counts the elements that are open, and refuses a page with too many."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag not in _UNNESTED
        if self.depth > MAX_HTML_DEPTH:
            raise ConversionError(
                f"line {self.getpos()[0]}: over {MAX_HTML_DEPTH} elements are open: close them, or simplify the page"
            )

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - (tag not in _UNNESTED))


def _with_end_tags(source: str) -> bytes:
    """The page with the end tags that a browser adds: `<li>a<li>b` are two items, but one for markitdown's parser."""
    from lxml import html

    parser = _Depth()
    parser.feed(source)
    parser.close()
    page = html.document_fromstring(source.encode(), html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True))
    return cast(bytes, html.tostring(page, encoding="utf-8"))


def _refuse_malformed(data: bytes) -> None:
    """Raise for malformed XML: markitdown would drop what follows the error, and the loss would go unnoticed."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        etree.fromstring(archive.read("word/document.xml"), etree.XMLParser(resolve_entities=False, no_network=True))


def _mark_slide_powers(data: bytes) -> bytes:
    """Put `<sup>` and `<sub>` around raised and lowered runs of slides: python-pptx's text would lose the level."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if re.fullmatch(r"ppt/slides/slide\d+\.xml", item.filename) and b"baseline=" in content:
                content = _mark_runs(content)
            target.writestr(item, content)
    return out.getvalue()


def _mark_runs(xml: bytes) -> bytes:
    """A slide's XML with the raised and lowered runs marked."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

    namespace = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    for run in root.iterfind(".//a:r", namespace):
        properties, text = run.find("a:rPr", namespace), run.find("a:t", namespace)
        raised = 0 if properties is None else int(re.sub(r"[^-\d]", "", properties.get("baseline", "0")) or 0)
        if raised and text is not None and text.text:
            mark = "sup" if raised > 0 else "sub"
            text.text = f"<{mark}>{text.text}</{mark}>"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _limit_resources() -> None:
    """Limit the memory and CPU time of this process, and write no core dump when it is stopped."""
    try:
        import resource
    except ImportError:  # not a Unix: the wall-clock limit remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> int:
    _limit_resources()
    extension, data = sys.argv[1], sys.stdin.buffer.read()
    try:
        markdown = to_markdown(data, extension)
    except Exception as error:
        print(reason_of(error), file=sys.stderr)
        return _REFUSED
    sys.stdout.buffer.write(markdown.encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
