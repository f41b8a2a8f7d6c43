"""Interest a second time: the account is followed year by year."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, number_of
from canopy_assets.curriculum.solution import Solution


def _is_interest(statement: str, solution: Solution) -> bool:
    """The yearly interest of the principal, added up, or joined to the balance each year."""
    first = next(step.slots for step in solution.steps if "percent" in step.slots)
    last = solution.steps[-1].slots
    principal = _amount(first.get("principal") or first["whole"])
    percent, years = _amount(first["percent"]), _amount(last.get("years", "1"))
    earned, balance = Fraction(0), principal
    for _ in range(int(years)):
        earned += principal * percent / 100
        balance += balance * percent / 100
    months = re.search(r"(\d+) months", statement)
    if months is not None and "factor" not in last:
        earned = sum((principal * percent / 100 / 12 for _ in range(int(months[1]))), Fraction(0))
    expected = balance if "factor" in last else earned
    stated = [_amount(n) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", statement)]
    return _amount(solution.answer) == expected and {principal, percent} <= set(stated)


def _amount(text: str) -> Fraction:
    value = number_of(text.replace(",", ""))
    assert isinstance(value, Fraction)
    return value


CHECKS: dict[str, Check] = {"interest": _is_interest}
