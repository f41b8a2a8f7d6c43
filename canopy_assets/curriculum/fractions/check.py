"""Fractions a second time: the expression of the statement by the parser, or what the words ask for, backwards."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.checking import Check, number_of, numbers_of, same_number
from canopy_assets.curriculum.fractions.solve import with_figures
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.statements import ascii_statement


def _is_right(statement: str, solution: Solution) -> bool:
    """By the kind of the last step that is not a matter of lowest terms."""
    steps = {step.kind: step for step in solution.steps}
    answer = _bare(solution.answer, solution.unit)
    if "fractions.upside_down" in steps:
        return answer * number_of(steps["fractions.upside_down"].slots["fraction"]) == 1
    if "fractions.compare" in steps:
        slots = steps["fractions.compare_common"].slots
        both = [_bare(slots["left"], None), _bare(slots["right"], None)]
        size = steps["fractions.compare"].slots["size"]
        return answer in both and all((answer >= other) if size == "larger" else (answer <= other) for other in both)
    if "fractions.one_share" in steps:
        slots = steps["fractions.one_share"].slots
        whole = _bare(slots["whole"], solution.unit)
        return answer * int(slots["denominator"]) == whole * int(slots["numerator"])
    if steps.keys() & {"fractions.to_decimal", "fractions.decimal_places", "fractions.improper", "fractions.mixed"}:
        return answer in _stated(statement)
    figures = with_figures(ascii_statement(statement))
    return same_number(re.sub(r"(?<=\d) of (?=\d)", " * ", figures), solution)


def _bare(text: str, unit: str | None) -> Fraction:
    value = number_of(text.replace(f" {unit}", "") if unit else text)
    assert isinstance(value, Fraction)
    return value


def _stated(statement: str) -> list[Fraction]:
    """The numbers of a statement, where "2 3/4" is one number."""
    mixed = [
        int(w) + Fraction(int(t), int(b)) for w, t, b in re.findall(r"(\d+)\s+(\d+)\s*/\s*(\d+)", statement) if int(b)
    ]
    return [*mixed, *numbers_of(re.sub(r"\s*/\s*", "/", statement))]


CHECKS: dict[str, Check] = {"fractions": _is_right}
