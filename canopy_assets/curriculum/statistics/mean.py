"""The mean of a list, and the missing value that brings a list to a given mean: steps and wrong ideas."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import listing, quantity_in_brackets, show_amount, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)


def _solution(answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...]) -> Solution:
    """A solution of this family."""
    return Solution(
        family="mean",
        topic="statistics",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=_WORDS.concept("mean"),
    )


def _sum_step(values: list[Fraction], unit: str | None, noun: str) -> Step:
    """Add up all the values."""
    total = show_amount(sum(values, Fraction(0)), unit)
    slots = {
        "numbers": listing(show_amount(v, unit) for v in values),
        "count": str(len(values)),
        "noun": noun,
        "first": show_amount(values[0], unit),
    }
    work = " + ".join([show_quantity(values[0]), *(quantity_in_brackets(v) for v in values[1:])]) + f" = {total}"
    return Step("mean.sum", f"What do {slots['numbers']} add up to?", work, total, slots)


def mean_of(values: list[Fraction], unit: str | None, noun: str) -> Solution:
    """The mean of at least two values."""
    total, count = sum(values, Fraction(0)), len(values)
    mean = total / count
    answer = show_amount(mean, unit)
    sum_step = _sum_step(values, unit, noun)
    slots = {"total": sum_step.result, "count": str(count), "noun": noun, "numbers": sum_step.slots["numbers"]}
    ask = f"The {count} {noun} come to {sum_step.result} together: what is each one's equal share?"
    steps = [sum_step, Step("mean.divide", ask, f"{sum_step.result} ÷ {count} = {answer}", answer, slots)]
    return _solution(answer, unit, steps, wrong_ideas(mean, _mean_ideas(values, unit, noun), len(steps)))


def _mean_ideas(values: list[Fraction], unit: str | None, noun: str) -> list[Idea]:
    """Wrong ideas about a mean: the sum, the median, half of the sum."""
    count, ordered = len(values), sorted(values)
    total, largest = sum(values, Fraction(0)), show_amount(ordered[-1], unit)
    shown_total = show_amount(total, unit)
    ideas: list[Idea] = []
    if total > ordered[-1]:
        misconception = _WORDS.misconception(
            "sum_taken_as_mean", answer=shown_total, step=1, noun=noun, largest=largest
        )
        ideas.append(Idea(total, misconception))
    if count > 2:
        middle = ordered[count // 2] if count % 2 else (ordered[count // 2 - 1] + ordered[count // 2]) / 2
        misconception = _WORDS.misconception("median_taken_as_mean", answer=show_amount(middle, unit), largest=largest)
        ideas.append(Idea(middle, misconception))
        misconception = _WORDS.misconception(
            "always_divided_by_two",
            answer=show_amount(total / 2, unit),
            step=1,
            total=shown_total,
            count=count,
            noun=noun,
            half_of_tens=show_quantity(Fraction(10 * count, 2)),
        )
        ideas.append(Idea(total / 2, misconception))
    return ideas


def missing_value(known: list[Fraction], mean: Fraction, unit: str | None, noun: str) -> Solution:
    """The value that brings the known values to the mean."""
    count, total = len(known) + 1, sum(known, Fraction(0))
    target = mean * count
    missing = target - total
    shown = {
        name: show_amount(v, unit)
        for name, v in (("mean", mean), ("target", target), ("total", total), ("missing", missing))
    }
    ask = f"For {count} {noun} to have mean {shown['mean']}, what must they add up to?"
    work = f"{show_quantity(mean)} × {count} = {shown['target']}"
    slots = {"mean": shown["mean"], "count": str(count), "noun": noun}
    steps = [Step("mean.target_total", ask, work, shown["target"], slots), _sum_step(known, unit, noun)]
    slots = {"target": shown["target"], "known_total": shown["total"], "noun": noun, "known": str(count - 1)}
    ask = f"You have {shown['total']} and need {shown['target']}: what has the missing one to be?"
    work = f"{shown['target']} − {quantity_in_brackets(total)} = {shown['missing']}"
    steps.append(Step("mean.missing", ask, work, shown["missing"], slots))
    return _solution(shown["missing"], unit, steps, wrong_ideas(missing, _missing_ideas(known, mean, unit, noun)))


def _missing_ideas(known: list[Fraction], mean: Fraction, unit: str | None, noun: str) -> list[Idea]:
    """Wrong ideas about a missing value: it is the mean, it is not counted, or it balances the old mean alone."""
    known_count, total = len(known), sum(known, Fraction(0))
    count, listed = known_count + 1, listing(show_quantity(v) for v in known)
    shown_mean = show_amount(mean, unit)
    mean_itself = _WORDS.misconception(
        "mean_taken_as_missing_value",
        answer=shown_mean,
        known=listed,
        count=count,
        total_with_mean=show_amount(total + mean, unit),
    )
    too_little = mean * known_count - total
    not_counted = _WORDS.misconception(
        "missing_value_not_counted",
        answer=show_amount(too_little, unit),
        mean=shown_mean,
        known_count=known_count,
        total=show_amount(total, unit),
        noun=noun,
        known=listed,
        count=count,
    )
    known_mean = total / known_count
    mirrored = 2 * mean - known_mean
    balanced = _WORDS.misconception(
        "old_mean_balanced",
        answer=show_amount(mirrored, unit),
        known_mean=show_amount(known_mean, unit),
        mean=shown_mean,
        noun=noun,
        known_count=known_count,
    )
    return [Idea(mean, mean_itself), Idea(too_little, not_counted), Idea(mirrored, balanced)]
