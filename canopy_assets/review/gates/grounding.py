"""The grounding gate: a tutor's numbers come from somewhere.

They come from the problem, an earlier turn, or the plan (the solution's steps and planted mistakes), or the tutor works
them out of such numbers in the same turn ("16 + 9 = 25"). The leak gate decides whether they may be said; this one
stops a tutor that says "you have 35 apples" where nobody has 35 of anything. A number that a tutor merely supposes ("if
it were 7") may be any.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from canopy_assets.maths.glyphs import FROM_SCRIPTS
from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.text.clauses import clause_at
from canopy_assets.review.text.equations import equations
from canopy_assets.review.text.quantities import Quantity, quantities

_Values = frozenset[Fraction]

CONSTANTS: _Values = frozenset(map(Fraction, ("0", "1", "1/2", "2", "10", "100")))
"""Neutral elements, the pair and the half, the bases of decimals and of percentages: they belong to every problem.

Measured by swapping numbers of tutor turns for others: with these constants the gate notices 60 % of the swaps, with
all of 0 to 10 it would notice 37 %.
"""
_CONSTANT_FIGURES = frozenset(map(str, CONSTANTS))
MOST_IN_WORDS = 12
"""Style guides write numbers up to twelve as words where they count ("five minutes", "all three terms")."""
_TRIES = re.compile(
    r"""
    \W*(?:\w+[, ]+)?(?:try|test|put|plug|substitut|replac|choose|pick)(?:e|ing)?\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The tutor proposes a value to try, which may be any number: "Put 5.1 in place of each x"."""
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LARGE_IN_WORDS = re.compile(
    r"""
    teen\b
    |\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LETTER = re.compile(r"[a-z]")


def grounding(dialogue: Dialogue, context: GateContext) -> Verdict:
    """Every number that a tutor states or asks about comes from the problem, the turns before or the plan."""
    if not dialogue.statement.strip() and not context.plan:
        return Verdict("grounding", True, "no problem is known")
    for i, turn in tutor_turns(dialogue):
        sources = (dialogue.statement, context.plan, *(t.text for t in dialogue.turns[:i]))
        # Nearly every turn writes only figures that were written before, and comparing these is several times faster.
        new = _figures(turn.text) - _CONSTANT_FIGURES.union(*map(_figures, sources))
        if not new and not _LARGE_IN_WORDS.search(turn.text):
            continue
        known = CONSTANTS.union(*map(_numbers, sources))
        found = _ungrounded(turn.text, known, loosely=not context.step_results())
        if found:
            reason = f"{found.text} comes from nowhere: not from the problem, an earlier turn or the plan"
            return Verdict("grounding", False, reason, i, found.start, found.end)
    return Verdict("grounding", True)


def _ungrounded(text: str, known: _Values, *, loosely: bool) -> Quantity | None:
    """The first number that comes from nowhere.

    Args:
        text: The tutor's turn.
        known: The numbers that it may use.
        loosely: Whether the result of one operation on two known numbers may be used as well. This is for dialogues
            whose solution steps are not known.
    """
    if all(abs(q.value) in known for q in quantities(text)):
        return None
    known = _with_worked_out(text, known)
    for quantity in quantities(text):
        value = abs(quantity.value)
        if _is_known(quantity, known) or _only_counts(quantity) or (loosely and _follows(value, known)):
            continue
        clause = clause_at(text, quantity.start)
        if clause.mood == "supposes" or _TRIES.match(clause.text):
            known |= {value}
            continue
        return quantity
    return None


def _with_worked_out(text: str, known: _Values) -> _Values:
    """The known numbers and the results that the turn's own calculations get from them, in the order of the text."""
    for equation in equations(text):
        if not _LETTER.search(equation.left) and _numbers(equation.left) <= known:
            known |= _numbers(equation.right)
    return known


def _is_known(quantity: Quantity, known: _Values) -> bool:
    """Whether a number is known, or a fraction put together from known ones (the 8/12 of "twelfths, eight of them")."""
    value = abs(quantity.value)
    if value in known or (quantity.percent and value / 100 in known):
        return True
    parts = [Fraction(digits) for digits in _DIGITS.findall(quantity.text)]
    return len(parts) > 1 and all(part in known for part in parts)


def _only_counts(quantity: Quantity) -> bool:
    """Whether a number counts things ("two steps") or is small and written as a word."""
    return quantity.counts or (quantity.text[0].isalpha() and abs(quantity.value) <= MOST_IN_WORDS)


def _follows(value: Fraction, known: _Values) -> bool:
    """Whether a value is the sum, difference, product or quotient of two known ones."""
    others = known - {0, 1}
    return any(
        abs(value - a) in others or value + a in others or value * a in others or value / a in others for a in others
    )


@lru_cache(maxsize=8192)
def _figures(text: str) -> frozenset[str]:
    """The numbers of a text as written in figures."""
    return frozenset(_DIGITS.findall(text.translate(FROM_SCRIPTS).replace(",", "")))


@lru_cache(maxsize=8192)
def _numbers(text: str) -> _Values:
    """The sizes of all numbers in a text: as mentioned, percentages also as parts of one, exponents and indices."""
    found = {abs(q.value) for q in quantities(text)}
    found |= {abs(q.value) / 100 for q in quantities(text) if q.percent}
    found |= set(map(Fraction, _figures(text)))
    return frozenset(found)
