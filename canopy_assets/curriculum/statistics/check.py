"""Means, medians, modes and ranges from the statement's own numbers, by Python's `statistics`."""

from __future__ import annotations

import re
import statistics
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, number_of, numbers_of
from canopy_assets.curriculum.solution import Solution
from canopy_assets.maths.evaluation import close


def _is_mean(statement: str, solution: Solution) -> bool:
    """A mean of the values that were added; a missing value must bring the known ones to the mean."""
    first = solution.steps[0].slots
    if "mean" not in first:
        values = _listed(first["numbers"])
        return close(statistics.mean(values), number_of(solution.answer)) and _are_stated(values, statement)
    known = _listed(solution.steps[1].slots["numbers"])
    mean, missing = number_of(first["mean"]), number_of(solution.answer)
    assert isinstance(missing, Fraction)
    return len(known) + 1 == int(first["count"]) and close(statistics.mean([*known, missing]), mean)


def _is_median(statement: str, solution: Solution) -> bool:
    values = _listed(solution.steps[-1].slots["ordered"])
    return _are_stated(values, statement) and statistics.median(values) == number_of(solution.answer)


def _is_mode(statement: str, solution: Solution) -> bool:
    values = _listed(solution.steps[0].slots["numbers"])
    return _are_stated(values, statement) and statistics.multimode(values) == [number_of(solution.answer)]


def _is_range(statement: str, solution: Solution) -> bool:
    values = _listed(solution.steps[0].slots["numbers"])
    answer = number_of(solution.answer)
    spread = max(a - b for a in values for b in values)
    return _are_stated(values, statement) and spread == answer


def _listed(text: str) -> list[Fraction]:
    """The numbers of "3, 7 and 9"."""
    return [Fraction(str(number_of(number))) for number in re.split(r", | and ", text)]


def _are_stated(values: list[Fraction], statement: str) -> bool:
    """Whether each value stands in the statement as often as it was used."""
    stated = numbers_of(statement)
    return all(stated.count(value) >= values.count(value) for value in set(values))


CHECKS: dict[str, Check] = {"mean": _is_mean, "median": _is_median, "mode": _is_mode, "range": _is_range}
