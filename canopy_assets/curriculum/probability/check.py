"""Probabilities a second time: times all outcomes they must give the wanted ones, by the statement's counts."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations, product

from canopy_assets.curriculum.checking import Check, number_of, numbers_of
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import digits_for_words


def _is_probability(statement: str, solution: Solution) -> bool:
    steps = {step.kind: step for step in solution.steps}
    answer = number_of(solution.answer)
    if "probability.complement" in steps:
        slots = steps["probability.complement"].slots
        return answer + number_of(slots["given"]) == number_of(slots["certain"])
    ratio = steps["probability.ratio"].slots
    wanted, total = int(ratio["favourable"]), int(ratio["total"])
    if "probability.total" in steps:
        counts = [Fraction(n) for n in re.findall(r"\d+", steps["probability.total"].work)][:-1]
        stated = [*numbers_of(digits_for_words(statement)), Fraction(1)]
        if sum(counts) != total or any(count not in stated for count in counts):
            return False
    return answer * total == wanted


def _is_counted(statement: str, solution: Solution) -> bool:
    """All outcomes are listed and counted: the rows of heads and tails, or the pairs of things."""
    first = solution.steps[0]
    if first.kind == "probability.repeated":
        times = int(first.slots["times"])
        rows = list(product("ht", repeat=times))
        same = sum(set(row) == {"h"} for row in rows)
        at_least = solution.steps[-1].kind == "probability.complement"
        wanted = len(rows) - same if at_least else same
        return number_of(solution.answer) * len(rows) == wanted and at_least == ("least" in statement.lower())
    slots = next(step.slots for step in solution.steps if step.kind == "probability.second_draw")
    wanted, total = int(slots["favourable"]), int(slots["total"])
    pairs = list(combinations(range(total), 2))
    stated = re.search(rf"(\d+) {slots['colour']}", digits_for_words(statement))
    hits = sum(high < wanted for _, high in pairs)
    return number_of(solution.answer) * len(pairs) == hits and stated is not None and int(stated[1]) == wanted


CHECKS: dict[str, Check] = {"probability": _is_probability, "several_chances": _is_counted}
