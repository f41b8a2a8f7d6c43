"""Quantities in other units: lengths, masses, volumes, times, areas, and speeds in km/h and m/s."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP, Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.units.table import Unit, quantity_of, unit_of
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_SPEED = re.compile(r"/|\bper\b|^k[mp]h$", re.IGNORECASE)
_MAX = 10**9


def _convert(text: str) -> Solution | None:
    """A quantity, or one in two units ("2 hours and 15 minutes"), in another unit."""
    found = parsed(__package__, text, ONE_LETTER)
    if found is None:
        return None
    to = found.parts["to"]
    if _SPEED.search(to):
        return _speed(found.parts["quantity"], to) if "rest" not in found.parts else None
    quantity, target = _quantity(found.parts["quantity"]), unit_of(to)
    if "rest" in found.parts:
        part = in_one_unit(quantity, rest_of(found.parts["rest"]), target)
        return _solution(part[1], target.many, part[0], part[2]) if part else None
    amount, unit = quantity
    if unit.dimension != target.dimension or unit.size == target.size:
        return None
    steps, value, ideas = conversion(amount, unit, target)
    return _solution(value, target.many, steps, ideas)


def rest_of(text: str) -> tuple[Fraction, Unit]:
    """The amount and the unit of what follows a quantity: "and 15 minutes"."""
    return _quantity(re.sub(r"^and\b", "", text).strip())


def in_one_unit(
    quantity: tuple[Fraction, Unit], rest: tuple[Fraction, Unit], target: Unit
) -> tuple[list[Step], Fraction, list[Idea]] | None:
    """The steps to a quantity in two units ("2 hours 15 minutes") in one, its value there, and wrong ideas about it.

    Returns:
        None where the units do not go together, or the rest makes one more of the larger unit ("2 hours 75 minutes").
    """
    (amount, unit), (more, smaller) = quantity, rest
    if not unit.dimension == smaller.dimension == target.dimension or unit.size <= smaller.size:
        return None
    if more * smaller.size >= unit.size or amount.denominator != 1:
        return None
    if target == unit:
        steps, value, _ = conversion(more, smaller, target)
        step = _together(value, amount, show_amount(more, smaller.many), target)
        extra = show_amount(amount, target.many)
    else:
        steps, value, _ = conversion(amount, unit, smaller)
        step = _together(value, more, show_amount(amount, unit.many), smaller)
        extra = show_amount(more, smaller.many)
    total = value + (amount if target == unit else more)
    left_out = Idea(
        value,
        _WORDS.misconception(
            "rest_left_out",
            answer=steps[-1].result,
            step=LAST_STEP,
            extra=extra,
            to=(target if target == unit else smaller).many,
        ),
    )
    steps.append(step)
    if target in (unit, smaller):
        return steps, total, [left_out]
    rest_steps, value, ideas = conversion(total, smaller, target)
    return [*steps, *rest_steps], value, ideas


def _together(converted: Fraction, extra: Fraction, quantity: str, unit: Unit) -> Step:
    """Adds what was converted and what is in the unit already."""
    shown, more, result = (show_amount(v, unit.many) for v in (converted, extra, converted + extra))
    ask = f"{quantity} are {shown}: how many {unit.many} is it with the {more}?"
    work = f"{show_quantity(converted)} + {show_quantity(extra)} = {result}"
    return Step("units.together", ask, work, result, {"converted": shown, "extra": more, "to": unit.many})


def _solution(value: Fraction, unit: str, steps: list[Step], ideas: list[Idea]) -> Solution | None:
    if not 0 < value < _MAX:
        return None
    return Solution(
        family="unit_conversion",
        topic="units",
        answer=show_amount(value, unit),
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept("unit"),
    )


def _quantity(text: str) -> tuple[Fraction, Unit]:
    amount, unit = quantity_of(text)
    return amount, unit_of(unit)


def conversion(amount: Fraction, unit: Unit, target: Unit) -> tuple[list[Step], Fraction, list[Idea]]:
    """The steps to the amount in the target unit, its value there, and wrong ideas about it."""
    large, small = (unit, target) if unit.size > target.size else (target, unit)
    factor = large.size / small.size
    to_smaller = unit is large
    value = amount * factor if to_smaller else amount / factor
    steps = [_factor_step(large, small, factor)]
    shown, quantity = show_amount(value, target.many), show_amount(amount, unit.many)
    sign, action = ("×", "multiply") if to_smaller else ("÷", "divide")
    slots = {
        "quantity": quantity,
        "factor": show_quantity(factor),
        "small": small.many,
        "large": large.one,
        "to": target.many,
    }
    ask = f"With {slots['factor']} {small.many} in 1 {large.one}, how many {target.many} are {quantity}?"
    work = f"{show_quantity(amount)} {sign} {slots['factor']} = {shown}"
    steps.append(Step("units.convert", ask, work, shown, slots))
    return steps, value, _ideas(amount, unit, target, factor, to_smaller=to_smaller, action=action)


def _factor_step(large: Unit, small: Unit, factor: Fraction) -> Step:
    """How many of the small unit make one of the large one; for areas and volumes, from the lengths."""
    shown = show_quantity(factor)
    slots = {"small": small.many, "large": large.one}
    ask = f"How many {small.many} make 1 {large.one}?"
    if large.power > 1 and large.power == small.power:
        side = round(float(factor) ** (1 / large.power))
        lengths = [re.sub("[²³]", "", unit.one) for unit in (large, small)]
        slots |= {"large_length": lengths[0], "small_length": lengths[1], "side": show_quantity(side)}
        work = f"{' × '.join([show_quantity(side)] * large.power)} = {shown}"
        return Step("units.square", ask, work, shown, slots)
    return Step("units.factor", ask, f"1 {large.one} is {shown} {small.many}", shown, slots)


def _ideas(
    amount: Fraction, unit: Unit, target: Unit, factor: Fraction, *, to_smaller: bool, action: str
) -> list[Idea]:
    """Wrong ideas: the other direction, another power of ten, lengths instead of areas, a hundred minutes an hour."""
    quantity = show_amount(amount, unit.many)
    size = "smaller" if to_smaller else "larger"

    def at(wrong: Fraction) -> Fraction:
        return amount * wrong if to_smaller else amount / wrong

    found = [
        (amount / factor if to_smaller else amount * factor, "other_direction",
         {"factor": show_quantity(factor), "size": size, "other": "dividing" if to_smaller else "multiplying",
          "comparison": "more" if to_smaller else "fewer"}),
    ]  # fmt: skip
    side = round(float(factor) ** (1 / unit.power))
    if unit.power > 1 and Fraction(side) ** unit.power == factor:
        found.append((at(Fraction(side)), "lengths_instead_of_areas", {"side": show_quantity(side)}))
    elif unit.dimension in ("time", "calendar"):
        found.append((at(Fraction(100)), "hundred_in_everything", {"factor": show_quantity(factor)}))
    elif factor > 10:
        found.append((at(factor / 10), "a_zero_too_few", {"too_few": show_quantity(factor / 10)}))
    else:
        found.append((at(factor * 10), "a_zero_too_many", {"too_many": show_quantity(factor * 10)}))
    large, small = (unit, target) if to_smaller else (target, unit)
    names = {"quantity": quantity, "small": small.many, "large": large.one, "from_unit": unit.many, "to": target.many}
    return [
        Idea(value, _WORDS.misconception(
            name, answer=show_amount(value, target.many), step=LAST_STEP, **said, **names
        ))
        for value, name, said in found
    ]  # fmt: skip


def _speed(quantity: str, to: str) -> Solution | None:
    """A speed in km/h as m/s, or the other way round."""
    speed, unit = quantity_of(quantity)
    source, target = ("km/h" if name.lower().startswith("k") else "m/s" for name in (unit, to))
    if source == target:
        return None
    to_metres = source == "km/h"
    factor, seconds = Fraction(1000), Fraction(3600)
    first = speed * factor if to_metres else speed * seconds
    value = first / seconds if to_metres else first / factor
    shown, result = show_amount(speed, source), show_amount(value, target)
    way, way_ask = (
        (show_amount(first, "m"), f"How many metres are {show_quantity(speed)} km?")
        if to_metres
        else (show_amount(first, "m"), f"How far does it go in an hour, at {shown}, with 3600 seconds in it?")
    )
    slots = {"speed": shown, "target": target}
    work = f"{show_quantity(speed)} × {show_quantity(factor if to_metres else seconds)} = {way}"
    last = f"{show_quantity(first)} ÷ {show_quantity(seconds if to_metres else factor)} = {result}"
    ask = f"It goes {way} in an hour: what is that in {target}?"
    steps = [
        Step("units.way_per_hour", way_ask, work, way, slots),
        Step("units.speed", ask, last, result, {"speed": shown, "way": way, "target": target}),
    ]
    ideas = _speed_ideas(speed, to_metres=to_metres, target=target, shown=shown)
    return _solution(value, target, steps, ideas)


def _speed_ideas(speed: Fraction, *, to_metres: bool, target: str, shown: str) -> list[Idea]:
    lengths_only = speed * 1000 if to_metres else speed / 1000
    sixty = lengths_only / 60 if to_metres else lengths_only * 60
    found = ((lengths_only, "time_left_out"), (sixty, "minutes_for_seconds"))
    return [
        Idea(value, _WORDS.misconception(
            name, answer=show_amount(value, target), step=LAST_STEP, speed=shown, target=target
        ))
        for value, name in found
    ]  # fmt: skip


PRECEDENCE = 74
FAMILIES: tuple[Family, ...] = (WordedFamily("unit_conversion", "units", (_convert,)),)
