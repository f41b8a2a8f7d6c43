"""Slips in the arithmetic of a single calculation, each with a test that reveals it.

The student does the right operation on the right numbers and works it out wrongly, in one of the ways known from
research: a carry is forgotten, the smaller digit is taken from the larger one (Brown and Burton, "Diagnostic models for
procedural bugs in basic mathematical skills", Cognitive Science 2, 1978), the next product in the table comes to mind
(Campbell and Graham, "Mental multiplication skill", Canadian Journal of Psychology 39, 1985), a zero or a decimal place
is lost, or a count is off by one. The test applies the opposite operation to the wrong result, so it does not give the
right one away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

_BACK_CHECKS = {
    "+": (
        "Check it backwards: what is {wrong} − {b}, and is that {a}?",
        "Subtract {b} from your {wrong}: do you get {a} back?",
        "If {a} and {b} made {wrong}, {wrong} − {b} would be {a}. What is it?",
        "Take the {b} away from {wrong} again: are you back at {a}?",
    ),
    "-": (
        "Check it backwards: what is {wrong} + {b}, and is that {a}?",
        "Add {b} to your {wrong}: do you get {a} back?",
        "If {a} − {b} were {wrong}, {wrong} + {b} would be {a}. What is it?",
        "Put {wrong} and {b} together: is that {a}?",
    ),
    "*": (
        "Check it backwards: what is {wrong} ÷ {a}, and is that {b}?",
        "Divide your {wrong} by {a}: do you get {b}?",
        "If {wrong} were {a} × {b}, {wrong} ÷ {a} would be {b}. What is it?",
        "How many times does {a} go into {wrong}, and how many times should it?",
    ),
    "/": (
        "Check it backwards: what is {wrong} × {b}, and is that {a}?",
        "Multiply your {wrong} by {b}: do you get {a} again?",
        "If {a} ÷ {b} were {wrong}, {wrong} × {b} would be {a}. What is it?",
        "What is {b} × {wrong}, and which number should it be?",
    ),
}
_FOUND = (
    "I get {back} there, and it should be {should}.",
    "That comes to {back}, not to {should}.",
    "Hm, {back}, and {should} would be right.",
    "It's {back} then, so it doesn't come back to {should}.",
)
_OPPOSITE = {"+": "-", "-": "+", "*": "/", "/": "*"}
_BY_HEART = 12
"""The largest factor whose table is known by heart, so that the next product in it may come to mind."""


@dataclass(frozen=True)
class Slip:
    """A wrong result of a right calculation.

    `check` is the tutor's test, and `found` is what the student finds with it. Neither states the right result.
    """

    belief: str
    wrong: Fraction
    check: str
    found: str


def slip_in(left: str, operator: str, right: str, variant: int) -> Slip | None:
    """A typical slip in `left` `operator` `right`; None where no test by the opposite operation comes out even.

    Args:
        left: A positive decimal number as it is written.
        operator: One of + - * /.
        right: A number like `left`.
        variant: Chooses the wording of the test. Equal numbers give equal wordings.
    """
    a, b = _number(left), _number(right)
    exact = _apply(operator, a, b)
    if exact is None or exact <= 0 or (operator in "+-" and max(a, b) < 10):
        return None  # a student who works on word problems does not get 2 + 3 wrong
    for belief, wrong in _wrong_results(a, operator, b, exact):
        test = _test(left, operator, right, wrong)
        if wrong <= 0 or wrong in (exact, a, b) or written(wrong) is None or test is None or test.back == exact:
            continue
        slots = {"a": _shown(test.kept), "b": _shown(test.other), "wrong": written(wrong)}
        checks = _BACK_CHECKS[operator]
        turn, which = divmod(variant, len(checks))
        found = _FOUND[turn % len(_FOUND)].format(back=written(test.back), should=_shown(test.should))
        return Slip(belief, wrong, checks[which].format(**slots), found)
    return None


class _Test(NamedTuple):
    """The opposite operation on a wrong result: it gives `back`, and with a right result it would give `should`."""

    kept: str
    other: str
    should: str
    back: Fraction


def _test(left: str, operator: str, right: str, wrong: Fraction) -> _Test | None:
    """A test whose result can be written down, preferably as a whole number."""
    if operator == "*":
        tests = [_Test(a, b, b, wrong / _number(a)) for a, b in ((left, right), (right, left)) if _number(a) > 1]
    else:
        back = _apply(_OPPOSITE[operator], wrong, _number(right))
        tests = [_Test(left, right, left, back)] if back is not None else []
    tests = [test for test in tests if written(test.back) is not None]
    return min(tests, key=lambda test: test.back.denominator, default=None)


def written(value: Fraction) -> str | None:
    """A value as a student would write it; None if it is negative or has more than two decimals."""
    if value < 0 or (value * 100).denominator != 1:
        return None
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0")


def _wrong_results(a: Fraction, operator: str, b: Fraction, exact: Fraction) -> Iterator[tuple[str, Fraction]]:
    """The likely wrong results, the most typical first."""
    place = _last_place(a, b)
    if operator == "+":
        yield "forgets a carry", _by_columns(a, b, lambda x, y: (x + y) % 10)
        yield "counts on from the wrong number", exact - place
        yield "counts on too far", exact + place
    elif operator == "-":
        smaller_from_larger = _by_columns(a, b, lambda x, y: abs(x - y))
        yield "takes the smaller digit from the larger one", smaller_from_larger if smaller_from_larger < a else exact
        yield "counts back from the wrong number", exact + place
        yield "counts back too far", exact - place
    elif operator == "*":
        if exact % 100 == 0:
            yield "loses a nought", exact / 10
        for factor, other in ((a, b), (b, a)):
            if factor.denominator == 1 and 2 <= factor <= _BY_HEART:
                yield "takes the product before it in the table", exact - other
                yield "takes the product after it in the table", exact + other
        yield "puts the decimal point in the wrong place", exact / 10
    else:
        if exact % 10 == 0:
            yield "loses a nought", exact / 10
        if exact.denominator == 1:
            yield "counts one part too few", exact - 1
            yield "counts one part too many", exact + 1
        yield "puts the decimal point in the wrong place", exact * 10


def _by_columns(a: Fraction, b: Fraction, column: Callable[[int, int], int]) -> Fraction:
    """Combines two numbers column by column, without carrying."""
    unit = _last_place(a, b)
    first, second = (str(int(n / unit)) for n in (a, b))
    width = max(len(first), len(second))
    pairs = zip(first.zfill(width), second.zfill(width), strict=True)
    return int("".join(str(column(int(x), int(y))) for x, y in pairs)) * unit


def _last_place(a: Fraction, b: Fraction) -> Fraction:
    """The largest power of ten that both are whole multiples of."""
    unit = Fraction(10) ** min(len(str(int(n))) - 1 for n in (a, b))
    while (a / unit).denominator != 1 or (b / unit).denominator != 1:
        unit /= 10
    return unit


def _apply(operator: str, a: Fraction, b: Fraction) -> Fraction | None:
    if operator == "/":
        return a / b if b else None
    return {"+": a + b, "-": a - b, "*": a * b}[operator]


def _number(digits: str) -> Fraction:
    return Fraction(digits.replace(",", ""))


def _shown(number: str) -> str:
    """A number without superfluous zeros, but with one before a leading decimal point."""
    number = re.sub(r"\.?0*$", "", number) if "." in number else number
    return f"0{number}" if number.startswith(".") else number
