"""Builds an exercise from a candidate: recognises its family, verifies its answer and sorts its mistakes."""

from __future__ import annotations

import re

from canopy_assets.curriculum.registry import Reading, Solution, read_statement
from canopy_assets.maths.typography import typeset
from canopy_assets.records import Exercise, content_id
from canopy_assets.seeds.exercises.candidate import Candidate
from canopy_assets.seeds.exercises.mistakes import MAX_HINT_CHARACTERS, sort_mistakes
from canopy_assets.seeds.exercises.prose.wording import has_quantities
from canopy_assets.seeds.exercises.verification import verify_by_family, verify_by_steps

_DEFAULT_TOPIC = "general"


def exercise_id(statement: str, answer: str | None) -> str:
    """Identify an exercise by its problem and answer, ignoring the problem's spacing, case and typesetting."""
    plain = typeset(" ".join(statement.split())).casefold().rstrip(" .:?!")
    return content_id(plain, answer or "")


def build_exercise(candidate: Candidate, seed: str) -> Exercise:
    """Make a verified exercise of a candidate, or one that says why it is not verified.

    Args:
        candidate: what the document states.
        seed: the key of the seed it comes from.
    """
    statement, (solution, refusal) = _recognised(candidate)
    stated = typeset(candidate.answer) if candidate.answer else None
    if solution:
        verdict = verify_by_family(stated, solution)
    else:
        unknown = "no known family" if has_quantities(statement) else "it has no number or expression to compute with"
        verdict = verify_by_steps(stated, candidate.steps, refusal or unknown)
    family_ideas = solution.misconceptions if solution and verdict.verified else ()
    own_ideas, watch_for = sort_mistakes(candidate.mistakes, verdict, statement, family_ideas)
    return Exercise(
        exercise_id=exercise_id(statement, verdict.answer),
        seed=seed,
        statement=statement,
        topic=solution.topic if solution else (candidate.topic or _DEFAULT_TOPIC),
        family=solution.family if solution else None,
        answer=verdict.answer,
        answer_kind=verdict.answer_kind,
        steps=verdict.steps,
        hints=_hints(candidate, solution) + watch_for,
        misconceptions=family_ideas + own_ideas,
        verified=verdict.verified,
        verification=verdict.verification,
        span=candidate.span,
        unit=solution.unit if solution else None,
        stated_answer=stated,
    )


def _recognised(candidate: Candidate) -> tuple[str, Reading]:
    """The first reading of the problem that a family solves; else the likeliest one, with a refusal."""
    refusals: dict[str, str | None] = {}
    for statement in candidate.statements:
        reading = read_statement(statement)
        if reading.solution is not None:
            return statement, reading
        refusals[statement] = reading.refusal
    # A reading that left words of the instruction out is not what the document says.
    first, longest = candidate.statements[0], max(candidate.statements, key=len)
    shown = first if first in longest else longest
    return shown, Reading(None, refusals[shown] or next(filter(None, refusals.values()), None))


def _hints(candidate: Candidate, solution: Solution | None) -> tuple[str, ...]:
    """The document's guidance. Where a family's steps replace the document's, its steps without numbers are added."""
    wordy = [s for s in candidate.steps if solution and "=" not in s and not re.search(r"\d", s)]
    return tuple(dict.fromkeys(h[:MAX_HINT_CHARACTERS] for h in (*candidate.hints, *wordy) if h))
