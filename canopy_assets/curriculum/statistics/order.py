"""The median, the mode and the range of a list: steps and wrong ideas."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP, Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import listing, quantity_in_brackets, show_amount
from canopy_assets.records import Step

_WORDS = topic(__package__)

Values = list[Fraction]


def _solution(name: str, value: Fraction, unit: str | None, steps: list[Step], ideas: list[Idea]) -> Solution:
    return Solution(
        family=name,
        topic="statistics",
        answer=show_amount(value, unit),
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept(name),
    )


def _shown(values: Values, unit: str | None) -> str:
    return ", ".join(show_amount(v, unit) for v in values)


def median_of(values: Values, unit: str | None, noun: str) -> Solution | None:
    """The median; None for fewer than three values."""
    count, ordered = len(values), sorted(values)
    if count < 3:
        return None
    low, high = ordered[(count - 1) // 2], ordered[count // 2]
    median = (low + high) / 2
    shown, answer = _shown(ordered, unit), show_amount(median, unit)
    steps = []
    if ordered != values:
        numbers = listing(show_amount(v, unit) for v in values)
        slots = {"numbers": numbers, "count": str(count), "noun": noun}
        ask = f"How do you write {numbers} from the smallest to the largest?"
        steps.append(Step("median.order", ask, f"In order: {shown}", shown, slots))
    slots = {"ordered": shown, "count": str(count), "noun": noun}
    if count % 2:
        ask = f"Which of the {count} {noun} {shown} has as many before it as after it?"
        steps.append(Step("median.middle", ask, f"The middle one is {answer}", answer, slots))
    else:
        ask = f"Which two of {shown} stand in the middle, and what lies halfway between them?"
        work = f"({show_amount(low, unit)} + {quantity_in_brackets(high)}) ÷ 2 = {answer}"
        steps.append(Step("median.halfway", ask, work, answer, slots))
    return _solution("median", median, unit, steps, _median_ideas(values, ordered, unit, noun))


def _median_ideas(values: Values, ordered: Values, unit: str | None, noun: str) -> list[Idea]:
    """Wrong ideas about a median: the list as it stands, the mean, halfway between the ends, one of two."""
    count = len(values)
    numbers = listing(show_amount(v, unit) for v in values)
    as_listed = (values[(count - 1) // 2] + values[count // 2]) / 2
    mean = sum(values, Fraction(0)) / count
    halfway = (ordered[0] + ordered[-1]) / 2
    smallest, largest = show_amount(ordered[0], unit), show_amount(ordered[-1], unit)
    found = [
        (as_listed, "middle_of_unordered_list", {"numbers": numbers, "first": show_amount(values[0], unit)}),
        (mean, "mean_taken_as_median", {"noun": noun, "largest": largest}),
        (halfway, "middle_between_the_ends", {"noun": noun, "smallest": smallest, "largest": largest}),
    ]
    if count % 2 == 0:
        found.append((ordered[count // 2], "one_of_two_middle_values", {"noun": noun, "half": str(count // 2)}))
    return [
        Idea(value, _WORDS.misconception(name, answer=show_amount(value, unit), step=LAST_STEP, **slots))
        for value, name, slots in found
    ]


def range_of(values: Values, unit: str | None, noun: str) -> Solution | None:
    """The range; None where all values are equal."""
    smallest, largest = min(values), max(values)
    spread = largest - smallest
    if not spread:
        return None
    low, high, answer = (show_amount(v, unit) for v in (smallest, largest, spread))
    numbers = listing(show_amount(v, unit) for v in values)
    ask = f"Which is the largest and which the smallest of {numbers}?"
    slots = {"numbers": numbers, "count": str(len(values)), "noun": noun}
    steps = [Step("range.extremes", ask, f"{high} is the largest and {low} the smallest", f"{high} and {low}", slots)]
    ask = f"How far apart are {low} and {high}?"
    slots = {"smallest": low, "largest": high, "noun": noun}
    bracketed = quantity_in_brackets(smallest) if smallest < 0 else low
    steps.append(Step("range.difference", ask, f"{high} − {bracketed} = {answer}", answer, slots))
    first_to_last = abs(values[-1] - values[0])
    ends = {"first": show_amount(values[0], unit), "last": show_amount(values[-1], unit), "noun": noun}
    found = [
        (largest, "largest_taken_as_range", {"smallest": low, "noun": noun}),
        (first_to_last, "first_and_last_subtracted", ends),
        (smallest + largest, "ends_added", {"smallest": low, "largest": high}),
    ]
    ideas = [
        Idea(value, _WORDS.misconception(name, answer=show_amount(value, unit), step=LAST_STEP, **said))
        for value, name, said in found
    ]
    return _solution("range", spread, unit, steps, ideas)


def mode_of(values: Values, unit: str | None, noun: str) -> Solution | None:
    """The mode; None where no value, or more than one, is the most frequent."""
    (mode, times), *others = Counter(values).most_common()
    if times == 1 or (others and others[0][1] == times) or not others:
        return None
    numbers, answer = listing(show_amount(v, unit) for v in values), show_amount(mode, unit)
    slots = {"numbers": numbers, "count": str(len(values)), "noun": noun}
    ask = f"Which value turns up most often among {numbers}?"
    steps = [Step("mode.count", ask, f"{answer} comes up {times} times, more often than any other", answer, slots)]
    ordered = sorted(values)
    middle = (ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2
    found = [
        (Fraction(times), None, "frequency_taken_as_mode", {"noun": noun}),
        (ordered[-1], unit, "largest_taken_as_mode", {"noun": noun}),
        (middle, unit, "median_taken_as_mode", {"noun": noun, "largest": show_amount(ordered[-1], unit)}),
    ]
    ideas = [
        Idea(value, _WORDS.misconception(name, answer=show_amount(value, shown), **said))
        for value, shown, name, said in found
    ]
    return _solution("mode", mode, unit, steps, ideas)
