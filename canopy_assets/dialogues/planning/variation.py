"""Makes the same exercise with other numbers and solves it again, so that the model learns the method, not the numbers.

Only the statement's digits change. The solution decides whether a variation is kept: it must belong to the same family,
take about as many steps, and lead to an answer of the same shape and about the same size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import gcd, isqrt
from random import Random
from typing import TYPE_CHECKING

from canopy_assets.dialogues.planning.statements import statement_forms
from canopy_assets.records import Exercise

if TYPE_CHECKING:
    from canopy_assets.curriculum.registry import Solution

_ATTEMPTS = 40
"""A linear equation keeps a whole-number answer in about one of five draws. A draw takes about 0.3 ms."""
_NUMBER = re.compile(r"(?<![\w.,^*])\d+(?:\.\d+)?(?!\d*(?:st|nd|rd|th)\b)(?![\d,]*\d)")
_ANSWER_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Variation:
    """A statement with new numbers and its solution."""

    statement: str
    solution: Solution


@lru_cache(maxsize=8192)
def solve(statement: str) -> Solution | None:
    """The solution of a statement; None where no family solves it. Cached, since a statement is planned many times."""
    from canopy_assets.curriculum.registry import recognise

    return recognise(statement)


@lru_cache(maxsize=8192)
def _solve_redrawn(statement: str) -> Solution | None:
    from canopy_assets.curriculum.registry import recognise_redrawn

    return recognise_redrawn(statement)


def vary(exercise: Exercise, rng: Random) -> Variation | None:
    """The exercise with new numbers. None when its family cannot solve it, or no draw was as simple as the original.

    Args:
        exercise: one whose `family` solves its statement.
        rng: the source of the new numbers.
    """
    original = solve(exercise.statement)
    if original is None or original.family != exercise.family:
        return None
    for _ in range(_ATTEMPTS):
        statement = _redrawn(exercise.statement, rng)
        if statement == exercise.statement or _awkward(exercise.statement, statement):
            continue
        solution = _solve_redrawn(statement)
        if solution is not None and _alike(original, solution):
            return Variation(statement, solution)
    return None


def _redrawn(statement: str, rng: Random) -> str:
    """The statement with other numbers. Equal numbers stay equal, as 2³ · 2⁴ requires."""
    drawn: dict[str, str] = {}

    def replacement(match: re.Match[str]) -> str:
        return drawn.setdefault(match.group(), _another(match.group(), rng))

    return _NUMBER.sub(replacement, statement)


def _awkward(original: str, statement: str) -> bool:
    """Whether no textbook would print it: it has a fraction that can be reduced, or its story no longer makes sense.

    A town that "grows from 400 to 460 people" must still grow, so a story's numbers keep their order of size.
    """
    if any(gcd(int(a), int(b)) > 1 for a, b in re.findall(r"(?<![\d.])(\d+)/(\d+)(?!\d|\.\d)", statement)):
        return True
    return statement_forms(original).math is None and _order(original) != _order(statement)


def _order(statement: str) -> list[int]:
    """The rank by size of each number, in the order of the text."""
    values = [float(n) for n in _NUMBER.findall(statement)]
    return [sorted(set(values)).index(v) for v in values]


def _another(number: str, rng: Random) -> str:
    """A number like this one: tens stay tens, squares often squares, decimals keep their places, 0 and 1 stay."""
    if "." in number:
        places = len(number.split(".")[1])
        scaled = int(_another(number.replace(".", "").lstrip("0") or "0", rng))
        if scaled % 10 == 0 and number[-1] != "0":
            scaled += 5  # 2.5 may become 3.5, but not 3.0
        return f"{scaled / 10**places:.{places}f}"
    value = int(number)
    if value <= 1:
        return number
    root = isqrt(value)
    if root * root == value and rng.random() < 0.5:
        return str(rng.randint(2, root + 3) ** 2)
    unit = next((u for u in (1000, 100, 10, 5) if value % u == 0 and value > u), 1)
    count = value // unit
    spread = max(2, count // 2)
    return str(unit * rng.randint(max(2, count - spread), count + spread))


def _alike(original: Solution, other: Solution) -> bool:
    """Whether two solutions are alike: same family, nearly as many steps, answers of the same shape and similar size.

    If the original has mistakes to plant, the other must have some too.
    """
    return (
        original.family == other.family
        and original.answer_kind == other.answer_kind
        and abs(len(original.steps) - len(other.steps)) <= 1
        and bool(original.misconceptions) == bool(other.misconceptions)
        and _shape(original.answer) == _shape(other.answer)
        and _size(other.answer) <= 4 * max(_size(original.answer), 5)
        and _largest(other) <= 6 * max(_largest(original), 8)
    )


def _shape(answer: str) -> str:
    """The answer with its numbers masked and signs left out. Integers and decimals (by places) get different masks."""
    unsigned = re.sub(r"[−–+\-]\s*", "±", answer.replace("= −", "= ").replace("= -", "= ").lstrip("−-"))
    return _ANSWER_NUMBER.sub(
        lambda m: "#." + "#" * len(m.group().split(".")[1]) if "." in m.group() else "#", unsigned
    )


def _largest(solution: Solution) -> float:
    return max(_size(step.result) for step in solution.steps)


def _size(answer: str) -> float:
    return max((float(n) for n in _ANSWER_NUMBER.findall(answer.replace(",", ""))), default=0.0)
