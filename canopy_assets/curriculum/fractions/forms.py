"""Fractions written in another way: reciprocals, decimals, mixed numbers; and the larger one of two."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

from canopy_assets.curriculum.fractions.misconceptions import Ratio, written
from canopy_assets.curriculum.fractions.steps import reduce_step, solution
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import show_number, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)


def _idea(name: str, value: Fraction, answer: str, **slots: Any) -> Idea:
    return Idea(value, _WORDS.misconception(name, answer=answer, **({"step": 0} | slots)))


def reciprocal(ratio: Ratio) -> Solution | None:
    """The reciprocal of a fraction; None for 0 and for 1."""
    if not ratio.top or ratio.value == 1:
        return None
    answer = show_number(1 / ratio.value)
    slots = {"fraction": written(ratio), "numerator": str(ratio.top), "denominator": str(ratio.bottom)}
    ask = f"What do you have to multiply {written(ratio)} by to get exactly 1?"
    step = Step("fractions.upside_down", ask, f"1 ÷ ({written(ratio)}) = {answer}", answer, slots)
    ideas = [
        _idea("reciprocal_with_minus", -ratio.value, show_number(-ratio.value), **slots),
        _idea("reciprocal_as_rest", 1 - ratio.value, show_number(1 - ratio.value), **slots),
    ]
    return solution(answer, [step], wrong_ideas(1 / ratio.value, ideas), _WORDS.concept("reciprocal"), None)


def compared(left: Ratio, right: Ratio, *, larger: bool) -> Solution | None:
    """The larger or the smaller one of two fractions; None where they are equal or have one denominator."""
    if left.value == right.value or left.bottom == right.bottom or max(left.bottom, right.bottom) > 1000:
        return None
    common = lcm(left.bottom, right.bottom)
    tops = [ratio.top * common // ratio.bottom for ratio in (left, right)]
    shown = [f"{top}/{common}" for top in tops]
    slots = {"left": written(left), "right": written(right)}
    ask = f"How do {slots['left']} and {slots['right']} look with one denominator?"
    work = f"{slots['left']} = {shown[0]} and {slots['right']} = {shown[1]}"
    steps = [Step("fractions.compare_common", ask, work, " and ".join(shown), slots)]
    chosen, other = (left, right) if (left.value > right.value) == larger else (right, left)
    word, answer = "larger" if larger else "smaller", written(chosen)
    slots = {"left_common": shown[0], "right_common": shown[1], "size": word}
    ask = f"Which one is {word}, {shown[0]} or {shown[1]}, and which of the two fractions is that?"
    steps.append(Step("fractions.compare", ask, f"{answer} is the {word} one", answer, slots))
    said = {"left": written(left), "right": written(right), "size": word}
    ideas = [_idea("larger_numbers_larger_fraction", other.value, written(other), step=1, **said)]
    return solution(answer, steps, wrong_ideas(chosen.value, ideas), _WORDS.concept("common_denominator"), None)


def as_decimal(ratio: Ratio) -> Solution | None:
    """A fraction as a decimal; None where that does not end within four places."""
    if ratio.bottom == 1 or 10_000 % ratio.value.denominator:
        return None
    answer = show_quantity(ratio.value)
    slots = {"fraction": written(ratio), "numerator": str(ratio.top), "denominator": str(ratio.bottom)}
    ask = f"What is {ratio.top} divided by {ratio.bottom}?"
    step = Step("fractions.to_decimal", ask, f"{ratio.top} ÷ {ratio.bottom} = {answer}", answer, slots)
    side_by_side = Fraction(f"{ratio.top}.{ratio.bottom}")
    ideas = [_idea("line_as_point", side_by_side, f"{ratio.top}.{ratio.bottom}", **slots)]
    if ratio.top:
        upside_down = Fraction(ratio.bottom, ratio.top)
        ideas.append(_idea("bottom_divided_by_top", upside_down, show_quantity(upside_down), **slots))
    return solution(answer, [step], wrong_ideas(ratio.value, ideas), _WORDS.concept("fraction_as_division"), None)


def of_decimal(value: Fraction) -> Solution | None:
    """A decimal as a fraction in lowest terms; None for a whole number."""
    if value.denominator == 1 or value > 1000:
        return None
    decimal = show_quantity(value)
    places = len(decimal.partition(".")[2])
    over = Ratio(int(value * 10**places), 10**places)
    slots = {"decimal": decimal, "places": str(places)}
    ask = f"What is the place of the last digit of {decimal} called, and which fraction is that?"
    steps = [Step("fractions.decimal_places", ask, f"{decimal} = {over}", str(over), slots), *reduce_step(over)]
    answer = show_number(value)
    wrong = Fraction(over.top, over.bottom * 10)
    ideas = [_idea("digits_over_wrong_power", wrong, f"{over.top}/{over.bottom * 10}", decimal=decimal)]
    return solution(answer, steps, wrong_ideas(value, ideas), _WORDS.concept("fraction_as_division"), None)


def improper(text: str) -> Solution | None:
    """A mixed number ("2 3/4") as a fraction."""
    whole, part = text.split(maxsplit=1)
    top, bottom = (int(n) for n in part.split("/"))
    if not 0 < top < bottom:
        return None
    total = int(whole) * bottom + top
    mixed_number, answer = f"{whole} {top}/{bottom}", f"{total}/{bottom}"
    slots = {"mixed": mixed_number, "whole": whole, "top": str(top), "denominator": str(bottom)}
    ask = f"How many parts of size 1/{bottom} are there in {mixed_number}?"
    step = Step("fractions.improper", ask, f"({whole} × {bottom} + {top})/{bottom} = {answer}", answer, slots)
    found = (
        ("whole_and_top_added", Ratio(int(whole) + top, bottom)),
        ("whole_times_top", Ratio(int(whole) * top, bottom)),
    )
    ideas = [_idea(name, wrong.value, str(wrong), **slots) for name, wrong in found]
    return solution(answer, [step], wrong_ideas(Fraction(total, bottom), ideas), _WORDS.concept("mixed_number"), None)


def mixed(ratio: Ratio) -> Solution | None:
    """A fraction as a mixed number; None where it is less than 1 or whole."""
    whole, rest = divmod(ratio.top, ratio.bottom)
    if not whole or not rest or gcd(rest, ratio.bottom) > 1:
        return None
    answer = f"{whole} {rest}/{ratio.bottom}"
    slots = {"fraction": str(ratio), "numerator": str(ratio.top), "denominator": str(ratio.bottom)}
    ask = f"How often does {ratio.bottom} fit into {ratio.top}, and what is left?"
    work = f"{ratio.top} is {whole} times {ratio.bottom} and {rest} more, so {ratio} is {answer}"
    step = Step("fractions.mixed", ask, work, answer, slots)
    found = (
        (Fraction(whole) + Fraction(rest, ratio.top), f"{whole} {rest}/{ratio.top}", "rest_over_the_numerator"),
        (Fraction(whole), str(whole), "rest_forgotten"),
    )
    ideas = [_idea(name, wrong, shown, **slots) for wrong, shown, name in found]
    return solution(answer, [step], wrong_ideas(ratio.value, ideas), _WORDS.concept("mixed_number"), None)
