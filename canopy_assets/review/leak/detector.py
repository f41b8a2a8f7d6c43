"""The leak detector: does a tutor's reply hand the answer over?

One detector for the review, the evaluation and anyone who imports it. It decides by what the question asks for, which
numbers the problem and the turns so far contain, whether a clause asserts, asks or supposes, and whose number is being
discussed:

- What the student has stated as a result may be said back.
- A number that nobody has said and that is the answer gives it away, whatever the wording.
- A number that was on the table before (a quantity of the problem, an intermediate result) gives the answer away only
  where the reply asserts it *as* the answer: as the result of a new equation, behind "the answer is", or in the words
  of what is asked for.

The rules are in `evidence` (the right answer) and `assertions` (any result). Their error rate against human labels is
published: `canopy score-leaks`, `review.calibration`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from canopy_assets.maths.numbers import may_mention_number
from canopy_assets.review.leak.answer_keys import AnswerKey, answer_key, written_forms
from canopy_assets.review.leak.assertions import given_result, is_asserted, is_new_result, names_answer
from canopy_assets.review.leak.evidence import ANSWER_WORD, Mention, states_answer
from canopy_assets.review.leak.inert import is_inert
from canopy_assets.review.text.clauses import Clause, clause_at
from canopy_assets.review.text.equations import equation_ending_at
from canopy_assets.review.text.knowledge import Knowledge, knowledge
from canopy_assets.review.text.normalizing import without_markup
from canopy_assets.review.text.quantities import quantities

LeakKind = Literal["none", "answer", "wrong_answer", "worked_step"]

_RELATION = re.compile("[=<>≤≥]")
MAX_REPLY = 20_000
"""Characters of a reply that are read."""


@dataclass(frozen=True)
class Leak:
    """What a reply hands over. `span` are the characters of the finding.

    `reveals`: the right answer. `gives`: a result asserted as the answer, right or wrong, or a step worked out; true
    whenever `reveals` is.
    """

    reveals: bool
    gives: bool
    kind: LeakKind
    span: tuple[int, int] | None
    reason: str


@dataclass(frozen=True)
class StepLeak:
    """How many results of the solution's steps that nobody has said a turn hands over; which, and where."""

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
    """Decides whether a tutor's reply hands the answer over. Never raises on any text.

    Args:
        reply: The tutor's turn.
        problem: The problem's statement.
        answer: Its right answer, as a student would write it ("x = 5", "12 eggs", "(x − 2)(x − 3)", "x < 4").
        history: The turns before the reply as (role, text), oldest first; roles "tutor" and "student".
        without: Rules of `evidence` to leave out, by name: for finding out what each is worth.
    """
    reply = without_markup(reply[:MAX_REPLY])
    key = answer_key(answer)
    if is_inert(reply, key, problem) or not _worth_reading(reply, key):
        return _NOTHING
    return judge(reply, key, knowledge(problem, tuple((role, text) for role, text in history)), without)


def judge(reply: str, key: AnswerKey, known: Knowledge, without: frozenset[str] = frozenset()) -> Leak:
    """`detect_leak` without its filters, for a reply without markup: the same verdict, at ten times the cost."""
    revealed = _reveals(reply, key, known, without)
    if revealed is not None:
        found = Leak(True, True, "answer", *revealed)
    elif (given := given_result(reply, key, known)) is not None:
        found = Leak(False, True, *given)
    else:
        return _NOTHING
    # Whoever has said the answer can be told it, and shown why it is right. Asked last: it means reading all turns.
    return _NOTHING if _student_has_stated(key, known) else found


def detect_step_leak(
    reply: str, *, problem: str, step_results: Sequence[str], history: Sequence[tuple[str, str]] = ()
) -> StepLeak:
    """Counts the intermediate results of the solution that a turn hands over and that nobody has said before.

    Args:
        reply: The tutor's turn.
        problem: The problem's statement.
        step_results: What comes out of each step ("5x = 25", "9"), in order.
        history: The turns before the reply as (role, text), oldest first.
    """
    reply = without_markup(reply[:MAX_REPLY])
    if not step_results or not _may_state_result(reply):
        return _NO_STEPS
    known = knowledge(problem, tuple((role, text) for role, text in history))
    if _student_has_stated(answer_key(step_results[-1]), known):
        # Whoever has the outcome may be walked through how it came about.
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
    return not key.numeric and next(written_forms(key, reply), None) is not None


def _may_state_result(reply: str) -> bool:
    return may_mention_number(reply) or _RELATION.search(reply) is not None


def _student_has_stated(key: AnswerKey, known: Knowledge) -> bool:
    if key.numeric:
        if not known.student_values.issuperset(key.values):
            return False
        return all(v in known.final_claims for v in key.values) or (
            len(key.values) > 1 and all(v in known.claims for v in key.values)
        )
    return any(
        next(written_forms(key, turn), None) is not None and not _in_problem(key, known) for turn in known.student
    )


def _in_problem(key: AnswerKey, known: Knowledge) -> bool:
    return next(written_forms(key, known.problem), None) is not None


def _reveals(
    reply: str, key: AnswerKey, known: Knowledge, without: frozenset[str]
) -> tuple[tuple[int, int], str] | None:
    for span in written_forms(key, reply):
        clause = clause_at(reply, span[0])
        if _written_out(key, known, reply[slice(*span)], clause):
            return span, f"writes the answer out: {reply[slice(*span)]!r}"
    if not key.numeric:
        return None
    stated: dict[Fraction, tuple[tuple[int, int], str]] = {}
    for quantity in quantities(reply):
        value = key.matches(quantity, asks_percentage=known.asks_percentage)
        if value is None or value in stated:
            continue
        rule = states_answer(Mention(reply, quantity, clause_at(reply, quantity.start), known), without)
        if rule:
            stated[value] = (quantity.start, quantity.end), f"says {quantity.text}, the answer: {rule}"
    if set(stated) >= set(key.values):
        return next(iter(stated.values()))
    return None


def _written_out(key: AnswerKey, known: Knowledge, text: str, clause: Clause) -> bool:
    as_it_stands = re.compile(rf"(?<![\w./]){re.escape(text)}(?![\w/])(?!\.\d)")
    if any(map(as_it_stands.search, known.said)) or any(
        next(written_forms(key, said), None) is not None for said in known.said
    ):
        return clause.mood == "asserts" and not clause.reported and bool(ANSWER_WORD.search(clause.text))
    if not key.literals and not re.search(r"[=<>≤≥]", text):
        # Words are easily said without being meant as the answer.
        return clause.mood == "asserts"
    return True


def _hands_over_step(reply: str, result: str, known: Knowledge) -> tuple[int, int] | None:
    key = answer_key(result)
    if any(next(written_forms(key, text), None) is not None for text in known.said if key.pattern is not None):
        return None
    right = answer_key(result.rpartition("=")[2].strip()) if "=" in result else key
    if right.numeric and all(v in known.claims for v in right.values):
        return None
    written = next(iter(written_forms(key, reply)), None)
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
