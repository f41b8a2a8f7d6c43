"""Finds the columns of a PDF page, so that no line goes on in the text beside it."""

from __future__ import annotations

from dataclasses import dataclass

from canopy_assets.seeds.reading.formats.pdf_glyphs import Bar, Glyph

_GUTTER = 14.0
"""In points: a gap on a line of at least this width may be one between columns."""

_ROW = 3.0
"""In points: baselines that differ by less are those of a row."""


@dataclass(frozen=True)
class Column:
    """Glyphs that are read from top to bottom, or the rows of a table, which are read cell by cell."""

    glyphs: list[Glyph]
    is_table: bool = False


def columns_of(glyphs: list[Glyph], bars: list[Bar]) -> list[Column]:
    """The columns in reading order: what spans the page, then the columns below it from left to right.

    Args:
        bars: thin lines on the page. Where one crosses a gap, the gap is one between cells of a table.
    """
    rows = _rows(glyphs)
    gutter = _gutter(rows)
    if gutter is None:
        return [Column(glyphs)] if glyphs else []
    if any(b.x0 < gutter - _GUTTER and b.x1 > gutter + _GUTTER for b in bars):
        return [Column(glyphs, is_table=True)]
    result: list[Column] = []
    parts: dict[str, list[Glyph]] = {"span": [], "left": [], "right": []}
    for row in [*rows, []]:
        crosses = any(x0 < gutter < x1 for x0, x1 in _runs(row))
        if crosses or not row:
            result += _flushed(parts, ("left", "right"), bars)
            parts["span"] += row
        else:
            result += _flushed(parts, ("span",), bars)
            parts["left"] += [g for g in row if g.x1 <= gutter]
            parts["right"] += [g for g in row if g.x1 > gutter]
    return [*result, *_flushed(parts, ("span",), bars)]


def _flushed(parts: dict[str, list[Glyph]], names: tuple[str, ...], bars: list[Bar]) -> list[Column]:
    """The columns that are complete; there may be columns inside the right one."""
    done: list[Column] = []
    for name in names:
        if parts[name]:
            done += columns_of(parts[name], bars) if name == "right" else [Column(parts[name])]
            parts[name] = []
    return done


def _rows(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs whose baselines are about the same, from top to bottom; powers go with the row below them."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: g.y):
        if rows and glyph.y - rows[-1][0].y < max(_ROW, 0.6 * glyph.size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def _runs(row: list[Glyph]) -> list[tuple[float, float]]:
    """The parts of a row between wide gaps: left and right end of each."""
    runs: list[tuple[float, float]] = []
    for glyph in sorted(row, key=lambda g: g.x0):
        if runs and glyph.x0 - runs[-1][1] < max(_GUTTER, 1.2 * glyph.size):
            runs[-1] = (runs[-1][0], max(runs[-1][1], glyph.x1))
        else:
            runs.append((glyph.x0, glyph.x1))
    return runs


def _gutter(rows: list[list[Glyph]]) -> float | None:
    """The place where most rows have a gap and a text on either side; None if that is no layout in columns."""
    runs = [_runs(row) for row in rows]
    best: tuple[int, float] | None = None
    for x in {b[0] - 1 for row in runs for b in row[1:]}:
        crossed = [any(x0 < x < x1 for x0, x1 in row) for row in runs]
        divided = [row[0][1] < x < row[-1][0] for row in runs if row]
        score = sum(d and not c for d, c in zip(divided, crossed, strict=True)) - sum(crossed) // 2
        if score >= 2 and (best is None or score > best[0]):
            best = (score, x)
    return None if best is None else best[1]
