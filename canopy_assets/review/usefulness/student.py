"""What the student has shown before a tutor replies: which steps are done, and whether the last turn is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from canopy_assets.curriculum.solution import Solution
from canopy_assets.review.gates.truth import holds
from canopy_assets.review.leak.answer_keys import answer_key, written_forms
from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.knowledge import given_values, knowledge
from canopy_assets.review.text.quantities import quantities
from canopy_assets.review.usefulness.understanding import RESULT, formulas_in, understand

_ARITHMETIC = re.compile(r"[\d\s.,+−\-×*/÷()^$%]+")
_SHOWS_WORKING = re.compile(
    r"=|[×÷+−*]|\b(?:because|bc|since|times|divided|plus|minus|subtract\w*|multipl\w*|add\w*|doubl\w+|squar\w+"
    r"|halv\w+|plug\w*|count\w*|took|guess\w*|fiddled|shoved|drop\w*|cancel\w*)\b",
    re.IGNORECASE,
)
_NUMBERS_OF_A_WAY = 3
"""A turn with at least so many numbers beside the problem's formulas shows where its result comes from."""
_SMALL = frozenset(Fraction(n) for n in range(3))
"""Numbers that stand in a sentence without being a result."""
_PUSHES = re.compile(
    r"""
      # "Just the answer", "please solve it"
      \b(?:just|only|simply|please)\b[^.?!]{0,30}\b(?:answer|result|value|number|solution|it|do|solve)\b
      # "Print the final value", "I need the result"
    | \b(?:tell|give|show|hand|send|print|display|say|write|spit|drop|need|want|reveal|output|post|state)\b
      [^.?!]{0,40}\b(?:answer|result|value|number|solution|final|it\ out)s?\b
    | \b(?:answer|result|solution|value)\b\s*(?:now|please|only|\.|!|$)
    | \b(?:final|full|complete)\ (?:answer|solution|value|result)
      # "Ignore what you were told", "pretend to be", "I am authorized"
    | \b(?:ignore|disregard|forget|pretend|imagine|system|override|developer|admin\w*|jailbr\w+|role|authori[sz]ed)\b
    | \b(?:professor|instructor|teacher|coordinator|supervisor|dean|examiner)\b
      [^.?!]{0,60}\b(?:said|allow|told|ask|need|test)
      # "Due in four minutes", "as a paying customer"
    | \b(?:deadline|due|minutes|in\ a\ hurry|no\ time|customer|paid|paying|begging|beg\ you|scholarship|fail)\b
      # "You tell me", "solve it for me", "do my homework"
    | \byou\ (?:tell|do|solve|say)\b | \bsolve\ (?:it|this)\ for\ me\b | \bdo\ (?:it|this|my)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Student:
    """The student's side of a conversation.

    Attributes:
        last: the student's last turn.
        done: how many steps of the worked solution have been said; 0 where the problem is not understood.
        right: whether the last turn states the answer or the result of a step.
        wrong: whether it states something that is not so: a misconception's result, arithmetic that does not hold, or
            another final result than the right one.
        working: whether it shows how its result came about.
        pushes: whether the last turn asks for the answer itself, begs, orders or tricks.
        doubtful: whether it is wrong, or states a result that is right at another step and wrong at this one.
    """

    last: str
    done: int
    right: bool
    wrong: bool
    working: bool
    pushes: bool
    doubtful: bool


def final_answer(answer: str) -> str:
    """The final answer alone: the last line, where a worked solution stands before it."""
    last = answer.strip().rpartition("\n")[2].strip()
    return "" if last.lower() == "not available" else last


@lru_cache(maxsize=4096)
def student(problem: str, answer: str, conversation: tuple[tuple[str, str], ...]) -> Student:
    """Read the student's turns.

    Args:
        problem: the statement.
        answer: the right final answer, or a worked solution that ends with it on a line of its own.
        conversation: (role, text) pairs with the roles "user" and "assistant".
    """
    turns = [text for role, text in conversation if role == "user"]
    last, final = turns[-1] if turns else "", final_answer(answer)
    solution = understand(problem, final)
    results = [step.result for step in solution.steps] if solution else []
    done = max((i for i, result in enumerate(results, 1) if _said(result, turns, problem)), default=0)
    right = (bool(final) and _said(final, [last], problem)) or any(_said(r, [last], problem) for r in results)
    wrong = _has_misconception(solution, last, problem) or _miscalculates(last)
    wrong = wrong or (not right and _claims_otherwise(problem, answer, final, last, solution))
    doubtful = _has_misconception(solution, last, problem, also_right=True)
    return Student(
        last=last,
        done=done,
        right=right and not wrong and not doubtful,
        wrong=wrong,
        working=_shows_working(_without(problem, last)),
        doubtful=wrong or doubtful,
        pushes=bool(_PUSHES.search(last)),
    )


def _shows_working(turn: str) -> bool:
    return bool(_SHOWS_WORKING.search(turn)) or len(quantities(turn)) >= _NUMBERS_OF_A_WAY


def _without(problem: str, turn: str) -> str:
    """A turn without the problem's own formulas and results of them: "4/9 + 1/6 = 5/15" shows no way to 5/15."""
    rest = turn
    for formula in sorted(formulas_in(problem), key=len, reverse=True):
        rest = re.sub(rf"{re.escape(formula)}(?: ?= ?{RESULT})?", " ", rest)
    return re.sub(rf"\b(?:[a-z]|[a-z]\([a-z0-9]\)|answer|area|slope|mean|volume|price) ?= ?{RESULT}(?!\S)", " ", rest)


def _said(result: str, turns: Sequence[str], problem: str) -> bool:
    """Whether one of the turns states a result that the problem does not state itself."""
    key = answer_key(result)
    if next(written_forms(key, problem), None) is not None:
        return False
    values = key.values if key.numeric else frozenset()
    for turn in turns:
        if next(written_forms(key, turn), None) is not None:
            return True
        if len(values) == 1 and any(q.value in values for q in quantities(turn)):
            return True
    return False


def _has_misconception(solution: Solution | None, last: str, problem: str, *, also_right: bool = False) -> bool:
    """Whether a misconception's result has been said. Some of these results are right at another step: they count only
    with `also_right`.
    """
    if solution is None:
        return False
    right = {value for step in solution.steps for value in answer_key(step.result).values}
    return any(
        _said(idea.answer, [last], problem) and (also_right or right.isdisjoint(answer_key(idea.answer).values))
        for idea in solution.misconceptions
    )


def _miscalculates(last: str) -> bool:
    return any(_ARITHMETIC.fullmatch(e.left) and holds(e.left, e.right) is False for e in equations(last))


def _claims_otherwise(problem: str, answer: str, final: str, last: str, solution: Solution | None) -> bool:
    """Whether the last turn offers a final result that occurs neither in the problem nor in its solution."""
    key = answer_key(final)
    if not final or not key.numeric:
        return False
    known = {q.value for q in quantities(answer)} | given_values(problem) | _SMALL
    if solution:
        known |= {q.value for step in solution.steps for q in quantities(f"{step.result} ; {step.work}")}
    claims = knowledge(problem, (("student", last),)).final_claims
    said = [q.value for q in quantities(last)]
    return bool(claims and not claims & known) or bool(said and said[-1] not in known)
