"""Turns a document's common mistakes into misconceptions, where their result is verified to be wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.equations import equation_holds, equations_in
from canopy_assets.maths.expressions import ExpressionError, parse, parse_relation
from canopy_assets.maths.glyphs import SUPERSCRIPT_DIGITS
from canopy_assets.maths.step_numbers import value_of, values_in
from canopy_assets.maths.typography import typeset
from canopy_assets.records import Misconception, content_id
from canopy_assets.seeds.exercises.verification import Verdict

MAX_HINT_CHARACTERS = 300

_OUTCOME = re.compile(
    r"""
    # "and gets 3/7", "writes that 4x = 38, …"
    \b(?:gets?|writes?|gives?|says?|answers?|finds?|obtains?|concludes?)\s+(?:that\s+)?
    (?P<wrong>[^,;]{1,60}?)\s*(?:[.;,]|$)
    # "adds the denominators: 3/7"
  | :\s*(?P<after>[^:]{1,60})$
    # "divides too early, x = 4"
  | ,\s*(?P<listed>[a-z]\s*=[^,:]{1,40})$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_THIRD_PERSON = re.compile(
    r"""
    (?P<before>^|\b(?:and|then|but)\s+)
    (?P<verb>[a-z]{2,}?)
    (?P<end>
        ies                # "simplifies"
      | (?<=[sxz])es       # "guesses"
      | (?<=[cs]h)es       # "pushes"
      | s                  # "adds"
    )\b""",
    re.VERBOSE,
)
_DIGIT = re.compile(rf"[\d{SUPERSCRIPT_DIGITS}]")
_WORD = re.compile(r"[A-Za-z]{4,}")
_CHECKS = (
    "Work backwards from {wrong}: do you come out at the numbers of the problem again?",
    "Which line of your work turned the numbers you were given into {wrong}?",
    "If you try a second way to get there, does {wrong} come out again?",
    "Before you trust {wrong}: roughly how large should the result be, going by the numbers given?",
)


def sort_mistakes(
    mistakes: Sequence[str], verdict: Verdict, statement: str, known: Sequence[Misconception]
) -> tuple[tuple[Misconception, ...], tuple[str, ...]]:
    """Make misconceptions of the mistakes whose result is verified to be wrong, and hints of the others.

    Args:
        mistakes: as the document describes them ("adds 7 and writes 4x = 38").
        verdict: the verdict on the exercise. Without a verified answer, every mistake becomes a hint.
        statement: the exercise's problem.
        known: misconceptions that the exercise already has. No other one with the same result is added.

    Returns:
        The misconceptions, and the hints ("watch for: …").
    """
    ideas: list[Misconception] = []
    hints: list[str] = []
    for mistake in mistakes:
        wrong = _wrong_result(mistake, verdict) if verdict.verified else None
        if wrong is None:
            hints.append(f"watch for: {mistake[:MAX_HINT_CHARACTERS]}")
        elif not any(equivalent(wrong, idea.answer, verdict.answer_kind) for idea in (*known, *ideas)):
            ideas.append(_misconception(mistake, wrong, statement, verdict))
    return tuple(ideas), tuple(hints)


def _wrong_result(mistake: str, verdict: Verdict) -> str | None:
    """The result of a mistake ("and gets 3/7", "writes 4x = 38"); None unless it is verified to be wrong."""
    equations = equations_in(mistake)
    outcome = _OUTCOME.search(mistake)
    wrong = (outcome["wrong"] or outcome["after"] or outcome["listed"]).strip(" .") if outcome else ""
    if equations and (not wrong or not values_in(wrong)):
        wrong = equations[-1].text.strip()
    if equations and equation_holds(equations[-1]) and wrong == equations[-1].text.strip():
        wrong = equations[-1].right.strip()  # "5/5 = 1" is true; the wrong result is the 1
    if not _DIGIT.search(wrong) or _WORD.search(wrong) or verdict.answer is None:
        return None
    # A bare result is meant as the answer; an equation may be the result of any step.
    right = [verdict.answer, *(step.result for step in verdict.steps if "=" in wrong and "=" in step.result)]
    if any(equivalent(wrong, r, verdict.answer_kind) for r in right):
        return None
    return typeset(wrong) if _can_be_parsed(wrong) else None


def _can_be_parsed(text: str) -> bool:
    """Whether a result is mathematics: an expression, a relation, or several of them ("x = 2 or x = 3")."""
    for part in re.split(r"\s+or\s+|,\s", text):
        try:
            parse_relation(part) if re.search(r"[=<>≤≥]", part) else parse(part.lstrip("$"))
        except ExpressionError:
            return False
    return True


def _misconception(mistake: str, wrong: str, statement: str, verdict: Verdict) -> Misconception:
    """The misconception, with a question that lets the student find out that the result is wrong."""
    equation = next(iter(equations_in(statement)), None)
    value = re.match(r"[a-z]\s*=\s*[−\d./]+", wrong)
    if equation and value and verdict.answer_kind == "solutions":
        check = f"Put {value[0].strip()} into {equation.text.strip()}: do both sides come out the same?"
    else:
        check = _CHECKS[int(content_id(statement, wrong), 16) % len(_CHECKS)].format(wrong=wrong)
    return Misconception(
        belief=mistake,
        work=_in_first_person(mistake) or f"I get {wrong}.",
        answer=wrong,
        check=check,
        check_reply=f"It doesn't fit, so {wrong} can't be right.",
        step=0 if len(verdict.steps) > 1 and value_of(wrong) is None else max(0, len(verdict.steps) - 1),
    )


def _in_first_person(mistake: str) -> str | None:
    """The mistake as the student says it: "adds 7 and writes 4x = 38" becomes "I add 7 and write 4x = 38."."""
    if not _THIRD_PERSON.match(mistake):
        return None
    said = _THIRD_PERSON.sub(lambda m: m["before"] + m["verb"] + ("y" if m["end"] == "ies" else ""), mistake)
    return f"I {said.rstrip(' .')}."
