"""Several problems on one line: numbered ones in columns, lettered parts one after the other, cells of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from canopy_assets.maths.typography import plain_markdown, split_formulas
from canopy_assets.seeds.exercises.prose.labels import read_exercise_name, read_label
from canopy_assets.seeds.exercises.prose.wording import (
    follows,
    is_bare_mathematics,
    is_later,
    is_premise,
    is_task,
    sets_list,
)

_MARKER = re.compile(
    r"(?:(?<=\s)|^)(?P<bold>\*\*|__|)(?P<open>\(?)(?P<name>\d{1,2}|[a-h]|[ivx]{1,4})(?P<close>[.)])(?P=bold)(?=\s+\S)"
)
_CELL_MARKER = re.compile(r"(?:\*\*|__|)\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)](?:\*\*|__|)")
_WIDE = re.compile(r"\s{2,}$")
_FIRST = ("1", "a", "i")


def split_items(line: str) -> list[str]:
    """The items on a line of Markdown, after what stands before the first of them, if anything does.

    "1) x + 8 = 15    2) x − 4 = 9" has two items; a line that is no more than one thing is returned whole. Markers in
    formulas, and sentences that end in a number ("the sum of 4 and 2. Then …"), separate nothing.
    """
    masked = "".join("\x01" * len(piece) if is_formula else piece for piece, is_formula in split_formulas(line))
    marks = list(_MARKER.finditer(masked))
    if len(marks) < 2:
        return [line]
    for style in dict.fromkeys(map(_style, marks)):
        starts = [m for m in marks if _style(m) == style]
        pieces = _pieces(line, starts)
        if (
            len(starts) > 1
            and _are_items(starts, pieces)
            and _may_precede(line[: starts[0].start()], starts[0]["name"])
        ):
            before = line[: starts[0].start()].strip()
            return [*([before] if before else []), *pieces]
    return [line]


def items_in_cells(cells: Sequence[str]) -> list[str]:
    """The items of a table's row that only arranges them: "| a) | 3x + 5x | b) 7y − 2y |"; empty for any other row."""
    items: list[str] = []
    marker = ""
    for cell in filter(None, (c.strip() for c in cells)):
        if _CELL_MARKER.fullmatch(cell):
            marker = cell
            continue
        text = f"{marker} {cell}".strip()
        if not _MARKER.match(text):
            return []
        items.append(text)
        marker = ""
    return items if not marker else []


def _style(mark: re.Match[str]) -> tuple[str, str, str]:
    """What the markers of one list have in common."""
    kind = "1" if mark["name"].isdigit() else ("a" if len(mark["name"]) == 1 and mark["name"] in "abcdefgh" else "i")
    return mark["open"], mark["close"], kind


def _pieces(line: str, starts: Sequence[re.Match[str]]) -> list[str]:
    ends = [*(m.start() for m in starts[1:]), len(line)]
    return [line[m.start() : end] for m, end in zip(starts, ends, strict=True)]


def _are_items(starts: Sequence[re.Match[str]], pieces: Sequence[str]) -> bool:
    """Whether each piece is a problem, in sequence, or in columns with wide gaps between them."""
    texts = [plain_markdown(piece[m.end() - m.start() :]) for m, piece in zip(starts, pieces, strict=True)]
    if not all(is_bare_mathematics(text) or is_task(text) for text in texts):
        return False
    for i in range(1, len(starts)):
        before, name, wide = starts[i - 1]["name"], starts[i]["name"], _WIDE.search(pieces[i - 1])
        ends = is_bare_mathematics(texts[i - 1]) or texts[i - 1].endswith((".", "?", "!", ";", ","))
        if not (wide and is_later(before, name)) and not (follows(before, name) and (wide or ends)):
            return False
    return True


def _may_precede(text: str, first: str) -> bool:
    """Whether a text may stand before the items of a line: nothing, an instruction, or what the parts ask about."""
    marker = _MARKER.match(text)
    text = plain_markdown(text[marker.end() :] if marker else text)
    if not text:
        return True
    if first not in _FIRST or read_label(text) or read_exercise_name(text):
        return False
    return text.endswith(":") or sets_list(text) or is_premise(text)
