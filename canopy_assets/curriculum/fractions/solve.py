"""Fractions: add, subtract, multiply, divide, simplify, and a fraction of a number."""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd, lcm

from canopy_assets.curriculum.fractions.misconceptions import (
    SYMBOLS,
    Ratio,
    division_ideas,
    product_ideas,
    share_ideas,
    simplify_ideas,
    sum_ideas,
    written,
)
from canopy_assets.curriculum.grammar import Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Concept, Family, Solution, wrong_ideas
from canopy_assets.curriculum.statements import NUMBER, number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_number, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_DENOMINATOR = 1000

_FLAGS = re.IGNORECASE | re.VERBOSE

_STORY_OF = re.compile(
    rf"""
    (?P<number>{NUMBER})\ (?P<unit>[a-z]{{3,14}})[^.?!\d]*[.,;]  # There are 30 students.
    \ (?:if\ )?(?P<top>\d+)\s*/\s*(?P<bottom>\d+)\ of\ (?:the|them|these|its|her|his)\b  # 2/5 of the
    (?:\ (?P<same>[a-z]+))?[^.?!\d]*[.,;]  # students are girls.
    \ how\ many\ (?P=unit)\ (?P<asked>are|were|is|did|does|have|do)\b  # How many students
    (?P<tail>[^.?!\d]*)\?  # are girls?
    """,
    _FLAGS,
)
_NOT_THE_SHARE = re.compile(
    r"""
    \b(
        not|left|remain|other|more|rest|without  # those who are not meant
        |half|third|quarter|twice|each|per|and  # a second relation between the numbers
    )\w*
    """,
    _FLAGS,
)
"""With one of these words, the question asks for something other than the share that the fraction names."""
_KINDS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
"""The kinds of statement that name their operation."""
_OPERATORS = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/"}
_SUM_NAMES = {"+": "addition", "-": "subtraction"}


def _solution(
    answer: str, steps: list[Step], ideas: tuple[Misconception, ...], concept: Concept, unit: str | None
) -> Solution:
    """A solution of this family."""
    return Solution(
        family="fractions",
        topic="fractions",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=concept,
    )


def _reduce_step(ratio: Ratio) -> list[Step]:
    """The step into lowest terms; no step if the fraction is already in lowest terms."""
    if gcd(ratio.top, ratio.bottom) == 1 and ratio.bottom != 1:
        return []
    result = show_number(ratio.value)
    slots = {
        "fraction": str(ratio),
        "numerator": show_quantity(abs(ratio.top)),
        "denominator": show_quantity(ratio.bottom),
    }
    ask = f"Which number divides both {slots['numerator']} and {slots['denominator']}, and what is left of {ratio}?"
    return [Step("fractions.reduce", ask, f"{ratio} = {result}", result, slots)]


def _read(text: str) -> Parsed | None:
    """The parts of a statement by the grammar, which need not be asked about a text without a fraction."""
    return parsed(__package__, text) if "/" in text else None


def _pair(text: str) -> Solution | None:
    """Two fractions, or a fraction and an integer, with one operation between them."""
    found = _read(text)
    if found is None or found.kind not in ("pair", *_KINDS):
        return None
    word = " ".join(found.parts.get("operator", "").lower().split())
    operator = _KINDS.get(found.kind) or _OPERATORS.get(word, word)
    left, right = _ratio(found.parts["left"]), _ratio(found.parts["right"])
    if not left.top or not right.top or max(left.bottom, right.bottom) > MAX_DENOMINATOR:
        return None
    if left.bottom == right.bottom == 1 and "/" not in found.parts["left"] + found.parts["right"]:
        return None  # two integers
    return _sum(left, right, operator) if operator in "+-" else _product(left, right, operator)


def _ratio(text: str) -> Ratio:
    """A fraction, a mixed number or an integer as it is written, without cancelling."""
    *whole, fraction = re.findall(r"\d+\s*/\s*\d+|\d+", text)
    top, _, bottom = fraction.partition("/")
    ratio = Ratio(int(top), int(bottom or 1))
    if ratio.bottom == 0:
        raise ValueError("a fraction with denominator 0")
    return Ratio(int(whole[0]) * ratio.bottom + ratio.top, ratio.bottom) if whole else ratio


def _sum(left: Ratio, right: Ratio, operator: str) -> Solution | None:
    """A sum or difference; None where the fractions cancel."""
    common = lcm(left.bottom, right.bottom)
    new_left, new_right = (Ratio(r.top * common // r.bottom, common) for r in (left, right))
    sign = 1 if operator == "+" else -1
    total = Ratio(new_left.top + sign * new_right.top, common)
    if total.top == 0:
        return None  # equal fractions cancel: no parts left to talk about
    steps = (
        [_common_denominator_step(left, right, new_left, new_right, operator)] if left.bottom != right.bottom else []
    )
    steps += [_combine_step(new_left, new_right, total, operator), *_reduce_step(total)]
    ideas = wrong_ideas(total.value, sum_ideas(left, right, sign))
    return _solution(show_number(total.value), steps, ideas, _WORDS.concept("common_denominator"), None)


def _common_denominator_step(left: Ratio, right: Ratio, new_left: Ratio, new_right: Ratio, operator: str) -> Step:
    """Rewrite both fractions with one denominator."""
    symbol = SYMBOLS[operator]
    slots = {
        "left": written(left),
        "right": written(right),
        "operation": _SUM_NAMES[operator],
        "sign": symbol,
        "left_denominator": show_quantity(left.bottom),
        "right_denominator": show_quantity(right.bottom),
    }
    result = f"{new_left} {symbol} {new_right}"
    ask = f"Which denominator fits both {slots['left']} and {slots['right']}, and how do they look with it?"
    work = f"{slots['left']} {symbol} {slots['right']} = {result}"
    return Step("fractions.common_denominator", ask, work, result, slots)


def _combine_step(left: Ratio, right: Ratio, total: Ratio, operator: str) -> Step:
    """Add or subtract the numerators over the common denominator."""
    symbol = SYMBOLS[operator]
    slots = {
        "left": str(left),
        "right": str(right),
        "denominator": show_quantity(total.bottom),
        "operation": _SUM_NAMES[operator],
        "sign": symbol,
        "left_numerator": show_quantity(left.top),
        "right_numerator": show_quantity(right.top),
    }
    ask = f"With equal parts, what is {left} {symbol} {right}?"
    return Step("fractions.combine", ask, f"{left} {symbol} {right} = {total}", str(total), slots)


def _product(left: Ratio, right: Ratio, operator: str) -> Solution:
    """A product or quotient."""
    steps = []
    factor = right
    if operator == "/":
        factor = Ratio(right.bottom, right.top)
        result = f"{written(left)} × {written(factor)}"
        slots = {"left": written(left), "right": written(right)}
        ask = f"Dividing by {slots['right']} is the same as multiplying by what?"
        steps.append(Step("fractions.reciprocal", ask, f"{slots['left']} ÷ {slots['right']} = {result}", result, slots))
    total = Ratio(left.top * factor.top, left.bottom * factor.bottom)
    slots = {
        "left": written(left),
        "right": written(factor),
        "left_numerator": show_quantity(left.top),
        "right_numerator": show_quantity(factor.top),
        "left_denominator": show_quantity(left.bottom),
        "right_denominator": show_quantity(factor.bottom),
    }
    ask = f"What are the numerator and the denominator of {slots['left']} × {slots['right']}?"
    steps.append(Step("fractions.multiply", ask, f"{slots['left']} × {slots['right']} = {total}", str(total), slots))
    steps += _reduce_step(total)
    ideas = division_ideas(left, right) if operator == "/" else product_ideas(left, right)
    concept = _WORDS.concept("reciprocal") if operator == "/" else _WORDS.concept("product_of_fractions")
    return _solution(show_number(total.value), steps, wrong_ideas(total.value, ideas), concept, None)


def _simplify(text: str) -> Solution | None:
    """A fraction in lowest terms."""
    found = _read(text)
    if found is None or found.kind != "lowest":
        return None
    ratio = _ratio(found.parts["fraction"])
    steps = _reduce_step(ratio)
    if not steps or ratio.bottom <= 1 or ratio.top == 0:
        return None  # already in lowest terms: nothing to do
    ideas = wrong_ideas(ratio.value, simplify_ideas(ratio))
    return _solution(show_number(ratio.value), steps, ideas, _WORDS.concept("lowest_terms"), None)


def _fraction_of(text: str) -> Solution | None:
    """A fraction of a number or of a group: "2/3 of $60", "2/5 of the students are girls. How many …?" """
    found = _read(text)
    if found is not None:
        if found.kind != "share":
            return None
        part = _ratio(found.parts["part"])
        unit = found.get("currency") or found.get("unit")
        return _share(part.top, part.bottom, number(found.parts["amount"]), unit)
    match = _STORY_OF.search(text)
    if match is None or _NOT_THE_SHARE.search(match["tail"] + text[match.end("bottom") :]):
        return None
    if match["same"] and match["same"].lower() not in (match["unit"].lower(), "are", "were"):
        return None
    return _share(int(match["top"]), int(match["bottom"]), number(match["number"]), match["unit"])


def _share(top: int, bottom: int, whole: Fraction, unit: str | None) -> Solution | None:
    """top/bottom of a whole: one share first, then several; None unless it is a proper part."""
    if not 1 <= top < bottom:
        return None
    one, total = whole / bottom, whole * top / bottom
    shown_whole, shown_one, shown_total = (show_amount(v, unit) for v in (whole, one, total))
    slots = {
        "fraction": f"{top}/{bottom}",
        "whole": shown_whole,
        "numerator": show_quantity(top),
        "denominator": show_quantity(bottom),
    }
    ask = f"What is one of {bottom} equal shares of {shown_whole}?"
    steps = [Step("fractions.one_share", ask, f"{shown_whole} ÷ {bottom} = {shown_one}", shown_one, slots)]
    if top > 1:
        slots = slots | {"share": shown_one}
        ask = f"If one share is {shown_one}, how much are {top} of them?"
        work = f"{top} × {show_quantity(one)} = {shown_total}"
        steps.append(Step("fractions.several_shares", ask, work, shown_total, slots))
    ideas = wrong_ideas(total, share_ideas(top, bottom, whole, unit))
    return _solution(shown_total, steps, ideas, _WORDS.concept("fraction_of_a_number"), unit)


PRECEDENCE = 160
FAMILIES: tuple[Family, ...] = (WordedFamily("fractions", "fractions", (_simplify, _fraction_of, _pair)),)
