"""What students get wrong about percentages, computed from the numbers of the exercise."""

from __future__ import annotations

from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.worded import LAST_STEP
from canopy_assets.maths.formatting import show_amount
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)

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
                _WORDS.misconception(
                    "p_percent_number_number",
                    answer=show_amount(quotient, unit),
                    p=p,
                    n=n,
                    whole=show_amount(whole / 50, unit),
                ),
            )
        )
    if whole > percent:
        ideas.append(
            (
                whole - percent,
                _WORDS.misconception(
                    "percentage_amount_take_away",
                    answer=show_amount(whole - percent, unit),
                    p=p,
                    whole=show(whole),
                    whole2=show_amount(whole * 10, unit),
                    n=n,
                ),
            )
        )
    if percent < 10:
        slipped = whole * percent / 10
        ideas.append(
            (
                slipped,
                _WORDS.misconception(
                    "one_digit_percentage_many", answer=show_amount(slipped, unit), p=p, percent=show(percent / 10), n=n
                ),
            )
        )
    elif percent < 100:
        product = whole * percent
        ideas.append(
            (
                product,
                _WORDS.misconception(
                    "percent_means_times_without", answer=show_amount(product, unit), whole=show(whole), p=p, n=n
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
            _WORDS.misconception("already_answer", answer=shown, step=LAST_STEP, change=change, p=p, n=n),
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
                _WORDS.misconception(
                    "percentage_amount",
                    answer=show_amount(flat, unit),
                    n=n,
                    symbol=symbol,
                    p=p,
                    check=check,
                    reply=reply,
                ),
            )
        )
    turned = whole - sign * amount
    if turned > 0:
        verb, other = ("add it", "more") if sign < 0 else ("take it away", "less")
        ideas.append(
            (
                turned,
                _WORDS.misconception(
                    "direction_mixed_up",
                    answer=show_amount(turned, unit),
                    step=LAST_STEP,
                    change=change,
                    p=p,
                    shown=shown,
                    verb=verb,
                    article_change=article(change),
                    n=n,
                    less_sign_more="Less" if sign < 0 else "More",
                    other=other,
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
                _WORDS.misconception(
                    "whole_divided_part",
                    answer=f"{show(inverted)}%",
                    b=b,
                    a=a,
                    inverted=show(inverted / 100),
                    inverted2=show(inverted),
                    bigger=bigger,
                ),
            )
        )
    ratio = part / whole
    ideas.append(
        (
            ratio,
            _WORDS.misconception(
                "decimal_already_percentage", answer=f"{show(ratio)}%", step=LAST_STEP, a=a, b=b, ratio=show(ratio)
            ),
        )
    )
    if part < whole and whole != 100:
        ideas.append(
            (
                part,
                _WORDS.misconception("part_percentage", answer=f"{a}%", a=a, b=b),
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
                _WORDS.misconception(
                    "change_measured_against_new",
                    answer=f"{show(against_new * 100)}%",
                    shown=shown,
                    end=end,
                    against_new=show(against_new * 100),
                    start=start,
                ),
            )
        )
    ideas.append(
        (
            difference,
            _WORDS.misconception(
                "difference_percentage",
                answer=f"{show(difference)}%",
                difference=show(difference),
                shown=shown,
                old=show_amount(old * 10, unit),
            ),
        )
    )
    full = new / old * 100
    if 10_000 % (new / old).denominator == 0:
        ideas.append(
            (
                full,
                _WORDS.misconception(
                    "new_value_percentage_old", answer=f"{show(full)}%", end=end, full=show(full), start=start
                ),
            )
        )
    return ideas
