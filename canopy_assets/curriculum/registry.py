"""Finds the family that solves a problem.

A topic is a folder with a `topic.toml`; a new topic needs nothing else. If it also has a `solve.py`, its families
(`FAMILIES`) are tried in the order of `PRECEDENCE`. Families that require certain words come early. Families of bare
forms ("3 + 4 × 2") come last, so that they do not claim an exercise with words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import NamedTuple

from canopy_assets.curriculum.accounting import not_understood
from canopy_assets.curriculum.checking import disagreement
from canopy_assets.curriculum.grammar import Stop, noted_stops
from canopy_assets.curriculum.instructions import read_instruction
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.curriculum.words import topics, vocabulary
from canopy_assets.maths.answers import equivalent
from canopy_assets.maths.expressions import AmbiguousError, ExpressionError, parse

_THOUSAND = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.000(?!\d)")
_COMMA = re.compile(
    r"""
    (?<![\d,.(\[<⟨|-])(?<![(\[<⟨|][-−–])  # not the coordinates in (2,5) and (−2,5)
    \d+,(?:\d{1,2}|\d{4,})
    (?![\d,]|\s*[a-z=)\]])  # not 3,5,7, and not the equations in x = 2,3y = 6
    """,
    re.VERBOSE,
)
"""A comma between two figures that no space and no other figure explains."""


_DIVIDED = re.compile(r"\(?\d+\s+:\s+[\d(]")
"""At the beginning of a statement, "12 : 4" may be a division or the number of the problem."""
_MAX_INSTRUCTION_WORDS = 20
_MIN_WORDS_READ = 4
"""So many words of a statement show that a grammar is about it: "find the mean of"."""


@cache
def families() -> tuple[Family, ...]:
    """Every family of exercises that code can solve, in the order in which they are tried."""
    solvers = [
        import_module(f"{__package__}.{t.name}.solve") for t in topics() if (t.path.parent / "solve.py").exists()
    ]
    return tuple(family for module in sorted(solvers, key=lambda m: m.PRECEDENCE) for family in module.FAMILIES)


class Reading(NamedTuple):
    """The solution of a statement, or why there is none. Both are None for an unknown kind of problem."""

    solution: Solution | None
    refusal: str | None = None


def recognise(statement: str) -> Solution | None:
    """The solution by the first family that solves the statement and has read all of it; None when there is none."""
    return read_statement(statement).solution


def recognise_redrawn(statement: str) -> Solution | None:
    """Like `recognise`, for a statement that was read before and has only other numbers now: its words are known."""
    return _read(statement, words_known=True).solution


def read_statement(statement: str) -> Reading:
    """The solution by the first family that solves the statement, or why its solution does not count."""
    return _read(statement, words_known=False)


def _read(statement: str, *, words_known: bool) -> Reading:
    """The reading of a statement.

    A family compares a misconception with the result of the step that it spoils. A misconception that happens to give
    the final answer (−6 + 4 is −2, and so is the slope) is left out here, because a student with it would be right by
    accident.
    """
    comma = _COMMA.search(statement)
    thousand = _THOUSAND.search(statement)
    if thousand:
        return Reading(None, f"‘{thousand[0]}’ may be a whole number or thousands: write it without the point")
    divided = _DIVIDED.match(statement)
    if divided:
        return Reading(None, f"‘{divided[0]}’ may be a division or begin with the problem's number: write ÷")
    if comma:
        return Reading(None, f"‘{comma[0]}’ may be a decimal or two numbers: write a point, or a space after the comma")
    with noted_stops() as stops:
        family, solution = next(((f, s) for f in families() if (s := _solved(f, statement)) is not None), (None, None))
    if family is None or solution is None:
        return Reading(None, _stop_refusal(stops) or _instruction_refusal(statement))
    refusal = None if words_known else not_understood(statement, family, solution)
    refusal = refusal or disagreement(statement, solution)
    if refusal:
        return Reading(None, refusal)
    wrong = tuple(m for m in solution.misconceptions if not equivalent(m.answer, solution.answer, solution.answer_kind))
    return Reading(solution if wrong == solution.misconceptions else replace(solution, misconceptions=wrong))


def _solved(family: Family, statement: str) -> Solution | None:
    """The family's solution; None where odd input ("x² = 16²") trips it up: then it has not understood the problem."""
    try:
        return family.solve(statement)
    except (ArithmeticError, ValueError, TypeError, LookupError, AssertionError):
        return None


@cache
def _topic_words() -> frozenset[str]:
    """Words that other families know ("differentiate"): not they, but what they ask about was not understood."""
    return frozenset(word for words in vocabulary().values() for word in words)


def _stop_refusal(stops: list[Stop]) -> str | None:
    """The word at which the statement leaves the grammar that read most of it; None where none read much."""
    furthest = max(stops, key=lambda stop: stop.before, default=None)
    if furthest is None or furthest.before < _MIN_WORDS_READ or not furthest.word:
        return None
    return f"the word ‘{furthest.word}’ was not understood"


def _instruction_refusal(statement: str) -> str | None:
    """Why the instruction around an equation or expression is not followed; None for any other statement."""
    instruction = read_instruction(statement)
    if instruction is None or instruction.refusal is None or instruction.unknown in _topic_words():
        return None
    if len(instruction.words.split()) > _MAX_INSTRUCTION_WORDS or re.fullmatch(r"[\d.,]*", instruction.mathematics):
        return None  # a story with a number in it
    for side in re.split(r"<=|>=|[=<>≤≥]", instruction.mathematics):
        try:
            parse(side)
        except AmbiguousError:
            continue  # mathematics with two readings is mathematics
        except ExpressionError:
            return None
    return instruction.refusal
