"""The steps of problems about percentages, which other topics use as well."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.percent.misconceptions import (
    change_ideas,
    of_ideas,
    original_ideas,
    percent_change_ideas,
    ratio_ideas,
    whole_ideas,
)
from canopy_assets.curriculum.solution import Concept, Solution, wrong_ideas
from canopy_assets.maths.formatting import show_amount, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)


def percent_solution(
    answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...], concept: Concept
) -> Solution:
    """A solution of this family."""
    return Solution(
        family="percent",
        topic="percentages",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=concept,
    )


def _base(percent: Fraction) -> int:
    """A percentage that is easy to compute and leads to `percent`: 50, 25, 10 or 1."""
    if percent == 50:
        return 50
    if percent in (25, 75):
        return 25
    return 10 if percent % 5 == 0 else 1


def part_steps(percent: Fraction, whole: Fraction, unit: str | None) -> list[Step]:
    """The steps to `percent` % of `whole`: first an easy percentage, then the wanted one."""
    base = _base(percent)
    base_value, value = whole * base / 100, whole * percent / 100
    slots = {
        "percent": show_quantity(percent) + "%",
        "whole": show_amount(whole, unit),
        "base": f"{base}%",
        "parts": str(100 // base),
    }
    first = show_amount(base_value, unit)
    steps = [
        Step(
            "percent.benchmark",
            f"What is {base}% of {slots['whole']}?",
            f"{base}% of {slots['whole']} is {first}",
            first,
            slots,
        )
    ]
    if percent != base:
        result = show_amount(value, unit)
        slots = slots | {"base_value": first}
        ask = f"If {base}% is {first}, how much is {slots['percent']}?"
        steps.append(Step("percent.scale", ask, f"{slots['percent']} of {slots['whole']} is {result}", result, slots))
    return steps


def _check_range(percent: Fraction, whole: Fraction) -> None:
    """Refuse numbers that no textbook uses.

    Raises:
        ValueError: The percentage or the whole is out of range.
    """
    if not 0 < percent <= 1000 or percent == 100 or not 0 < whole <= 10**9:
        raise ValueError("a percentage or a whole out of range")


def part_of(percent: Fraction, whole: Fraction, unit: str | None) -> Solution:
    _check_range(percent, whole)
    value = whole * percent / 100
    steps = part_steps(percent, whole, unit)
    ideas = wrong_ideas(value, of_ideas(percent, whole, unit))
    return percent_solution(show_amount(value, unit), unit, steps, ideas, _WORDS.concept("percent"))


def rate_of(part: Fraction, whole: Fraction) -> Solution:
    steps, value = ratio_steps(part, whole)
    ideas = wrong_ideas(value, ratio_ideas(part, whole), len(steps))
    return percent_solution(f"{show_quantity(value)}%", "%", steps, ideas, _WORDS.concept("percent"))


def ratio_steps(part: Fraction, whole: Fraction) -> tuple[list[Step], Fraction]:
    """The steps to "part is … percent of whole", and that percentage.

    Raises:
        ValueError: The percentage is 0, negative, 100, or has more than two decimals.
    """
    if whole <= 0 or part <= 0 or part == whole:
        raise ValueError("no percentage worth a dialogue")
    ratio = part / whole
    if 10_000 % ratio.denominator:
        raise ValueError("a percentage that needs rounding")
    shown = show_quantity(ratio)
    slots = {"part": show_quantity(part), "whole": show_quantity(whole)}
    work = f"{slots['part']}/{slots['whole']} = {shown}"
    ask = f"Which fraction compares {slots['part']} with the whole {slots['whole']}, and what is it as a decimal?"
    steps = [Step("percent.ratio", ask, work, shown, slots)]
    result = f"{show_quantity(ratio * 100)}%"
    slots = slots | {"ratio": shown}
    steps.append(
        Step(
            "percent.to_percent",
            f"How do you write {shown} in hundredths, as a percentage?",
            f"{shown} = {result}",
            result,
            slots,
        )
    )
    return steps, ratio * 100


def changed(whole: Fraction, percent: Fraction, unit: str | None, sign: int, change: str, thing: str) -> Solution:
    """The value after a change by p %.

    Args:
        whole: The value before.
        percent: p.
        unit: The unit of the value.
        sign: 1 for an increase, -1 for a decrease.
        change: What the change is called.
        thing: The thing that has the value.

    Raises:
        ValueError: The numbers are out of range, or nothing is left.
    """
    _check_range(percent, whole)
    amount = whole * percent / 100
    total = whole + sign * amount
    if total <= 0:
        raise ValueError("a decrease by everything")
    shown, shown_amount, shown_whole = (show_amount(v, unit) for v in (total, amount, whole))
    symbol = "+" if sign > 0 else "−"
    slots = {
        "whole": shown_whole,
        "amount": shown_amount,
        "percent": show_quantity(percent) + "%",
        "change": change,
        "thing": thing,
    }
    ask = f"The {change} is {shown_amount}: what does that make of the {shown_whole}?"
    steps = [
        *part_steps(percent, whole, unit),
        Step("percent.change_total", ask, f"{shown_whole} {symbol} {shown_amount} = {shown}", shown, slots),
    ]
    ideas = wrong_ideas(total, change_ideas(percent, whole, unit, sign, change), len(steps))
    return percent_solution(shown, unit, steps, ideas, _WORDS.concept("percent_change"))


def change_between(old: Fraction, new: Fraction, unit: str | None) -> Solution:
    """By how many percent a value changed."""
    difference = abs(new - old)
    direction = "increase" if new > old else "decrease"
    slots = {"old": show_amount(old, unit), "new": show_amount(new, unit), "direction": direction}
    low, high = sorted((old, new))
    shown = show_amount(difference, unit)
    ask = f"By how much did it change from {slots['old']} to {slots['new']}?"
    steps = [Step("percent.difference", ask, f"{show_quantity(high)} − {show_quantity(low)} = {shown}", shown, slots)]
    more, value = ratio_steps(difference, old)
    ideas = wrong_ideas(value, percent_change_ideas(old, new, unit))
    return percent_solution(f"{show_quantity(value)}%", "%", steps + more, ideas, _WORDS.concept("percent_change"))


def whole_behind(percent: Fraction, part: Fraction, unit: str | None) -> Solution:
    """The whole of which `part` is `percent` %."""
    step, whole = _whole_step(percent, part, unit)
    ideas = wrong_ideas(whole, whole_ideas(percent, part, unit))
    return percent_solution(step.result, unit, [step], ideas, _WORDS.concept("percent"))


def _whole_step(percent: Fraction, part: Fraction, unit: str | None) -> tuple[Step, Fraction]:
    _check_range(percent, part)
    whole = part * 100 / percent
    if (100 if unit in ("$", "€", "£") else 10_000) % whole.denominator:
        raise ValueError("a whole that needs rounding")
    shown, result, decimal = show_amount(part, unit), show_amount(whole, unit), show_quantity(percent / 100)
    slots = {"part": shown, "percent": show_quantity(percent) + "%", "decimal": decimal}
    ask = f"If {slots['percent']} of the whole is {shown}, what is the whole?"
    return Step("percent.whole", ask, f"{shown} ÷ {decimal} = {result}", result, slots), whole


def before_change(percent: Fraction, value: Fraction, unit: str | None, sign: int, change: str) -> Solution:
    """The value before a change by p %.

    Args:
        percent: p.
        value: The value after the change.
        unit: Its unit.
        sign: 1 for an increase, -1 for a decrease.
        change: What the change is called.

    Raises:
        ValueError: nothing would be left, or the numbers are out of range.
    """
    _check_range(percent, value)
    remaining = 100 + sign * percent
    if remaining <= 0:
        raise ValueError("a decrease by everything")
    slots = {"change": change, "percent": show_quantity(percent) + "%", "value": show_amount(value, unit)}
    result = f"{show_quantity(remaining)}%"
    ask = f"After the {change} of {slots['percent']}, which percentage of the original is {slots['value']}?"
    work = f"100% {'+' if sign > 0 else '−'} {slots['percent']} = {result}"
    last, original = _whole_step(remaining, value, unit)
    steps = [Step("percent.remaining", ask, work, result, slots), last]
    shown_apart = [i for i in original_ideas(percent, value, unit, sign, change) if round(i.value, 2) != original]
    ideas = wrong_ideas(original, shown_apart, len(steps))
    return percent_solution(last.result, unit, steps, ideas, _WORDS.concept("percent_change"))
