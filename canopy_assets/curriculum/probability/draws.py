"""A draw from equally likely outcomes: its steps and what students get wrong about it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea, Solution, wrong_ideas
from canopy_assets.maths.formatting import show_number
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_OUTCOMES = 1000


@dataclass(frozen=True)
class Draw:
    """A draw from equally likely outcomes: `favourable` of `total` things are the event.

    Attributes:
        event: The event as a noun phrase.
        things: What is drawn, in the plural.
        favourable: How many outcomes are the event.
        total: How many outcomes there are.
        sample: All the outcomes in words.
        counts: The outcomes of each group, where the total must be added up.
        favourable_counts: The outcomes of each group that belongs to the event.
        groups: The names of the groups.
        obvious: Whether the favourable outcomes need no counting.
    """

    event: str
    things: str
    favourable: int
    total: int
    sample: str
    counts: tuple[int, ...] = ()
    favourable_counts: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    obvious: bool = False


def solve(draw: Draw) -> Solution | None:
    """The probability of a draw; None for a certain or impossible event."""
    if not 0 < draw.favourable < draw.total <= MAX_OUTCOMES:
        return None
    value = Fraction(draw.favourable, draw.total)
    unreduced, answer = f"{draw.favourable}/{draw.total}", show_number(value)
    steps = _counting_steps(draw)
    slots = {"favourable": str(draw.favourable), "total": str(draw.total), "event": draw.event, "things": draw.things}
    ask = (
        f"With {draw.favourable} wanted out of {draw.total} {draw.things}, "
        f"how do you write the probability of {draw.event}?"
    )
    ideas = _ideas(draw, step=len(steps))  # all of them concern the ratio, which is the next step
    steps.append(Step("probability.ratio", ask, f"P = {unreduced}", unreduced, slots))
    if gcd(draw.favourable, draw.total) > 1:
        ask = f"Which number divides both {draw.favourable} and {draw.total}, and what is left of {unreduced}?"
        slots = {"fraction": unreduced, "numerator": str(draw.favourable), "denominator": str(draw.total)}
        steps.append(Step("fractions.reduce", ask, f"{unreduced} = {answer}", answer, slots))
    return Solution(
        family="probability",
        topic="probability",
        answer=answer,
        answer_kind="number",
        unit=None,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept("probability"),
    )


def _counting_steps(draw: Draw) -> list[Step]:
    """Count all outcomes and the favourable ones, where this needs a step."""
    steps = []
    if draw.counts:
        slots = {"sample": draw.sample, "things": draw.things, "event": draw.event}
        work = f"{' + '.join(map(str, draw.counts))} = {draw.total}"
        steps.append(
            Step(
                "probability.total", f"How many {draw.things} could be drawn altogether?", work, str(draw.total), slots
            )
        )
    if not draw.obvious:
        slots = {"event": draw.event, "things": draw.things, "sample": draw.sample}
        counts = draw.favourable_counts
        work = (
            f"{' + '.join(map(str, counts))} = {draw.favourable}" if len(counts) > 1 else f"There are {draw.favourable}"
        )
        ask = f"How many of the {draw.things} count as {draw.event}?"
        steps.append(Step("probability.favourable", ask, work, str(draw.favourable), slots))
    return steps


def _ideas(draw: Draw, step: int) -> list[Idea]:
    """Wrong ideas about a draw: odds, the opposite event, all kinds equally likely.

    Args:
        draw: The draw.
        step: The number of the step that forms the ratio.
    """
    wanted, total = draw.favourable, draw.total
    unwanted = total - wanted
    odds = _WORDS.misconception(
        "odds_taken_as_probability",
        answer=f"{wanted}/{unwanted}",
        step=step,
        wanted=wanted,
        unwanted=unwanted,
        things=draw.things,
    )
    opposite = _WORDS.misconception(
        "opposite_event_counted",
        answer=f"{unwanted}/{total}",
        step=step,
        unwanted=unwanted,
        total=total,
        event=draw.event,
    )
    ideas = [Idea(Fraction(wanted, unwanted), odds), Idea(Fraction(unwanted, total), opposite)]
    if len(draw.groups) > 1:
        kinds = len(draw.groups)
        first, second = draw.groups[:2]
        equal = _WORDS.misconception(
            "colours_equally_likely",
            answer=f"1/{kinds}",
            step=step,
            kinds=kinds,
            things=draw.things,
            first_colour=first,
            second_colour=second,
        )
        return [*ideas, Idea(Fraction(1, kinds), equal)]
    fifty_fifty = _WORDS.misconception(
        "draw_taken_as_fifty_fifty",
        answer="1/2",
        step=step,
        event=draw.event,
        sample=draw.sample,
        wanted=wanted,
        unwanted=unwanted,
    )
    return [*ideas, Idea(Fraction(1, 2), fifty_fifty)]
