"""What was found in a seed and what was not used, with lines and reasons, for the UI and the command line.

The rows of `exercises` hold the exercises. What became none is stored with them, in the metadata of the table's schema.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from canopy_assets.records import SeedDocument, Skipped
from canopy_assets.seeds.exercises.prose.lines import LINE_CLASSES, Line

_KEY = b"canopy.findings"
_MAX_TEXT = 160
"""In characters: how much of a line is kept beside its number."""
_MAX_LISTED = 2_000
"""How many unexplained lines are kept with their text; the number of all of them is kept as well."""
_WRONG = re.compile(r"stated answer .* is wrong", re.DOTALL)
_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’|'[^']*'|\b\d+\b")


@dataclass(frozen=True)
class Problem:
    """What reads as a problem, and what became of it.

    Attributes:
        line: where it begins.
        text: the problem as it was read, or the line where it begins if it could not be used.
        verified: whether its answer is verified.
        reason: how it was verified, or why not.
    """

    line: int
    text: str
    verified: bool
    reason: str


@dataclass(frozen=True)
class Refusals:
    """The problems that were refused for the same reason, and the lines where they begin."""

    reason: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Unused:
    """What a seed states that became no exercise.

    Attributes:
        skipped: the parts that were not used: line, text, reason.
        unexplained: lines with figures or a task verb that belong to no problem; the first 2,000 of them.
        classes: how many lines there are of each class; empty for a file of rows.
    """

    skipped: tuple[Problem, ...]
    unexplained: tuple[tuple[int, str], ...]
    classes: dict[str, int]


def unused_parts(document: SeedDocument, skipped: Sequence[Skipped], lines: Sequence[Line] = ()) -> Unused:
    """Collect what became no exercise.

    Args:
        document: the seed's text.
        skipped: what was not used, those that the reader skipped included.
        lines: the classified lines of a document; none for a file of rows.
    """
    beginning = _beginnings(document, lines)
    parts = [Problem(s.line, beginning.get(s.line, ""), False, s.reason) for s in skipped]
    unexplained = [(line.number, _shortened(line.text)) for line in lines if line.kind == "unexplained"]
    counts = Counter(line.kind for line in lines)
    return Unused(tuple(parts), tuple(unexplained[:_MAX_LISTED]), {k: counts[k] for k in LINE_CLASSES if counts[k]})


def with_unused(table: pa.Table, unused: Unused) -> pa.Table:
    """The table of a seed's exercises, with what became none."""
    stored = json.dumps(asdict(unused), ensure_ascii=False).encode()
    return table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: stored})


def unused_of(table: pa.Table) -> Unused | None:
    """What was stored by `with_unused`; None for a table of an earlier version."""
    stored = (table.schema.metadata or {}).get(_KEY)
    if stored is None:
        return None
    value: dict[str, Any] = json.loads(stored)
    return Unused(
        tuple(Problem(**p) for p in value["skipped"]),
        tuple((line, text) for line, text in value["unexplained"]),
        value["classes"],
    )


def problems_of(table: pa.Table, unused: Unused) -> list[Problem]:
    """All problems of a seed by line: its exercises, and what became none."""
    columns = ("span", "statement", "verified", "verification")
    rows = zip(*(table.column(name).to_pylist() for name in columns), strict=True)
    found = [Problem(span["line_start"], statement, verified, why) for span, statement, verified, why in rows]
    return sorted([*found, *unused.skipped], key=lambda p: p.line)


def refusals(problems: Iterable[Problem]) -> list[Refusals]:
    """The problems that are not verified by reason, the commonest first.

    Reasons that differ only in what they quote are one: "the word … was not understood".
    """
    lines: dict[str, list[int]] = {}
    shown: dict[str, set[str]] = {}
    for problem in problems:
        if not problem.verified:
            kind = "a stated answer is wrong" if is_wrong_answer(problem) else _QUOTED.sub("…", problem.reason)
            lines.setdefault(kind, []).append(problem.line)
            shown.setdefault(kind, set()).add(problem.reason)
    ordered = sorted(lines, key=lambda kind: (-len(lines[kind]), lines[kind][0]))
    return [Refusals(min(shown[k]) if len(shown[k]) == 1 else k, tuple(lines[k])) for k in ordered]


def is_wrong_answer(problem: Problem) -> bool:
    """Whether the answer that the document states was found to be wrong."""
    return not problem.verified and _WRONG.match(problem.reason) is not None


def _beginnings(document: SeedDocument, lines: Sequence[Line]) -> dict[int, str]:
    """How the text at each line begins. A label alone on its line goes on with the problem below it."""
    texts = {number: line.strip("#> *") for number, line in enumerate(document.text.split("\n"), 1)}
    last = 0
    for line in lines:
        goes_on = line.kind == "part" and not line.text.lstrip().startswith("#")  # a heading is about what is below it
        last = line.number if line.kind == "problem" else last if goes_on else 0
        if last and line.kind == "part" and len(texts[last]) < _MAX_TEXT:
            texts[last] += f" {texts[line.number]}"
    return {number: _shortened(text) for number, text in texts.items()}


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
