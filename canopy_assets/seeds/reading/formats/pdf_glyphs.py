"""The glyphs of a PDF page on lines of text: raised ones as powers, lowered ones as indices, bars as fractions.

A PDF stores where each glyph stands and nothing else. Positions are in points, y grows downwards. The baseline and the
size of a glyph decide what it is; where they leave two readings open, the mark of a lost equation stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.maths.glyphs import UNREADABLE

SMALL = 0.85
"""A glyph of at most this share of its neighbours' size may be a power or an index. TeX sets 0.7, Word 0.65."""

_TALL = frozenset("()[]{}|√∫∑∏")
"""Signs that grow with what stands beside them; their size and baseline say nothing about a line."""

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


@dataclass(frozen=True)
class Rule:
    """A thin vertical line, as tables have them between their cells."""

    x: float
    top: float
    bottom: float


@dataclass
class Line:
    """Glyphs on a baseline, from left to right.

    Attributes:
        is_row: whether it is a row of a table without vertical rules.
        cuts: where vertical rules cross it.
    """

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
    cuts: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """The line as text; the cells of a table's row between bars."""
        if not (self.is_row or self.cuts):
            return " ".join(rendered(self.glyphs).split())
        cells: list[list[Glyph]] = [[]]
        for glyph in self.glyphs:
            end = max((g.x1 for g in cells[-1]), default=glyph.x0)
            if cells[-1] and (glyph.x0 - end > self.size or any(end - 1 < x < glyph.x0 + 1 for x in self.cuts)):
                cells.append([])
            cells[-1].append(glyph)
        return f"| {' | '.join(' '.join(rendered(cell).split()) for cell in cells)} |"


def lines_of(glyphs: list[Glyph], rules: Sequence[Rule] = (), *, is_table: bool = False) -> list[Line]:
    """The lines of a column, or the rows of a table, from top to bottom."""
    lines: list[Line] = []
    visible = [g for g in glyphs if g.text.strip()]
    usual = Counter(round(g.size, 1) for g in visible).most_common(1)[0][0] if visible else 0.0

    def order(glyph: Glyph) -> tuple[bool, float, float, float]:
        grown = glyph.text in _TALL and glyph.size > 1.05 * usual
        return glyph.is_fraction or grown, -round(glyph.size, 1), glyph.y, glyph.x0

    for glyph in sorted(visible, key=order):
        # Most glyphs stand on the baseline of the one before them.
        same = bool(lines) and abs(lines[-1].y - glyph.y) < 0.12 * glyph.size
        line = lines[-1] if same else next((li for li in lines if _belongs(glyph, li)), None)
        if line is None:
            lines.append(Line([glyph], glyph.y, glyph.size))
        else:
            line.glyphs.append(glyph)
    for line in lines:
        line.glyphs.sort(key=lambda g: (g.x0, g.x1))
        line.is_row = is_table
        inside = (r.x for r in rules if r.top < line.y - 0.2 * line.size < r.bottom)
        line.cuts = tuple(x for x in inside if line.x0 < x < line.x1)
    return _with_limits(sorted(lines, key=lambda li: (li.y, li.x0)))


def _belongs(glyph: Glyph, line: Line) -> bool:
    """Whether a glyph stands on a line, or is a power or an index on it.

    Glyphs come by size, the largest first, so that a line knows its baseline before a power asks for its place.
    """
    offset = line.y - glyph.y  # positive: above the line
    if abs(offset) < 0.12 * glyph.size:
        return True
    if glyph.text in _TALL and glyph.size > 0.9 * line.size:
        return -0.6 * line.size < offset < 0.9 * line.size and line.x0 - line.size < glyph.x0 < line.x1 + line.size
    if not -0.45 * line.size < offset < 0.75 * line.size:
        return False
    if glyph.is_fraction:
        return abs(offset) < 0.4 * line.size
    # A power stands close behind its base, or behind another glyph of the power.
    return any(-0.3 * line.size < glyph.x0 - g.x1 < 0.35 * line.size for g in line.glyphs if g is not glyph) and (
        glyph.size <= SMALL * line.size or abs(offset) > 0.2 * line.size
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
    if line.size > SMALL * host.size or abs(line.y - host.y) >= 1.25 * host.size:
        return False
    inside = host.x0 - host.size < line.x0 and line.x1 < host.x1 + host.size
    return inside and line.x1 - line.x0 < 8 * host.size


def mark_overlaps(lines: list[Line]) -> None:
    """Put the mark of a lost equation on the lines of a page that are parts of a formula that was not understood.

    Such lines overlap, or one of them has nothing but signs and stands near the other.
    """
    lines = sorted(lines, key=lambda li: (li.y, li.x0))
    suspect: set[int] = set()
    ends = [(line.x0, line.x1) for line in lines]
    for index, upper in enumerate(lines):
        for place in range(index + 1, len(lines)):
            lower = lines[place]
            distance, size = lower.y - upper.y, min(upper.size, lower.size)
            if distance > 2 * max(upper.size, lower.size):
                break
            overlaps = ends[index][0] < ends[place][1] and ends[place][0] < ends[index][1]
            is_lost = any(g.text == UNREADABLE for li in (upper, lower) for g in li.glyphs)
            near = distance < (1.1 if is_lost else 0.8) * size
            if overlaps and (near or not (_has_letters(upper) and _has_letters(lower))):
                suspect |= {index, place}
    for index in suspect:
        line = lines[index]
        line.glyphs.append(Glyph(UNREADABLE, line.x1, line.x1, line.y, line.size))


def _has_letters(line: Line) -> bool:
    return any(c.isalnum() for g in line.glyphs for c in g.text)


def rendered(glyphs: Sequence[Glyph]) -> str:
    """Glyphs as text, from left to right, powers as "^2" and indices as "_1"."""
    ordered = sorted((g for g in glyphs if g.text.strip()), key=lambda g: (g.x0, g.x1))
    if not ordered:
        return ""
    size = max([g.size for g in ordered if g.text not in _TALL] or [g.size for g in ordered])
    bases = [g for g in ordered if g.size > SMALL * size and not g.is_fraction] or ordered
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
    small = glyph.size <= SMALL * size
    if (glyph.is_fraction and abs(offset) < 0.3 * size) or (glyph.text in _TALL and glyph.size > 0.9 * size):
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
            text += UNREADABLE if _is_under_or_over(group, parts[index - 1] if index else None) else ""
            text += _script(kind, rendered(group), text, gap, _next_character(following, group, size))
        end = max(end, *(g.x1 for g in group))
    return text


def _fraction_on_line(glyph: Glyph, before: str, following: tuple[str, list[Glyph]] | None, size: float) -> str:
    """A fraction among its neighbours: 3 1/2 is a mixed number, (1/2)x and x(1/2) are products."""
    multiplies = False
    if following is not None:
        kind, (after, *_) = following
        near = after.x0 - glyph.x1 < 0.3 * size
        multiplies = near and (kind != "base" or after.text[0].isalnum() or after.text[0] == "(")
    number = re.fullmatch(r"[0-9]+/[0-9]+", glyph.text) is not None
    if before.rstrip()[-1:].isdigit() and number and not multiplies:
        return f"{'' if before.endswith(' ') else ' '}{glyph.text}"
    touches = before[-1:].isalnum() or before[-1:] == ")"
    return f"({glyph.text})" if multiplies or touches or before.rstrip()[-1:] in ("/", "÷") else glyph.text


def _is_under_or_over(group: list[Glyph], before: tuple[str, list[Glyph]] | None) -> bool:
    """Whether a small part stands over or under what it follows, not beside it: a fraction whose bar is missing."""
    if before is None or before[0] != "base":
        return False
    base = before[1][-1]
    return group[0].x0 < base.x1 - 0.35 * group[0].size


def _next_character(following: tuple[str, list[Glyph]] | None, group: list[Glyph], size: float) -> str:
    """The character that touches a power or an index on its right; empty if there is a space between them."""
    if following is None or following[0] != "base":
        return ""
    touches = following[1][0].x0 - max(g.x1 for g in group) <= _WORD_GAP * size
    return following[1][0].text[0] if touches else ""


def _script(kind: str, text: str, before: str, gap: bool, next_character: str) -> str:
    text = " ".join(text.split())
    if text in ("st", "nd", "rd", "th", "°", "º", "◦", "∘", "o", "'", "′", "∗", "*"):
        return {"◦": "°", "∘": "°", "o": "°", "º": "°"}.get(text, text)
    if not re.search(r"\w", text) or gap or not (before[-1:].isalnum() or before[-1:] in ")]}|'%°"):
        return UNREADABLE  # what is raised here? The order of a root, or the mark of a note
    simple = re.fullmatch(r"[0-9]+|[A-Za-z]", text)
    bare = simple and not (next_character.isdigit() or (text.isalpha() and next_character.isalnum()))
    return kind + (text if bare else f"({text})")
