"""Percentages: p % of n, what percent, increase and decrease, discount, tax and tip, percent change."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.grammar import Parsed, parsed
from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.percent import patterns
from canopy_assets.curriculum.percent.misconceptions import change_ideas, of_ideas, percent_change_ideas, ratio_ideas
from canopy_assets.curriculum.solution import Concept, Family, Solution, wrong_ideas
from canopy_assets.curriculum.statements import NUMBER, number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_amount, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_MONEY = {"dollars": "$", "euros": "€", "pounds": "£"}
_SUCH = frozenset(("are", "were", "have", "the", "they", "that", "ther", "for", "this"))
"""Beginnings of words that do not say whom or what a claim is about."""


def _solution(
    answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...], concept: Concept
) -> Solution:
    """A solution of this family."""
    return Solution(
        family="percent",
        topic="percentages",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=concept,
    )


def _base(percent: Fraction) -> int:
    """A percentage that is easy to compute and leads to `percent`: 50, 25, 10 or 1."""
    if percent == 50:
        return 50
    if percent in (25, 75):
        return 25
    return 10 if percent % 5 == 0 else 1


def part_steps(percent: Fraction, whole: Fraction, unit: str | None) -> list[Step]:
    """The steps to `percent` % of `whole`: first an easy percentage, then the wanted one."""
    base = _base(percent)
    base_value, value = whole * base / 100, whole * percent / 100
    slots = {
        "percent": show_quantity(percent) + "%",
        "whole": show_amount(whole, unit),
        "base": f"{base}%",
        "parts": str(100 // base),
    }
    first = show_amount(base_value, unit)
    steps = [
        Step(
            "percent.benchmark",
            f"What is {base}% of {slots['whole']}?",
            f"{base}% of {slots['whole']} is {first}",
            first,
            slots,
        )
    ]
    if percent != base:
        result = show_amount(value, unit)
        slots = slots | {"base_value": first}
        ask = f"If {base}% is {first}, how much is {slots['percent']}?"
        steps.append(Step("percent.scale", ask, f"{slots['percent']} of {slots['whole']} is {result}", result, slots))
    return steps


def _check_range(percent: Fraction, whole: Fraction) -> None:
    """Refuse numbers that no textbook uses.

    Raises:
        ValueError: The percentage or the whole is out of range.
    """
    if not 0 < percent <= 1000 or percent == 100 or not 0 < whole <= 10**9:
        raise ValueError("a percentage or a whole out of range")


def _unit(found: Parsed) -> str | None:
    unit = found.get("unit")
    return found.get("currency") or _MONEY.get((unit or "").lower()) or unit


def _rate(found: Parsed) -> Fraction:
    return number(re.sub(r"[^\d.,]", "", found.parts["rate"]))


def _read(text: str) -> Parsed | None:
    """The parts of a statement by the grammar, which need not be asked about a text without a percentage."""
    return parsed(__package__, text) if "%" in text or "cent" in text.lower() else None


def _percent_of(text: str) -> Solution | None:
    """A percentage of a number or of a group: "15% of 80", "40% of the 300 students are girls. How many …?" """
    found = _read(text)
    if found is not None:
        return _amount(_rate(found), number(found.parts["amount"]), _unit(found)) if found.kind == "of" else None
    match = patterns.GROUP_FIRST.fullmatch(text) or patterns.GROUP_AFTER.fullmatch(text)
    if (
        match is None
        or patterns.COMPLEMENT.search(match["claim"] + match["tail"])
        or not _same_claim(match["claim"], match["tail"], match["unit"])
    ):
        return None
    return _amount(number(match["percent"]), number(match["amount"]), match["unit"])


def _same_claim(claim: str, tail: str, unit: str) -> bool:
    """Whether "how many …?" asks for the same people or things as the claim: they share a content word."""
    return bool(_content_words(claim) & (_content_words(tail) - {unit.lower()[:4]}))


def _content_words(text: str) -> set[str]:
    """The content words, cut to four letters so that "girl" and "girls" agree."""
    return {word[:4] for word in re.findall(r"[a-z]{3,}", text.lower())} - _SUCH


def _amount(percent: Fraction, whole: Fraction, unit: str | None) -> Solution:
    _check_range(percent, whole)
    value = whole * percent / 100
    steps = part_steps(percent, whole, unit)
    ideas = wrong_ideas(value, of_ideas(percent, whole, unit))
    return _solution(show_amount(value, unit), unit, steps, ideas, _WORDS.concept("percent"))


def _what_percent(text: str) -> Solution | None:
    """What percent one number is of another."""
    found = _read(text)
    if found is not None:
        return _rate_of(number(found.parts["part"]), number(found.parts["base"])) if found.kind == "ratio" else None
    match = patterns.PART_OF.fullmatch(text)
    if match is None:
        return None
    claim, tail = (match.groupdict().get(name) or "" for name in ("claim", "tail"))
    if patterns.COMPLEMENT.search(claim + tail) or patterns.UNSUCCESSFUL.search(tail):
        return None
    return _rate_of(number(match["part"]), number(match["whole"]))


def _rate_of(part: Fraction, whole: Fraction) -> Solution:
    steps, value = _ratio_steps(part, whole)
    ideas = wrong_ideas(value, ratio_ideas(part, whole), len(steps))
    return _solution(f"{show_quantity(value)}%", "%", steps, ideas, _WORDS.concept("percent"))


def _ratio_steps(part: Fraction, whole: Fraction) -> tuple[list[Step], Fraction]:
    """The steps to "part is … percent of whole", and that percentage.

    Raises:
        ValueError: The percentage is 0, negative, 100, or has more than two decimals.
    """
    if whole <= 0 or part <= 0 or part == whole:
        raise ValueError("no percentage worth a dialogue")
    ratio = part / whole
    if 10_000 % ratio.denominator:
        raise ValueError("a percentage that needs rounding")
    shown = show_quantity(ratio)
    slots = {"part": show_quantity(part), "whole": show_quantity(whole)}
    work = f"{slots['part']}/{slots['whole']} = {shown}"
    ask = f"Which fraction compares {slots['part']} with the whole {slots['whole']}, and what is it as a decimal?"
    steps = [Step("percent.ratio", ask, work, shown, slots)]
    result = f"{show_quantity(ratio * 100)}%"
    slots = slots | {"ratio": shown}
    steps.append(
        Step(
            "percent.to_percent",
            f"How do you write {shown} in hundredths, as a percentage?",
            f"{shown} = {result}",
            result,
            slots,
        )
    )
    return steps, ratio * 100


def _changed(whole: Fraction, percent: Fraction, unit: str | None, sign: int, change: str, thing: str) -> Solution:
    """The value after a change by p %.

    Args:
        whole: The value before.
        percent: p.
        unit: The unit of the value.
        sign: 1 for an increase, -1 for a decrease.
        change: What the change is called.
        thing: The thing that has the value.

    Raises:
        ValueError: The numbers are out of range, or nothing is left.
    """
    _check_range(percent, whole)
    amount = whole * percent / 100
    total = whole + sign * amount
    if total <= 0:
        raise ValueError("a decrease by everything")
    shown, shown_amount, shown_whole = (show_amount(v, unit) for v in (total, amount, whole))
    symbol = "+" if sign > 0 else "−"
    slots = {
        "whole": shown_whole,
        "amount": shown_amount,
        "percent": show_quantity(percent) + "%",
        "change": change,
        "thing": thing,
    }
    ask = f"The {change} is {shown_amount}: what does that make of the {shown_whole}?"
    steps = [
        *part_steps(percent, whole, unit),
        Step("percent.change_total", ask, f"{shown_whole} {symbol} {shown_amount} = {shown}", shown, slots),
    ]
    ideas = wrong_ideas(total, change_ideas(percent, whole, unit, sign, change), len(steps))
    return _solution(shown, unit, steps, ideas, _WORDS.concept("percent_change"))


def _change_by(text: str) -> Solution | None:
    found = _read(text)
    if found is None or found.kind != "change":
        return None
    verb = found.get("verb") or found.parts["verb_done"]
    sign = 1 if verb.lower().startswith(("inc", "rai")) else -1
    change = "increase" if sign > 0 else "decrease"
    return _changed(number(found.parts["amount"]), _rate(found), _unit(found), sign, change, "starting value")


def _price_story(text: str) -> Solution | None:
    """A discount, tip, tax, increase or decrease in a story with one percentage and one price."""
    percents, prices = list(patterns.ONE_PERCENT.finditer(text)), list(patterns.ONE_PRICE.finditer(text))
    if (
        len(percents) != 1
        or len(prices) != 1
        or len(re.findall(NUMBER, text)) != 2
        or patterns.NOT_THE_START.search(text)
    ):
        return None
    if len(_things(text)) > 1:
        return None  # a discount on one thing does not change the price of another
    kinds = [(name, sign) for name, sign, pattern in patterns.CHANGES if pattern.search(text)]
    named = [k for k in kinds if k[0] in ("discount", "tip", "tax")] or kinds
    if len(named) != 1:
        return None  # a discount and a tax on one price: two changes, not this family
    change, sign = named[0]
    percent, price = number(percents[0]["percent"]), number(prices[0]["amount"] or prices[0]["plain"])
    unit = prices[0]["currency"] or _MONEY[prices[0]["money"].lower()]
    question = re.split(r"(?<=[.!])\s+", text)[-1]
    asks = "?" in question or re.match(r"(?:find|calculate|work out|determine)\b", question, re.IGNORECASE)
    if patterns.NOT_THE_WHOLE.search(question) or not asks:
        return None
    if patterns.ASKS_AMOUNT.search(question):
        return _amount(percent, price, unit)
    if not patterns.ASKS_TOTAL.search(question):
        return None
    thing = patterns.THING.search(text)
    return _changed(price, percent, unit, sign, change, thing[1].lower() if thing else "price")


def _things(text: str) -> set[str]:
    """The things that a story is about, in the singular."""
    words = set(re.findall(r"[a-z]+", text.lower())) & inert_words("things")
    return {word.removesuffix("s") for word in words}


def _percent_change(text: str) -> Solution | None:
    """By how many percent something changed: "from $40 to $50"."""
    match, asked = patterns.FROM_TO.search(text), patterns.ASKS_CHANGE.search(text)
    if match is None or asked is None or len(re.findall(NUMBER, text)) != 2:
        return None
    old, new = number(match["old"]), number(match["new"])
    unit = match["currency"] or (match["unit"] if match["currency"] == "" and match["unit"] else None)
    difference = abs(new - old)
    direction = "increase" if new > old else "decrease"
    slots = {"old": show_amount(old, unit), "new": show_amount(new, unit), "direction": direction}
    low, high = sorted((old, new))
    shown = show_amount(difference, unit)
    ask = f"By how much did it change from {slots['old']} to {slots['new']}?"
    steps = [Step("percent.difference", ask, f"{show_quantity(high)} − {show_quantity(low)} = {shown}", shown, slots)]
    ratio_steps, value = _ratio_steps(difference, old)
    ideas = wrong_ideas(value, percent_change_ideas(old, new, unit))
    return _solution(f"{show_quantity(value)}%", "%", steps + ratio_steps, ideas, _WORDS.concept("percent_change"))


PRECEDENCE = 100
_INERT = """
cost costs price prices sale total bill plan month monthly rent salary wage fee fare tip tax sales new leaves
questions answered got scored score population pay pair grows grew increases decreases test exam quiz rises rose rise
falls fell fall drops dropped drop off correctly dollars euros pounds kg g km m cm l ml litres liters hours minutes
points votes
"""
FAMILIES: tuple[Family, ...] = (
    WordedFamily(
        "percent", "percentages", (_percent_of, _what_percent, _change_by, _price_story, _percent_change), _INERT
    ),
)
