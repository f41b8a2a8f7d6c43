"""Simple and compound interest, by the year."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.percent.prices import amount, rate
from canopy_assets.curriculum.percent.steps import part_steps
from canopy_assets.curriculum.solution import LAST_STEP, Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.units.solve import conversion
from canopy_assets.curriculum.units.table import unit_of
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_quantity, superscript
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_YEARS = 50


class _Time(NamedTuple):
    """How long money earns interest, and the steps that bring it to years."""

    years: Fraction
    steps: list[Step]


def _time(said: set[str]) -> _Time:
    """The time that a statement names once or more, in years.

    Raises:
        ValueError: it names several, or one that is out of range.
    """
    if len(said) != 1:
        raise ValueError("several times")
    text = next(iter(said))
    amount = Fraction(re.sub(r"\D", "", text) or 1)
    if "month" in text.lower():
        steps, years, _ = conversion(amount, unit_of("months"), unit_of("years"))
    else:
        steps, years = [], amount
    if not 0 < years <= MAX_YEARS:
        raise ValueError("interest out of range")
    return _Time(years, steps)


def _read(text: str, kind: str) -> tuple[Parsed, Fraction, str | None, Fraction, _Time] | None:
    """The parts, the principal and its unit, the rate and the years of a statement of this kind.

    Raises:
        ValueError: a number is out of range.
    """
    found = (
        parsed(__package__, digits_for_words(text), ONE_LETTER)
        if re.search("interest|compound", text, re.IGNORECASE)
        else None
    )
    if found is None or found.kind != kind:
        return None
    principal, unit = amount(found.parts["principal"])
    percent = rate(found)
    if not 0 < percent < 100 or not 0 < principal <= 10**9:
        raise ValueError("interest out of range")
    return found, principal, unit, percent, _time({" ".join(said.lower().split()) for said in found.all("years")})


def _simple(text: str) -> Solution | None:
    """Simple interest: the same each year."""
    read = _read(text, "simple")
    if read is None:
        return None
    _, principal, unit, percent, (years, before) = read
    yearly = principal * percent / 100
    interest = yearly * years
    steps = [*before, *part_steps(percent, principal, unit)]
    shown, answer = show_amount(yearly, unit), show_amount(interest, unit)
    time = show_quantity(years)
    if years != 1:
        slots = {"yearly": shown, "years": time, "principal": show_amount(principal, unit)}
        ask = f"If the interest is {shown} each year, how much is it in {time} years?"
        steps.append(Step("interest.years", ask, f"{shown} × {time} = {answer}", answer, slots))
    said = {"principal": show_amount(principal, unit), "percent": show_quantity(percent), "years": time}
    whole_years = years.denominator == 1
    compound = principal * (1 + percent / 100) ** int(years) - principal if whole_years else yearly
    wrong = [
        (yearly, "interest_of_one_year"),
        (principal + interest, "principal_added_to_interest"),
        (compound, "interest_on_interest"),
    ]
    return _solution(interest, unit, steps, wrong, said, "simple_interest")


def _compound(text: str) -> Solution | None:
    """Compound interest: the balance after some years."""
    read = _read(text, "compound")
    if read is None:
        return None
    _, principal, unit, percent, time = read
    years, factor = int(time.years), 1 + percent / 100
    balance = principal * factor**years
    if years < 2 or time.steps or (balance * 100).denominator != 1:
        return None
    shown_factor, shown = show_quantity(factor), show_amount(principal, unit)
    slots = {"percent": show_quantity(percent) + "%", "principal": shown}
    ask = f"By what number is a balance multiplied in a year with {slots['percent']} interest?"
    work = f"1 + {show_quantity(percent)} ÷ 100 = {shown_factor}"
    steps = [Step("interest.factor", ask, work, shown_factor, slots)]
    answer = show_amount(balance, unit)
    slots = {"principal": shown, "factor": shown_factor, "years": str(years)}
    ask = f"What does {shown} become in {years} years, if each year multiplies by {shown_factor}?"
    work = f"{shown} × {shown_factor}{superscript(years)} = {answer}"
    steps.append(Step("interest.balance", ask, work, answer, slots))
    said = {"principal": shown, "percent": show_quantity(percent), "years": years}
    wrong = [
        (principal + principal * percent / 100 * years, "interest_on_principal_only"),
        (balance - principal, "interest_taken_as_balance"),
        (principal * factor, "balance_of_one_year"),
    ]
    return _solution(balance, unit, steps, wrong, said, "compound_interest")


def _solution(
    value: Fraction, unit: str | None, steps: list[Step], wrong: list[tuple[Fraction, str]], said: dict, concept: str
) -> Solution:
    ideas = [
        Idea(amount, _WORDS.misconception(name, answer=show_amount(amount, unit), step=LAST_STEP, **said))
        for amount, name in wrong
    ]
    return Solution(
        family="interest",
        topic="interest",
        answer=show_amount(value, unit),
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept(concept),
    )


PRECEDENCE = 96
FAMILIES: tuple[Family, ...] = (WordedFamily("interest", "interest", (_simple, _compound)),)
