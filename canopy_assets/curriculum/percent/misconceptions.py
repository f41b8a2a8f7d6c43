"""What students get wrong about percentages, computed from the numbers of the exercise."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.worded import LAST_STEP
from canopy_assets.maths.formatting import show_amount
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception

Idea = tuple[Fraction, Misconception]


def of_ideas(percent: Fraction, whole: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about p % of n: divide by p, take p away, a slipped decimal point."""
    p, n = show(percent), show_amount(whole, unit)
    ideas: list[Idea] = []
    quotient = whole / percent
    if percent != 50:
        ideas.append(
            (
                quotient,
                Misconception(
                    "p percent of a number is the number divided by p",
                    f"{p}% means divide by {p}, so {n} ÷ {p} is {show_amount(quotient, unit)}.",
                    show_amount(quotient, unit),
                    f"Try your rule on 50% of {n}: divided by 50, do you get half of {n}?",
                    f"No, {show_amount(whole / 50, unit)} is nowhere near half of {n}.",
                ),
            )
        )
    if whole > percent:
        ideas.append(
            (
                whole - percent,
                Misconception(
                    "a percentage is an amount to take away",
                    f"I take {p} away from {show(whole)}, so {show_amount(whole - percent, unit)}.",
                    show_amount(whole - percent, unit),
                    f"If the whole were {show_amount(whole * 10, unit)} instead of "
                    f"{n}, should {p}% of it still take away just {p}?",
                    f"No, {p}% of something ten times as big has to be ten times as big.",
                ),
            )
        )
    if percent < 10:
        slipped = whole * percent / 10
        ideas.append(
            (
                slipped,
                Misconception(
                    "a one-digit percentage is that many tenths",
                    f"{p}% is {show(percent / 10)} as a decimal, so I get {show_amount(slipped, unit)}.",
                    show_amount(slipped, unit),
                    f"Should {p}% of {n} be more or less than a tenth of {n}?",
                    f"Less than a tenth, and {show_amount(slipped, unit)} is more.",
                ),
            )
        )
    elif percent < 100:
        product = whole * percent
        ideas.append(
            (
                product,
                Misconception(
                    "percent of means times, without the hundred",
                    f"Of means times: {show(whole)} × {p} is {show_amount(product, unit)}.",
                    show_amount(product, unit),
                    f"Can {p}% of {n} be more than {n} itself?",
                    f"No, {p}% is less than the whole thing.",
                ),
            )
        )
    return ideas


def change_ideas(percent: Fraction, whole: Fraction, unit: str | None, sign: int, change: str) -> list[Idea]:
    """Wrong ideas about a change by p %: only the amount, the wrong direction, the percentage as an amount."""
    p, n, amount = show(percent), show_amount(whole, unit), whole * percent / 100
    shown, symbol = show_amount(amount, unit), "+" if sign > 0 else "−"
    ideas: list[Idea] = [
        (
            amount,
            Misconception(
                f"the {change} is already the answer",
                f"{p}% of {n} is {shown}, so the answer is {shown}.",
                shown,
                f"What does your {shown} stand for: the {change} alone, or everything after the {change}?",
                f"Only the {change}.",
                LAST_STEP,
            ),
        )
    ]
    flat = whole + sign * percent
    if flat > 0:
        small = percent / 2 if sign < 0 else whole * 100
        probe = f"{show_amount(small, unit)}"
        if sign < 0:
            check = f"With your rule, what would be left of {probe} after a {change} of {p}%?"
            reply = "Less than nothing. That can't be what a percentage means."
        else:
            check = f"Would {probe} with {article(change)} {change} of {p}% also grow by just {p}?"
            reply = f"No, {p}% of something bigger must be more."
        ideas.append(
            (
                flat,
                Misconception(
                    "the percentage is an amount",
                    f"{n} {symbol} {p} is {show_amount(flat, unit)}.",
                    show_amount(flat, unit),
                    check,
                    reply,
                ),
            )
        )
    turned = whole - sign * amount
    if turned > 0:
        verb, other = ("add it", "more") if sign < 0 else ("take it away", "less")
        ideas.append(
            (
                turned,
                Misconception(
                    f"the direction of the {change} is mixed up",
                    f"{p}% is {shown}, I {verb}, so {show_amount(turned, unit)}.",
                    show_amount(turned, unit),
                    f"After {article(change)} {change}, would you expect more than {n} or less than {n}?",
                    f"{'Less' if sign < 0 else 'More'} than {n}, but mine came out {other}.",
                    LAST_STEP,
                ),
            )
        )
    return ideas


def article(noun: str) -> str:
    """ "an" before a vowel, else "a"."""
    return "an" if noun[0] in "aeiou" else "a"


def ratio_ideas(part: Fraction, whole: Fraction) -> list[Idea]:
    """Wrong ideas about "what percent is a of b": upside down, not in hundredths, the difference."""
    a, b = show(part), show(whole)
    ideas: list[Idea] = []
    inverted = whole / part * 100
    bigger = "more" if part > whole else "less"
    if 10_000 % (inverted / 100).denominator == 0:
        ideas.append(
            (
                inverted,
                Misconception(
                    "the whole is divided by the part",
                    f"{b} divided by {a} is {show(inverted / 100)}, so {show(inverted)}%.",
                    f"{show(inverted)}%",
                    f"Is {a} more or less than {b}, and what does that say about 100%?",
                    f"{a} is {bigger} than {b}, so it has to be {bigger} than 100%.",
                ),
            )
        )
    ratio = part / whole
    ideas.append(
        (
            ratio,
            Misconception(
                "the decimal is already the percentage",
                f"{a} ÷ {b} is {show(ratio)}, so {show(ratio)}%.",
                f"{show(ratio)}%",
                f"If you had all of it, {b} out of {b}, your division gives 1. Would you call that 1%?",
                "No, all of it is 100%.",
                LAST_STEP,
            ),
        )
    )
    if part < whole and whole != 100:
        ideas.append(
            (
                part,
                Misconception(
                    "the part is the percentage",
                    f"It's {a} of them, so {a}%.",
                    f"{a}%",
                    f"{a}% means {a} out of 100. How many is your {a} out of?",
                    f"Out of {b}, not out of 100.",
                ),
            )
        )
    return ideas


def percent_change_ideas(old: Fraction, new: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about a percent change: measured against the new value, or the difference called a percentage."""
    difference = abs(new - old)
    shown, start, end = show_amount(difference, unit), show_amount(old, unit), show_amount(new, unit)
    ideas: list[Idea] = []
    against_new = difference / new if new else Fraction(0)
    if against_new and 10_000 % against_new.denominator == 0:
        ideas.append(
            (
                against_new * 100,
                Misconception(
                    "the change is measured against the new value",
                    f"It changed by {shown}, and {shown} out of {end} is {show(against_new * 100)}%.",
                    f"{show(against_new * 100)}%",
                    f"Which value was there first, the one that 100% stands for: {start} or {end}?",
                    f"{start} was first.",
                ),
            )
        )
    ideas.append(
        (
            difference,
            Misconception(
                "the difference is the percentage",
                f"It changed by {show(difference)}, so {show(difference)}%.",
                f"{show(difference)}%",
                f"Would the same change of {shown} be as large a percentage if it "
                f"had started at {show_amount(old * 10, unit)}?",
                "No, from a bigger start it would be a smaller part.",
            ),
        )
    )
    full = new / old * 100
    if 10_000 % (new / old).denominator == 0:
        ideas.append(
            (
                full,
                Misconception(
                    "the new value as a percentage of the old is the change",
                    f"{end} is {show(full)}% of {start}, so it changed by {show(full)}%.",
                    f"{show(full)}%",
                    f"If it had stayed at {start}, your method would give 100%. Would that be a change of 100%?",
                    "No, that would be no change at all.",
                ),
            )
        )
    return ideas
