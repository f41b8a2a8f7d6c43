"""Way, time and speed a second time: speed × time must be the way, with the statement's numbers."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check
from canopy_assets.curriculum.solution import Solution


def _is_motion(statement: str, solution: Solution) -> bool:
    slots, missing = solution.steps[0].slots, solution.steps[0].kind.removeprefix("motion.")
    name = "way" if missing == "distance" else missing
    values = {key: _first(slots[key]) for key in ("way", "time", "speed") if key in slots} | {
        name: _first(solution.answer)
    }
    return values["speed"] * values["time"] == values["way"]


def _first(text: str) -> Fraction:
    """The number at the beginning of "7/2 hours", "1,200 km"."""
    match = re.match(r"[\d.,]*\d(?:/\d+)?", text)
    assert match
    return Fraction(match[0].replace(",", ""))


CHECKS: dict[str, Check] = {"motion": _is_motion}
