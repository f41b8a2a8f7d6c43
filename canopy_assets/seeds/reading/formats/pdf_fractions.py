"""Fractions and roots of a PDF page, put together from a bar and the glyphs over and under it."""

from __future__ import annotations

import re
from collections import Counter

from canopy_assets.maths.glyphs import UNREADABLE
from canopy_assets.seeds.reading.formats.pdf_glyphs import SMALL, Bar, Glyph, rendered


def with_fractions(glyphs: list[Glyph], bars: list[Bar]) -> tuple[list[Glyph], list[Bar]]:
    """The glyphs with fractions and roots put together, and the bars that belong to neither.

    Short bars first: a fraction inside a fraction is whole before the outer one is.
    """
    others: list[Bar] = []
    for bar in sorted(bars, key=lambda b: b.x1 - b.x0):
        above = [g for g in _over(glyphs, bar) if bar.y - 1.5 * g.size < g.y <= bar.y + 0.5]
        below = [g for g in _over(glyphs, bar) if bar.y - 1 <= g.top and g.y < bar.y + 1.6 * g.size]
        if above and below and _is_fraction(glyphs, bar, above, below):
            glyphs = [g for g in glyphs if g not in above and g not in below]
            glyphs.append(_fraction(bar, above, below))
        elif below and not above and _spans(bar, below) and min(g.top for g in below) < bar.y + 0.35 * below[0].size:
            glyphs = _under_bar(glyphs, bar, below)
        else:
            others.append(bar)
    return glyphs, others


def _over(glyphs: list[Glyph], bar: Bar) -> list[Glyph]:
    """The glyphs whose middle lies within the ends of a bar."""
    return [g for g in glyphs if bar.x0 - 1 <= (g.x0 + g.x1) / 2 <= bar.x1 + 1 and abs(g.y - bar.y) < 3 * g.size]


def _is_fraction(glyphs: list[Glyph], bar: Bar, above: list[Glyph], below: list[Glyph]) -> bool:
    """Whether a bar is one of a fraction, not a line under words or between the rows of a table.

    Numerator and denominator stand in the middle of their bar, and nothing beside them continues their lines.
    """
    middle, width = (bar.x0 + bar.x1) / 2, bar.x1 - bar.x0
    for part in (above, below):
        part = [g for g in part if g.text.strip()]
        if not part:
            return False
        x0, x1, size = min(g.x0 for g in part), max(g.x1 for g in part), max(g.size for g in part)
        if abs((x0 + x1) / 2 - middle) > max(1.5, 0.15 * size):
            return False
        baseline = Counter(round(g.y, 1) for g in part).most_common(1)[0][0]
        for g in glyphs:
            beside = g not in part and g.text.strip() and abs(g.y - baseline) < 0.1 * size
            if beside and (0 <= x0 - g.x1 < 0.4 * size or 0 <= g.x0 - x1 < 0.4 * size):
                return False
    widest = max(max(g.x1 for g in p) - min(g.x0 for g in p) for p in (above, below))
    return width < widest + 1.2 * above[0].size


def _fraction(bar: Bar, above: list[Glyph], below: list[Glyph]) -> Glyph:
    top, bottom = (" ".join(rendered(part).split()) for part in (above, below))
    size = max(g.size for g in (*above, *below))
    over = top if re.fullmatch(r"[0-9.,]*[A-Za-z]?(\^[0-9])?", top) else f"({top})"
    under = bottom if re.fullmatch(r"[0-9.,]+|[A-Za-z]", bottom) else f"({bottom})"
    text = UNREADABLE if not top or not bottom else f"{over}/{under}"
    return Glyph(text, bar.x0, bar.x1, bar.y + 0.3 * size, size, is_fraction=True)


def _spans(bar: Bar, part: list[Glyph]) -> bool:
    """Whether a bar is about as long as what stands under it, as that of a root or of a repeating digit is."""
    size = part[0].size
    return abs(min(g.x0 for g in part) - bar.x0) < 0.4 * size and abs(max(g.x1 for g in part) - bar.x1) < 0.4 * size


def _under_bar(glyphs: list[Glyph], bar: Bar, below: list[Glyph]) -> list[Glyph]:
    """What stands under a bar: the radicand of a root, or digits that repeat or a segment, which text cannot say."""
    size = max(g.size for g in below)
    y = Counter(g.y for g in below if g.size == size).most_common(1)[0][0]
    roots = (g for g in glyphs if g.text == "√" and g not in below and abs(g.y - y) < 0.8 * size)
    root = next((g for g in roots if abs(g.x1 - bar.x0) < 0.3 * max(g.size, size)), None)
    order = [] if root is None else [g for g in glyphs if g not in (root, *below) and _is_order(g, root, size)]
    rest = [g for g in glyphs if g not in below and g is not root and g not in order]
    text = " ".join(rendered(below).split())
    shown = f"√({text})" if root is not None and not order else UNREADABLE
    return [*rest, Glyph(shown, root.x0 if root else bar.x0, bar.x1, y, size)]


def _is_order(glyph: Glyph, root: Glyph, size: float) -> bool:
    """Whether a glyph is the small 3 of a cube root."""
    beside = root.x0 - 0.5 * size < (glyph.x0 + glyph.x1) / 2 < root.x1
    return beside and glyph.size <= SMALL * size and 0 < root.y - glyph.y < 1.2 * size
