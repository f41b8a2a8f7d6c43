"""Fractions: add, subtract, multiply, divide, simplify, and a fraction of a number."""

from __future__ import annotations

import re
from fractions import Fraction
from math import lcm

from canopy_assets.curriculum.fractions import forms
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
from canopy_assets.curriculum.fractions.steps import reduce_step, solution
from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words, number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_number, show_quantity
from canopy_assets.maths.number_words import PARTS
from canopy_assets.records import Step

_WORDS = topic(__package__)

MAX_DENOMINATOR = 1000

_PART = r"(hal(?:f|ves)|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)"
_FRACTION = re.compile(rf"/|\b{_PART}\b|\bdecimal|\bfraction", re.IGNORECASE)
_PART_WORDS = re.compile(rf"\b(?:(\d{{1,2}})|an?|one)\s+{_PART}\s+of\b|\bhalf of\b", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:left|remain\w*|other|others|rest|without|not)\b", re.IGNORECASE)
"""With one of these words, the question asks for something other than the share that the fraction names."""
_KINDS = {"add": "+", "subtract": "-", "difference": "-", "multiply": "*", "divide": "/"}
"""The kinds of statement that name their operation."""
_OPERATORS = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/"}
_SUM_NAMES = {"+": "addition", "-": "subtraction"}


def _read(text: str) -> Parsed | None:
    """The parts of a statement by the grammar, which need not be asked about a text without a fraction."""
    return parsed(__package__, with_figures(text), ONE_LETTER) if _FRACTION.search(text) else None


def with_figures(text: str) -> str:
    """Fractions of something in figures: "two thirds of 24" → "2/3 of 24", "half of" → "1/2 of"."""
    return _PART_WORDS.sub(lambda m: f"{m[1] or 1}/{PARTS[(m[2] or 'half').lower()]} of", digits_for_words(text))


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
    if found.kind == "difference" and left.value < right.value:
        return None  # negative to some, and how far apart they are to others
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
    steps += [_combine_step(new_left, new_right, total, operator), *reduce_step(total)]
    ideas = wrong_ideas(total.value, sum_ideas(left, right, sign))
    return solution(show_number(total.value), steps, ideas, _WORDS.concept("common_denominator"), None)


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
    steps += reduce_step(total)
    ideas = division_ideas(left, right) if operator == "/" else product_ideas(left, right)
    concept = _WORDS.concept("reciprocal") if operator == "/" else _WORDS.concept("product_of_fractions")
    return solution(show_number(total.value), steps, wrong_ideas(total.value, ideas), concept, None)


def _simplify(text: str) -> Solution | None:
    """A fraction in lowest terms."""
    found = _read(text)
    if found is None or found.kind != "lowest":
        return None
    ratio = _ratio(found.parts["fraction"])
    steps = reduce_step(ratio)
    if not steps or ratio.bottom <= 1 or ratio.top == 0:
        return None  # already in lowest terms: nothing to do
    ideas = wrong_ideas(ratio.value, simplify_ideas(ratio))
    return solution(show_number(ratio.value), steps, ideas, _WORDS.concept("lowest_terms"), None)


def _fraction_of(text: str) -> Solution | None:
    """A fraction of a number or of a group: "2/3 of $60", "2/5 of the students are girls. How many …?" """
    found = _read(text)
    if found is None or found.kind not in ("share", "group"):
        return None
    part = _ratio(found.parts["part"])
    if "right" in found.parts:  # "half of 3/5"
        other = _ratio(found.parts["right"])
        return _product(part, other, "*") if other.bottom > 1 and other.top and part.top else None
    counted = found.get("counted")
    same = found.get("same")
    if found.kind == "group" and (
        counted is None or _OTHERS.search(text) or (same and same.lower() != counted.lower()) or not _asks_claim(found)
    ):
        return None
    return _share(part.top, part.bottom, number(found.parts["amount"]), found.get("currency") or counted)


def _asks_claim(found: Parsed) -> bool:
    """Whether the question asks for those whom the claim is about: both have the same words, cut to four letters."""
    said = [(name, text) for name, text in found.listed if name in ("scene", "claim", "part", "whole")]
    after = [i for i, (name, _) in enumerate(said) if name in ("part", "whole")][-1] + 1
    words = [_content_words(text) for _, text in said[after:]]
    subject = {(found.get("counted") or "")[:4].lower()}
    claimed, asked = (words[0] - subject, words[-1] - subject) if len(words) > 1 else (set(), set())
    return bool(claimed & asked) and asked <= claimed


def _content_words(text: str) -> set[str]:
    """The content words, cut to four letters so that "girl" and "girls" agree."""
    return {word[:4] for word in re.findall("[a-z]{3,}", text.lower()) if word not in inert_words("grammar")}


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
    return solution(shown_total, steps, ideas, _WORDS.concept("fraction_of_a_number"), unit)


def _together(text: str) -> Solution | None:
    """Two fractions of one thing: "Tom ate 1/4 of a pizza and Ana ate 3/8 of it. How much did they eat together?" """
    found = _read(text)
    if found is None or found.kind != "together" or len({thing.lower() for thing in found.all("thing")}) > 1:
        return None
    return _sum(_ratio(found.parts["left"]), _ratio(found.parts["right"]), "+")


def _written_otherwise(text: str) -> Solution | None:
    """A reciprocal, the larger of two fractions, a fraction as a decimal or a mixed number, and these as fractions."""
    found = _read(text)
    if found is None:
        return None
    match found.kind:
        case "upside_down":
            return forms.reciprocal(_ratio(found.parts["left"]))
        case "larger":
            larger = found.parts["size"].lower() in ("larger", "greater", "bigger")
            return forms.compared(_ratio(found.parts["left"]), _ratio(found.parts["right"]), larger=larger)
        case "as_decimal":
            return forms.as_decimal(_ratio(found.parts["left"]))
        case "of_decimal":
            return forms.of_decimal(number(found.parts["decimal"]))
        case "improper":
            return forms.improper(found.parts["mixed_number"])
        case "mixed":
            return forms.mixed(_ratio(found.parts["fraction"]))
    return None


PRECEDENCE = 160
FAMILIES: tuple[Family, ...] = (
    WordedFamily("fractions", "fractions", (_simplify, _fraction_of, _pair, _together, _written_otherwise)),
)
