"""Percentages: p % of n, what percent, increase and decrease, discount, tax and tip, percent change."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Concept, Family, Solution
from canopy_assets.curriculum.percent import misconceptions as percent_ideas
from canopy_assets.curriculum.statements import NUMBER, number
from canopy_assets.curriculum.worded import WordedFamily, wrong_ideas
from canopy_assets.maths.formatting import show_amount
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

_PERCENT = rf"(?P<percent>{NUMBER})\s*(?:%|percent\b|per cent\b)"
_AMOUNT = rf"(?P<currency>[$€£]?)\s*(?P<amount>{NUMBER})(?:\s+(?P<unit>dollars|euros|pounds|[a-z]{{1,12}}))?"
_ASK = (
    r"(?:please )?(?:what is|what's|what number is|how much is|calculate"
    r"|compute|find|work out|determine|evaluate)?\s*:?\s*"
)
_OF = re.compile(rf"{_ASK}{_PERCENT}\s+of\s+{_AMOUNT}\s*(?:=\s*)?[?._]*", re.IGNORECASE)
_GROUP_FIRST = re.compile(
    rf"[^.?!\d]*?\b(?P<amount>{NUMBER}) (?P<unit>[a-z]{{3,14}})\b[^.?!\d]*[.,;]\s*(?:if "
    rf"|and |of (?:these|those|them),? )?{_PERCENT}"
    r"(?: of (?:them|these|those|the [a-z]+|all [a-z]+))?(?P<claim>[^.?!\d]*)[.,;]\s*how many(?P<tail>[^.?!\d]*)\?",
    re.IGNORECASE,
)
_GROUP_AFTER = re.compile(
    rf"[^.?!\d]*?{_PERCENT} of (?:the |all |a group of |its |her "
    rf"|his )?(?P<amount>{NUMBER}) (?P<unit>[a-z]{{3,14}})\b(?P<claim>[^.?!\d]*)"
    r"[.,;]\s*how many(?P<tail>[^.?!\d]*)\?",
    re.IGNORECASE,
)
_COMPLEMENT = re.compile(
    r"\b(?:half|thirds?|quarters?|twice|double|each|per|and|not|n't|left"
    r"|remain\w*|rest|other|without|fewer|more|cost|isn't|aren't|don't|doesn't|didn't)\b",
    re.IGNORECASE,
)
_PART_OF = (
    re.compile(rf"(?:what|find the) percent(?:age)? of (?P<whole>{NUMBER}) is (?P<part>{NUMBER})[?.]?", re.IGNORECASE),
    re.compile(rf"(?P<part>{NUMBER}) is what percent(?:age)? of (?P<whole>{NUMBER})[?.]?", re.IGNORECASE),
    re.compile(
        rf"(?:what percent(?:age)? is|express|write|give) (?P<part>{NUMBER}) (?:out )?(?:of"
        rf"|as an? percent(?:age)? of) (?P<whole>{NUMBER})"
        r"(?: as an? percent(?:age)?)?[?.]?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"[^?!\d]*?\b(?P<part>{NUMBER}) (?:(?P<noun>[a-z]+) )?(?:out )?of (?:the "
        rf"|his |her |their |its |a possible )?(?P<whole>{NUMBER})\b"
        r"(?P<claim>[^?!\d]*?)[.,;]\s*what (?:is (?:his|her|their|the|your) (?:score"
        r"|mark|result|rate|grade)\w* (?:as an? |in )?percent(?:age)?"
        r"|percent(?:age)?)(?P<tail>[^?!\d]*)\?",
        re.IGNORECASE,
    ),
)
_CHANGE_BY = (
    re.compile(rf"(?P<word>increase|decrease|reduce|raise)\s+{_AMOUNT}\s+by\s+{_PERCENT}[?.]?", re.IGNORECASE),
    re.compile(
        rf"(?:what is |find |calculate )?{_AMOUNT}\s+(?P<word>increased"
        rf"|decreased|reduced|raised)\s+by\s+{_PERCENT}[?.]?",
        re.IGNORECASE,
    ),
)
_ONE_PERCENT = re.compile(_PERCENT, re.IGNORECASE)
_ONE_PRICE = re.compile(
    rf"(?P<currency>[$€£])\s*(?P<amount>{NUMBER})|(?P<plain>{NUMBER})\s+(?P<money>dollars|euros|pounds)", re.IGNORECASE
)
_MONEY = {"dollars": "$", "euros": "€", "pounds": "£"}
_THING = re.compile(
    r"\b(?:an?|the|her|his|my)\s+(?:new |pair of |restaurant )?([a-z]+(?: (?!costs?\b"
    r"|is\b|has\b|was\b|that\b|for\b|priced\b|normally\b|originally\b"
    r"|usually\b|regularly\b|sells\b|comes\b|of\b|with\b)[a-z]+)?)\s+(?:that "
    r"|which )?(?:normally |originally |usually |regularly |of |for |with )?"
    r"(?:costs?|is priced|was priced|priced|sells|sold|is worth|comes|has|is|was|at|of)\b",
    re.IGNORECASE,
)
_CHANGES = (
    (
        "discount",
        -1,
        re.compile(
            r"\bdiscount|% off\b|percent off\b|\bon sale\b|\bmarked down\b|\breduced by\b|\bmarkdown\b", re.IGNORECASE
        ),
    ),
    ("tip", 1, re.compile(r"\btips?\b|\bgratuity\b", re.IGNORECASE)),
    ("tax", 1, re.compile(r"\btax\b|\bVAT\b", re.IGNORECASE)),
    ("increase", 1, re.compile(r"\b(?:increases?d?|rises?|rose|raised?|goes up|went up|grows?|grew)\b", re.IGNORECASE)),
    (
        "decrease",
        -1,
        re.compile(r"\b(?:decreases?d?|falls?|fell|drops?|dropped|loses?|lost|goes down|went down)\b", re.IGNORECASE),
    ),
)
_NOT_THE_START = re.compile(  # the price stated is the one after the change, or several things are bought
    r"\bon sale for [$€£]|\bsale price (?:is|was|of) [$€£]|\bnow (?:costs|sells)\b|\bpaid\b"
    r"|[$€£][^.?!]*\bafter (?:the|an?) (?:[\d.]+ ?(?:%|percent)|discount|tax|increase|decrease)[^?]*\. "
    r"|\b(?:half|twice|double|each|per|every|two|three|four|five|six|seven|eight|nine|ten|twelve)\b",
    re.IGNORECASE,
)
_ASKS_TOTAL = re.compile(
    r"(?:sale|new|final|discounted|total|reduced|current) (?:price|cost|bill|value"
    r"|amount|salary|rent|wage|fee)|price (?:after|now|including|with)"
    r"|\btotal\b|how much (?:do|does|did|will|would|must|should) [^?]*\b(?:pay|cost|spend"
    r"|be worth)\b|what (?:do|does|will|would) [^?]*\b(?:pay|cost|spend)\b"
    r"|how much is [^?]*\bnow\b|after the (?:discount|increase|decrease|rise|drop|tax|tip|sale)",
    re.IGNORECASE,
)
_ASKS_AMOUNT = re.compile(
    r"(?:how (?:much|big|large) (?:is|was|will|are)|what is|find|calculate) (?:the |his "
    r"|her )?(?:amount of )?(?:the )?(?:discount|tip|(?:sales )?tax|saving|increase|decrease)s?(?: amount)?"
    r"(?: be| in dollars| on [a-z ]+)?\s*\?|how much (?:money )?(?:do|does|did|will"
    r"|would|can) [^?]*\b(?:save|tip)\b|how much [^?]*\bsaved\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    rf"\bfrom (?P<currency>[$€£]?)(?P<old>{NUMBER})\s*(?P<unit>[a-z]+)? to [$€£]?(?P<new>{NUMBER})\b", re.IGNORECASE
)
_ASKS_CHANGE = re.compile(
    r"percent(?:age)? (?:of )?(?:increase|decrease|change|rise|drop|growth)"
    r"|by what percent|what percent(?:age)? (?:did|has|does|is the)",
    re.IGNORECASE,
)


def _solution(
    answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...], concept: Concept
) -> Solution:
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
    """A percentage that is easy to take and leads to `percent`: 50, 25, 10 or 1."""
    if percent == 50:
        return 50
    if percent in (25, 75):
        return 25
    return 10 if percent % 5 == 0 else 1


def part_steps(percent: Fraction, whole: Fraction, unit: str | None) -> list[Step]:
    """The steps to `percent` % of `whole`: an easy percentage first, then from there."""
    base = _base(percent)
    base_value, value = whole * base / 100, whole * percent / 100
    slots = {
        "percent": show(percent) + "%",
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


def _checked(percent: Fraction, whole: Fraction) -> None:
    if not 0 < percent <= 1000 or percent == 100 or not 0 < whole <= 10**9:
        raise ValueError("a percentage or a whole out of range")


def _unit(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    unit = (groups.get("unit") or "").lower()
    return groups.get("currency") or _MONEY.get(unit) or groups.get("unit") or None


def _percent_of(text: str) -> Solution | None:
    match = _OF.fullmatch(text)
    if match is None:
        match = _GROUP_FIRST.fullmatch(text) or _GROUP_AFTER.fullmatch(text)
        if (
            match is None
            or _COMPLEMENT.search(match["claim"] + match["tail"])
            or not _same_claim(match["claim"], match["tail"], match["unit"])
        ):
            return None
    return _amount(number(match["percent"]), number(match["amount"]), _unit(match))


def _same_claim(claim: str, tail: str, unit: str) -> bool:
    """Whether "how many …?" asks for those of whom the claim was made: a content word of the claim recurs in it."""

    def words(text: str) -> set[str]:
        return {w[:4] for w in re.findall(r"[a-z]{3,}", text.lower())} - {
            "are",
            "were",
            "have",
            "the",
            "they",
            "that",
            "ther",
            "for",
            "this",
        }

    return bool(words(claim) & (words(tail) - {unit.lower()[:4]}))


def _amount(percent: Fraction, whole: Fraction, unit: str | None) -> Solution:
    _checked(percent, whole)
    value = whole * percent / 100
    ideas = percent_ideas.of_ideas(percent, whole, unit)
    return _solution(
        show_amount(value, unit),
        unit,
        part_steps(percent, whole, unit),
        wrong_ideas(value, ideas),
        _WORDS.concept("percent"),
    )


def _what_percent(text: str) -> Solution | None:
    match = next((m for m in (pattern.fullmatch(text) for pattern in _PART_OF) if m), None)
    if match is None or _COMPLEMENT.search(
        (match.groupdict().get("claim") or "") + (match.groupdict().get("tail") or "")
    ):
        return None
    if re.search(
        r"\b(?:wrong|incorrect|missed|failed|absent|lost|empty)\b", match.groupdict().get("tail") or "", re.IGNORECASE
    ):
        return None
    part, whole = number(match["part"]), number(match["whole"])
    steps, value = _ratio_steps(part, whole)
    ideas = wrong_ideas(value, percent_ideas.ratio_ideas(part, whole), len(steps))
    return _solution(f"{show(value)}%", "%", steps, ideas, _WORDS.concept("percent"))


def _ratio_steps(part: Fraction, whole: Fraction) -> tuple[list[Step], Fraction]:
    if whole <= 0 or part <= 0 or part == whole:
        raise ValueError("no percentage worth a dialogue")
    ratio = part / whole
    if 10_000 % ratio.denominator:
        raise ValueError("a percentage that needs rounding")
    shown = show(ratio)
    slots = {"part": show(part), "whole": show(whole)}
    work = f"{slots['part']}/{slots['whole']} = {shown}"
    ask = f"Which fraction compares {slots['part']} with the whole {slots['whole']}, and what is it as a decimal?"
    steps = [Step("percent.ratio", ask, work, shown, slots)]
    result = f"{show(ratio * 100)}%"
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
    _checked(percent, whole)
    amount = whole * percent / 100
    total = whole + sign * amount
    if total <= 0:
        raise ValueError("a decrease by everything")
    shown, shown_amount, shown_whole = (show_amount(v, unit) for v in (total, amount, whole))
    symbol = "+" if sign > 0 else "−"
    slots = {
        "whole": shown_whole,
        "amount": shown_amount,
        "percent": show(percent) + "%",
        "change": change,
        "thing": thing,
    }
    ask = f"The {change} is {shown_amount}: what does that make of the {shown_whole}?"
    steps = [
        *part_steps(percent, whole, unit),
        Step("percent.change_total", ask, f"{shown_whole} {symbol} {shown_amount} = {shown}", shown, slots),
    ]
    ideas = wrong_ideas(total, percent_ideas.change_ideas(percent, whole, unit, sign, change), len(steps))
    return _solution(shown, unit, steps, ideas, _WORDS.concept("percent_change"))


def _change_by(text: str) -> Solution | None:
    match = next((m for m in (pattern.fullmatch(text) for pattern in _CHANGE_BY) if m), None)
    if match is None:
        return None
    sign = 1 if match["word"].lower().startswith(("inc", "rai")) else -1
    change = "increase" if sign > 0 else "decrease"
    return _changed(number(match["amount"]), number(match["percent"]), _unit(match), sign, change, "starting value")


def _price_story(text: str) -> Solution | None:
    percents, prices = list(_ONE_PERCENT.finditer(text)), list(_ONE_PRICE.finditer(text))
    if len(percents) != 1 or len(prices) != 1 or len(re.findall(NUMBER, text)) != 2 or _NOT_THE_START.search(text):
        return None
    kinds = [(name, sign) for name, sign, pattern in _CHANGES if pattern.search(text)]
    named = [k for k in kinds if k[0] in ("discount", "tip", "tax")] or kinds
    if len(named) != 1:
        return None  # a discount and a tax on one price: two changes, not this family
    change, sign = named[0]
    percent, price = number(percents[0]["percent"]), number(prices[0]["amount"] or prices[0]["plain"])
    unit = prices[0]["currency"] or _MONEY[prices[0]["money"].lower()]
    question = re.split(r"(?<=[.!])\s+", text)[-1]
    if re.search(r"\b(?:each|per|every|original|before|both)\b", question, re.IGNORECASE) or "?" not in question:
        return None
    if _ASKS_AMOUNT.search(question):
        return _amount(percent, price, unit)
    if not _ASKS_TOTAL.search(question):
        return None
    thing = _THING.search(text)
    return _changed(price, percent, unit, sign, change, thing[1].lower() if thing else "price")


def _percent_change(text: str) -> Solution | None:
    match, asked = _FROM_TO.search(text), _ASKS_CHANGE.search(text)
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
    steps = [Step("percent.difference", ask, f"{show(high)} − {show(low)} = {shown}", shown, slots)]
    ratio_steps, value = _ratio_steps(difference, old)
    ideas = wrong_ideas(value, percent_ideas.percent_change_ideas(old, new, unit))
    return _solution(f"{show(value)}%", "%", steps + ratio_steps, ideas, _WORDS.concept("percent_change"))


PRECEDENCE = 100
FAMILIES: tuple[Family, ...] = (
    WordedFamily("percent", "percentages", (_percent_of, _what_percent, _change_by, _price_story, _percent_change)),
)
