"""Probabilities a second time: times all outcomes they must give the wanted ones, by the statement's counts."""

from __future__ import annotations

import re
from fractions import Fraction

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


CHECKS: dict[str, Check] = {"probability": _is_probability}
