"""Way, time and speed a second time: speed × time must be the way, with the statement's numbers."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import NUMBER
from canopy_assets.curriculum.units.check import in_base
from canopy_assets.curriculum.units.table import unit_of


def _is_motion(statement: str, solution: Solution) -> bool:
    *before, last = solution.steps
    slots, missing = last.slots, last.kind.removeprefix("motion.")
    if before and sum(in_base(time) for time in _times(statement)) != in_base(slots["time"]):
        return False
    name = "way" if missing == "distance" else missing
    values = {key: _first(slots[key]) for key in ("way", "time", "speed") if key in slots} | {
        name: _first(solution.answer)
    }
    return values["speed"] * values["time"] == values["way"]


def _times(statement: str) -> list[str]:
    """The durations that a statement names, each with its unit: "2 hours", "30 minutes"."""
    named = re.findall(
        rf"({NUMBER}|\d+ \d/\d|\d/\d|\ban?\b)[ -]?(hours?|hrs?|h|min(?:ute)?s?|s(?:ec(?:ond)?s?)?)\b", statement
    )
    return [f"{1 if amount in ('a', 'an') else amount} {unit_of(unit).many}" for amount, unit in named if amount]


def _first(text: str) -> Fraction:
    """The number at the beginning of "7/2 hours", "1,200 km"."""
    match = re.match(r"[\d.,]*\d(?:/\d+)?", text)
    assert match
    return Fraction(match[0].replace(",", ""))


CHECKS: dict[str, Check] = {"motion": _is_motion}
