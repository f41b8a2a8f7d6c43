"""The topics there are, which of them can solve a problem, and what is said about a step.

A topic is a folder with a `topic.toml`; a new topic needs nothing else. If it also has a `solve.py`, its families
(`FAMILIES`) are tried in the order of `PRECEDENCE`. Families that wait for certain words come early. Bare forms
("3 + 4 × 2") come last, so that they cannot take an exercise with words.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module

from canopy_assets.curriculum.loader import topic, topics
from canopy_assets.curriculum.phrases import StepPhrases
from canopy_assets.curriculum.solution import Family, Solution
from canopy_assets.maths.answers import equivalent

GIVEN = "given"
"""The topic of steps that a document gives; its phrases stand in for a kind of step without its own."""


@cache
def families() -> tuple[Family, ...]:
    """Every family of exercises that code can solve, in the order in which they are tried."""
    solvers = [
        import_module(f"{__package__}.{t.name}.solve") for t in topics() if (t.path.parent / "solve.py").exists()
    ]
    return tuple(family for module in sorted(solvers, key=lambda m: m.PRECEDENCE) for family in module.FAMILIES)


def recognise(statement: str) -> Solution | None:
    """The solution by the first family that solves the statement, None when none does.

    A family checks a misconception against the result of the step that it spoils; one that happens to give the final
    answer (−6 + 4 is −2, and so is the slope) is left out here: planted, it would make a student right by accident.
    """
    solution = next((s for f in families() if (s := f.solve(statement)) is not None), None)
    if solution is None:
        return None
    wrong = tuple(m for m in solution.misconceptions if not equivalent(m.answer, solution.answer, solution.answer_kind))
    return solution if wrong == solution.misconceptions else replace(solution, misconceptions=wrong)


@cache
def all_step_phrases() -> dict[str, StepPhrases]:
    """The phrases of every kind of step.

    Raises:
        WordsError: two topics have phrases for the same kind.
    """
    merged: dict[str, StepPhrases] = {}
    for words in topics():
        if twice := sorted(merged.keys() & words.steps.keys()):
            raise words.error(
                "another topic has phrases for this kind of step, too: rename one", f'[steps."{twice[0]}"]'
            )
        merged |= words.steps
    return merged


def step_phrases(kind: str) -> StepPhrases:
    """The phrases for a kind of step; those for given steps where nobody wrote any for it."""
    phrases = all_step_phrases()
    return phrases.get(kind) or phrases[GIVEN]


@cache
def glossary() -> dict[str, str]:
    """Words of word problems, with meanings that give nothing of a solution away."""
    return topic(f"{__package__}.{GIVEN}").glossary


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Terms that a tutor may use, by what a word of the name of the kind of problem begins with."""
    merged: dict[str, tuple[str, ...]] = {}
    for words in topics():
        for key, terms in words.vocabulary.items():
            merged[key] = (*merged.get(key, ()), *terms)
    return merged
