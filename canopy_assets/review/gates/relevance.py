"""The relevance gate: a tutor talks about this problem, not about problems.

A turn counts when it names an expression, a number or a thing of the problem or its solution, or a term of its topic.
Two weak pieces of evidence (a small number, a variable, an operation) count as much. A turn that repeats what somebody
has said doesn't count. Experts probe and encourage in between ("How do you know?"), so the verdict is on the whole
dialogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from canopy_assets.maths.canonical import canonical_text
from canopy_assets.records import Dialogue, Verdict
from canopy_assets.review.context import GateContext, tutor_turns
from canopy_assets.review.text.terms import NUMBER, WEAK_NUMBERS, atoms, operations, variables, words
from canopy_assets.review.text.vocabulary import family_stems, generic_stems, operation_stems

MIN_SHARE = 0.4
"""The share of the tutor's turns that must be about the problem: two of five.

Of 75 expert conversations (MathDial in MRBench), 88 % reach it. Most of the others have only "talk me through your
solution" and one remark. With the problem and the student of another conversation, 35 % reach it.
"""
WEAK = 1 / 3
"""The weight of a turn with a single weak piece. A dialogue of only such turns stays below `MIN_SHARE`."""
MAX_COPIED = 0.85
"""With at least this share of equal words, a turn repeats another. The evaluation uses the same share for echoes."""
MAX_CHARACTERS = 4_000
"""How much of one text is read, so that the cost stays bounded."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class _Terms:
    """What ties a turn to a problem."""

    atoms: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]
    variables: frozenset[str]
    operations: frozenset[str]


def relevance(dialogue: Dialogue, context: GateContext) -> Verdict:
    """At least two of five tutor turns are about this problem."""
    if not dialogue.statement.strip() and context.exercise is None:
        return Verdict("relevance", True, "no problem is known")
    known = _problem(dialogue.statement, context.plan, f"{dialogue.family or ''} {dialogue.topic}")
    if context.exercise is not None and not context.exercise.has_mathematics:
        # No figures or formulas tie a turn to it, so the words of its solution do.
        known = replace(known, words=known.words | _terms_of(context.plan).words)
    weights = {i: _weight(dialogue, i, known) for i, _ in tutor_turns(dialogue)}
    if sum(weights.values()) >= MIN_SHARE * len(weights):
        return Verdict("relevance", True)
    worst = min(weights, key=lambda i: weights[i])
    text, about = dialogue.turns[worst].text, sum(w == 1 for w in weights.values())
    reason = f"{about} of {len(weights)} tutor turns are about this problem; {text[:60]!r} could stand anywhere"
    return Verdict("relevance", False, reason, worst, 0, len(text))


def _weight(dialogue: Dialogue, turn: int, known: _Terms) -> float:
    """How far a turn is about the problem: 1, `WEAK` for one weak piece alone, or 0."""
    text, before = dialogue.turns[turn].text, dialogue.turns[:turn]
    if _repeats(text, [dialogue.statement, *(t.text for t in before)]):
        return 0
    said = [_terms_of(t.text) for t in before if t.role == "student"]
    text = _bounded(text)
    form = canonical_text(text)
    mine, numbers = words(text), frozenset(NUMBER.findall(form))
    given = known.numbers.union(*(t.numbers for t in said))
    formulas = known.atoms.union(*(t.atoms for t in said))
    if mine & known.words or (numbers - WEAK_NUMBERS) & given or _telling(form) & formulas:
        return 1
    letters = variables(form) & known.variables.union(*(t.variables for t in said))
    kinds = sum(bool(mine & operation_stems()[kind]) for kind in known.operations)
    pieces = len(numbers & given) + bool(letters) + kinds
    return 1 if pieces > 1 else WEAK * pieces


def _repeats(text: str, others: Iterable[str]) -> bool:
    """Whether a turn has nearly the same words as another text."""
    mine = _word_set(text)
    return any(len(mine & its) >= MAX_COPIED * max(len(mine), len(its)) for its in map(_word_set, others))


@lru_cache(maxsize=4096)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


@lru_cache(maxsize=1024)
def _problem(statement: str, plan: str, topic: str) -> _Terms:
    """The terms that tie a turn to this problem: from its statement, its solution and its topic."""
    given, solution = _terms_of(statement), _terms_of(plan)
    return _Terms(
        given.atoms | solution.atoms,
        given.numbers | solution.numbers,
        # Of a solution's own words most are plain English ("goes", "before"); its terms are the family's.
        (given.words | family_stems("", f"{topic} {statement}")) - frozenset().union(*operation_stems().values()),
        given.variables | solution.variables,
        operations(canonical_text(_bounded(statement))),
    )


@lru_cache(maxsize=8192)
def _terms_of(text: str) -> _Terms:
    text = _bounded(text)
    form = canonical_text(text)
    things = frozenset(word for word in words(text) if len(word) > 1) - generic_stems()
    return _Terms(_telling(form), frozenset(NUMBER.findall(form)), things, variables(form), frozenset())


def _bounded(text: str) -> str:
    """The part of a text that is read: no long runs of spaces, and no more than any exercise or turn needs."""
    return " ".join(text[: 2 * MAX_CHARACTERS].split())[:MAX_CHARACTERS]


def _telling(form: str) -> frozenset[str]:
    """The pieces of formulas that few problems share: not a sign before a small number ("−2", "/ 3")."""
    return frozenset(atom for atom in atoms(form) if atom.lstrip("+-*/") not in WEAK_NUMBERS)
