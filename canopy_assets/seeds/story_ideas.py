"""Wrong ideas about a worked story problem, computed from its own calculations and verified to give another answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.records import Misconception, content_id
from canopy_assets.seeds.notation import typeset
from canopy_assets.seeds.quantities import value_of, values_in

_NUMBER = re.compile(r"(?<![\d.])(?:\d[\d,]*(?:\.\d+)?|\.\d+)")
_TWO_OPERANDS = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([-+*/])\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*")
_SWAPPED = {"+": "-", "-": "+", "*": "+", "/": "*"}
_EARLY_CHECKS = (
    "What exactly does your {value} count, and is that the thing the last sentence asks for?",
    "If somebody read only the question and your {value}, would every part of the question be covered?",
    "Which numbers of the story have gone into your {value}, and which haven't been used yet?",
    "Put a unit next to your {value}: does it fit what the question wants to know?",
    "Finish this sentence for me: {value} is the number of what, in this story?",
    "Which part of the story does your {value} belong to: its end, or somewhere on the way?",
)
_SKIP_CHECKS = (
    "Where do you see the {left_out} of the story in {written}?",
    "The story also mentions the {left_out}: what happens to it in {written}?",
    "Suppose the {left_out} were missing from the story: would {written} look any different?",
    "Read the story with {written} next to it: at which point does the {left_out} come in?",
    "Whom or what is the {left_out} in the story about, and has {written} taken it into account?",
)
_OPERATION_CHECKS = (
    "Picture the {left} and the {right} in the story: does {doing} them match what happens?",
    "Which words in the story tell you that the {left} and the {right} call for {doing}?",
    "What would {doing} the {left} and the {right} stand for in this story?",
    "Try a small case: with 1 in place of the {right}, would {doing} still make sense here?",
    "Draw the {left} and the {right} as the story tells it: is {doing} what your picture shows?",
)
_DOING = {"+": "adding", "-": "subtracting", "*": "multiplying", "/": "dividing"}


@dataclass(frozen=True)
class Calculation:
    """One line's arithmetic: `expression` = `value`, both as written."""

    expression: str
    value: str


def misconceptions_of(
    calculations: Sequence[Calculation], questions: Sequence[str], answer: str
) -> tuple[Misconception, ...]:
    """Up to three typical wrong ideas, each with an answer that is not the right one.

    Stopping one step early, leaving a step out (the number of the story goes in where its result should), and the wrong
    operation in the last step.

    Args:
        calculations: the worked lines in order.
        questions: the question of each line.
        answer: the right final answer.
    """
    if not calculations or len(calculations) != len(questions):
        return ()
    ideas = [
        _stops_early(calculations, questions),
        _skips_a_step(calculations, questions),
        _wrong_operation(calculations),
    ]
    right, kept = value_of(answer), {}
    for idea in ideas:
        wrong = value_of(idea.answer) if idea else None
        results = {right, value_of(calculations[idea.step].value)} if idea else set()
        if (
            idea
            and wrong is not None
            and right is not None
            and wrong != right
            and wrong > 0
            and results.isdisjoint(values_in(idea.check))
        ):
            kept.setdefault(wrong, idea)
    return tuple(kept.values())


def _stops_early(calculations: Sequence[Calculation], questions: Sequence[str]) -> Misconception | None:
    if len(calculations) < 2:
        return None
    value, asked = _shown(calculations[-2].value), questions[-2]
    return Misconception(
        belief="takes a result on the way for the final answer",
        work=f"{typeset(_spaced(calculations[-2].expression))} = {value}, so the answer is {value}.",
        answer=value,
        check=_pick(_EARLY_CHECKS, asked + value).format(value=value),
        check_reply=f"It only settles this: {asked} There is more to do.",
        step=len(calculations) - 1,
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
        left_out = " and the ".join(dict.fromkeys(_shown(n) for n in numbers[1:3]))
        written = typeset(_spaced(changed))
        return Misconception(
            belief="leaves a step out and goes on with a number from the story",
            work=f"I take {written}, which makes {wrong}.",
            answer=wrong,
            check=_pick(_SKIP_CHECKS, questions[index] + wrong).format(left_out=left_out, written=written),
            check_reply=f"Nowhere, I left that out. So first: {questions[index]}",
            step=index,
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
    return Misconception(
        belief=f"picks {doing} where the story calls for {_DOING[operator]}",
        work=f"{typeset(_spaced(f'{left}{swapped}{right}'))} = {wrong}, so I get {wrong}.",
        answer=wrong,
        check=_pick(_OPERATION_CHECKS, left + right + wrong).format(
            left=_shown(left), right=_shown(right), doing=doing
        ),
        check_reply=f"No, {doing} isn't what happens to the {_shown(left)} and the {_shown(right)}.",
        step=len(calculations) - 1,
    )


def _pick(variants: Sequence[str], content: str) -> str:
    """One of several wordings, always the same one for the same content."""
    return variants[int(content_id(content), 16) % len(variants)]


def _spaced(expression: str) -> str:
    return re.sub(r"\s*([-+*/])\s*", r" \1 ", expression).strip().replace("/", "÷")


def _shown(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _decimal(value: Fraction | None) -> str | None:
    """A value as a student would write it: whole, or with at most two decimals; None for any other, and below zero."""
    if value is None or value <= 0 or (value * 100).denominator != 1:
        return None
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0")
