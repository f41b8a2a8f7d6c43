"""Problems in the manner of public worksheets: what is read has the right answer, and most is read.

`worksheets/*.jsonl` have a statement and its answer on each line. The answer is null where another wording ("half of",
"rounded", "and f(3)") asks for something that is not computed: such a problem must be refused. The files were written
before anyone looked at what the families make of them; `_b` was kept away while the grammars were written.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.answers import equivalent

FOLDER = Path(__file__).with_name("worksheets")
LEAST_RIGHT = {"geometry_to_functions_a": 72, "geometry_to_functions_b": 57, "geometry_to_functions_c": 73}
MEANINGFUL = Path(__file__).with_name("meaningful_words.txt").read_text(encoding="utf-8").split("\n")
STRIDE = 127
RIGHT_WITH_IT = {"both", "each"}
"""Beside two points or the side of a square these change nothing."""


@cache
def rows(name: str) -> tuple[tuple[str, str | None, Solution | None], ...]:
    """Each statement of a file with its answer and its solution."""
    lines = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return tuple((line["statement"], line["answer"], recognise(line["statement"])) for line in lines)


def test_every_file_is_looked_at() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == LEAST_RIGHT.keys()


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_no_answer_is_wrong_and_most_problems_are_read(name: str) -> None:
    right, wrong = 0, []
    for statement, answer, solution in rows(name):
        if solution is None:
            continue
        if answer is not None and equivalent(solution.answer, answer, solution.answer_kind):
            right += 1
        else:
            wrong.append((statement, solution.answer))
    assert wrong == []
    assert right >= LEAST_RIGHT[name]


def test_a_meaningful_word_refuses_or_changes_the_answer() -> None:
    solved = [(statement, s.answer) for name in LEAST_RIGHT for statement, _, s in rows(name) if s]
    insertions = [
        (statement, answer, word, place)
        for statement, answer in solved
        for word in MEANINGFUL
        for place in range(len(statement.split()) + 1)
        if word and word not in RIGHT_WITH_IT
    ]
    kept = []
    for statement, answer, word, place in insertions[::STRIDE]:
        parts = statement.split()
        changed = " ".join([*parts[:place], word, *parts[place:]])
        solution = recognise(changed)
        if solution and solution.answer == answer:
            kept.append(changed)
    assert len(insertions[::STRIDE]) > 800
    assert kept == []
