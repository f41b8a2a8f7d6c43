"""Sequences a second time: the terms are written down one by one."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import accumulate, islice

from canopy_assets.curriculum.checking import Check, number_of
from canopy_assets.curriculum.solution import Solution


def _is_in_sequence(statement: str, solution: Solution) -> bool:
    """The terms that follow from the first by the rule, up to the one that is asked for."""
    kinds = [step.kind.removeprefix("sequence.") for step in solution.steps]
    last = solution.steps[-1].slots
    answer, first = _value(solution.answer), _value(last["first"])
    adds = last["kind"] == "arithmetic"
    if kinds[-1] in ("difference", "ratio"):
        listed = [_value(term) for term in last["terms"].split(", ")]
        return listed == list(_terms(first, answer, len(listed), adds=adds))
    found = next((step for step in solution.steps if step.kind in ("sequence.difference", "sequence.ratio")), None)
    common = _value(found.result if found else solution.steps[0].slots["common"])
    if kinds[-1] == "next":
        listed = last["terms"].split(", ")
        return list(_terms(first, common, len(listed) + 1, adds=adds))[-1] == answer
    if kinds[-1] in ("sum", "geometric_sum"):
        return sum(_terms(first, common, int(last["count"]), adds=adds)) == answer
    return list(_terms(first, common, int(last["place"]), adds=adds))[-1] == answer


def _terms(first: Fraction, common: Fraction, count: int, *, adds: bool) -> list[Fraction]:
    steps = accumulate(range(count - 1), lambda term, _: term + common if adds else term * common, initial=first)
    return list(islice(steps, count))


def _value(text: str) -> Fraction:
    value = number_of(re.sub(r",(?=\d{3})", "", text))
    assert isinstance(value, Fraction)
    return value


CHECKS: dict[str, Check] = {"sequence": _is_in_sequence}
