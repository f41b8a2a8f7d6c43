"""Verifies answers.

- A problem of a known family: the family computes the answer and the steps. Where the stated answer differs from the
  computed one, the exercise is not verified, and neither answer is used.
- Any other problem is verified by the document's own steps, if their arithmetic holds and arrives at the stated answer.

An exercise that is not verified keeps the reason in `verification`. Worked exercises in the GSM8K form have their own
check, in `gsm8k`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from canopy_assets.curriculum.registry import Solution
from canopy_assets.maths.answers import equivalent, infer_kind
from canopy_assets.maths.equations import EquationMention, equation_holds, equations_in
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.maths.step_numbers import listed_operands
from canopy_assets.maths.typography import typeset
from canopy_assets.records import AnswerKind, Step

_REASONING = re.compile(
    r"""\s*(?:
        ,?\s+(?:because|since|as)\s        # "x = 5, because …"
      | \(\s*(?:because|since)             # "x = 5 (since …"
      | ;                                  # "x = 5; …"
      | \.\s                               # "x = 5. …"
    ).*""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is verified, how or why not, and the answer and steps that follow from it."""

    verified: bool
    verification: str
    answer: str | None
    answer_kind: AnswerKind
    steps: tuple[Step, ...]


def agrees(stated: str, answer: str, kind: AnswerKind) -> bool:
    """Whether a stated answer equals the computed one.

    The stated answer may be part of a sentence ("The sale price is $30.") or be followed by a reason ("x = 5, because
    …").
    """
    texts = [stated, stated.rstrip(" ."), _REASONING.sub("", stated)]
    texts += [stated.rpartition(": ")[2], *(e.text for e in equations_in(stated)[-1:])]
    if kind == "number":  # "9/4 − 2/3 = 27/12 − 8/12 = 19/12"
        ends = [e.right.rstrip(" .") for e in equations_in(stated)[-1:]]
        texts += [end for end in ends if stated.rstrip(" .").endswith(end)]
    if any(equivalent(text, answer, kind) for text in dict.fromkeys(texts) if text):
        return True
    mentioned = numbers_in(stated)
    # If a sentence has only one number, that number is the stated answer.
    return (
        kind == "number"
        and len(mentioned) == 1
        and len(stated.split()) > 1
        and equivalent(mentioned[0].text, answer, kind)
    )


def verify_by_family(stated: str | None, solution: Solution) -> Verdict:
    """Compare the stated answer, if there is one, with the computed one."""
    if stated and not agrees(stated, solution.answer, solution.answer_kind):
        reason = f"stated answer {stated} is wrong: computed {solution.answer}"
        return Verdict(False, reason, None, solution.answer_kind, ())
    how = f"computed ({solution.family})" + (", as stated" if stated else "")
    return Verdict(True, how, solution.answer, solution.answer_kind, solution.steps)


def verify_by_steps(stated: str | None, steps: tuple[str, ...], unsolved: str = "no known family") -> Verdict:
    """Check the arithmetic of the document's own steps, and whether they arrive at the stated answer.

    Args:
        stated: the stated answer.
        steps: the steps.
        unsolved: why no family solved the problem.
    """
    kind: AnswerKind = infer_kind(stated) if stated else "text"
    given = _given_steps(steps, stated)
    if stated is None:
        return Verdict(False, f"{unsolved}, and no answer is stated", None, kind, given)
    reason = _why_steps_fail(steps, given, stated, kind)
    if reason:
        return Verdict(False, f"{unsolved}, and {reason}", None, kind, given)
    return Verdict(True, "by its steps: their arithmetic holds and gives the stated answer", stated, kind, given)


def _why_steps_fail(steps: tuple[str, ...], given: tuple[Step, ...], stated: str, kind: AnswerKind) -> str | None:
    """Why the steps do not verify the stated answer; None when they do."""
    if not steps:
        return "no steps are given by which the stated answer could be checked"
    equations = [(number, e) for number, step in enumerate(steps, 1) for e in equations_in(step)]
    wrong = next(((number, e) for number, e in equations if equation_holds(e) is False), None)
    if wrong:
        return f"step {wrong[0]} is wrong: {wrong[1].text}"
    if not any(equation_holds(e) for _, e in equations):
        return "the steps contain no arithmetic that could be checked"
    last = equations[-1][1]
    if not _arrives(last, stated, kind):
        return f"the last step ({last.text}) does not give the stated answer {stated}"
    return None if given else "the steps could not be taken apart"


def _arrives(last: EquationMention, stated: str, kind: AnswerKind) -> bool:
    return equation_holds(last) is True and agrees(stated, last.right, kind)


def _given_steps(steps: tuple[str, ...], stated: str | None) -> tuple[Step, ...]:
    """Those of the document's own steps that have a result. The last one's result is the stated answer."""
    worked = [(step, found[-1]) for step in steps if (found := equations_in(step))]
    made = []
    for index, (work, equation) in enumerate(worked):
        result = stated if stated and index == len(worked) - 1 else equation.right.strip()
        quantities = listed_operands(equation.left, equation.right)
        ask = f"What can you work out from {quantities}?"
        made.append(Step("given", ask, typeset(work), typeset(result), {"sub_question": ask, "quantities": quantities}))
    return tuple(made)
