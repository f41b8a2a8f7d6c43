"""Every template of every algebra step kind, filled with the slots of real exercises."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from dataclasses import fields

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.dialogues.phrases.algebra import PHRASES
from canopy_assets.dialogues.phrases.model import StepPhrases
from canopy_assets.maths.answers import numbers_in
from canopy_assets.records import Step
from tests.curriculum.algebra_statements import STATEMENTS

BEFORE = ("focus", "recall", "break_down", "nudge")
MINIMUM = {
    "focus": 10,
    "recall": 5,
    "break_down": 5,
    "probe": 5,
    "confirm": 5,
    "nudge": 4,
    "student": 5,
    "ask_concept": 3,
    "reasons": 5,
    "answers": 3,
}
STOCK = ("great", "let's", "remember", "think about", "can you", "could you")


def _steps() -> dict[str, list[Step]]:
    steps: dict[str, list[Step]] = defaultdict(list)
    for statement in STATEMENTS:
        solution = recognise(statement)
        assert solution is not None, statement
        for step in solution.steps:
            steps[step.kind].append(step)
    return steps


STEPS = _steps()
KINDS = sorted(PHRASES)


def _templates(phrases: StepPhrases, names: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    return [(f.name, t) for f in fields(phrases) if names is None or f.name in names for t in getattr(phrases, f.name)]


def _slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _fill(template: str, step: Step) -> str:
    return template.format(**step.slots, result=step.result, later="", several="")


def test_every_step_kind_has_phrases_and_every_grammar_is_used():
    assert set(STEPS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_slot_is_one_that_the_step_has(kind: str):
    for step in STEPS[kind]:
        for name, template in _templates(PHRASES[kind]):
            text = _fill(template, step)
            assert "{" not in text, (name, template)
            assert "  " not in text, (name, text)


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_enough_templates_and_none_twice(kind: str):
    for name, least in MINIMUM.items():
        templates = getattr(PHRASES[kind], name)
        assert len(templates) >= least, name
        assert len(set(templates)) == len(templates), name


@pytest.mark.parametrize("kind", KINDS)
def test_tutor_turns_before_the_step_mention_the_problem(kind: str):
    for name, template in _templates(PHRASES[kind], BEFORE):
        assert _slots(template) - {"result"}, (name, template)


@pytest.mark.parametrize("kind", KINDS)
def test_tutor_turns_have_eight_to_twenty_six_words(kind: str):
    for step in STEPS[kind]:
        for name, template in _templates(PHRASES[kind], BEFORE):
            words = len(_fill(template, step).split())
            assert words >= 8, (name, _fill(template, step))
            # "5x − 9 = 16" counts as five words: only the tutor's own words are held to the limit.
            assert words <= 26 or len(re.sub(r"\{\w+\}", "x", template).split()) <= 22, (name, _fill(template, step))


@pytest.mark.parametrize("kind", KINDS)
def test_questions_are_where_they_belong(kind: str):
    for name, template in _templates(PHRASES[kind], (*BEFORE, "probe", "confirm")):
        marks = template.count("?")
        if name in ("nudge", "confirm"):
            assert marks == 0, (name, template)
        else:
            assert marks == 1, (name, template)
            assert template.endswith("?"), (name, template)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_before_the_step_gives_its_result_away(kind: str):
    for name, template in _templates(PHRASES[kind], BEFORE):
        assert "{result}" not in template, (name, template)
        # Numbers come from the slots only (and "zero"), so no template can name a result by accident.
        assert all(m.value == 0 for m in numbers_in(re.sub(r"\{\w+\}|b² − 4ac|4ac|2a", " ", template))), (
            name,
            template,
        )


@pytest.mark.parametrize("kind", KINDS)
def test_no_slot_holds_the_result(kind: str):
    for step in STEPS[kind]:
        for name, value in step.slots.items():
            assert not re.search(rf"(?<![\w−]){re.escape(step.result)}(?!\w)", value) or len(step.result) <= 3, (
                name,
                value,
            )


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_has_an_answer_that_asks_nothing(kind: str):
    phrases = PHRASES[kind]
    assert len(phrases.probe) == len(phrases.reasons)
    assert len(phrases.ask_concept) == len(phrases.answers)
    for step in STEPS[kind]:
        for template in (*phrases.reasons, *phrases.answers):
            text = _fill(template, step)
            assert text.endswith("."), text
            assert "?" not in text, text
            assert len(text.split()) <= 26 or len(re.sub(r"\{\w+\}", "x", template).split()) <= 20, text
    assert not any("{result}" in template for template in phrases.answers)


@pytest.mark.parametrize("kind", KINDS)
def test_openings_are_varied(kind: str):
    for name in MINIMUM.keys() - {"reasons", "answers"}:
        templates = getattr(PHRASES[kind], name)
        openings = [" ".join(t.split()[:3]) for t in templates]
        assert len(set(openings)) == len(openings), (name, openings)
    openings = [t.lower() for _, t in _templates(PHRASES[kind])]
    for stock in STOCK:
        assert sum(t.startswith(stock) for t in openings) <= (3 if stock == "could you" else 1), stock


@pytest.mark.parametrize("kind", KINDS)
def test_students_state_the_finished_step(kind: str):
    for template in PHRASES[kind].student:
        assert "{result}" in template, template
