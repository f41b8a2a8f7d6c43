"""Percentages: p % of n, what percent, the whole behind a percentage, changes, and how percentages are written."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.grammar import ONE_LETTER, Parsed, parsed
from canopy_assets.curriculum.inert import inert_words
from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.percent import prices, steps
from canopy_assets.curriculum.percent.misconceptions import written_ideas
from canopy_assets.curriculum.solution import Family, Solution, wrong_ideas
from canopy_assets.curriculum.statements import number
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import show_number, show_quantity
from canopy_assets.records import Step

_WORDS = topic(__package__)

_ABOUT_PERCENT = re.compile(r"%|\bpercent|\bper cent", re.IGNORECASE)
_REST = re.compile(r"\b(?:wrong|incorrect|missed|failed|absent|lost|empty|remain\w*|left|rest)\b", re.IGNORECASE)
"""The question asks for the others, not for those that were counted."""
_RIGHT_ANSWER = re.compile(r"\b(?:got|gets?|answer(?:s|ed)?|right|correct(?:ly)?)\b")


def _read(text: str, file: str = "grammar") -> Parsed | None:
    """The parts of a statement by a grammar, which need not be asked about a text without a percentage."""
    return parsed(__package__, text, ONE_LETTER, file=file) if _ABOUT_PERCENT.search(text) else None


def _plain(text: str) -> Solution | None:
    """The plain forms: "15% of 80", "What percent of 80 is 12?", "12 is 15% of what number?", "Increase 80 by 15%"."""
    found = _read(text)
    if found is None:
        return None
    match found.kind:
        case "of":
            whole, unit = prices.amount(found.parts["whole"])
            return steps.part_of(prices.rate(found), whole, unit)
        case "ratio":
            return steps.rate_of(number(found.parts["part"]), number(found.parts["base"]))
        case "whole_of":
            letters = {(found.get(name) or "").lower() for name in ("letter", "asked")}
            return (
                steps.whole_behind(prices.rate(found), number(found.parts["part"]), None) if len(letters) == 1 else None
            )
        case "change":
            return _change_by(found)
    return _written(found)


def _change_by(found: Parsed) -> Solution:
    verb = found.get("verb") or found.parts["verb_done"]
    sign = 1 if verb.lower().startswith(("inc", "rai")) else -1
    whole, unit = prices.amount(found.parts["whole"])
    change = "increase" if sign > 0 else "decrease"
    return steps.changed(whole, prices.rate(found), unit, sign, change, "starting value")


def _written(found: Parsed) -> Solution | None:
    """A fraction or a decimal as a percentage, and a percentage as a decimal or a fraction."""
    if found.kind == "as_percent":
        if "fraction" in found.parts:
            top, bottom = (Fraction(n) for n in found.parts["fraction"].split("/"))
            return steps.rate_of(top, bottom)
        value = number(found.parts["decimal"])
        return None if value.denominator == 1 else _decimal_as_percent(value)
    percent = prices.rate(found)
    if not 0 < percent <= 1000 or percent == 100:
        return None
    shown, value = show_quantity(percent), percent / 100
    slots = {"percent": f"{shown}%", "number": shown}
    ideas = written_ideas(percent)
    if found.kind == "as_decimal":
        result = show_quantity(value)
        ask = f"What is {shown} divided by a hundred?"
        step = Step("percent.to_decimal", ask, f"{shown} ÷ 100 = {result}", result, slots)
        return steps.percent_solution(result, None, [step], wrong_ideas(value, ideas), _WORDS.concept("percent"))
    if percent.denominator != 1:
        return None
    answer, over = show_number(value), f"{shown}/100"
    ask = f"How do you write {shown} out of a hundred as a fraction?"
    done = [Step("percent.over_hundred", ask, f"{shown}% = {over}", over, slots)]
    if answer != over:
        ask = f"Which number divides both {shown} and 100, and what is left of {over}?"
        reducing = {"fraction": over, "numerator": shown, "denominator": "100"}
        done.append(Step("fractions.reduce", ask, f"{over} = {answer}", answer, reducing))
    return steps.percent_solution(answer, None, done, wrong_ideas(value, ideas, len(done)), _WORDS.concept("percent"))


def _decimal_as_percent(value: Fraction) -> Solution:
    decimal, result = show_quantity(value), f"{show_quantity(value * 100)}%"
    slots = {"ratio": decimal, "part": decimal, "whole": "1"}
    ask = f"How do you write {decimal} in hundredths, as a percentage?"
    step = Step("percent.to_percent", ask, f"{decimal} = {result}", result, slots)
    ideas = wrong_ideas(value * 100, written_ideas(value * 100, to_percent=True))
    return steps.percent_solution(result, "%", [step], ideas, _WORDS.concept("percent"))


def _group(text: str) -> Solution | None:
    """Some of a group: "40% of the 300 students are girls. How many girls are there?", "18 out of 24 questions"."""
    found = _read(text, "groups")
    if found is None or _REST.search(found.parts["tail"]):
        return None
    claims, tail = " ".join(found.all("claim")), found.parts["tail"]
    told = " ".join([*found.all("scene"), *found.all("noun"), claims])
    if not _content_words(tail) <= _content_words(told):
        return None  # "12 are girls. What percent are boys?"
    if found.kind == "part_of":
        return steps.rate_of(number(found.parts["part"]), number(found.parts["base"]))
    whole, unit = prices.amount(found.parts["size"])
    same = found.get("same")
    if (same and same.lower() != (unit or "").lower()) or not _same_claim(claims, tail, unit or ""):
        return None
    return steps.part_of(prices.rate(found), whole, unit)


def _same_claim(claim: str, tail: str, unit: str) -> bool:
    """Whether "how many …?" asks for the same people or things as the claim: they share a content word."""
    return bool(_content_words(claim) & (_content_words(tail) - {unit.lower()[:4]}))


def _content_words(text: str) -> set[str]:
    """The content words, cut to four letters so that "girl" and "girls" agree; those for a right answer as one."""
    words = re.findall(r"[a-z]{3,}", _RIGHT_ANSWER.sub(" correct ", text.lower()))
    return {word[:4] for word in words if word not in inert_words("grammar")}


PRECEDENCE = 100
FAMILIES: tuple[Family, ...] = (
    WordedFamily("percent", "percentages", (_plain, _group, prices.new_price, prices.original, prices.percent_change)),
)
