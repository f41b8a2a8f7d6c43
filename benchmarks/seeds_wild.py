"""How many problems of a folder of files are read right, by a key that people made.

    python benchmarks/seeds_wild.py [DIR] [--show wrong|missed|all]

`DIR/key.jsonl` has a line for each problem that a person reads in the folder's files: `{"file": …, "problem": …,
"value": …}`. "problem" is a short quote that only this problem's statement contains (LaTeX commands and punctuation are
ignored), "value" the right answer as text, or "refuse" for what is ambiguous, damaged or has no single value. A file
`NAME.docx.md` is made into `NAME.docx` first (pptx, odt, epub, rtf, pdf and html with KaTeX's markup too), so that the
material can be read and reviewed. Without DIR: our own material, which was written before anyone looked at what the
product makes of it.

    found     an exercise has the problem's quote, or a refusal names its line
    verified  its answer was computed or checked
    right     the verified answer equals the key's
    wrong     a verified answer differs, stands where the key says "refuse", or belongs to no problem of the key

The exit code is 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.seeds_wild_files import make_files
from canopy_assets.maths.answers import equivalent, infer_kind
from canopy_assets.records import Exercise
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.inbox.registry import SeedFile
from canopy_assets.seeds.reading import reader

OUR_FOLDER = Path(__file__).with_name("seeds_wild")
KEY = "key.jsonl"
REFUSE = "refuse"
MAX_LINES = 8
"""Lines after a refusal's that still belong to it, where no other problem begins before."""
_NAMES = frozenset({"log", "ln", "sin", "cos", "tan", "lim", "pi"})
"""LaTeX commands that plain text writes with the same letters; other commands are signs or layout."""


@dataclass(frozen=True)
class KeyRow:
    """A problem that a person reads in a file. `value` is the right answer, or `REFUSE`."""

    file: str
    problem: str
    value: str


class FileRead(NamedTuple):
    """What a file gave: exercises and refusals, each after its lines, and why the file was quarantined, if it was."""

    exercises: list[tuple[str, Exercise]]
    refusals: list[tuple[str, str]]
    quarantined: str


@dataclass
class Outcome:
    """What the product made of a problem.

    Attributes:
        problem: None for a verified exercise that is none of the key's.
        refusals: why lines of the problem, or the whole file, were not used.
    """

    file: str
    problem: KeyRow | None
    exercises: list[Exercise] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def verified(self) -> list[Exercise]:
        """Its exercises with a verified answer."""
        return [e for e in self.exercises if e.verified]

    @property
    def wrong(self) -> list[Exercise]:
        """Its exercises with a verified answer that the key contradicts."""
        return [e for e in self.verified if self.problem is None or not is_right(e, self.problem.value)]

    @property
    def quote(self) -> str:
        """The key's quote; of an exercise that is not in the key, its statement."""
        return self.problem.problem if self.problem else self.exercises[0].statement


def main() -> int:
    """Prints the counts for each format and in all; returns 1 if a verified exercise is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=OUR_FOLDER, help="a folder with files and key.jsonl")
    parser.add_argument("--show", choices=("wrong", "missed", "all"), help="print these problems, to be read")
    arguments = parser.parse_args()
    outcomes, seconds = measure(arguments.folder)
    for outcome in outcomes:
        if is_shown(outcome, arguments.show):
            print(described(outcome), end="\n\n")
    print(table(outcomes, seconds))
    return int(any(o.wrong for o in outcomes))


def measure(folder: Path, suffixes: Collection[str] | None = None) -> tuple[list[Outcome], dict[str, float]]:
    """Read the files that the key names, as a run does; the outcome of each problem, and the seconds by format.

    Args:
        folder: has the files and `key.jsonl`.
        suffixes: only files with these extensions (".md"); None for all.
    """
    rows = [r for r in read_key(folder) if suffixes is None or Path(r.file).suffix in suffixes]
    outcomes: list[Outcome] = []
    seconds: defaultdict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as made:
        paths = make_files(folder, Path(made), {r.file for r in rows})
        for name in dict.fromkeys(r.file for r in rows):
            began = time.perf_counter()
            read = read_file(paths[name])
            seconds[paths[name].suffix] += time.perf_counter() - began
            outcomes += match(name, [r for r in rows if r.file == name], read)
    return outcomes, seconds


def read_key(folder: Path) -> list[KeyRow]:
    """The rows of a folder's key. Ends the program if there is none, or a row is no row of a key."""
    path = folder / KEY
    if not path.is_file():
        raise SystemExit(f"{path} does not exist: write a line with file, problem and value for each problem")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(KeyRow(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise SystemExit(
                f"{path}, line {number}: {error}: write file, problem and value as a JSON object"
            ) from None
    return rows


def read_file(path: Path) -> FileRead:
    """A file, read as `seed_documents` and `exercises` do."""
    data = path.read_bytes()
    document = reader.read(SeedFile("wild", path, path.name, hashlib.sha256(data).hexdigest(), len(data)))
    if document.state != "read":
        return FileRead([], [], document.reason or "")
    exercises, skipped = extraction.extract(document)
    starts = sorted({e.span.line_start for e in exercises} | {s.line for s in skipped})
    lines = document.text.splitlines()
    refusals = []
    for skip in skipped:
        until = next((start for start in starts if start > skip.line), len(lines) + 1)
        refusals.append(("\n".join(lines[skip.line - 1 : min(until - 1, skip.line + MAX_LINES)]), skip.reason))
    located = [("\n".join(lines[e.span.line_start - 1 : e.span.line_end]), e) for e in exercises]
    return FileRead(located, refusals, "")


def match(file: str, rows: list[KeyRow], read: FileRead) -> list[Outcome]:
    """The outcome of each row, then the verified exercises that are no row's. An exercise belongs to the row with the
    longest quote in its statement: a short quote may stand within another problem. Instructions in other languages are
    stated in English, so that the quote may stand in the file's lines only.
    """
    outcomes = [Outcome(file, row, refusals=[read.quarantined] if read.quarantined else []) for row in rows]
    strangers = []
    for lines, exercise in read.exercises:
        texts = (plain(exercise.statement), plain(lines))
        near = next((found for text in texts if (found := [o for o in outcomes if plain(o.quote) in text])), [])
        if near:
            max(near, key=lambda o: len(plain(o.quote))).exercises.append(exercise)
        elif exercise.verified:
            strangers.append(Outcome(file, None, [exercise]))
    for text, reason in read.refusals:
        for outcome in outcomes:
            if plain(outcome.quote) in plain(text):
                outcome.refusals.append(reason)
    return outcomes + strangers


def is_right(exercise: Exercise, value: str) -> bool:
    """Whether an exercise's answer is the key's value. That an expression is factored or expanded is not checked."""
    if value == REFUSE or exercise.answer is None:
        return False
    return any(equivalent(exercise.answer, value, kind) for kind in (exercise.answer_kind, infer_kind(value)))


def is_shown(outcome: Outcome, show: str | None) -> bool:
    """Whether `--show` asks for this outcome. A problem that the key refuses cannot be missed."""
    missed = not outcome.verified and outcome.problem is not None and outcome.problem.value != REFUSE
    return show == "all" or (show == "wrong" and bool(outcome.wrong)) or (show == "missed" and missed)


def described(outcome: Outcome) -> str:
    """An outcome with the exercises that belong to it, for a person."""
    value = outcome.problem.value if outcome.problem else "not in the key"
    lines = [f"{outcome.file}: {outcome.quote!r}, key: {value}"]
    for e in outcome.exercises:
        verdict = ("WRONG" if e in outcome.wrong else "right") if e.verified else "refused"
        lines.append(f"  {verdict}: {e.statement!r} = {e.answer} [{e.family}; {e.verification}]")
    if not outcome.exercises:
        lines += [f"  {reason}" for reason in outcome.refusals] or ["  nothing was said of it"]
    return "\n".join(lines)


def table(outcomes: list[Outcome], seconds: Mapping[str, float]) -> str:
    """The counts by format, as a Markdown table."""
    lines = ["| format | in the key | found | verified | right | wrong | seconds |", "|---|---|---|---|---|---|---|"]
    for suffix in [*sorted(seconds), ""]:
        counted = [o for o in outcomes if Path(o.file).suffix == (suffix or Path(o.file).suffix)]
        counts = (
            sum(o.problem is not None for o in counted),
            sum(o.problem is not None and bool(o.exercises or o.refusals) for o in counted),
            sum(bool(o.verified) for o in counted),
            sum(bool(o.verified) and not o.wrong for o in counted),
            sum(bool(o.wrong) for o in counted),
        )
        spent = seconds[suffix] if suffix else sum(seconds.values())
        lines.append(f"| {suffix.removeprefix('.') or 'all'} | {' | '.join(map(str, counts))} | {spent:.1f} |")
    valued = [o for o in outcomes if o.problem and o.problem.value != REFUSE]
    right = sum(bool(o.verified) and not o.wrong for o in valued)
    refuse = sum(o.problem is not None for o in outcomes) - len(valued)
    share = f"{right / len(valued):.0%}" if valued else "none"
    return "\n".join(
        [*lines, "", f"The key refuses {refuse}; of the other {len(valued)} {share} are verified and right."]
    )


def plain(text: str) -> str:
    """The letters and digits of a text: the same for `\\frac{3}{4}`, `3/4` and ¾, `x^{2}` and x²."""
    text = re.sub(r"\\([A-Za-z]+)", lambda m: m[1] if m[1] in _NAMES else " ", text)
    text = unicodedata.normalize("NFKC", text).replace("π", "pi")
    return re.sub(r"[\W_]", "", re.sub(r"\b(?:sqrt|frac|dot|begin|end|pmatrix|aligned|align)\b", " ", text)).casefold()


if __name__ == "__main__":
    raise SystemExit(main())
