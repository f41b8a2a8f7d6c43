"""Worked exercises in rows. Those of GSM8K, plain or "socratic" (`question ** step`), have their arithmetic checked.

A line such as `How many are left? ** She sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs.` becomes a step. An exercise is
verified when

- every annotation `<<expression=value>>` is true: exactly, or rounded or cut to the decimals it is written with;
- a last line without annotation contains a true equation between numbers, or repeats the result of the line before;
- the number after `####` is the last result (rounded to a whole number where a story asks for one).

Any other exercise is kept as not verified, with the reason. Rows with another form of answer are read by `stated`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from canopy_assets.curriculum.stories.misconceptions import Calculation, misconceptions_of
from canopy_assets.maths.equations import equation_holds, equations_in
from canopy_assets.maths.step_numbers import bare_number, is_rounding, listed_operands, value_of, values_in
from canopy_assets.maths.typography import typeset
from canopy_assets.records import Exercise, SeedDocument, Skipped, Span, Step
from canopy_assets.seeds.exercises.building import exercise_id
from canopy_assets.seeds.exercises.stated import exercise_of
from canopy_assets.seeds.rows.shapes import ExerciseRow
from canopy_assets.seeds.rows.table import exercise_rows

TOPIC = "word problems"
FAMILY = "word_problem"
MAX_LINES = 40
"""In lines, for a solution; the longest one in GSM8K has 12."""

_ANNOTATION = re.compile(r"<<([^<>=]{1,200})=([^<>=]{1,60})>>")
_UNFINISHED = re.compile(r"<<[^<>]*>?>?")


@dataclass(frozen=True)
class _Annotation:
    """`<<expression=value>>`, as written."""

    expression: str
    value: str

    def __str__(self) -> str:
        return f"<<{self.expression}={self.value}>>"


@dataclass(frozen=True)
class _Line:
    """A line of a solution.

    Attributes:
        question: its sub-question; empty in plain GSM8K.
        work: its text without annotations.
        calculation: its last calculation.
    """

    question: str
    work: str
    annotations: tuple[_Annotation, ...]
    calculation: Calculation | None


class _NotVerifiedError(ValueError):
    """Why an exercise is not verified."""


def parse(document: SeedDocument) -> tuple[list[Exercise], list[Skipped]]:
    """Read the exercises of a seed of worked exercises, and report the rows without one.

    Args:
        document: a read document of kind "worked_exercises"; its bad lines are in `document.skipped` already.
    """
    exercises: list[Exercise] = []
    skipped: list[Skipped] = []
    seen: dict[str, int] = {}
    for span, row in exercise_rows(document):
        in_gsm8ks_form = row.solution is not None and "####" in row.solution
        parsed = _exercise(document.seed, row, span) if in_gsm8ks_form else exercise_of(row, document.seed, span)
        if isinstance(parsed, str):
            skipped.append(Skipped(span.line_start, parsed))
        elif parsed.exercise_id in seen:
            skipped.append(Skipped(span.line_start, f"the same exercise as in line {seen[parsed.exercise_id]}"))
        else:
            seen[parsed.exercise_id] = span.line_start
            exercises.append(parsed)
    return exercises, skipped


def _exercise(seed: str, worked: ExerciseRow, span: Span) -> Exercise | str:
    """The exercise of a row in GSM8K's form, or the reason why there is none."""
    body, _, final = (worked.solution or "").rpartition("####")
    final = final.strip()
    if not final or "\n" in final:
        return 'the answer has no last line "#### N"'
    rows = [row for row in body.split("\n") if row.strip()]
    if len(rows) > MAX_LINES:
        return f"{len(rows)} steps are more than the {MAX_LINES} allowed"
    statement = typeset(" ".join(worked.problem.split()))
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
    annotations = tuple(_Annotation(a.strip(), b.strip()) for a, b in _ANNOTATION.findall(work))
    clean = " ".join(_UNFINISHED.sub("", work).split())
    return _Line(question.strip(), clean, annotations, _calculation(annotations, clean))


def _calculation(annotations: tuple[_Annotation, ...], work: str) -> Calculation | None:
    """The line's last calculation: its last annotation, or else its last true equation between numbers."""
    if annotations:
        # Also where it only restates a number ("<<50=50>>"): the words beside it may say more, but are less reliable.
        last = annotations[-1]
        return Calculation(last.expression, bare_number(last.value)) if value_of(last.value) is not None else None
    for equation in reversed(equations_in(work)):
        if equation_holds(equation) and value_of(equation.right) is not None:
            return Calculation(equation.left.strip(), bare_number(equation.right))
    return None


def _verify(lines: list[_Line], final: str) -> tuple[bool, str]:
    """Whether the solution is verified, and how or why not."""
    try:
        rounded = [_is_rounded(a, number) for number, line in enumerate(lines, 1) for a in line.annotations]
        how = _check_final(lines, final)
    except _NotVerifiedError as reason:
        return False, str(reason)
    notes = [f"{sum(rounded)} of them rounded"] if any(rounded) else []
    return True, f"{len(rounded)} annotated calculations hold" + "".join(f", {n}" for n in [*notes, how])


def _is_rounded(annotation: _Annotation, number: int) -> bool:
    """Whether a true annotation is rounded; raises `_NotVerifiedError` for one that is false."""
    computed, value = value_of(annotation.expression), value_of(annotation.value)
    if computed is None or value is None:
        raise _NotVerifiedError(f"step {number}: {annotation} can't be computed")
    if computed == value:
        return False
    if is_rounding(computed, value, annotation.value):
        return True
    raise _NotVerifiedError(f"step {number}: {annotation} is wrong: computed {_written(computed)}")


def _check_final(lines: list[_Line], final: str) -> str:
    """How the last line gives the final answer; raises `_NotVerifiedError` where it does not."""
    value = value_of(final)
    if value is None:
        raise _NotVerifiedError(f"the final answer {final!r} is not a number")
    last = lines[-1] if lines else None
    if last is None:
        raise _NotVerifiedError("there are no steps that lead to the final answer")
    if last.calculation is None:
        earlier = [value_of(line.calculation.value) for line in lines if line.calculation]
        if earlier and earlier[-1] == value and value in values_in(last.work):
            return f"and the last one gives {final}, which the last line repeats"
        raise _NotVerifiedError(
            f"the last step has no calculation that could be checked, so that {final} rests on its word only"
        )
    result = value_of(last.calculation.value)
    if result == value:
        return f"and the last step gives {final}"
    if result is not None and is_rounding(result, value, final):
        return f"and the last step's {last.calculation.value} is rounded to {final}"
    raise _NotVerifiedError(f"the last step gives {last.calculation.value}, the final answer says {final}")


def _steps(lines: list[_Line], final: str) -> tuple[Step, ...]:
    """A step for each line that works something out; the last one's result is the final answer."""
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
    """The line's sub-question. If it has none, or if that gives the result away, one is made from its quantities."""
    own = line.question.rstrip(" .:")
    if own.endswith("?") and value_of(result) not in values_in(own):
        return typeset(own)
    return f"What can you work out from {quantities}?"


def _written(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"
