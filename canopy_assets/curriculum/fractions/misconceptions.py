"""Fractions as written, and what students get wrong about adding, multiplying and dividing them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from canopy_assets.curriculum.loader import topic
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception

_WORDS = topic(__package__)

SYMBOLS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


@dataclass(frozen=True)
class Ratio:
    """A fraction as written, not reduced."""

    top: int
    bottom: int

    @property
    def value(self) -> Fraction:
        """The ratio reduced; the pair itself keeps what the student wrote."""
        return Fraction(self.top, self.bottom)

    def __str__(self) -> str:
        return f"{'−' if self.top < 0 else ''}{abs(self.top)}/{self.bottom}"


def written(ratio: Ratio) -> str:
    """A fraction as text, an integer without its denominator 1."""
    return show(ratio.top) if ratio.bottom == 1 else str(ratio)


def sum_ideas(left: Ratio, right: Ratio, operator: str, sign: int) -> list[tuple[Fraction, Misconception]]:
    """Wrong ideas about a sum or difference: tops and bottoms each, only the denominator changed."""
    symbol, verb = SYMBOLS[operator], "add" if sign > 0 else "subtract"
    ideas: list[tuple[Fraction, Misconception]] = []
    bottom = left.bottom + sign * right.bottom
    if bottom > 0 and left.top + sign * right.top >= 0:
        wrong = Ratio(left.top + sign * right.top, bottom)
        first, other = (right, left) if sign > 0 and right.value > left.value else (left, right)
        check = (
            f"Is {wrong} more or less than {written(first)}, and is that what "
            f"you'd expect after you {verb} {written(other)}?"
        )
        if sign > 0:
            reply = f"{wrong} is no more than {written(first)} alone, although I added something."
        else:
            reply = f"{wrong} is more than {written(left)}, although I took something away."
        if sign > 0 or wrong.value > left.value:
            ideas.append(
                (
                    wrong.value,
                    _WORDS.misconception(
                        "numerators_denominators_each_ed",
                        answer=str(wrong),
                        verb=verb,
                        top=left.top,
                        symbol=symbol,
                        top2=right.top,
                        bottom=left.bottom,
                        bottom2=right.bottom,
                        wrong=wrong,
                        check=check,
                        reply=reply,
                    ),
                )
            )
    if left.bottom != right.bottom and left.top + sign * right.top >= 0:
        common = lcm(left.bottom, right.bottom)
        wrong = Ratio(left.top + sign * right.top, common)
        changed = left if left.bottom != common else right
        ideas.append(
            (
                wrong.value,
                _WORDS.misconception(
                    "denominator_changes_fraction_rewritten",
                    answer=str(wrong),
                    common=common,
                    top=left.top,
                    symbol=symbol,
                    top2=right.top,
                    wrong=wrong,
                    top3=changed.top,
                    written_changed=written(changed),
                ),
            )
        )
    return ideas


def product_ideas(left: Ratio, right: Ratio) -> list[tuple[Fraction, Misconception]]:
    """Wrong ideas about a product: a common denominator kept, crosswise."""
    common = lcm(left.bottom, right.bottom)
    tops = (left.top * common // left.bottom) * (right.top * common // right.bottom)
    kept = Ratio(tops, common)
    crossed = Ratio(left.top * right.bottom, left.bottom * right.top)
    return [
        (
            kept.value,
            _WORDS.misconception("common_denominator_kept_multiplying", answer=str(kept), common=common, kept=kept),
        ),
        (
            crossed.value,
            _WORDS.misconception(
                "fractions_multiplied_crosswise",
                answer=str(crossed),
                top=left.top,
                bottom=right.bottom,
                bottom2=left.bottom,
                top2=right.top,
                crossed=crossed,
            ),
        ),
    ]


def division_ideas(left: Ratio, right: Ratio) -> list[tuple[Fraction, Misconception]]:
    """Wrong ideas about a quotient: multiplied straight, the wrong fraction turned over."""
    straight = Ratio(left.top * right.top, left.bottom * right.bottom)
    flipped = Ratio(left.bottom * right.top, left.top * right.bottom)
    dividend, divisor = written(left), written(right)
    return [
        (
            straight.value,
            _WORDS.misconception(
                "dividing_fraction_multiplying",
                answer=str(straight),
                dividend=dividend,
                divisor=divisor,
                straight=straight,
            ),
        ),
        (
            flipped.value,
            _WORDS.misconception(
                "first_fraction_turned_over", answer=str(flipped), dividend=dividend, divisor=divisor, flipped=flipped
            ),
        ),
    ]
