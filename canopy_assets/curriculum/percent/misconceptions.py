"""What students get wrong about percentages, computed from the numbers of the exercise."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP, Idea
from canopy_assets.maths.formatting import show_amount, show_quantity

_WORDS = topic(__package__)


def of_ideas(percent: Fraction, whole: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about p % of n: dividing by p, subtracting p, misplacing the decimal point."""
    ideas: list[Idea] = []
    if percent != 50:
        ideas.append(_divided_by_percentage(percent, whole, unit))
    if whole > percent:
        ideas.append(_percentage_taken_away(percent, whole, unit))
    if percent < 10:
        ideas.append(_digit_taken_as_tenths(percent, whole, unit))
    elif percent < 100:
        ideas.append(_without_the_hundred(percent, whole, unit))
    return ideas


def _divided_by_percentage(percent: Fraction, whole: Fraction, unit: str | None) -> Idea:
    """15% of 80 as 80 ÷ 15."""
    quotient = whole / percent
    misconception = _WORDS.misconception(
        "whole_divided_by_percentage",
        answer=show_amount(quotient, unit),
        percent=show_quantity(percent),
        whole=show_amount(whole, unit),
        rule_for_half=show_amount(whole / 50, unit),
    )
    return Idea(quotient, misconception)


def _percentage_taken_away(percent: Fraction, whole: Fraction, unit: str | None) -> Idea:
    """15% of 80 as 80 − 15."""
    rest = whole - percent
    misconception = _WORDS.misconception(
        "percentage_taken_away_from_whole",
        answer=show_amount(rest, unit),
        percent=show_quantity(percent),
        number=show_quantity(whole),
        whole=show_amount(whole, unit),
        tenfold=show_amount(whole * 10, unit),
    )
    return Idea(rest, misconception)


def _digit_taken_as_tenths(percent: Fraction, whole: Fraction, unit: str | None) -> Idea:
    """7% taken for 0.7."""
    ten_times_too_much = whole * percent / 10
    misconception = _WORDS.misconception(
        "digit_taken_as_tenths",
        answer=show_amount(ten_times_too_much, unit),
        percent=show_quantity(percent),
        whole=show_amount(whole, unit),
        decimal=show_quantity(percent / 10),
    )
    return Idea(ten_times_too_much, misconception)


def _without_the_hundred(percent: Fraction, whole: Fraction, unit: str | None) -> Idea:
    """15% of 80 as 15 × 80."""
    product = whole * percent
    misconception = _WORDS.misconception(
        "multiplied_without_the_hundred",
        answer=show_amount(product, unit),
        percent=show_quantity(percent),
        number=show_quantity(whole),
        whole=show_amount(whole, unit),
    )
    return Idea(product, misconception)


def change_ideas(percent: Fraction, whole: Fraction, unit: str | None, sign: int, change: str) -> list[Idea]:
    """Wrong ideas about a change by p %: only the change itself, the percentage as an amount, the wrong direction.

    Args:
        percent: p.
        whole: The starting value.
        unit: Its unit.
        sign: 1 for an increase, -1 for a decrease.
        change: What the change is called, such as "discount".
    """
    amount = whole * percent / 100
    words: dict[str, Any] = {
        "percent": show_quantity(percent),
        "whole": show_amount(whole, unit),
        "change": change,
        "a_change": f"{'an' if change[0] in 'aeiou' else 'a'} {change}",
    }
    shown = show_amount(amount, unit)
    only_the_change = _WORDS.misconception("change_taken_as_answer", answer=shown, step=LAST_STEP, **words)
    ideas = [Idea(amount, only_the_change)]
    flat = whole + sign * percent
    if flat > 0:
        name = "percentage_added_as_amount" if sign > 0 else "percentage_subtracted_as_amount"
        other = whole * 100 if sign > 0 else percent / 2
        misconception = _WORDS.misconception(
            name, answer=show_amount(flat, unit), other_whole=show_amount(other, unit), **words
        )
        ideas.append(Idea(flat, misconception))
    turned = whole - sign * amount
    if turned > 0:
        name = "increase_taken_away" if sign > 0 else "decrease_added"
        misconception = _WORDS.misconception(
            name, answer=show_amount(turned, unit), step=LAST_STEP, amount=shown, **words
        )
        ideas.append(Idea(turned, misconception))
    return ideas


def ratio_ideas(part: Fraction, whole: Fraction) -> list[Idea]:
    """Wrong ideas about "what percent is a of b": upside down, not in hundredths, the part itself."""
    numbers: dict[str, Any] = {"part": show_quantity(part), "whole": show_quantity(whole)}
    ideas: list[Idea] = []
    inverted = whole / part
    if _is_short(inverted):
        misconception = _WORDS.misconception(
            "whole_divided_by_part",
            answer=f"{show_quantity(inverted * 100)}%",
            quotient=show_quantity(inverted),
            comparison="more" if part > whole else "less",
            **numbers,
        )
        ideas.append(Idea(inverted * 100, misconception))
    ratio = part / whole
    misconception = _WORDS.misconception(
        "decimal_taken_as_percentage",
        answer=f"{show_quantity(ratio)}%",
        step=LAST_STEP,
        decimal=show_quantity(ratio),
        **numbers,
    )
    ideas.append(Idea(ratio, misconception))
    if part < whole and whole != 100:
        misconception = _WORDS.misconception("part_taken_as_percentage", answer=f"{show_quantity(part)}%", **numbers)
        ideas.append(Idea(part, misconception))
    return ideas


def percent_change_ideas(old: Fraction, new: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about a percent change: measured against the new value, the difference, the new value itself."""
    difference = abs(new - old)
    values: dict[str, Any] = {
        "old": show_amount(old, unit),
        "new": show_amount(new, unit),
        "change": show_amount(difference, unit),
    }
    ideas: list[Idea] = []
    against_new = difference / new if new else Fraction(0)
    if against_new and _is_short(against_new):
        misconception = _WORDS.misconception(
            "change_measured_against_new_value", answer=f"{show_quantity(against_new * 100)}%", **values
        )
        ideas.append(Idea(against_new * 100, misconception))
    misconception = _WORDS.misconception(
        "difference_taken_as_percentage",
        answer=f"{show_quantity(difference)}%",
        difference=show_quantity(difference),
        bigger_start=show_amount(old * 10, unit),
        **values,
    )
    ideas.append(Idea(difference, misconception))
    if _is_short(new / old):
        percentage = new / old * 100
        misconception = _WORDS.misconception(
            "new_value_taken_as_change", answer=f"{show_quantity(percentage)}%", **values
        )
        ideas.append(Idea(percentage, misconception))
    return ideas


def whole_ideas(percent: Fraction, part: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about the whole behind a part: the percentage of the part, the part plus the rest in percent."""
    words: dict[str, Any] = {"percent": show_quantity(percent), "part": show_amount(part, unit)}
    taken = part * percent / 100
    missing = part + part * (100 - percent) / 100
    found = [(taken, "percentage_of_the_part")]
    if percent < 100:
        words["rest"] = show_quantity(100 - percent)
        found.append((missing, "rest_taken_of_the_part"))
    return [
        Idea(value, _WORDS.misconception(name, answer=show_amount(value, unit), step=LAST_STEP, **words))
        for value, name in found
    ]


def original_ideas(percent: Fraction, value: Fraction, unit: str | None, sign: int, change: str) -> list[Idea]:
    """Wrong ideas about the value before a change: the change undone from the new value, made again, as an amount."""
    words: dict[str, Any] = {
        "percent": show_quantity(percent),
        "value": show_amount(value, unit),
        "change": change,
        "undoing": "add" if sign < 0 else "take away",
    }
    amount = value * percent / 100
    found = [
        (value - sign * amount, "change_undone_from_new_value"),
        (value + sign * amount, "change_made_twice"),
        (value - sign * percent, "percentage_undone_as_amount"),
    ]
    right = show_amount(value / (1 + sign * percent / 100), unit)
    return [
        Idea(wrong, _WORDS.misconception(name, answer=show_amount(wrong, unit), step=LAST_STEP, **words))
        for wrong, name in found
        if wrong > 0 and show_amount(wrong, unit) != right  # to the cent, a small amount may be right by accident
    ]


def written_ideas(percent: Fraction, *, to_percent: bool = False) -> list[Idea]:
    """Wrong ideas about writing p % as a number, or a number as a percentage: the point moved by one place or not."""
    shown, decimal = show_quantity(percent), show_quantity(percent / 100)
    if to_percent:
        found = [(percent / 10, "point_moved_one_place", show_quantity(percent / 10) + "%"),
                 (percent / 100, "decimal_only_marked", f"{decimal}%")]  # fmt: skip
    else:
        found = [(percent / 10, "percent_as_tenths", show_quantity(percent / 10)),
                 (percent, "sign_left_out", shown)]  # fmt: skip
    return [
        Idea(value, _WORDS.misconception(name, answer=answer, percent=shown, decimal=decimal))
        for value, name, answer in found
    ]


def _is_short(ratio: Fraction) -> bool:
    """Whether a ratio has at most four decimals, its percentage at most two."""
    return 10_000 % ratio.denominator == 0
