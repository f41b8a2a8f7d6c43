"""Reads PDF files by their glyphs: columns in order, running heads and page numbers left out, pages joined."""

from __future__ import annotations

import io
import itertools
import logging
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.decoding import UnreadableError, goes_on
from canopy_assets.seeds.reading.formats.pdf_columns import columns_of
from canopy_assets.seeds.reading.formats.pdf_fractions import with_fractions
from canopy_assets.seeds.reading.formats.pdf_glyphs import Bar, Glyph, Line, Rule, lines_of, mark_overlaps

MAX_PAGES = 500
MAX_GLYPHS = 30_000
"""Of a page. A dense page of print has about 6,000."""

MAX_BARS = 500
"""Of a page. A page with more has drawings or hatchings; further bars are not looked at."""

_MARGIN = 0.12
"""The share of a page's height at its top and bottom in which a running head may stand."""

_PRINTED = re.compile(
    r"(?:https?|file)://\S+|\d{1,2}/\d{1,2}/\d{2,4},?\s+\d{1,2}:\d{2}(?:\s*[AP]M)?.{0,120}", re.IGNORECASE
)
"""What browsers print at the edges of a page."""

_PAGE_NUMBER = re.compile(
    r"(?:page|slide|p\.|seite)?\s*[-–—]?\s*\d{1,3}\s*[-–—]?\s*(?:(?:of|/|von)\s*\d{1,3})?", re.IGNORECASE
)
_SYMBOL_FONT = re.compile(r"cm(?:sy|ex)\d", re.IGNORECASE)
_COMMON_LEVEL = -0.21
"""How far the box of a glyph reaches below the baseline, as a share of its size: that of Helvetica and Times."""

_HEADING = 1.15
"""A line of at least this many times the size of the text is a heading."""

_PART_OF_EXERCISE = re.compile(
    r"(?:\w+\s+)?(?:problem|exercise|question|example|answer|solution|hint|step|task)s?\b", re.IGNORECASE
)
_LOOKS_LIKE_MARKER = re.compile(r"[-+−]?\d{1,3}(?:[.)](?:\s|$)|\s*$)")
_MARKER = re.compile(r"\(?(?:\d{1,3}|[a-h])[.)]\s|[-•–*]\s|[A-Z]")


def to_markdown(data: bytes, seconds: float, extension: str = ".pdf") -> str:
    """A PDF as text.

    Raises:
        UnreadableError: it has too many pages or glyphs, or takes too long.
    """
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    end = time.process_time() + 0.85 * seconds
    pages: list[list[Line | None]] = []
    heights: list[float] = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        if len(document.pages) > MAX_PAGES:
            raise UnreadableError(f"it has {len(document.pages)} pages; a seed may have {MAX_PAGES}: split it")
        for number, page in enumerate(document.pages, 1):
            if time.process_time() > end:
                raise UnreadableError(
                    f"its first {number - 1} of {len(document.pages)} pages took {0.85 * seconds:.0f} s: split it"
                )
            pages.append(_page_lines(page))
            heights.append(float(page.height))
            page.close()
    usual, text = _usual_distance(pages), ""
    sizes = Counter(round(g.size) for lines in pages for line in lines if line for g in line.glyphs)
    body = sizes.most_common(1)[0][0] if sizes else 0
    for lines in _without_furniture(pages, heights, usual):
        text = _appended(text, "\n".join(_with_gaps(lines, usual, body)))
    return text.strip() + "\n"


def _page_lines(page: Any) -> list[Line | None]:
    """The lines of a page in reading order; None where a new column begins."""
    if len(page.chars) > MAX_GLYPHS:
        raise UnreadableError(f"page {page.page_number} has over {MAX_GLYPHS:,} glyphs: simplify it")
    glyphs = list(_glyphs(page))
    glyphs += itertools.islice(_bullets(page, glyphs), MAX_BARS)
    rules = list(itertools.islice(_rules(page), MAX_BARS))
    bars = list(itertools.islice(_bars(page), MAX_BARS))
    borders = [bar for bar in bars if _is_border(bar, rules)]
    glyphs, bars = with_fractions(glyphs, [bar for bar in bars if bar not in borders])
    bars += borders
    lines: list[Line | None] = []
    for column in columns_of(glyphs, bars):
        lines += [*lines_of(column.glyphs, rules, is_table=column.is_table), None]
    mark_overlaps([line for line in lines if line is not None])
    return lines


def _glyphs(page: Any) -> Iterator[Glyph]:
    """The visible glyphs of a page; one that is drawn twice to look bold counts once."""
    seen: set[tuple[str, int, int]] = set()
    height = float(page.height)
    levels = _levels(page.chars)
    for char in page.chars:
        place = (char["text"], round(char["x0"]), round(char["top"]))
        if not char["upright"] or char["size"] < 1 or place in seen or char["text"].isspace():
            continue
        seen.add(place)
        baseline = height - char["matrix"][5] - _rise(char, levels[char["fontname"]])
        text = UNREADABLE if _is_misnamed(char) else _character(char["text"])
        yield Glyph(text, char["x0"], char["x1"], baseline, char["size"])
    for image in page.images:
        width, tall = image["x1"] - image["x0"], image["bottom"] - image["top"]
        is_margin = image["bottom"] < _MARGIN * height or image["top"] > (1 - _MARGIN) * height
        if width > 6 and tall > 6 and not is_margin and width * tall < 0.7 * float(page.width) * height:
            size = min(12.0, tall)
            yield Glyph(UNREADABLE, image["x0"], image["x1"], image["bottom"] - 0.2 * size, size)


def _levels(chars: list[Any]) -> dict[str, float]:
    """For each font, how far its glyphs' boxes reach below the baseline: a share of the size, negative.

    The matrix of a glyph does not contain the rise that a program may set for powers; its box does. Most glyphs of a
    font have no rise.
    """
    counted: dict[str, Counter[float]] = {}
    for char in chars:
        counted.setdefault(char["fontname"], Counter())[round(_level(char), 2)] += 1
    usual = {font: counter.most_common(1)[0][0] for font, counter in counted.items()}
    return {font: level if level <= 0.02 else _COMMON_LEVEL for font, level in usual.items()}


def _level(char: Any) -> float:
    return (char["y0"] - char["matrix"][5]) / max(char["size"], 1)


def _rise(char: Any, level: float) -> float:
    """How far a glyph was raised, in points."""
    rise = (_level(char) - level) * char["size"]
    return rise if abs(rise) > 0.04 * char["size"] else 0.0


def _is_misnamed(char: Any) -> bool:
    """Whether a glyph of TeX's symbol fonts bears the name of a letter: "¡" for a minus, "Z" for an integral."""
    return (
        _SYMBOL_FONT.search(char["fontname"]) is not None
        and re.match(r"[A-Za-z!-/:-@\u00a1-\u00ff]", char["text"]) is not None
    )


def _character(text: str) -> str:
    """A glyph's text: ligatures as letters, what has no character as the mark of something lost."""
    if text.startswith("(cid:") or any(unicodedata.category(c) in ("Cc", "Co", "Cn") or c == "\ufffd" for c in text):
        return UNREADABLE
    if len(text) == 1 and ("\ufb00" <= text <= "\ufb06" or 0x1D400 <= ord(text) <= 0x1D7FF):
        return unicodedata.normalize("NFKC", text)
    return text


def _bars(page: Any) -> Iterator[Bar]:
    for shape in (*page.lines, *page.rects, *page.curves):
        width, tall = shape["x1"] - shape["x0"], shape["bottom"] - shape["top"]
        if tall <= 1.6 and width >= 1.5:
            yield Bar(shape["x0"], shape["x1"], (shape["top"] + shape["bottom"]) / 2)


def _bullets(page: Any, glyphs: list[Glyph]) -> Iterator[Glyph]:
    """The bullets of lists that a program drew as dots: about a third of a letter wide, and as high."""
    size = Counter(round(g.size, 1) for g in glyphs).most_common(1)[0][0] if glyphs else 0.0
    for shape in page.curves:
        width, tall = shape["x1"] - shape["x0"], shape["bottom"] - shape["top"]
        if 0.15 * size < width < 0.6 * size and abs(width - tall) < 0.1 * size:
            yield Glyph("•", shape["x0"], shape["x1"], (shape["top"] + shape["bottom"]) / 2 + 0.32 * size, size)


def _rules(page: Any) -> Iterator[Rule]:
    """The vertical lines of a page, and the sides of boxes."""
    for shape in (*page.lines, *page.rects, *page.curves):
        width, tall = shape["x1"] - shape["x0"], shape["bottom"] - shape["top"]
        if width <= 1.6 and tall >= 6:
            yield Rule((shape["x0"] + shape["x1"]) / 2, shape["top"], shape["bottom"])
        elif shape in page.rects and shape.get("stroke") and tall >= 6:
            yield from (Rule(shape[side], shape["top"], shape["bottom"]) for side in ("x0", "x1"))


def _is_border(bar: Bar, rules: list[Rule]) -> bool:
    """Whether a bar is a side of a box: it ends at a vertical line."""
    return any(r.top - 2 < bar.y < r.bottom + 2 and min(abs(r.x - bar.x0), abs(r.x - bar.x1)) < 1.6 for r in rules)


def _without_furniture(pages: list[list[Line | None]], heights: list[float], usual: float) -> list[list[Line | None]]:
    """The pages without running heads and page numbers.

    Such a line stands in the margin, apart from the text, and is a page number or comes again, but for its number, on
    at least two pages and half of them.
    """
    kept = pages
    for _ in range(2):  # under a running head there may be a page number
        outer = [_outermost(lines, height, usual) for lines, height in zip(kept, heights, strict=True)]
        counted = Counter(pattern for lines in outer for pattern in {_pattern(li.text) for li in lines})
        heads = {p for p, count in counted.items() if len(pages) > 1 and count >= max(2, len(pages) / 2)}
        dropped = [[li for li in lines if _is_furniture(li.text) or _pattern(li.text) in heads] for lines in outer]
        kept = [[li for li in lines if li not in gone] for lines, gone in zip(kept, dropped, strict=True)]
    return kept


def _outermost(lines: list[Line | None], height: float, usual: float) -> list[Line]:
    """The lines at the top and bottom of a page that stand apart in its margins, and are no part of an exercise."""
    placed = sorted((li for li in lines if li is not None), key=lambda li: li.y)
    found: list[Line] = []
    for edge in placed[:1] + placed[-1:]:
        row = [li for li in placed if abs(li.y - edge.y) < 3]
        in_margin = edge.y < _MARGIN * height or edge.y > (1 - _MARGIN) * height
        distance = min((abs(li.y - edge.y) for li in placed if li not in row), default=height)
        if in_margin and distance > 1.3 * (usual or edge.size):
            found += [li for li in row if not _PART_OF_EXERCISE.match(li.text)]
        elif in_margin:
            found += [li for li in row if _PRINTED.fullmatch(li.text)]
    return found


def _is_furniture(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text) or _PRINTED.fullmatch(text))


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _usual_distance(pages: list[list[Line | None]]) -> float:
    """The distance between the lines of a paragraph, in points: the smallest of the three most common ones."""
    pairs = (pair for lines in pages for pair in itertools.pairwise(lines))
    counted = Counter(round(b.y - a.y) for a, b in pairs if a and b and b.y > a.y)
    return min((distance for distance, _ in counted.most_common(3)), default=0)


def _with_gaps(lines: list[Line | None], usual: float, body: float) -> list[str]:
    """The texts of lines, with a blank one where the gap is wider than usual.

    A line with nothing but a number goes on in the one above it, if that is open, and is suspect otherwise.
    """
    texts: list[str] = []
    before: Line | None = None
    for line in lines:
        if line is None:
            continue
        text, last = line.text, texts[-1] if texts else ""
        if before is not None:
            turns = line.y < before.y  # into the next column
            wide = turns or line.y - before.y > max(1.35 * usual, 1.45 * before.size)
            if _LOOKS_LIKE_MARKER.match(text) and goes_on(last) and not last.endswith(":"):
                texts[-1] = f"{last} {text}"
                before = line
                continue
            rows = text.startswith("|") and last.startswith("|")
            if wide and not rows and not (turns and _continues(last, text)):
                texts.append("")
        if line.size >= _HEADING * body and len(text) <= 120 and re.match(r"(?:\d+(?:\.\d+)*\.?\s)?[A-Z]", text):
            text = f"## {text}"
        texts.append(f"{text} {UNREADABLE}" if re.fullmatch(r"[-+−]?\d{1,3}", text) else text)
        before = line
    return texts


def _appended(text: str, more: str) -> str:
    """A page after the pages before it; a sentence that ends on the new page is not interrupted."""
    if not text or not more:
        return text or more
    return text + ("\n" if _continues(text.rpartition("\n")[2], more.partition("\n")[0]) else "\n\n") + more


def _continues(line: str, following: str) -> bool:
    """Whether a line goes on in the first line of the next column or page."""
    return goes_on(line) or not (line.rstrip().endswith((".", "?", "!", ":")) or _MARKER.match(following))
