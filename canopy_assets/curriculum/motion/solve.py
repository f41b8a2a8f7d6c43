"""Way, time and speed of a steady motion: one of the three from the other two."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP, Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.units.solve import conversion, in_one_unit, rest_of
from canopy_assets.curriculum.units.table import quantity_of, unit_of
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_ABOUT_MOTION = re.compile(r"speed|velocity|how far|how fast|how long|distance|travel", re.IGNORECASE)
_PER = re.compile(r"\s*(?:/|\bper\b)\s*", re.IGNORECASE)
_WHOLE_SPEEDS = {"mph": "miles per hour", "kmh": "km/h"}


def _motion(text: str) -> Solution | None:
    """The missing one of way, time and speed; None where the units do not go together."""
    found = parsed(__package__, text, ONE_LETTER) if _ABOUT_MOTION.search(text) else None
    if found is None:
        return None
    return {"speed": _speed, "distance": _distance, "time": _time}[found.kind](found)


def _quantity(text: str) -> tuple[Fraction, str]:
    """An amount and its unit; that of a speed is written with a stroke ("km/h").

    Raises:
        ValueError, LookupError: it is no quantity.
    """
    amount, unit = quantity_of(text)
    if not 0 < amount <= 10**6:
        raise ValueError("out of range")
    return amount, _unit(unit)


def _unit(text: str) -> str:
    name = text.lower().strip()
    way, *time = _PER.split(_WHOLE_SPEEDS.get(name, name))
    if not time:
        return unit_of("mile" if way == "mi" else way).many
    symbols = {"hour": "h", "minute": "min", "second": "s"}
    return f"{_unit(way)}/{symbols[unit_of(time[0]).one]}"


def _of_speed(way: str, time: str) -> str:
    return _unit(f"{way}/{time}")


def _duration(found: Parsed, wanted: str | None) -> tuple[Fraction, str, list[Step]] | None:
    """The time in one unit, its unit, and the steps that bring it there: "2 hours 30 minutes" is 2.5 hours.

    Args:
        found: the parts of the statement.
        wanted: the unit in which it is needed; None for the larger one of its own.

    Returns:
        None where its parts do not go together.
    """
    quantity = quantity_of(found.parts["span"])
    amount, unit = quantity[0], unit_of(quantity[1])
    target = unit_of(wanted) if wanted else unit
    rest = found.get("rest")
    if rest is not None:
        part = in_one_unit((amount, unit), rest_of(rest), target)
        return (part[1], target.many, part[0]) if part else None
    if unit == target:
        return amount, unit.many, []
    steps, value, _ = conversion(amount, unit, target)
    return value, target.many, steps


def _speed(found: Parsed) -> Solution | None:
    way, way_unit = _quantity(found.parts["way"])
    asked = found.get("speed_unit")
    per_way, _, symbol = _unit(asked).partition("/") if asked else (way_unit, "", "")
    duration = _duration(found, symbol or None)
    if duration is None or per_way != way_unit:
        return None
    time, time_unit, steps = duration
    unit = _of_speed(way_unit, time_unit)
    slots = {"way": show_amount(way, way_unit), "time": show_amount(time, time_unit), "unit": unit}
    answer = show_amount(way / time, unit)
    ask = f"What is the distance {slots['way']} divided by the time {slots['time']}?"
    work = f"{show_quantity(way)} ÷ {show_quantity(time)} = {answer}"
    wrong = [(way * time, "way_times_time"), (time / way, "time_divided_by_way"), (way - time, "way_minus_time")]
    return _solution(way / time, unit, [*steps, Step("motion.speed", ask, work, answer, slots)], wrong)


def _distance(found: Parsed) -> Solution | None:
    speed, speed_unit = _quantity(found.parts["velocity"])
    unit, _, symbol = speed_unit.partition("/")
    duration = _duration(found, symbol)
    if duration is None or not _is_asked(found, unit):
        return None
    time, time_unit, steps = duration
    slots = {"speed": show_amount(speed, speed_unit), "time": show_amount(time, time_unit), "unit": unit}
    answer = show_amount(speed * time, unit)
    ask = f"At {slots['speed']}, how far does it get in {slots['time']}?"
    work = f"{show_quantity(speed)} × {show_quantity(time)} = {answer}"
    wrong = [(speed / time, "speed_divided_by_time"), (speed + time, "speed_plus_time"), (speed, "speed_taken_as_way")]
    return _solution(speed * time, unit, [*steps, Step("motion.distance", ask, work, answer, slots)], wrong)


def _time(found: Parsed) -> Solution | None:
    (way, way_unit), (speed, speed_unit) = _quantity(found.parts["way"]), _quantity(found.parts["velocity"])
    per_way, _, symbol = speed_unit.partition("/")
    unit = unit_of(symbol)
    if per_way != way_unit or not _is_asked(found, unit.many):
        return None
    slots = {"way": show_amount(way, way_unit), "speed": show_amount(speed, speed_unit), "unit": unit.many}
    answer = show_amount(way / speed, unit.many)
    ask = f"How many {unit.many} do {slots['way']} take at {slots['speed']}?"
    work = f"{show_quantity(way)} ÷ {show_quantity(speed)} = {answer}"
    wrong = [(way * speed, "way_times_speed"), (speed / way, "speed_divided_by_way"), (way - speed, "way_minus_speed")]
    return _solution(way / speed, unit.many, [Step("motion.time", ask, work, answer, slots)], wrong)


def _is_asked(found: Parsed, unit: str) -> bool:
    """Whether the question names this unit, or none."""
    asked = found.get("asked_unit")
    return asked is None or _unit(asked) == unit


def _solution(value: Fraction, unit: str, steps: list[Step], wrong: list[tuple[Fraction, str]]) -> Solution:
    step = steps[-1]
    ideas = [
        Idea(amount, _WORDS.misconception(name, answer=show_amount(amount, unit), step=LAST_STEP, **step.slots))
        for amount, name in wrong
        if amount > 0
    ]
    return Solution(
        family="motion",
        topic="speed",
        answer=step.result,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept("speed"),
    )


PRECEDENCE = 76
FAMILIES: tuple[Family, ...] = (WordedFamily("motion", "speed", (_motion,)),)
