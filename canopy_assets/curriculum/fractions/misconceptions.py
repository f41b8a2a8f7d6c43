"""Fractions as written, and what students get wrong about adding, multiplying and dividing them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception

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
                    Misconception(
                        f"numerators and denominators are each {verb}ed",
                        f"I {verb} tops and bottoms: {left.top} {symbol} {right.top} over "
                        f"{left.bottom} {symbol} {right.bottom}, so {wrong}.",
                        str(wrong),
                        check,
                        reply,
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
                Misconception(
                    "only the denominator changes when a fraction is rewritten",
                    f"The common denominator is {common}, so I get {left.top} {symbol} "
                    f"{right.top} over {common}, that is {wrong}.",
                    str(wrong),
                    f"Is {changed.top}/{common} as much as {written(changed)}?",
                    f"No, {changed.top}/{common} is smaller than {written(changed)}, so I changed its size.",
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
            Misconception(
                "the common denominator is kept when multiplying",
                f"I put both over {common}, multiply the tops and keep {common}: {kept}.",
                str(kept),
                "By your rule, what would half of a half be: 1/2 × 1/2, with the 2 kept?",
                "1/2, but half of a half pizza is less than a half pizza.",
            ),
        ),
        (
            crossed.value,
            Misconception(
                "fractions are multiplied crosswise",
                f"I multiply across the diagonal: {left.top} times {right.bottom} "
                f"over {left.bottom} times {right.top}, so {crossed}.",
                str(crossed),
                "Try your diagonal rule on 1/2 × 1/2: what comes out, and is it half of a half?",
                "I'd get 2/2, a whole one. Half of a half can't be a whole.",
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
            Misconception(
                "dividing by a fraction is multiplying by it",
                f"I multiply tops and bottoms of {dividend} and {divisor}: {straight}.",
                str(straight),
                f"If {straight} were the quotient, then {straight} × {divisor} would have to give what?",
                f"It would have to give {dividend}, and it doesn't.",
            ),
        ),
        (
            flipped.value,
            Misconception(
                "the first fraction is turned over",
                f"I turn {dividend} over and multiply by {divisor}: {flipped}.",
                str(flipped),
                f"A quotient times the divisor gives the dividend. Does {flipped} × {divisor} give {dividend}?",
                f"No, that isn't {dividend}.",
            ),
        ),
    ]
