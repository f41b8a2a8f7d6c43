"""The step into lowest terms, and the solution of a problem about fractions."""

from __future__ import annotations

from math import gcd

from canopy_assets.curriculum.fractions.misconceptions import Ratio
from canopy_assets.curriculum.solution import Concept, Solution
from canopy_assets.maths.formatting import show_number, show_quantity
from canopy_assets.records import Misconception, Step


def solution(
    answer: str, steps: list[Step], ideas: tuple[Misconception, ...], concept: Concept, unit: str | None
) -> Solution:
    """A solution of this family."""
    return Solution(
        family="fractions",
        topic="fractions",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=concept,
    )


def reduce_step(ratio: Ratio) -> list[Step]:
    """The step into lowest terms; no step if the fraction is already in lowest terms."""
    if gcd(ratio.top, ratio.bottom) == 1 and ratio.bottom != 1:
        return []
    result = show_number(ratio.value)
    slots = {
        "fraction": str(ratio),
        "numerator": show_quantity(abs(ratio.top)),
        "denominator": show_quantity(ratio.bottom),
    }
    ask = f"Which number divides both {slots['numerator']} and {slots['denominator']}, and what is left of {ratio}?"
    return [Step("fractions.reduce", ask, f"{ratio} = {result}", result, slots)]
