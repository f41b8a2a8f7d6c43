"""The mean of a list, and the missing value that brings a list to a given mean."""

from __future__ import annotations

import re
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.solution import Family, Idea, Solution, wrong_ideas
from canopy_assets.curriculum.statements import digits_for_words
from canopy_assets.curriculum.worded import WordedFamily
from canopy_assets.maths.formatting import listing, quantity_in_brackets, show_amount, show_quantity
from canopy_assets.records import Misconception, Step

_WORDS = topic(__package__)

MAX_VALUES = 12

_FLAGS = re.IGNORECASE | re.VERBOSE

_VALUE = r"[$€£]?-?\d+(?:\.\d+)?%?"
_JOIN = r"\s*(?:,\s*and\b|,|;|\band\b|&)\s*"
_LIST = re.compile(rf"(?<![\w.^/*+√±!]){_VALUE}(?:{_JOIN}{_VALUE})+(?![\w!°]|\s*[\^*/+])")
_WITH_UNKNOWN = re.compile(
    rf"""
    (?:mean|average)\ of\ (?:the\ numbers\ )?  # The mean of
    (?P<list>(?:(?:{_VALUE}|[a-z])(?:{_JOIN}))+(?:{_VALUE}|[a-z]))  # 4, 7, x and 9
    \ (?:is|equals|=)\ (?P<mean>-?\d+(?:\.\d+)?)  # is 8.
    """,
    _FLAGS,
)
_MEAN_WORD = re.compile(r"\b(?:mean|average)\b", re.IGNORECASE)
_OTHER_MEAN = re.compile(
    r"""
    \b(?:
        median|mode|range|weighted|geometric|harmonic|speed|deviation|variance|rate  # another measure
        |lowest|highest|drops?|dropped|removes?|removed|best|worst|replaces?d?|twice|half  # a list that changes
    )\b
    """,
    _FLAGS,
)
_ASKS_MEAN = re.compile(
    r"""
    \b(?:find|calculate|compute|work\ out|determine|what\ is|what's|what\ was|give)\b[^.?!]*\b(?:mean|average)\b
    |^(?:the\ )?(?:mean|average)\ of\b  # no verb: "The mean of 4 and 8"
    """,
    _FLAGS,
)
_ASKS_ONLY_MEAN = re.compile(
    r"\b(?:find|calculate|compute|work\ out|determine|what\ is|what's|give)\ (?:the\ |her\ |his\ )?(?:mean|average)\b",
    re.IGNORECASE,
)
_ASKS_VALUE = re.compile(r"\bhow\b|\bif\b|\bmust\b|\bmissing\b", re.IGNORECASE)
_TARGET = re.compile(
    r"""
    (?:mean|average)(?:\ score|\ mark|\ grade|\ value)?  # have an average score
    \ (?:to\ be\ |to\ |of\ |is\ |equal\ to\ |becomes?\ |that\ is\ )?  # of
    (?:(?:all\ |the\ |these\ )?(?:\d+\ )?(?:numbers|values|scores|tests)  # all 4 tests
    \ (?:is|to\ be|equal)\ )?  # to be
    (?:exactly\ )?[$€£]?(?P<mean>-?\d+(?:\.\d+)?)\b
    (?!\s*(?:numbers|values|scores|tests))  # the average of 4 scores: a count, not a mean
    """,
    _FLAGS,
)
_COUNTED = re.compile(
    r"""
    (?:mean|average)\ of\ (?:a\ set\ of\ |all\ )?  # The mean of
    (?P<count>\d+)\ (?:numbers|values|scores|tests|integers|marks)  # 5 numbers
    \s+(?:is|equals|was)\s+(?P<mean>-?\d+(?:\.\d+)?)  # is 8.
    """,
    _FLAGS,
)
_MISSING = re.compile(
    r"""
    \b(?:missing|unknown|next|last|remaining|other|fourth|fifth|sixth|seventh|third|final)\b[^.?!]*
    (?:number|value|score|test|mark|grade|exam|quiz|game|one)?  # the fourth test
    |\bmust\b  # What must she score
    |\bneeds?\ to\b
    """,
    _FLAGS,
)
_ORDINALS = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_NOUN = re.compile(
    r"""
    \b(
        numbers|scores|values|grades|marks|ages|temperatures|heights|times
        |points|prices|lengths|weights|distances|goals|tests
    )\b
    """,
    _FLAGS,
)
"""What kind of values they are."""


def _solution(answer: str, unit: str | None, steps: list[Step], ideas: tuple[Misconception, ...]) -> Solution:
    """A solution of this family."""
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
    """The values of a list and the unit they share ($, €, £, %).

    Raises:
        ValueError: A comma is ambiguous, there are several units, or the list is too long for a dialogue.
    """
    units = set(re.findall(r"[$€£%]", text))
    if re.search(r"\d,\d{3}\b", text) or len(units) > 1:
        raise ValueError("a comma may separate thousands or values")
    values = [Fraction(v) for v in re.findall(r"-?\d+(?:\.\d+)?", text)]
    if len(values) > MAX_VALUES:
        raise ValueError("a list too long to add up in a dialogue")
    return values, (units.pop() if units else None)


def _noun(text: str) -> str:
    match = _NOUN.search(text)
    noun = match[1].lower() if match else "numbers"
    return "scores" if noun == "tests" else noun


def _sum_step(values: list[Fraction], unit: str | None, noun: str) -> Step:
    """Add up all the values."""
    total = show_amount(sum(values, Fraction(0)), unit)
    slots = {
        "numbers": listing(show_amount(v, unit) for v in values),
        "count": str(len(values)),
        "noun": noun,
        "first": show_amount(values[0], unit),
    }
    work = " + ".join([show_quantity(values[0]), *(quantity_in_brackets(v) for v in values[1:])]) + f" = {total}"
    return Step("mean.sum", f"What do {slots['numbers']} add up to?", work, total, slots)


def _mean(text: str) -> Solution | None:
    """The mean of the only list in the text. The only other number allowed is the count of its values."""
    lists = list(_LIST.finditer(text))
    if len(lists) != 1 or _OTHER_MEAN.search(text) or not _ASKS_MEAN.search(text):
        return None
    values, unit = _values(lists[0][0])
    outside = re.findall(r"\d+(?:\.\d+)?", digits_for_words(text[: lists[0].start()] + " | " + text[lists[0].end() :]))
    counts = re.findall(r"\d+(?=\s+[a-z]{3})", digits_for_words(text[: lists[0].start()]))
    counts += re.findall(r"\d+(?=\s+[a-z]{3})", digits_for_words(text[lists[0].end() :]))
    if len(values) < 2 or any(Fraction(n) != len(values) for n in outside) or _ASKS_VALUE.search(text):
        return None
    if len(counts) != len(outside):
        return None  # a figure that counts nothing is a value that was not read: "4!, 8 and 6"
    noun, total = _noun(text), sum(values, Fraction(0))
    mean = total / len(values)
    answer, count = show_amount(mean, unit), len(values)
    sum_step = _sum_step(values, unit, noun)
    slots = {"total": sum_step.result, "count": str(count), "noun": noun, "numbers": sum_step.slots["numbers"]}
    ask = f"The {count} {noun} come to {sum_step.result} together: what is each one's equal share?"
    steps = [sum_step, Step("mean.divide", ask, f"{sum_step.result} ÷ {count} = {answer}", answer, slots)]
    return _solution(answer, unit, steps, wrong_ideas(mean, _mean_ideas(values, unit, noun), len(steps)))


def _mean_ideas(values: list[Fraction], unit: str | None, noun: str) -> list[Idea]:
    """Wrong ideas about a mean: the sum, the median, half of the sum."""
    count, ordered = len(values), sorted(values)
    total, largest = sum(values, Fraction(0)), show_amount(ordered[-1], unit)
    shown_total = show_amount(total, unit)
    ideas: list[Idea] = []
    if total > ordered[-1]:
        misconception = _WORDS.misconception(
            "sum_taken_as_mean", answer=shown_total, step=1, noun=noun, largest=largest
        )
        ideas.append(Idea(total, misconception))
    if count > 2:
        middle = ordered[count // 2] if count % 2 else (ordered[count // 2 - 1] + ordered[count // 2]) / 2
        misconception = _WORDS.misconception("median_taken_as_mean", answer=show_amount(middle, unit), largest=largest)
        ideas.append(Idea(middle, misconception))
        misconception = _WORDS.misconception(
            "always_divided_by_two",
            answer=show_amount(total / 2, unit),
            step=1,
            total=shown_total,
            count=count,
            noun=noun,
            half_of_tens=show_quantity(Fraction(10 * count, 2)),
        )
        ideas.append(Idea(total / 2, misconception))
    return ideas


def _missing(text: str) -> Solution | None:
    """The value that brings a list to a given mean."""
    if _OTHER_MEAN.search(text) or _ASKS_ONLY_MEAN.search(text):
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
    """Like `_missing`, but the missing value is a letter in the list: "The mean of 4, 7, x and 9 is 8"."""
    letters = re.findall(r"(?<![\w])([a-z])(?!\w)", unknown["list"], re.IGNORECASE)
    outside = text[: unknown.start()] + text[unknown.end() :]
    asked = re.findall(r"(?<![\w])([a-z])(?![\w'])", outside, re.IGNORECASE)
    if len(letters) != 1 or re.search(r"\d", outside):
        return None
    if set(asked) - {"a"} != {letters[0]} and not _MISSING.search(outside):
        return None
    values, unit = _values(unknown["list"])
    return _missing_solution(values, Fraction(unknown["mean"]), unit, _noun(outside))


def _missing_solution(known: list[Fraction], mean: Fraction, unit: str | None, noun: str) -> Solution | None:
    """The value that brings the known values to the mean; None where fewer than two are known."""
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
    work = f"{show_quantity(mean)} × {count} = {shown['target']}"
    slots = {"mean": shown["mean"], "count": str(count), "noun": noun}
    steps = [Step("mean.target_total", ask, work, shown["target"], slots), _sum_step(known, unit, noun)]
    slots = {"target": shown["target"], "known_total": shown["total"], "noun": noun, "known": str(count - 1)}
    ask = f"You have {shown['total']} and need {shown['target']}: what has the missing one to be?"
    work = f"{shown['target']} − {quantity_in_brackets(total)} = {shown['missing']}"
    steps.append(Step("mean.missing", ask, work, shown["missing"], slots))
    return _solution(shown["missing"], unit, steps, wrong_ideas(missing, _missing_ideas(known, mean, unit, noun)))


def _missing_ideas(known: list[Fraction], mean: Fraction, unit: str | None, noun: str) -> list[Idea]:
    """Wrong ideas about a missing value: it is the mean, it is not counted, or it balances the old mean alone."""
    known_count, total = len(known), sum(known, Fraction(0))
    count, listed = known_count + 1, listing(show_quantity(v) for v in known)
    shown_mean = show_amount(mean, unit)
    mean_itself = _WORDS.misconception(
        "mean_taken_as_missing_value",
        answer=shown_mean,
        known=listed,
        count=count,
        total_with_mean=show_amount(total + mean, unit),
    )
    too_little = mean * known_count - total
    not_counted = _WORDS.misconception(
        "missing_value_not_counted",
        answer=show_amount(too_little, unit),
        mean=shown_mean,
        known_count=known_count,
        total=show_amount(total, unit),
        noun=noun,
        known=listed,
        count=count,
    )
    known_mean = total / known_count
    mirrored = 2 * mean - known_mean
    balanced = _WORDS.misconception(
        "old_mean_balanced",
        answer=show_amount(mirrored, unit),
        known_mean=show_amount(known_mean, unit),
        mean=shown_mean,
        noun=noun,
        known_count=known_count,
    )
    return [Idea(mean, mean_itself), Idea(too_little, not_counted), Idea(mirrored, balanced)]


PRECEDENCE = 70
_INERT = """
years_old degrees ran rode walked swam read sold earned saved spent measured collected counted basketball football
mark marks score scores scored numbers third_number fourth_number fifth_number sixth_number seventh_number
missing_number unknown_number last_number next_number final_number mean_number value values grade grades test tests
exam exams quiz quizzes age ages height heights temperature temperatures weight weights price prices point points goal
goals distance distances length lengths data set list following first last next final missing unknown must need needs
get gets got games per_game per_test
"""
FAMILIES: tuple[Family, ...] = (WordedFamily("mean", "statistics", (_missing, _mean), _INERT),)
