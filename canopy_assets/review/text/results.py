"""The results that a student turn states, whatever their part in the solution."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.normalizing import fold
from canopy_assets.review.text.quantities import Quantity, quantities
from canopy_assets.review.text.sentences import sentence_spans

_CONCLUDES = re.compile(
    r"""
    \b(?:
      answer(?:\s+is|:|\s*=)?
      # "So", "so it's", "then x =".
      |(?:so|then|therefore|thus|hence)[\s,]+(?:it['’]?s|it\ is|that['’]?s|that\ is|that\ makes|[a-z]\s*=)?
      |it['’]s|it\ is|that\ makes
    )
    \s*(?:just\ |only\ )?[$€£]?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SHORT_TURN = 3
"""Words next to the number in a sentence that is only an answer ("It's 18 dollars")."""


@lru_cache(maxsize=2048)
def given_values(problem: str) -> frozenset[Fraction]:
    """The numbers of a problem."""
    return frozenset(q.value for q in quantities(problem))


def results_of(turn: str, problem: str) -> list[Quantity]:
    """The results that a student turn states, in order. Numbers that only restate the problem do not count."""
    stated, given, folded = _read(problem)
    restated = [(e.start, e.end) for e in equations(turn) if e.key in stated]

    def is_result(q: Quantity) -> bool:
        if (
            q.coefficient
            or (q.counts and not q.equated)
            or (q.operand and not q.equated)
            or any(s <= q.start < e for s, e in restated)
        ):
            return False
        if q.value not in given:
            # If the problem does not give a number, the student has worked it out.
            return True
        return (q.cued or _alone(turn, q)) and not quotes(turn, q, folded)

    return [q for q in quantities(turn) if is_result(q)]


def final_results(turn: str, results: Sequence[Quantity]) -> list[Fraction]:
    """The final results of a student turn: those that a conclusion introduces ("so 12"), and the last one."""
    concluded = [q.value for q in results if _CONCLUDES.search(turn[max(0, q.start - 32) : q.start])]
    return concluded + [q.value for q in results[-1:]]


def quotes(turn: str, quantity: Quantity, said: str) -> bool:
    """Whether the words around a number repeat what was said before (folded).

    A student who copies the problem claims nothing, and a tutor who repeats the student gives nothing away.
    """
    near = fold(turn[max(0, quantity.start - 24) : quantity.end])
    return len(near) > 12 and near[-16:] in said


@lru_cache(maxsize=2048)
def _read(problem: str) -> tuple[frozenset[str], frozenset[Fraction], str]:
    """A problem's equations by key, its numbers, and its text folded."""
    return frozenset(e.key for e in equations(problem)), given_values(problem), fold(problem)


def _alone(turn: str, quantity: Quantity) -> bool:
    """Whether a number is the whole content of its sentence or line: "18 dollars!"."""
    for start, end in sentence_spans(turn):
        if start <= quantity.start < end:
            rest = turn[start : quantity.start] + turn[quantity.end : end]
            return not any(c.isdigit() for c in rest) and len(re.findall(r"[a-zA-Z]{2,}", rest)) <= _SHORT_TURN
    return False
