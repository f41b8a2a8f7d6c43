"""Amounts shared in a ratio, ratios in lowest terms, and prices of several things."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import (
    LAST_STEP,
    Family,
    Idea,
    Solution,
    kept,
    unless_right,
    wrong_ideas,
)
from canopy_assets.curriculum.statements import digits_for_words, number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show_amount, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_ABOUT_RATIOS = re.compile(r"\bratio\b|\bcosts?\b|\bprice\b", re.IGNORECASE)
_MONEY = {"dollars": "$", "euros": "€", "pounds": "£"}
_LARGE = frozenset(("larger", "largest", "greater"))


def _share(text: str) -> Solution | None:
    """An amount shared in a ratio: all shares, the larger or smaller one, or that of a person."""
    found = _read(text)
    if found is None or found.kind not in ("share", "named_share"):
        return None
    numbers = _ratio(found.parts["ratio"])
    whole, unit = _amount(found.parts["whole"])
    if any(int(count) != len(numbers) for count in found.all("count")) or not 0 < whole <= 10**9:
        return None
    if found.kind == "share":
        size = found.get("size")
        if size is None:
            return _shares(whole, unit, numbers)
        if len(set(numbers)) != len(numbers):
            return None
        return _one_share(whole, unit, numbers, (max if size.lower() in _LARGE else min)(numbers))
    people = [name.lower() for name in found.all("who")]
    if len(people) != len(numbers) or len(set(people)) != len(people):
        return None
    asked = found.get("asked")
    if asked is None:
        return _shares(whole, unit, numbers)
    name = re.sub(r"'s?$", "", asked.lower())
    return _one_share(whole, unit, numbers, numbers[people.index(name)]) if name in people else None


def _read(text: str) -> Parsed | None:
    return parsed(__package__, digits_for_words(text), ONE_LETTER) if _ABOUT_RATIOS.search(text) else None


def _ratio(text: str) -> list[int]:
    """The numbers of a ratio such as "2:3".

    Raises:
        ValueError: one is 0, or they are no whole numbers of a textbook.
    """
    numbers = [int(n) for n in re.split(r"\s*(?::|to)\s*", text)]
    if not all(0 < n <= 1000 for n in numbers) or not 2 <= len(numbers) <= 4:
        raise ValueError("no ratio of a textbook")
    return numbers


def _amount(text: str) -> tuple[Fraction, str | None]:
    """The value and the unit of "$120", "45 sweets", "60"."""
    match = re.fullmatch(r"([$€£])?\s*([\d.,]+)\s*(.*)", text.strip())
    if match is None:
        raise ValueError("no amount")
    word = match[3].lower()
    return number(match[2]), match[1] or _MONEY.get(word, word) or None


def _part_steps(whole: Fraction, unit: str | None, numbers: Sequence[int]) -> tuple[list[Step], Fraction]:
    """The steps to one part, and its value."""
    parts = sum(numbers)
    one = whole / parts
    shown, ratio = show_amount(whole, unit), ":".join(map(str, numbers))
    slots = {"ratio": ratio, "whole": shown}
    work = f"{' + '.join(map(str, numbers))} = {parts}"
    steps = [Step("ratio.parts", f"How many equal parts are there in the ratio {ratio}?", work, str(parts), slots)]
    result = show_amount(one, unit)
    ask = f"If {shown} are cut into {parts} equal parts, how large is one?"
    work = f"{shown} ÷ {parts} = {result}"
    steps.append(Step("ratio.one_part", ask, work, result, slots | {"parts": str(parts)}))
    return steps, one


def _shares(whole: Fraction, unit: str | None, numbers: Sequence[int]) -> Solution | None:
    if len(set(numbers)) == 1:
        return None
    steps, one = _part_steps(whole, unit, numbers)
    answer = listing(show_amount(n * one, unit) for n in numbers)
    slots = {"ratio": steps[0].slots["ratio"], "whole": steps[0].slots["whole"], "part": steps[1].result}
    ask = f"With {slots['part']} in each part, what are the shares for {slots['ratio']}?"
    work = " and ".join(f"{n} × {show_quantity(one)} = {show_amount(n * one, unit)}" for n in numbers)
    steps.append(Step("ratio.shares", ask, work, answer, slots))
    said = {"ratio": slots["ratio"], "whole": slots["whole"], "count": len(numbers)}
    equal = listing([show_amount(whole / len(numbers), unit)] * len(numbers))
    divided = listing(show_amount(whole / n, unit) for n in numbers)
    wrong = [
        _WORDS.misconception("shared_equally", answer=equal, step=LAST_STEP, **said),
        _WORDS.misconception("divided_by_each_number", answer=divided, step=LAST_STEP, **said),
    ]
    last = len(steps) - 1
    ideas = kept(*(unless_right(idea, answer, kind="solutions") for idea in wrong))
    return Solution(
        family="ratio",
        topic="ratios",
        answer=answer,
        answer_kind="solutions",
        unit=unit,
        steps=tuple(steps),
        misconceptions=tuple(_at(idea, last) for idea in ideas),
        concept=_WORDS.concept("ratio"),
    )


def _one_share(whole: Fraction, unit: str | None, numbers: Sequence[int], mine: int) -> Solution:
    steps, one = _part_steps(whole, unit, numbers)
    value = one * mine
    answer = show_amount(value, unit)
    slots = {"ratio": steps[0].slots["ratio"], "whole": steps[0].slots["whole"], "part": steps[1].result}
    slots |= {"mine": str(mine)}
    ask = f"With {slots['part']} in each part, how much are {mine} parts?"
    steps.append(Step("ratio.share", ask, f"{mine} × {show_quantity(one)} = {answer}", answer, slots))
    other = sum(numbers) - mine
    said = {"ratio": slots["ratio"], "whole": slots["whole"], "count": len(numbers), "mine": mine}
    found = [
        (whole / mine, "divided_by_own_number"),
        (whole / len(numbers), "share_taken_as_equal"),
        (whole * mine / other, "own_number_over_the_other") if other != mine else None,
    ]
    ideas = [
        Idea(wrong, _WORDS.misconception(name, answer=show_amount(wrong, unit), step=LAST_STEP, other=other, **said))
        for wrong, name in filter(None, found)
    ]
    return _number_solution(value, unit, steps, ideas)


def _number_solution(value: Fraction, unit: str | None, steps: list[Step], ideas: list[Idea]) -> Solution:
    return Solution(
        family="ratio",
        topic="ratios",
        answer=show_amount(value, unit),
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=wrong_ideas(value, ideas, len(steps)),
        concept=_WORDS.concept("ratio"),
    )


def _price(text: str) -> Solution | None:
    """What several things cost, if some of them cost a known amount."""
    found = _read(text)
    if found is None or found.kind != "price":
        return None
    things = {thing.lower().removesuffix("s") for thing in found.all("thing")}
    units = {unit.lower() for unit in found.all("unit")}
    if len(things) > 1 or len(units) > 1 or len(found.all("unit")) == 1:
        return None
    known, wanted = number(found.parts["known_count"]), number(found.parts["wanted_count"])
    paid, unit = _amount(found.parts["paid"])
    if known == wanted or not known or known == 1:
        return None
    noun = found.all("unit")[0] if units else found.all("thing")[0].lower()
    one, total = paid / known, paid / known * wanted
    shown_known, shown_wanted = f"{show_quantity(known)} {noun}", f"{show_quantity(wanted)} {noun}"
    price, first, answer = (show_amount(v, unit) for v in (paid, one, total))
    slots = {"known": shown_known, "wanted": shown_wanted, "price": price}
    ask = f"If {shown_known} cost {price}, what does a single one cost?"
    steps = [Step("ratio.one_price", ask, f"{price} ÷ {show_quantity(known)} = {first}", first, slots)]
    slots = {"wanted": shown_wanted, "one": first}
    ask = f"At {first} each, what do {shown_wanted} cost?"
    work = f"{show_quantity(wanted)} × {first} = {answer}"
    steps.append(Step("ratio.price", ask, work, answer, slots))
    said = {"known": shown_known, "wanted": shown_wanted, "price": price}
    wrong = [
        (paid * wanted, "price_of_all_for_one"),
        (paid + wanted - known, "more_things_as_more_money"),
        (one, "single_price_taken_as_answer"),
    ]
    ideas = [
        Idea(value, _WORDS.misconception(name, answer=show_amount(value, unit), step=LAST_STEP, **said))
        for value, name in wrong
        if value > 0
    ]
    return _number_solution(total, unit, steps, ideas)


def _at(idea: Misconception, step: int) -> Misconception:
    return replace(idea, step=step)


PRECEDENCE = 78
FAMILIES: tuple[Family, ...] = (WordedFamily("ratio", "ratios", (_share, _price)),)
