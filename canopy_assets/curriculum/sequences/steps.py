"""The steps of problems about arithmetic and geometric sequences, and what students get wrong about them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import LAST_STEP, Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import quantity_in_brackets, show_quantity, superscript
from canopy_assets.records import Step

_WORDS = topic(__package__)

_MAX = 10**9


@dataclass(frozen=True)
class Sequence:
    """A sequence by its first term and its common difference or ratio; `terms` are those that the problem lists."""

    kind: Literal["arithmetic", "geometric"]
    first: Fraction
    common: Fraction
    terms: tuple[Fraction, ...] = ()

    @property
    def is_arithmetic(self) -> bool:
        """Whether the same number is added each time, and not multiplied."""
        return self.kind == "arithmetic"

    def term(self, place: int) -> Fraction:
        """The term at a place, counted from 1.

        Raises:
            ValueError: it is too large for a textbook.
        """
        value = (
            self.first + (place - 1) * self.common if self.is_arithmetic else self.first * self.common ** (place - 1)
        )
        if abs(value) > _MAX or value.denominator > _MAX:
            raise ValueError("a term out of range")
        return value


def _named(sequence: Sequence) -> dict[str, str]:
    """Slots that all steps have."""
    listed = ", ".join(show_quantity(t) for t in sequence.terms)
    return {"first": show_quantity(sequence.first), "kind": sequence.kind} | ({"terms": listed} if listed else {})


def _idea(name: str, value: Fraction, **slots: object) -> Idea:
    return Idea(value, _WORDS.misconception(name, answer=show_quantity(value), step=LAST_STEP, **slots))


def _solution(sequence: Sequence, value: Fraction, steps: list[Step], ideas: list[Idea]) -> Solution:
    return Solution(
        family="sequence",
        topic="sequences",
        answer=show_quantity(value),
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept(sequence.kind),
    )


def _common_step(sequence: Sequence) -> list[Step]:
    """The step to the common difference or ratio; none where the problem states it."""
    if not sequence.terms:
        return []
    first, second = sequence.terms[:2]
    result = show_quantity(sequence.common)
    slots = _named(sequence) | {"second": show_quantity(second)}
    if sequence.is_arithmetic:
        ask = f"What is added each time in {slots['terms']}?"
        work = f"{show_quantity(second)} − {quantity_in_brackets(first)} = {result}"
        return [Step("sequence.difference", ask, work, result, slots)]
    ask = f"By what is each term of {slots['terms']} multiplied to give the next?"
    work = f"{show_quantity(second)} ÷ {quantity_in_brackets(first)} = {result}"
    return [Step("sequence.ratio", ask, work, result, slots)]


def common_of(sequence: Sequence) -> Solution:
    """The common difference or ratio of listed terms."""
    first, second = sequence.terms[:2]
    slots = {"first": show_quantity(first), "second": show_quantity(second)}
    upside_down = first - second if sequence.is_arithmetic else first / second
    other = second / first if sequence.is_arithmetic and first else second - first
    names = ("difference_backwards", "ratio_for_difference") if sequence.is_arithmetic else (
        "ratio_upside_down", "difference_for_ratio",
    )  # fmt: skip
    ideas = [_idea(names[0], upside_down, **slots), _idea(names[1], other, third=_third(sequence), **slots)]
    return _solution(sequence, sequence.common, _common_step(sequence), ideas)


def _third(sequence: Sequence) -> str:
    return show_quantity(sequence.term(3))


def next_of(sequence: Sequence) -> Solution:
    """The term after those that are listed."""
    last, value = sequence.terms[-1], sequence.term(len(sequence.terms) + 1)
    steps = _common_step(sequence)
    sign, doing = ("+", "adding") if sequence.is_arithmetic else ("×", "multiplying by")
    slots = _named(sequence) | {"last": show_quantity(last), "common": show_quantity(sequence.common), "doing": doing}
    work = f"{show_quantity(last)} {sign} {quantity_in_brackets(sequence.common)} = {show_quantity(value)}"
    ask = f"It goes on by {doing} {slots['common']}: what comes after {slots['last']}?"
    steps.append(Step("sequence.next", ask, work, show_quantity(value), slots))
    other = last * sequence.common if sequence.is_arithmetic else last + sequence.common
    same_step = last + (last - sequence.terms[-2])
    backwards = last - sequence.common if sequence.is_arithmetic else last / sequence.common
    said = {"terms": slots["terms"], "last": slots["last"], "common": slots["common"]}
    ideas = [_idea("other_operation", other, first=slots["first"], **said)]
    if not sequence.is_arithmetic:
        ideas.append(_idea("last_jump_repeated", same_step, first=slots["first"], **said))
    ideas.append(_idea("one_step_back", backwards, **said))
    return _solution(sequence, value, steps, ideas)


def _term_steps(sequence: Sequence, place: int) -> list[Step]:
    """From the first term to that at a place: all jumps at once, then from the first term."""
    jumps = place - 1
    common, value = show_quantity(sequence.common), show_quantity(sequence.term(place))
    slots = _named(sequence) | {"common": common, "place": str(place)}
    if sequence.is_arithmetic:
        change = show_quantity(jumps * sequence.common)
        ask = f"How much is added in all on the way from term 1 to term {place}, with {common} each time?"
        work = f"{jumps} × {quantity_in_brackets(sequence.common)} = {change}"
        kinds, sign, then = ("sequence.jumps", "sequence.from_first"), "+", sequence.common * jumps
    else:
        then = sequence.common**jumps
        change = show_quantity(then)
        ask = f"By what is the first term multiplied in all to reach term {place}, with {common} each time?"
        base = common if sequence.common > 0 and sequence.common.denominator == 1 else f"({common})"
        work = f"{base}{superscript(jumps)} = {change}"
        kinds, sign = ("sequence.growth", "sequence.times_first"), "×"
    first_step = Step(kinds[0], ask, work, change, slots)
    work = f"{slots['first']} {sign} {quantity_in_brackets(then)} = {value}"
    ask = f"Starting from {slots['first']}, what is term {place}?"
    return [first_step, Step(kinds[1], ask, work, value, slots | {"change": change})]


def term_of(sequence: Sequence, place: int) -> Solution:
    """The term at a place after those that are listed."""
    value = sequence.term(place)
    steps = [*_common_step(sequence), *_term_steps(sequence, place)]
    said = {"place": place, "first": show_quantity(sequence.first), "common": show_quantity(sequence.common)}
    without_first = value - sequence.first if sequence.is_arithmetic else value / sequence.first
    ideas = [
        _idea("one_jump_too_many", sequence.term(place + 1), before=place - 1, **said),
        _idea("first_term_left_out", without_first, **said),
    ]
    if not sequence.is_arithmetic:
        product = sequence.first * sequence.common * (place - 1)
        ideas.append(_idea("power_taken_as_product", product, third=_third(sequence), **said))
    return _solution(sequence, value, steps, ideas)


def sum_of(sequence: Sequence, count: int) -> Solution:
    """The sum of the first terms."""
    return _arithmetic_sum(sequence, count) if sequence.is_arithmetic else _geometric_sum(sequence, count)


def _arithmetic_sum(sequence: Sequence, count: int) -> Solution:
    last = sequence.term(count)
    total = (sequence.first + last) * count / 2
    shown, shown_last = show_quantity(total), show_quantity(last)
    slots = _named(sequence) | {"last": shown_last, "count": str(count)}
    ask = f"The first and the last of {count} terms are {slots['first']} and {shown_last}: what do all of them make?"
    work = f"({slots['first']} + {quantity_in_brackets(last)}) × {count} ÷ 2 = {shown}"
    steps = [*_common_step(sequence), *_term_steps(sequence, count)]
    steps.append(Step("sequence.sum", ask, work, shown, slots))
    said = {"first": slots["first"], "last": shown_last, "count": count}
    ideas = [
        _idea("pairs_counted_twice", total * 2, **said),
        _idea("last_term_for_sum", last, **said),
        _idea("last_term_times_count", last * count, **said),
    ]
    return _solution(sequence, total, steps, ideas)


def _geometric_sum(sequence: Sequence, count: int) -> Solution:
    first, ratio = sequence.first, sequence.common
    sequence.term(count + 1)  # raises where it is out of range
    power = ratio**count
    total = first * (power - 1) / (ratio - 1)
    shown, shown_power, common = show_quantity(total), show_quantity(power), show_quantity(ratio)
    slots = _named(sequence) | {"common": common, "place": str(count + 1)}
    base = common if ratio > 0 and ratio.denominator == 1 else f"({common})"
    ask = f"What is {common} to the power of the number of terms, {count}?"
    steps = [*_common_step(sequence)]
    steps.append(Step("sequence.power", ask, f"{base}{superscript(count)} = {shown_power}", shown_power,
                      slots | {"count": str(count)}))  # fmt: skip
    ask = f"With {shown_power} for the power, what do the {count} terms from {slots['first']} on make?"
    work = f"{slots['first']} × ({shown_power} − 1) ÷ ({common} − 1) = {shown}"
    steps.append(Step("sequence.geometric_sum", ask, work, shown, slots | {"power": shown_power, "count": str(count)}))
    last = sequence.term(count)
    said = {"first": slots["first"], "last": show_quantity(last), "count": count}
    ideas = [
        _idea("last_term_for_sum", last, **said),
        _idea("sum_as_if_arithmetic", (first + last) * count / 2, common=common, **said),
    ]
    return _solution(sequence, total, steps, ideas)
