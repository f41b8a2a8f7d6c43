"""The leak detector: does a tutor's reply hand the answer over?

There is one detector, for the review, the evaluation and other programs. It considers what the question asks for,
which numbers the problem and the turns so far contain, whether a clause asserts, asks or supposes, and whose number is
being discussed:

- The tutor may repeat what the student has stated as a result.
- A number that nobody has said and that is the answer gives it away, whatever the wording.
- A number that was said before (a quantity of the problem, an intermediate result) gives the answer away only
  where the reply asserts it *as* the answer: as the result of a new equation, after "the answer is", or in the words
  of the question.

The rules are in `evidence` (the right answer) and `assertions` (any result). `canopy score-leaks` measures their error
rate against human labels, by `leak.calibration`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from canopy_assets.maths.numbers import may_mention_number
from canopy_assets.review.leak.answer_keys import AnswerKey, answer_key, written_forms
from canopy_assets.review.leak.assertions import Given, given_result, is_asserted, is_new_result, names_answer
from canopy_assets.review.leak.evidence import ANSWER_WORD, Mention, states_answer
from canopy_assets.review.leak.prefilter import is_inert
from canopy_assets.review.text.clauses import Clause, clause_at
from canopy_assets.review.text.equations import equation_ending_at
from canopy_assets.review.text.knowledge import Knowledge, knowledge
from canopy_assets.review.text.normalizing import without_markup
from canopy_assets.review.text.quantities import quantities
from canopy_assets.review.text.withdrawals import is_denied, withdrawals

LeakKind = Literal["none", "answer", "wrong_answer", "worked_step"]

_RELATION = re.compile("[=<>≤≥]")
MAX_REPLY = 20_000
"""In characters: how much of a reply is read."""


@dataclass(frozen=True)
class Leak:
    """The result that a reply hands over.
    Attributes:
        reveals: Whether it is the right answer.
        gives: Whether it is any result: one asserted as the answer, right or wrong, or a step worked out. True
            whenever `reveals` is.
        kind: The kind of result.
        span: Its start and end in the reply, in characters.
        reason: Why it counts, in words for a person.
    """

    reveals: bool
    gives: bool
    kind: LeakKind
    span: tuple[int, int] | None
    reason: str


@dataclass(frozen=True)
class StepLeak:
    """The new results of solution steps that a turn hands over: how many, which, and where."""

    count: int
    results: tuple[str, ...]
    span: tuple[int, int] | None
    reason: str


_NOTHING = Leak(False, False, "none", None, "nothing is handed over")
_NO_STEPS = StepLeak(0, (), None, "no step is handed over")


def detect_leak(
    reply: str,
    *,
    problem: str,
    answer: str,
    history: Sequence[tuple[str, str]] = (),
    without: frozenset[str] = frozenset(),
) -> Leak:
    """Decides whether a tutor's reply hands the answer over. It never raises, whatever the text.

    Args:
        reply: The tutor's turn; its first 20,000 characters are read.
        problem: The problem's statement.
        answer: Its right answer, as a student would write it ("x = 5", "12 eggs", "(x − 2)(x − 3)", "x < 4").
        history: The turns before the reply as (role, text), oldest first; roles "tutor" and "student".
        without: Names of rules of `evidence` to leave out, to measure the value of each.

    Returns:
        The first result that is handed over, with the reason; no result if the student has already stated the answer.
    """
    reply = without_markup(reply[:MAX_REPLY])
    key = answer_key(answer)
    if is_inert(reply, key, problem) or not _worth_reading(reply, key):
        return _NOTHING
    return find_leak(reply, key, knowledge(problem, tuple((role, text) for role, text in history)), without)


def find_leak(reply: str, key: AnswerKey, known: Knowledge, without: frozenset[str] = frozenset()) -> Leak:
    """`detect_leak` without its filters, for a reply without markup: the same result, at ten times the cost."""
    given = _given_answer(reply, key, known, without) or given_result(reply, key, known)
    # The tutor may confirm what the student claims. Tested last, because it means reading all turns.
    if given is None or _student_claims(key, known):
        return _NOTHING
    return Leak(given.kind == "answer", True, *given)


def detect_step_leak(
    reply: str, *, problem: str, step_results: Sequence[str], history: Sequence[tuple[str, str]] = ()
) -> StepLeak:
    """Counts the intermediate results of the solution that a turn hands over and that nobody has said before.

    Args:
        reply: The tutor's turn.
        problem: The problem's statement.
        step_results: The result of each step ("5x = 25", "9"), in order.
        history: The turns before the reply as (role, text), oldest first.
    """
    reply = without_markup(reply[:MAX_REPLY])
    if not step_results or not _may_state_result(reply):
        return _NO_STEPS
    known = knowledge(problem, tuple((role, text) for role, text in history))
    if _student_has_stated(answer_key(step_results[-1]), known):
        # The tutor may show how a result was found that the student already has.
        return _NO_STEPS
    found = [
        (result, span) for result in dict.fromkeys(step_results) if (span := _hands_over_step(reply, result, known))
    ]
    if not found:
        return _NO_STEPS
    results = tuple(result for result, _ in found)
    return StepLeak(len(found), results, found[0][1], f"says {' and '.join(results)}, which nobody has said")


def _worth_reading(reply: str, key: AnswerKey) -> bool:
    """Whether a reply has a number, a relation, a word for an answer, or the answer's own words."""
    if _may_state_result(reply) or names_answer(reply):
        return True
    return not key.numeric and _is_written(key, reply)


def _may_state_result(reply: str) -> bool:
    """False only for replies without a number and without a relation."""
    return may_mention_number(reply) or _RELATION.search(reply) is not None


def _student_has_stated(key: AnswerKey, known: Knowledge) -> bool:
    """Whether the student has offered the answer as the outcome of a turn, or written it where the problem doesn't."""
    if key.numeric:
        # Reading numbers is cheaper than deciding which of them are results.
        if not known.student_values.issuperset(key.values):
            return False
        if known.final_claims.issuperset(key.values):
            return True
        return len(key.values) > 1 and known.claims.issuperset(key.values)
    return any(_is_written(key, turn) and not _is_written(key, known.problem) for turn in known.student)


def _student_claims(key: AnswerKey, known: Knowledge) -> bool:
    """Whether the answer is what the student now claims as the final result.

    It is not where it was a step, was denied or withdrawn, or was replaced by another claim.
    """
    if not key.numeric:
        return _claims_written(key, known)
    if not known.student_values.issuperset(key.values):
        return False
    # The last number of a turn is its result, unless the student has denied numbers: "54 instead of 70".
    ended = known.final_claims.issuperset(key.values) or bool(known.standing.withdrawn)
    if ended and known.standing.current.issuperset(key.values):
        return True
    # Several numbers may have been claimed one by one.
    return len(key.values) > 1 and (known.claims - known.standing.withdrawn).issuperset(key.values)


def _claims_written(key: AnswerKey, known: Knowledge) -> bool:
    """The same for an answer that is no number: the student has written it and has not taken it back since."""
    if _is_written(key, known.problem):
        return False
    claimed = False
    for turn in known.student:
        spans = ((end - len(turn[start:end].lstrip()), end) for start, end in written_forms(key, turn))
        last = max((span for span in spans if not is_denied(turn, *span)), default=None)
        claimed = claimed or last is not None
        withdrawn = [act for act in withdrawals(turn) if last is None or act.start > last[0]]
        if any(act.kind == "withdraws" or last is None for act in withdrawn):
            claimed = False
    return claimed


def _is_written(key: AnswerKey, text: str) -> bool:
    return next(written_forms(key, text), None) is not None


def _given_answer(reply: str, key: AnswerKey, known: Knowledge, without: frozenset[str]) -> Given | None:
    """The right answer where a reply hands it over: written out, or all of its numbers stated."""
    for span in written_forms(key, reply):
        written = reply[slice(*span)]
        if _hands_over_written(key, known, written, clause_at(reply, span[0])):
            return Given("answer", span, f"writes the answer out: {written!r}")
    if not key.numeric:
        return None
    stated: dict[Fraction, Given] = {}
    for quantity in quantities(reply):
        value = key.matches(quantity, asks_percentage=known.asks_percentage)
        if value is None or value in stated:
            continue
        rule = states_answer(Mention(reply, quantity, clause_at(reply, quantity.start), known), without)
        if rule:
            reason = f"says {quantity.text}, the answer: {rule}"
            stated[value] = Given("answer", (quantity.start, quantity.end), reason)
    return next(iter(stated.values())) if stated.keys() >= set(key.values) else None


def _hands_over_written(key: AnswerKey, known: Knowledge, written: str, clause: Clause) -> bool:
    """Whether the answer's form `written` in a clause hands it over.

    If it was written before, it counts only where it is called the answer.
    """
    as_it_stands = re.compile(rf"(?<![\w./]){re.escape(written)}(?![\w/])(?!\.\d)")
    if any(map(as_it_stands.search, known.said)) or any(_is_written(key, said) for said in known.said):
        return clause.mood == "asserts" and not clause.reported and bool(ANSWER_WORD.search(clause.text))
    if not key.literals and not _RELATION.search(written):
        # Words often occur without being meant as the answer.
        return clause.mood == "asserts"
    return True


def _hands_over_step(reply: str, result: str, known: Knowledge) -> tuple[int, int] | None:
    """Start and end of a step's new result in a reply; None where the reply does not state it."""
    key = answer_key(result)
    if key.pattern is not None and any(_is_written(key, text) for text in known.said):
        return None
    right = answer_key(result.rpartition("=")[2].strip()) if "=" in result else key
    if right.numeric and known.claims.issuperset(right.values):
        return None
    written = next(written_forms(key, reply), None)
    if written is not None:
        return written
    if not right.numeric:
        return None
    for quantity in quantities(reply):
        if right.matches(quantity) is None:
            continue
        clause = clause_at(reply, quantity.start)
        mention = Mention(reply, quantity, clause, known)
        if mention.new and not quantity.operand and states_answer(mention):
            return quantity.start, quantity.end
        equation = equation_ending_at(reply, quantity)
        if equation and is_asserted(clause) and is_new_result(reply, equation, known):
            return quantity.start, quantity.end
    return None
