"""The glyphs of a PDF page on lines of text: raised ones as powers, lowered ones as indices, bars as fractions.

A PDF stores where each glyph stands and nothing else. Positions are in points, y grows downwards. The baseline and the
size of a glyph decide what it is; where they leave two readings open, the mark of a lost equation stands.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.maths.glyphs import UNREADABLE

_SMALL = 0.85
"""A glyph of at most this share of its neighbours' size may be a power or an index. TeX sets 0.7, Word 0.65."""

_RAISED, _LOWERED = 0.15, 0.08
"""How far the baseline of a power lies above that of its base, and of an index below, as shares of the size."""

_WORD_GAP = 0.15
"""A gap of this share of the size is a space. TeX's smallest space between words is 0.22, kerning is below 0.1."""


@dataclass(frozen=True)
class Glyph:
    """A character or a fraction on a page.

    Attributes:
        text: what it shows.
        x0, x1: its left and right end.
        y: its baseline.
        size: the size of its font.
        is_fraction: whether it is a fraction that was put together.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    is_fraction: bool = False

    @property
    def top(self) -> float:
        """About the upper end of a digit."""
        return self.y - 0.75 * self.size


@dataclass(frozen=True)
class Bar:
    """A thin horizontal line: of a fraction, a root, a table, or under a text."""

    x0: float
    x1: float
    y: float


@dataclass
class Line:
    """Glyphs on a baseline, from left to right; `is_row` for a row of a table."""

    glyphs: list[Glyph]
    y: float
    size: float

    @property
    def x0(self) -> float:
        """Its left end."""
        return min(g.x0 for g in self.glyphs)

    @property
    def x1(self) -> float:
        """Its right end."""
        return max(g.x1 for g in self.glyphs)

    is_row: bool = False

    @property
    def text(self) -> str:
        """The line as text; the cells of a table's row between bars."""
        if not self.is_row:
            return " ".join(rendered(self.glyphs).split())
        cells: list[list[Glyph]] = [[]]
        for glyph in self.glyphs:
            if cells[-1] and glyph.x0 - max(g.x1 for g in cells[-1]) > self.size:
                cells.append([])
            cells[-1].append(glyph)
        return f"| {' | '.join(' '.join(rendered(cell).split()) for cell in cells)} |"


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
        elif below and not above and min(g.top for g in below) < bar.y + 0.35 * below[0].size:
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


def _under_bar(glyphs: list[Glyph], bar: Bar, below: list[Glyph]) -> list[Glyph]:
    """What stands under a bar: the radicand of a root, or digits that repeat or a segment, which text cannot say."""
    root = next((g for g in glyphs if g.text in "√" and abs(g.x1 - bar.x0) < 0.3 * g.size and g not in below), None)
    rest = [g for g in glyphs if g not in below and g is not root]
    text = " ".join(rendered(below).split())
    size = max(g.size for g in below)
    y = Counter(g.y for g in below if g.size == size).most_common(1)[0][0]
    shown = f"√({text})" if root is not None else UNREADABLE
    return [*rest, Glyph(shown, root.x0 if root else bar.x0, bar.x1, y, size)]


def lines_of(glyphs: list[Glyph], *, is_table: bool = False) -> list[Line]:
    """The lines of a column, or the rows of a table, from top to bottom."""
    lines: list[Line] = []
    visible = [g for g in glyphs if g.text.strip()]
    for glyph in sorted(visible, key=lambda g: (g.is_fraction, -round(g.size, 1), g.y, g.x0)):
        line = next((li for li in lines if _belongs(glyph, li)), None)
        if line is None:
            lines.append(Line([glyph], glyph.y, glyph.size))
        else:
            line.glyphs.append(glyph)
    for line in lines:
        line.glyphs.sort(key=lambda g: (g.x0, g.x1))
        line.is_row = is_table
    lines = _with_limits(sorted(lines, key=lambda li: (li.y, li.x0)))
    return _checked(lines)


def _belongs(glyph: Glyph, line: Line) -> bool:
    """Whether a glyph stands on a line, or is a power or an index on it.

    Glyphs come by size, the largest first, so that a line knows its baseline before a power asks for its place.
    """
    offset = line.y - glyph.y  # positive: above the line
    if abs(offset) < 0.12 * glyph.size:
        return True
    if not -0.45 * line.size < offset < 0.75 * line.size:
        return False
    if glyph.is_fraction:
        return abs(offset) < 0.4 * line.size
    # A power stands close behind its base, or behind another glyph of the power.
    return any(-0.3 * line.size < glyph.x0 - g.x1 < 0.35 * line.size for g in line.glyphs if g is not glyph) and (
        glyph.size <= _SMALL * line.size or abs(offset) > 0.2 * line.size
    )


def _with_limits(lines: list[Line]) -> list[Line]:
    """Lines with what stands small over or under an operator: "lim" over "x → 3" is lim_(x → 3)."""
    kept: list[Line] = []
    for line in lines:
        host = next((o for o in lines if o is not line and _is_limit(line, o)), None)
        if host is None:
            kept.append(line)
            continue
        index = next((i for i, g in enumerate(host.glyphs) if g.x0 >= line.x0 - host.size * 0.5), len(host.glyphs))
        word = rendered(host.glyphs[max(0, index - 1) : index + 3]).replace(" ", "")
        if "lim" in word and line.y > host.y:
            end = next(i for i in range(max(0, index - 1), len(host.glyphs)) if host.glyphs[i].text == "m") + 1
            last = host.glyphs[end - 1]
            text, place = f"_({line.text}) ", end
            host.glyphs.insert(place, Glyph(text, last.x1, last.x1, host.y, host.size))
        else:
            host.glyphs.insert(index, Glyph(UNREADABLE, line.x0, line.x0, host.y, host.size))
    return kept


def _is_limit(line: Line, host: Line) -> bool:
    inside = host.x0 - host.size < line.x0 and line.x1 < host.x1 + host.size
    near = abs(line.y - host.y) < 1.25 * host.size
    return line.size <= _SMALL * host.size and inside and near and line.x1 - line.x0 < 8 * host.size


def _checked(lines: list[Line]) -> list[Line]:
    """Lines that overlap are parts of a formula that was not understood: both get the mark of a lost equation."""
    for upper, lower in itertools.pairwise(lines):
        size = min(upper.size, lower.size)
        overlaps = upper.x0 < lower.x1 and lower.x0 < upper.x1
        if overlaps and lower.y - upper.y < 0.8 * size:
            for line in (upper, lower):
                line.glyphs.append(Glyph(UNREADABLE, line.x1, line.x1, line.y, line.size))
    return lines


def rendered(glyphs: Sequence[Glyph]) -> str:
    """Glyphs as text, from left to right, powers as "^2" and indices as "_1"."""
    ordered = sorted((g for g in glyphs if g.text.strip()), key=lambda g: (g.x0, g.x1))
    if not ordered:
        return ""
    size = max(g.size for g in ordered)
    bases = [g for g in ordered if g.size > _SMALL * size and not g.is_fraction] or ordered
    y = Counter(round(g.y, 1) for g in bases).most_common(1)[0][0]
    parts: list[tuple[str, list[Glyph]]] = []
    for glyph in ordered:
        kind = _kind(glyph, size, y)
        if kind != "base" and parts and parts[-1][0] != "base":
            same = next((p for p in parts[-2:] if p[0] == kind), None)
            if same:
                same[1].append(glyph)
            else:
                parts.append((kind, [glyph]))
        else:
            parts.append((kind, [glyph]))
    return _joined(parts, size)


def _kind(glyph: Glyph, size: float, y: float) -> str:
    offset = y - glyph.y
    small = glyph.size <= _SMALL * size
    if glyph.is_fraction and abs(offset) < 0.3 * size:
        return "base"
    if offset > (_RAISED if small else 0.2) * size:
        return "^"
    if offset < -(_LOWERED if small else 0.2) * size:
        return "_"
    return "base"


def _joined(parts: list[tuple[str, list[Glyph]]], size: float) -> str:
    text, end = "", parts[0][1][0].x0
    for index, (kind, group) in enumerate(parts):
        first = group[0]
        following = parts[index + 1] if index + 1 < len(parts) else None
        gap = first.x0 - end > _WORD_GAP * size
        if kind == "base":
            text += " " if gap and text else ""
            text += _fraction_on_line(first, text, following, size) if first.is_fraction else first.text
        else:
            text += _script(kind, rendered(group), text, gap, following, end)
        end = max(end, *(g.x1 for g in group))
    return text


def _fraction_on_line(glyph: Glyph, before: str, following: tuple[str, list[Glyph]] | None, size: float) -> str:
    """A fraction among its neighbours: 3 1/2 is a mixed number, (1/2)x and x(1/2) are products."""
    after = following[1][0] if following else None
    near = after is not None and after.x0 - glyph.x1 < 0.3 * size
    multiplies = (
        near and following is not None and (following[0] != "base" or after.text[0].isalnum() or after.text[0] == "(")
    )  # type: ignore[union-attr]
    number = re.fullmatch(r"[0-9]+/[0-9]+", glyph.text) is not None
    if before.rstrip()[-1:].isdigit() and number and not multiplies:
        return f"{'' if before.endswith(' ') else ' '}{glyph.text}"
    touches = before[-1:].isalnum() or before[-1:] == ")"
    return f"({glyph.text})" if multiplies or touches or before.rstrip()[-1:] in ("/", "÷") else glyph.text


def _script(kind: str, text: str, before: str, gap: bool, following: tuple[str, list[Glyph]] | None, end: float) -> str:
    text = " ".join(text.split())
    if text in ("st", "nd", "rd", "th", "°", "º", "◦", "o", "'", "′", "∗", "*"):
        return {"◦": "°", "o": "°", "º": "°"}.get(text, text)
    if gap or not (before[-1:].isalnum() or before[-1:] in ")]}|'%°"):
        return UNREADABLE  # what is raised here? The order of a root, or the mark of a note
    after = following[1][0] if following and following[1][0].x0 - end < 3 * following[1][0].size else None
    next_character = after.text[0] if after is not None and following is not None and following[0] == "base" else ""
    simple = re.fullmatch(r"[0-9]+|[A-Za-z]", text)
    bare = simple and not (next_character.isdigit() or (text.isalpha() and next_character.isalnum()))
    return kind + (text if bare else f"({text})")
