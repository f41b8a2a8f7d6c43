"""Wrong ideas about a worked story problem, computed from its own calculations and verified to give another answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.loader import topic
from canopy_assets.curriculum.stories.arithmetic_slips import slip_in, written
from canopy_assets.maths.step_numbers import value_of, values_in
from canopy_assets.maths.typography import typeset
from canopy_assets.records import Misconception, content_id

_WORDS = topic(__package__)

_NUMBER = re.compile(r"(?<![\d.])(?:\d[\d,]*(?:\.\d+)?|\.\d+)")
_DECIMAL = r"(\d[\d,]*(?:\.\d+)?|\.\d+)"
_TWO_OPERANDS = re.compile(rf"\s*{_DECIMAL}\s*([-+*/])\s*{_DECIMAL}\s*")
_SWAPPED = {"+": "-", "-": "+", "*": "+", "/": "*"}
_STOPS_EARLY = (
    "stops_early_what_it_counts",
    "stops_early_every_part",
    "stops_early_numbers_used",
    "stops_early_unit",
    "stops_early_which_question",
    "stops_early_end_or_middle",
)
_SKIPS_A_STEP = (
    "skips_a_step_where_is_it",
    "skips_a_step_what_happens_to_it",
    "skips_a_step_if_it_were_missing",
    "skips_a_step_where_it_comes_in",
    "skips_a_step_what_it_is_about",
)
_WRONG_OPERATION = (
    "wrong_operation_picture",
    "wrong_operation_words",
    "wrong_operation_meaning",
    "wrong_operation_small_case",
    "wrong_operation_drawing",
)
"""Entries of topic.toml that differ only in the test of the idea. Their order decides which one a problem gets."""
_WORKED_OUT = (
    "{line} = {wrong}.",
    "{line} is {wrong}.",
    "I worked out {line} and got {wrong}.",
    "{line} makes {wrong}.",
)
_LONGEST_QUOTATION = 14
"""In words, for a question that is quoted inside another one."""
_DOING = {"+": "adding", "-": "subtracting", "*": "multiplying", "/": "dividing"}


@dataclass(frozen=True)
class Calculation:
    """The arithmetic of one line: `expression` = `value`, both as written."""

    expression: str
    value: str


def misconceptions_of(
    calculations: Sequence[Calculation], questions: Sequence[str], answer: str
) -> tuple[Misconception, ...]:
    """Typical wrong ideas, each with a wrong result.

    They are: stopping one step early, leaving a step out (a number of the story replaces its result), and the wrong
    operation in the last step. Every step without one of these gets a slip in its arithmetic.

    Args:
        calculations: The worked lines in order.
        questions: The question of each line.
        answer: The right final answer.
    """
    if not calculations or len(calculations) != len(questions):
        return ()
    typical = (
        _stops_early(calculations, questions),
        _skips_a_step(calculations, questions),
        _wrong_operation(calculations),
    )
    kept: dict[Fraction, Misconception] = {}
    for idea in typical:
        _keep(idea, calculations, answer, kept)
    spoiled = {idea.step for idea in kept.values()}
    for index, calculation in enumerate(calculations):
        if index not in spoiled:
            _keep(_slips(calculation, index), calculations, answer, kept)
    return tuple(kept.values())


def _keep(
    idea: Misconception | None, calculations: Sequence[Calculation], answer: str, kept: dict[Fraction, Misconception]
) -> None:
    """Add an idea under its result, if the result is new and wrong and the test of the idea gives nothing away."""
    if idea is None:
        return
    wrong, right = value_of(idea.answer), {value_of(answer), value_of(calculations[idea.step].value)}
    mentioned = values_in(idea.check) | values_in(idea.check_reply)
    if wrong is not None and wrong > 0 and wrong not in right and right.isdisjoint(mentioned):
        kept.setdefault(wrong, idea)


def _stops_early(calculations: Sequence[Calculation], questions: Sequence[str]) -> Misconception | None:
    """The result of the second-to-last calculation is given as the answer."""
    if len(calculations) < 2:
        return None
    value, asked = _shown(calculations[-2].value), questions[-2]
    return _WORDS.misconception(
        _pick(_STOPS_EARLY, asked + value),
        answer=value,
        step=len(calculations) - 1,
        calculation=typeset(_spaced(calculations[-2].expression)),
        wanted=_quoted(questions[-1]),
        asked=asked,
    )


def _skips_a_step(calculations: Sequence[Calculation], questions: Sequence[str]) -> Misconception | None:
    """The last calculation, with the first number of an earlier calculation instead of its result."""
    last = calculations[-1].expression
    for index in range(len(calculations) - 2, -1, -1):
        numbers = _NUMBER.findall(calculations[index].expression)
        result = value_of(calculations[index].value)
        target = next((m for m in _NUMBER.finditer(last) if value_of(m[0]) == result), None)
        if target is None or len(numbers) < 2 or value_of(numbers[0]) == result:
            continue
        changed = last[: target.start()] + numbers[0] + last[target.end() :]
        wrong = _decimal(value_of(changed))
        if wrong is None:
            continue
        on_the_way = {value_of(c.value) for c in calculations[:index]}
        given = [_shown(n) for n in numbers[1:3] if value_of(n) not in on_the_way]
        if not given:
            continue  # the story doesn't mention what is left out
        left_out = " and the ".join(dict.fromkeys(given))
        return _WORDS.misconception(
            _pick(_SKIPS_A_STEP, questions[index] + wrong),
            answer=wrong,
            step=index,
            calculation=typeset(_spaced(changed)),
            left_out=left_out,
            question=questions[index],
        )
    return None


def _wrong_operation(calculations: Sequence[Calculation]) -> Misconception | None:
    """The last calculation with another operation."""
    match = _TWO_OPERANDS.fullmatch(calculations[-1].expression)
    if match is None:
        return None
    left, operator, right = match.groups()
    swapped = _SWAPPED[operator]
    wrong = _decimal(value_of(f"{left}{swapped}{right}"))
    if wrong is None:
        return None
    return _WORDS.misconception(
        _pick(_WRONG_OPERATION, left + right + wrong),
        answer=wrong,
        step=len(calculations) - 1,
        doing=_DOING[swapped],
        right_doing=_DOING[operator],
        calculation=typeset(_spaced(f"{left}{swapped}{right}")),
        left=_shown(left),
        right=_shown(right),
    )


def _slips(calculation: Calculation, index: int) -> Misconception | None:
    """The right operation, worked out wrongly.

    One entry of the file covers all of these: its slots for slip, line, test and finding vary independently.
    """
    match = _TWO_OPERANDS.fullmatch(calculation.expression)
    if match is None:
        return None
    left, operator, right = match.groups()
    variant = int(content_id(calculation.expression, index), 16)
    slip = slip_in(left, operator, right, variant)
    wrong = written(slip.wrong) if slip else None
    if slip is None or wrong is None:
        return None
    line = typeset(_spaced(calculation.expression))
    return _WORDS.misconception(
        "slip_in_arithmetic",
        answer=wrong,
        step=index,
        slip=slip.belief,
        worked_out=_WORKED_OUT[variant % len(_WORKED_OUT)].format(line=line, wrong=wrong),
        test=slip.check,
        finding=slip.found,
    )


def _quoted(question: str) -> str:
    """A question inside another one: quoted without its question mark, or only referred to if it is long."""
    words = question.rstrip("?").split()
    return f"“{' '.join(words)}”" if len(words) <= _LONGEST_QUOTATION else "the last sentence"


def _pick(variants: Sequence[str], content: str) -> str:
    """One of several entries, always the same one for the same content."""
    return variants[int(content_id(content), 16) % len(variants)]


def _spaced(expression: str) -> str:
    return re.sub(r"\s*([-+*/])\s*", r" \1 ", expression).strip().replace("/", "÷")


def _shown(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _decimal(value: Fraction | None) -> str | None:
    """A positive value as a student would write it; None if it is not positive or has too many decimals."""
    return written(value) if value is not None and value > 0 else None
