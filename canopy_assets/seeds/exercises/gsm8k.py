"""Worked exercises in the GSM8K form, "socratic" (`sub-question ** step`) and plain, with their arithmetic checked.

A line such as `How many are left? ** She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs.` becomes a step. An exercise is
verified when

- every annotation `<<expression=value>>` is true: exactly, or rounded or cut to the decimals it is written with;
- a last line without annotation contains a true equation between numbers, or repeats the result of the line before;
- the number after `####` is the last result (rounded to a whole number where a story asks for one).

The others are kept, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.stories.misconceptions import Calculation, misconceptions_of
from canopy_assets.maths.step_numbers import bare_number, is_rounding, listed_operands, value_of, values_in
from canopy_assets.maths.typography import typeset
from canopy_assets.records import Exercise, SeedDocument, Skipped, Span, Step
from canopy_assets.seeds.exercises.verification import exercise_id
from canopy_assets.seeds.reading.jsonl import usable_rows

TOPIC = "word problems"
FAMILY = "word_problem"
MAX_LINES = 40

_ANNOTATION = re.compile(r"<<([^<>=]{1,200})=([^<>=]{1,60})>>")
_UNFINISHED = re.compile(r"<<[^<>]*>?>?")


@dataclass(frozen=True)
class _Line:
    question: str
    work: str
    annotations: tuple[tuple[str, str], ...]
    calculation: Calculation | None


class _WrongError(ValueError):
    """Why an exercise is not verified."""


def parse(document: SeedDocument) -> tuple[list[Exercise], list[Skipped]]:
    """The exercises of a JSONL seed of worked exercises, and the rows that hold none.

    Args:
        document: a read document of kind "worked_exercises"; its bad lines are in `document.skipped` already.
    """
    exercises: list[Exercise] = []
    skipped: list[Skipped] = []
    seen: dict[str, int] = {}
    for span, row in usable_rows(document.text, "worked_exercises"):
        parsed = _exercise(document.seed, row["question"], row["answer"], span)
        if isinstance(parsed, str):
            skipped.append(Skipped(span.line_start, parsed))
        elif parsed.exercise_id in seen:
            skipped.append(Skipped(span.line_start, f"the same exercise as in line {seen[parsed.exercise_id]}"))
        else:
            seen[parsed.exercise_id] = span.line_start
            exercises.append(parsed)
    return exercises, skipped


def _exercise(seed: str, question: str, answer: str, span: Span) -> Exercise | str:
    body, mark, final = answer.rpartition("####")
    final = final.strip()
    if not mark or not final or "\n" in final:
        return 'the answer has no last line "#### N"'
    rows = [row for row in body.split("\n") if row.strip()]
    if len(rows) > MAX_LINES:
        return f"{len(rows)} steps are more than the {MAX_LINES} allowed"
    statement = typeset(" ".join(question.split()))
    lines = [_line(row) for row in rows]
    verified, verification = _verify(lines, final)
    steps = _steps(lines, final)
    calculations = [line.calculation for line in lines if line.calculation]
    return Exercise(
        exercise_id=exercise_id(statement, typeset(final) if verified else None),
        seed=seed,
        statement=statement,
        topic=TOPIC,
        family=FAMILY,
        answer=typeset(final) if verified else None,
        answer_kind="number",
        steps=steps,
        hints=(),
        misconceptions=misconceptions_of(calculations, [s.ask for s in steps], final) if verified else (),
        verified=verified,
        verification=verification,
        span=span,
        stated_answer=typeset(final),
    )


def _line(row: str) -> _Line:
    question, mark, work = row.partition("**")
    if not mark:
        question, work = "", row
    annotations = tuple((a.strip(), b.strip()) for a, b in _ANNOTATION.findall(work))
    clean = " ".join(_UNFINISHED.sub("", work).split())
    return _Line(question.strip(), clean, annotations, _calculation(annotations, clean))


def _calculation(annotations: tuple[tuple[str, str], ...], work: str) -> Calculation | None:
    """What the line works out last: its last annotation, else its last true equation between numbers."""
    if annotations:
        expression, value = annotations[-1]
        # "<<50=50>>" restates a number; the equation in words next to it may say more, but can't be trusted more.
        return Calculation(expression, bare_number(value)) if value_of(value) is not None else None
    from canopy_assets.maths.answers import equation_holds, equations_in

    for equation in reversed(equations_in(work)):
        if equation_holds(equation) and value_of(equation.right) is not None:
            return Calculation(equation.left.strip(), bare_number(equation.right))
    return None


def _verify(lines: list[_Line], final: str) -> tuple[bool, str]:
    try:
        rounded = [
            _check(*annotation, number) for number, line in enumerate(lines, 1) for annotation in line.annotations
        ]
        how = _check_final(lines, final)
    except _WrongError as reason:
        return False, str(reason)
    notes = [f"{sum(rounded)} of them rounded"] if any(rounded) else []
    return True, f"{len(rounded)} annotated calculations hold" + "".join(f", {n}" for n in [*notes, how])


def _check(expression: str, stated: str, number: int) -> bool:
    """Whether a true annotation is a rounded one; raises `_WrongError` for one that is false."""
    computed, value = value_of(expression), value_of(stated)
    if computed is None or value is None:
        raise _WrongError(f"step {number}: <<{expression}={stated}>> can't be computed")
    if computed == value:
        return False
    if is_rounding(computed, value, stated):
        return True
    raise _WrongError(f"step {number}: <<{expression}={stated}>> is wrong: computed {_written(computed)}")


def _check_final(lines: list[_Line], final: str) -> str:
    value = value_of(final)
    if value is None:
        raise _WrongError(f"the final answer {final!r} is not a number")
    last = lines[-1] if lines else None
    if last is None:
        raise _WrongError("there are no steps that lead to the final answer")
    if last.calculation is None:
        earlier = [value_of(line.calculation.value) for line in lines if line.calculation]
        if earlier and earlier[-1] == value and value in values_in(last.work):
            return f"and the last one gives {final}, which the last line repeats"
        raise _WrongError(
            f"the last step has no calculation that could be checked, so that {final} rests on its word only"
        )
    result = value_of(last.calculation.value)
    if result == value:
        return f"and the last step gives {final}"
    if result is not None and is_rounding(result, value, final):
        return f"and the last step's {last.calculation.value} is rounded to {final}"
    raise _WrongError(f"the last step gives {last.calculation.value}, the final answer says {final}")


def _steps(lines: list[_Line], final: str) -> tuple[Step, ...]:
    """A step per line that works something out; the last one's result is the final answer."""
    worked = [line for line in lines if line.calculation]
    steps = []
    for index, line in enumerate(worked):
        assert line.calculation is not None
        result = final if index == len(worked) - 1 else line.calculation.value
        quantities = listed_operands(line.calculation.expression, result)
        slots = {"sub_question": _question(line, quantities, result), "quantities": quantities}
        steps.append(Step("sub_question", slots["sub_question"], typeset(line.work), typeset(result), slots))
    return tuple(steps)


def _question(line: _Line, quantities: str, result: str) -> str:
    """The line's sub-question; one made from its quantities where it has none, or where its own gives the result."""
    own = line.question.rstrip(" .:")
    if own.endswith("?") and value_of(result) not in values_in(own):
        return typeset(own)
    return f"What can you work out from {quantities}?"


def _written(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"
