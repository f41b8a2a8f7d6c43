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
_TWO_OPERANDS = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([-+*/])\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*")
_SWAPPED = {"+": "-", "-": "+", "*": "+", "/": "*"}
_EARLY_CHECKS = (
    ("What exactly does your {value} count, and is that what {wanted} asks for?",
     "It answers “{asked}”, and the end asks for something else."),
    ("If somebody read only {wanted} and your {value}, would every part of it be covered?",
     "No, it only answers “{asked}”."),
    ("Which numbers of the story have gone into your {value}, and which does {wanted} still need?",
     "Not all of them have, so far it only answers “{asked}”."),
    ("Put a unit next to your {value}: does it fit what {wanted} wants to know?",
     "No, it fits “{asked}”, and the question wants more than that."),
    ("Is your {value} an answer to {wanted}, or to a question on the way there?",
     "To one on the way, it's the answer to “{asked}”."),
    ("Read {wanted} again: is your {value} the end of the story, or somewhere in its middle?",
     "Somewhere on the way: it answers “{asked}”."),
)  # fmt: skip
_SKIP_CHECKS = (
    ("Where do you see the {left_out} of the story in {written}?", "Nowhere, I left that out."),
    ("The story also mentions the {left_out}: what happens to it in {written}?", "Nothing, I left that out."),
    ("Suppose the {left_out} were missing from the story: would {written} look any different?",
     "No, it'd look the same, so I left that out."),
    ("Read the story with {written} next to it: at which point does the {left_out} come in?",
     "Not at all, I left that out."),
    ("Whom or what is the {left_out} in the story about, and has {written} taken it into account?",
     "It hasn't, I left that out."),
)  # fmt: skip
_OPERATION_CHECKS = (
    ("Picture the {left} and the {right} in the story: does {doing} them match what happens?",
     "No, {doing} isn't what happens to the {left} and the {right}."),
    ("Which words in the story tell you that the {left} and the {right} call for {doing}?",
     "None of them, {doing} was a guess."),
    ("What would {doing} the {left} and the {right} stand for in this story?",
     "For nothing that happens in it, so {doing} can't be it."),
    ("Try a small case: with 1 in place of the {right}, would {doing} still make sense here?",
     "No, {doing} doesn't fit the story then."),
    ("Draw the {left} and the {right} as the story tells it: is {doing} what your picture shows?",
     "No, my picture doesn't show {doing}."),
)  # fmt: skip
"""Tests of a wrong idea, each with what the student finds."""
_WORKED_OUT = (
    "{line} = {wrong}.",
    "{line} is {wrong}.",
    "I worked out {line} and got {wrong}.",
    "{line} makes {wrong}.",
)
_LONGEST_QUOTATION = 14
"""Words of a question that is quoted inside another one."""
_DOING = {"+": "adding", "-": "subtracting", "*": "multiplying", "/": "dividing"}


@dataclass(frozen=True)
class Calculation:
    """One line's arithmetic: `expression` = `value`, both as written."""

    expression: str
    value: str


def misconceptions_of(
    calculations: Sequence[Calculation], questions: Sequence[str], answer: str
) -> tuple[Misconception, ...]:
    """Typical wrong ideas, each with a result that is not the right one.

    Stopping one step early, leaving a step out (the number of the story goes in where its result should), and the wrong
    operation in the last step; and, for every step that none of these is about, a slip in its arithmetic.

    Args:
        calculations: the worked lines in order.
        questions: the question of each line.
        answer: the right final answer.
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
    """Adds an idea by its result, where that is new and wrong, and the test of it gives nothing away."""
    if idea is None:
        return
    wrong, right = value_of(idea.answer), {value_of(answer), value_of(calculations[idea.step].value)}
    told = values_in(idea.check) | values_in(idea.check_reply)
    if wrong is not None and wrong > 0 and wrong not in right and right.isdisjoint(told):
        kept.setdefault(wrong, idea)


def _stops_early(calculations: Sequence[Calculation], questions: Sequence[str]) -> Misconception | None:
    if len(calculations) < 2:
        return None
    value, asked = _shown(calculations[-2].value), questions[-2]
    check, found = _pick(_EARLY_CHECKS, asked + value)
    return _WORDS.misconception(
        "takes_result_way_final",
        answer=value,
        step=len(calculations) - 1,
        typeset__spaced_calculations=typeset(_spaced(calculations[-2].expression)),
        check_format_value=check.format(value=value, wanted=_quoted(questions[-1])),
        found_format_asked=found.format(asked=asked),
    )


def _skips_a_step(calculations: Sequence[Calculation], questions: Sequence[str]) -> Misconception | None:
    """The last calculation with the first number of an earlier one in place of its result."""
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
        written = typeset(_spaced(changed))
        check, found = _pick(_SKIP_CHECKS, questions[index] + wrong)
        return _WORDS.misconception(
            "leaves_step_out_goes",
            answer=wrong,
            step=index,
            written=written,
            check_format_left_out=check.format(left_out=left_out, written=written),
            found=found,
            questions_index=questions[index],
        )
    return None


def _wrong_operation(calculations: Sequence[Calculation]) -> Misconception | None:
    match = _TWO_OPERANDS.fullmatch(calculations[-1].expression)
    if match is None:
        return None
    left, operator, right = match.groups()
    swapped = _SWAPPED[operator]
    wrong = _decimal(value_of(f"{left}{swapped}{right}"))
    if wrong is None:
        return None
    doing = _DOING[swapped]
    slots = {"left": _shown(left), "right": _shown(right), "doing": doing}
    check, found = _pick(_OPERATION_CHECKS, left + right + wrong)
    return _WORDS.misconception(
        "picks_where_story_calls",
        answer=wrong,
        step=len(calculations) - 1,
        doing=doing,
        _doing_operator=_DOING[operator],
        typeset__spaced_f=typeset(_spaced(f"{left}{swapped}{right}")),
        check_format_slots=check.format(**slots),
        found_format_slots=found.format(**slots),
    )


def _slips(calculation: Calculation, index: int) -> Misconception | None:
    """The right operation, worked out wrongly."""
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
        "idea",
        answer=wrong,
        step=index,
        belief=slip.belief,
        _worked_out_variant_len=_WORKED_OUT[variant % len(_WORKED_OUT)].format(line=line, wrong=wrong),
        check=slip.check,
        found=slip.found,
    )


def _quoted(question: str) -> str:
    """A question as part of another one: quoted without its mark, or only pointed at where it is long."""
    words = question.rstrip("?").split()
    return f"“{' '.join(words)}”" if len(words) <= _LONGEST_QUOTATION else "the last sentence"


def _pick(variants: Sequence[tuple[str, str]], content: str) -> tuple[str, str]:
    """One of several tests with its outcome, always the same one for the same content."""
    return variants[int(content_id(content), 16) % len(variants)]


def _spaced(expression: str) -> str:
    return re.sub(r"\s*([-+*/])\s*", r" \1 ", expression).strip().replace("/", "÷")


def _shown(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _decimal(value: Fraction | None) -> str | None:
    """A value as a student would write it; None for one of no such form, and for none above zero."""
    return written(value) if value is not None and value > 0 else None
