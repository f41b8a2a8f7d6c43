"""The mean of a list, and the missing value that brings a list to a given mean."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.model import Family, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, show_amount
from canopy_assets.maths.formatting import quantity_in_brackets as bracketed
from canopy_assets.maths.formatting import show_quantity as show
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_VALUES = 12

_VALUE = r"[$€£]?-?\d+(?:\.\d+)?%?"
_JOIN = r"\s*(?:,\s*and\b|,|;|\band\b|&)\s*"
_LIST = re.compile(rf"(?<![\w.]){_VALUE}(?:{_JOIN}{_VALUE})+(?![\w/])")
_WITH_UNKNOWN = re.compile(
    rf"(?:mean|average) of (?:the numbers )?(?P<list>(?:(?:{_VALUE}|[a-z])(?:{_JOIN}))+(?:{_VALUE}"
    r"|[a-z])) (?:is|equals|=) (?P<mean>-?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_MEAN_WORD = re.compile(r"\b(?:mean|average)\b", re.IGNORECASE)
_OTHER_MEAN = re.compile(
    r"\b(?:median|mode|range|weighted|geometric|harmonic|speed|deviation|variance|rate"
    r"|lowest|highest|drops?|dropped|removes?|removed|best|worst|replaces?d?|twice|half)\b",
    re.IGNORECASE,
)
_ASKS_MEAN = re.compile(
    r"\b(?:find|calculate|compute|work out|determine|what is|what's|what was"
    r"|give)\b[^.?!]*\b(?:mean|average)\b|^(?:the )?(?:mean|average) of\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?:mean|average)(?: score| mark| grade| value)? (?:to be |to |of |is "
    r"|equal to |becomes? |that is )?(?:(?:all |the |these )?(?:\d+ )?"
    r"(?:numbers|values|scores|tests) (?:is|to be"
    r"|equal) )?(?:exactly )?[$€£]?(?P<mean>-?\d+(?:\.\d+)?)\b(?!\s*(?:numbers|values|scores|tests))",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:mean|average) of (?:a set of |all )?(?P<count>\d+) (?:numbers|values|scores|tests"
    r"|integers|marks)\s+(?:is|equals|was)\s+(?P<mean>-?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b(?:missing|unknown|next|last|remaining|other|fourth|fifth|sixth|seventh|third"
    r"|final)\b[^.?!]*(?:number|value|score|test|mark|grade|exam|quiz|game|one)?"
    r"|\bmust\b|\bneeds? to\b",
    re.IGNORECASE,
)
_ORDINALS = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_NOUN = re.compile(
    r"\b(numbers|scores|values|grades|marks|ages|temperatures|heights|times"
    r"|points|prices|lengths|weights|distances|goals|tests)\b",
    re.IGNORECASE,
)


def _solution(answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...]) -> Solution:
    return Solution(
        family="mean",
        topic="statistics",
        answer=answer,
        answer_kind="number",
        unit=unit,
        steps=tuple(steps),
        misconceptions=ideas,
        concept=_WORDS.concept("mean"),
    )


def _values(text: str) -> tuple[list[Fraction], str | None]:
    """The values of a list and the unit they share ($, €, £, %)."""
    units = set(re.findall(r"[$€£%]", text))
    if re.search(r"\d,\d{3}\b", text) or len(units) > 1:
        raise ValueError("thousands commas and list commas can't be told apart")
    values = [Fraction(v) for v in re.findall(r"-?\d+(?:\.\d+)?", text)]
    if len(values) > MAX_VALUES:
        raise ValueError("a list too long to add up in a dialogue")
    return values, (units.pop() if units else None)


def _noun(text: str) -> str:
    match = _NOUN.search(text)
    noun = match[1].lower() if match else "numbers"
    return "scores" if noun == "tests" else noun


def _sum_step(values: list[Fraction], unit: str | None, noun: str) -> Step:
    total = show_amount(sum(values, Fraction(0)), unit)
    slots = {
        "numbers": listing(show_amount(v, unit) for v in values),
        "count": str(len(values)),
        "noun": noun,
        "first": show_amount(values[0], unit),
    }
    work = " + ".join([show(values[0]), *(bracketed(v) for v in values[1:])]) + f" = {total}"
    return Step("mean.sum", f"What do {slots['numbers']} add up to?", work, total, slots)


def _mean(text: str) -> Solution | None:
    lists = list(_LIST.finditer(text))
    if len(lists) != 1 or _OTHER_MEAN.search(text) or not _ASKS_MEAN.search(text):
        return None
    values, unit = _values(lists[0][0])
    outside = re.findall(r"\d+(?:\.\d+)?", digits_for_words(text[: lists[0].start()] + " | " + text[lists[0].end() :]))
    if (
        len(values) < 2
        or any(Fraction(n) != len(values) for n in outside)
        or re.search(r"\bhow\b|\bif\b|\bmust\b|\bmissing\b", text, re.IGNORECASE)
    ):
        return None
    noun, total = _noun(text), sum(values, Fraction(0))
    mean = total / len(values)
    answer, count = show_amount(mean, unit), len(values)
    sum_step = _sum_step(values, unit, noun)
    slots = {"total": sum_step.result, "count": str(count), "noun": noun, "numbers": sum_step.slots["numbers"]}
    ask = f"The {count} {noun} come to {sum_step.result} together: what is each one's equal share?"
    steps = [sum_step, Step("mean.divide", ask, f"{sum_step.result} ÷ {count} = {answer}", answer, slots)]
    return _solution(answer, unit, steps, wrong_ideas(mean, _mean_ideas(values, unit, noun), len(steps)))


def _mean_ideas(values: list[Fraction], unit: str | None, noun: str) -> list[tuple[Fraction, Misconception]]:
    total, count, ordered = sum(values, Fraction(0)), len(values), sorted(values)
    ideas: list[tuple[Fraction, Misconception]] = []
    shown = show_amount(total, unit)
    if total > ordered[-1]:
        ideas.append(
            (
                total,
                _WORDS.misconception(
                    "mean_sum", answer=shown, step=1, noun=noun, ordered=show_amount(ordered[-1], unit)
                ),
            )
        )
    middle = ordered[count // 2] if count % 2 else (ordered[count // 2 - 1] + ordered[count // 2]) / 2
    if count > 2:
        ideas.append(
            (
                middle,
                _WORDS.misconception(
                    "mean_middle_value", answer=show_amount(middle, unit), ordered=show_amount(ordered[-1], unit)
                ),
            )
        )
        halved = total / 2
        ideas.append(
            (
                halved,
                _WORDS.misconception(
                    "average_always_divided_two",
                    answer=show_amount(halved, unit),
                    step=1,
                    shown=shown,
                    count=count,
                    noun=noun,
                    fraction_count=show(Fraction(10 * count, 2)),
                ),
            )
        )
    return ideas


def _missing(text: str) -> Solution | None:
    if _OTHER_MEAN.search(text):
        return None
    unknown = _WITH_UNKNOWN.search(text)
    if unknown:
        return _with_letter(text, unknown)
    text = digits_for_words(text)
    lists = list(_LIST.finditer(text))
    if len(lists) != 1 or not _MEAN_WORD.search(text) or not _MISSING.search(text):
        return None
    values, unit = _values(lists[0][0])
    rest = text[: lists[0].start()] + " | " + text[lists[0].end() :]
    target = _COUNTED.search(rest) or _TARGET.search(rest)
    if target is None or re.search(r"\b(?:two|2) (?:more|missing|unknown)\b", rest):
        return None
    count, mean = len(values) + 1, Fraction(target["mean"])
    ordinals = [n for word, n in _ORDINALS.items() if re.search(rf"\b{word}\b", rest, re.IGNORECASE)]
    others = [Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", rest[: target.start()] + " " + rest[target.end() :])]
    others += [Fraction(target["count"])] if "count" in target.groupdict() else []
    if any(n not in (count, count - 1, 1) for n in others) or any(n != count for n in ordinals):
        return None
    return _missing_solution(values, mean, unit, _noun(text))


def _with_letter(text: str, unknown: re.Match[str]) -> Solution | None:
    letters = re.findall(r"(?<![\w])([a-z])(?!\w)", unknown["list"], re.IGNORECASE)
    outside = text[: unknown.start()] + text[unknown.end() :]
    if len(letters) != 1 or re.search(r"\d", outside):
        return None
    values, unit = _values(unknown["list"])
    return _missing_solution(values, Fraction(unknown["mean"]), unit, _noun(outside))


def _missing_solution(known: list[Fraction], mean: Fraction, unit: str | None, noun: str) -> Solution | None:
    if len(known) < 2:
        return None
    count, total = len(known) + 1, sum(known, Fraction(0))
    target = mean * count
    missing = target - total
    shown = {
        name: show_amount(v, unit)
        for name, v in (("mean", mean), ("target", target), ("total", total), ("missing", missing))
    }
    ask = f"For {count} {noun} to have mean {shown['mean']}, what must they add up to?"
    work = f"{show(mean)} × {count} = {shown['target']}"
    slots = {"mean": shown["mean"], "count": str(count), "noun": noun}
    steps = [Step("mean.target_total", ask, work, shown["target"], slots), _sum_step(known, unit, noun)]
    slots = {"target": shown["target"], "known_total": shown["total"], "noun": noun, "known": str(count - 1)}
    ask = f"You have {shown['total']} and need {shown['target']}: what has the missing one to be?"
    work = f"{shown['target']} − {show(total) if total >= 0 else bracketed(total)} = {shown['missing']}"
    steps.append(Step("mean.missing", ask, work, shown["missing"], slots))
    return _solution(shown["missing"], unit, steps, wrong_ideas(missing, _missing_ideas(known, mean, unit, noun)))


def _missing_ideas(
    known: list[Fraction], mean: Fraction, unit: str | None, noun: str
) -> list[tuple[Fraction, Misconception]]:
    count, total = len(known) + 1, sum(known, Fraction(0))
    short = mean * (count - 1) - total
    known_mean = total / len(known)
    shown = show_amount(mean, unit)
    gap = 2 * mean - known_mean
    return [
        (
            mean,
            _WORDS.misconception(
                "missing_value_mean_itself",
                answer=shown,
                listing_v_for=listing(show(v) for v in known),
                count=count,
                total_mean=show_amount(total + mean, unit),
            ),
        ),
        (
            short,
            _WORDS.misconception(
                "missing_value_isn_t",
                answer=show_amount(short, unit),
                shown=shown,
                count=count - 1,
                total=show_amount(total, unit),
                noun=noun,
                listing_v_for=listing(show(v) for v in known),
                count2=count,
            ),
        ),
        (
            gap,
            _WORDS.misconception(
                "new_value_has_balance",
                answer=show_amount(gap, unit),
                known_mean=show_amount(known_mean, unit),
                shown=shown,
                noun=noun,
                count=count - 1,
            ),
        ),
    ]


PRECEDENCE = 70
FAMILIES: tuple[Family, ...] = (WordedFamily("mean", "statistics", (_missing, _mean)),)
