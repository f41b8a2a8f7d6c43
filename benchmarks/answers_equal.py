"""Compares our equality of answers with that of math-verify, on pairs that people judged.

    python benchmarks/answers_equal.py [PAIRS.tsv]

It prints each pair on which a judge errs, and a table of counts. math-verify is not a dependency of the project:

    pip install 'math-verify[antlr4_13_2]'
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

from canopy_assets.maths.answers import equivalent
from canopy_assets.records import AnswerKind

PAIRS = Path(__file__).with_suffix(".tsv")
KINDS = ("right", "wrongly same", "wrongly different")


class Pair(NamedTuple):
    """Two answers, and whether they are the same."""

    left: str
    right: str
    same: bool
    kind: AnswerKind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="?", type=Path, default=PAIRS, metavar="PAIRS.tsv")
    pairs = list(read_pairs(parser.parse_args().pairs))
    judges: dict[str, Callable[[Pair], bool]] = {"ours": lambda p: equivalent(p.left, p.right, p.kind)}
    try:
        judges["math-verify"] = math_verify_judge()
    except ImportError:
        print("math-verify is not installed: only our own verdicts are shown", file=sys.stderr)
    counts = {name: Counter[str]() for name in judges}
    print(f"{'left':34} {'right':26} {'by people':11}", *(f"{name:12}" for name in judges))
    for pair in pairs:
        verdicts = {name: judge(pair) for name, judge in judges.items()}
        for name, verdict in verdicts.items():
            counts[name][KINDS[0] if verdict == pair.same else KINDS[1] if verdict else KINDS[2]] += 1
        if set(verdicts.values()) != {pair.same}:
            shown = (f"{_word(verdict):12}" for verdict in verdicts.values())
            print(f"{pair.left:34} {pair.right:26} {_word(pair.same):11}", *shown)
    print(f"\n{len(pairs)} pairs, {sum(p.same for p in pairs)} the same")
    for name, found in counts.items():
        print(
            f"{name:12}",
            *(f"{kind} {found[kind]}" for kind in ("right", "wrongly same", "wrongly different")),
            sep="  ",
        )


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a table: left, right, "same" or "different", kind."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Pair(left, right, word == "same", cast(AnswerKind, kind)) for left, right, word, kind in rows]


def math_verify_judge() -> Callable[[Pair], bool]:
    """math-verify as its README says to call it: with formulas between dollar signs.

    Raises:
        ImportError: it is not installed.
    """
    math_verify = importlib.import_module("math_verify")
    configs = [math_verify.LatexExtractionConfig(), math_verify.ExprExtractionConfig()]

    def read(text: str) -> list[object]:
        return math_verify.parse(f"${text}$", extraction_config=configs)

    return lambda pair: bool(math_verify.verify(read(pair.right), read(pair.left)))


def _word(same: bool) -> str:
    return "same" if same else "different"


if __name__ == "__main__":
    main()
