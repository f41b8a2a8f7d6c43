"""Percentages a second time: what each step says in percent, and the question's own sentence with the answer in it."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, number_of, numbers_of
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import Value, close


def _is_percentage(statement: str, solution: Solution) -> bool:
    """Each "25% of $80 is $20" must hold; a rate must give the part again, a whole the part that is stated."""
    for step in solution.steps:
        said = re.fullmatch(r"([\d.,/]+)% of (.+) is (.+)", step.work)
        if said:
            rate, whole, part = (_bare(text, solution.unit) for text in said.groups())
            if rate * whole / 100 != part:
                return False
    slots = {step.kind: step.slots for step in solution.steps}
    answer = _bare(solution.answer, solution.unit)
    if "percent.whole" in slots:
        return answer * number_of(slots["percent.whole"]["percent"]) / 100 in numbers_of(_plain(statement))
    if "percent.to_decimal" in slots or "percent.over_hundred" in slots:
        return answer * 100 in numbers_of(_plain(statement))
    if solution.answer.endswith("%"):
        ratio = solution.steps[-1].slots
        return close(answer * _bare(ratio["whole"], None) / 100, _bare(ratio["part"], None))
    return True


def _plain(statement: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", statement)


def _bare(text: str, unit: str | None) -> Value:
    """The number of a quantity, without its unit."""
    value = number_of(re.sub(r",(?=\d{3})", "", text.replace(f" {unit}", "") if unit else text))
    return Fraction(value) if isinstance(value, Fraction) else value


CHECKS: dict[str, Check] = {"percent": _is_percentage}
