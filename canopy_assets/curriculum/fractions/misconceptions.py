"""Fractions as written, and what students get wrong about them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Idea
from canopy_assets.maths.formatting import show_amount, show_quantity

_WORDS = topic(__package__)

SYMBOLS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


@dataclass(frozen=True)
class Ratio:
    """A fraction as written, not reduced."""

    top: int
    bottom: int

    @property
    def value(self) -> Fraction:
        """The number that the fraction stands for."""
        return Fraction(self.top, self.bottom)

    def __str__(self) -> str:
        return f"{'−' if self.top < 0 else ''}{abs(self.top)}/{self.bottom}"


def written(ratio: Ratio) -> str:
    """A fraction as text, an integer without its denominator 1."""
    return show_quantity(ratio.top) if ratio.bottom == 1 else str(ratio)


def sum_ideas(left: Ratio, right: Ratio, sign: int) -> list[Idea]:
    """Wrong ideas about a sum or difference: tops and bottoms combined separately, only the denominator changed.

    Args:
        left: The first fraction.
        right: The second one.
        sign: 1 for a sum, -1 for a difference.
    """
    top, bottom = left.top + sign * right.top, left.bottom + sign * right.bottom
    if top < 0:
        return []
    ideas: list[Idea] = []
    if bottom > 0:
        by_parts = Ratio(top, bottom)
        if sign > 0:
            ideas.append(_tops_and_bottoms_added(left, right, by_parts))
        elif by_parts.value > left.value:
            ideas.append(_tops_and_bottoms_subtracted(left, right, by_parts))
    if left.bottom != right.bottom:
        ideas.append(_only_denominator_changed(left, right, sign))
    return ideas


def _tops_and_bottoms_added(left: Ratio, right: Ratio, wrong: Ratio) -> Idea:
    """1/2 + 1/3 as 2/5."""
    larger, smaller = (right, left) if right.value > left.value else (left, right)
    misconception = _WORDS.misconception(
        "tops_and_bottoms_added",
        answer=str(wrong),
        left_top=left.top,
        right_top=right.top,
        left_bottom=left.bottom,
        right_bottom=right.bottom,
        larger=written(larger),
        smaller=written(smaller),
    )
    return Idea(wrong.value, misconception)


def _tops_and_bottoms_subtracted(left: Ratio, right: Ratio, wrong: Ratio) -> Idea:
    """3/4 − 1/2 as 2/2."""
    misconception = _WORDS.misconception(
        "tops_and_bottoms_subtracted",
        answer=str(wrong),
        left_top=left.top,
        right_top=right.top,
        left_bottom=left.bottom,
        right_bottom=right.bottom,
        left=written(left),
        right=written(right),
    )
    return Idea(wrong.value, misconception)


def _only_denominator_changed(left: Ratio, right: Ratio, sign: int) -> Idea:
    """1/2 + 1/3 as 1/6 + 1/6."""
    common = lcm(left.bottom, right.bottom)
    wrong = Ratio(left.top + sign * right.top, common)
    changed = left if left.bottom != common else right
    misconception = _WORDS.misconception(
        "only_denominator_changed",
        answer=str(wrong),
        common=common,
        left_top=left.top,
        symbol="+" if sign > 0 else "−",
        right_top=right.top,
        changed_top=changed.top,
        changed=written(changed),
    )
    return Idea(wrong.value, misconception)


def product_ideas(left: Ratio, right: Ratio) -> list[Idea]:
    """Wrong ideas about a product: a common denominator kept, or the factors multiplied crosswise."""
    common = lcm(left.bottom, right.bottom)
    tops = (left.top * common // left.bottom) * (right.top * common // right.bottom)
    over_common = Ratio(tops, common)
    denominator_kept = _WORDS.misconception("common_denominator_kept", answer=str(over_common), common=common)
    crossed = Ratio(left.top * right.bottom, left.bottom * right.top)
    multiplied_crosswise = _WORDS.misconception(
        "multiplied_crosswise",
        answer=str(crossed),
        left_top=left.top,
        right_bottom=right.bottom,
        left_bottom=left.bottom,
        right_top=right.top,
    )
    return [Idea(over_common.value, denominator_kept), Idea(crossed.value, multiplied_crosswise)]


def division_ideas(left: Ratio, right: Ratio) -> list[Idea]:
    """Wrong ideas about a quotient: multiplied without turning a fraction over, or the wrong one turned over."""
    dividend, divisor = written(left), written(right)
    straight = Ratio(left.top * right.top, left.bottom * right.bottom)
    multiplied = _WORDS.misconception(
        "multiplied_instead_of_divided", answer=str(straight), dividend=dividend, divisor=divisor
    )
    flipped = Ratio(left.bottom * right.top, left.top * right.bottom)
    wrong_one_turned = _WORDS.misconception(
        "first_fraction_turned_over", answer=str(flipped), dividend=dividend, divisor=divisor
    )
    return [Idea(straight.value, multiplied), Idea(flipped.value, wrong_one_turned)]


def simplify_ideas(ratio: Ratio) -> list[Idea]:
    """Wrong ideas about lowest terms: the common factor subtracted, only the numerator divided."""
    shared = gcd(ratio.top, ratio.bottom)
    ideas: list[Idea] = []
    if min(ratio.top, ratio.bottom) > shared:
        less = Ratio(ratio.top - shared, ratio.bottom - shared)
        subtracted = _WORDS.misconception("same_number_subtracted", answer=str(less), factor=shared)
        ideas.append(Idea(less.value, subtracted))
    partly = Ratio(ratio.top // shared, ratio.bottom)
    numerator_divided = _WORDS.misconception(
        "only_numerator_divided", answer=str(partly), numerator=ratio.top, factor=shared, fraction=ratio
    )
    return [*ideas, Idea(partly.value, numerator_divided)]


def share_ideas(top: int, bottom: int, whole: Fraction, unit: str | None) -> list[Idea]:
    """Wrong ideas about top/bottom of a whole: one share only, the rest instead, or the fraction upside down."""
    one, total, upside_down = whole / bottom, whole * top / bottom, whole * bottom / top
    number, shown_whole, fraction = show_quantity(whole), show_amount(whole, unit), f"{top}/{bottom}"
    one_share_only = _WORDS.misconception(
        "one_share_only",
        answer=show_amount(one, unit),
        number=number,
        denominator=bottom,
        share=show_quantity(one),
        fraction=fraction,
        whole=shown_whole,
    )
    taken_away = _WORDS.misconception(
        "fraction_taken_away",
        answer=show_amount(whole - total, unit),
        fraction=fraction,
        number=number,
        rest=show_quantity(whole - total),
    )
    turned_over = _WORDS.misconception(
        "multiplied_by_denominator",
        answer=show_amount(upside_down, unit),
        number=number,
        denominator=bottom,
        numerator=top,
        result=show_quantity(upside_down),
        fraction=fraction,
        whole=shown_whole,
    )
    return [Idea(one, one_share_only), Idea(whole - total, taken_away), Idea(upside_down, turned_over)]
