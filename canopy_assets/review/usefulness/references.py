"""Questions, hints, confirmations and tests that a good teacher could use for a problem: the curriculum's own phrases.

Every phrase of every step of the worked solution is filled with the step's quantities, so that a reply can be compared
with what fits this problem, and by the step with what fits this moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from canopy_assets.curriculum.decimals import as_posed
from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.solution import Solution
from canopy_assets.curriculum.words import step_phrases
from canopy_assets.records import Step
from canopy_assets.review.usefulness.understanding import understand

Use = Literal["ask", "probe", "confirm", "test", "explain"]
"""What a phrase is for: it leads to a step, asks for the reason of a step that is done, confirms one, tests a wrong
idea, or explains a term."""


@dataclass(frozen=True)
class Reference:
    """A phrase of a good teacher about step `step` (from 0) of a problem's solution."""

    text: str
    step: int
    use: Use


@lru_cache(maxsize=2048)
def references(problem: str, answer: str) -> tuple[Reference, ...]:
    """All references of a problem, each text once; none where the problem is not understood."""
    solution = understand(problem, answer)
    if solution is None:
        return ()
    found = (replace(reference, text=as_posed(reference.text, problem)) for reference in _references(solution))
    return tuple({reference.text: reference for reference in found}.values())


def _references(solution: Solution) -> Iterator[Reference]:
    for index, step in enumerate(solution.steps):
        before = {"ask": step.ask, **{name: value for name, value in step.slots.items() if value}}
        if index:
            before["prior"] = solution.steps[index - 1].result
        yield from _of_step(step, index, before)
    for misconception in solution.misconceptions:
        yield Reference(misconception.check, misconception.step, "test")
    yield Reference(solution.concept.explanation, 0, "explain")


def _of_step(step: Step, index: int, before: dict[str, str]) -> Iterator[Reference]:
    phrases = step_phrases(step.kind)
    after = before | {"result": step.result, "counted": step.result, "work": step.work}
    asking = (step.ask, *phrases.first, *phrases.focus, *phrases.recall, *phrases.break_down, *phrases.nudge)
    used: tuple[tuple[Use, Sequence[str], dict[str, str]], ...] = (
        ("ask", asking, before),
        ("probe", [exchange.question for exchange in phrases.probe], after),
        ("confirm", phrases.confirm, after),
        ("explain", [exchange.reply for exchange in phrases.concept_questions], before),
    )
    for use, templates, slots in used:
        for template in templates:
            if slot_names(template) <= slots.keys():
                yield Reference(" ".join(template.format_map(slots).split()), index, use)
