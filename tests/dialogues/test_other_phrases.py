"""Every template of the number, geometry, calculus and vector steps, filled for real problems."""

from __future__ import annotations

import re
import string
from collections import Counter
from functools import cache

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.dialogues.phrases import arithmetic, geometry_calculus
from canopy_assets.dialogues.phrases.model import StepPhrases
from canopy_assets.records import Step
from tests.curriculum.other_examples import EXAMPLES

PHRASES = arithmetic.PHRASES | geometry_calculus.PHRASES
KINDS = sorted(PHRASES)
BEFORE_THE_STEP = ("focus", "recall", "break_down", "nudge")
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
STOCK = ("Great", "Good job", "Let's", "Remember", "Think about", "Can you")


@cache
def solved_steps() -> tuple[tuple[str, Step], ...]:
    found = []
    for _, statement, _ in EXAMPLES:
        solution = recognise(statement)
        assert solution is not None, statement
        found += [(statement, step) for step in solution.steps]
    return tuple(found)


def steps_of(kind: str) -> list[tuple[str, Step]]:
    return [(statement, step) for statement, step in solved_steps() if step.kind == kind]


def slots_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def filled(template: str, step: Step) -> str:
    return template.format(**step.slots, result=step.result, later="", several="")


def test_every_step_kind_has_phrases_and_every_phrase_a_step():
    assert {step.kind for _, step in solved_steps()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_enough_phrases_and_their_openings_differ(kind: str):
    for name, minimum in MINIMUM.items():
        templates = getattr(PHRASES[kind], name)
        assert len(templates) >= minimum, (kind, name)
        openings = Counter(" ".join(t.split()[:3]).lower() for t in templates)
        paired = name in ("reasons", "answers")
        assert paired or not [o for o, n in openings.items() if n > 1], (kind, name, openings.most_common(1))
    everything = [t for name in MINIMUM for t in getattr(PHRASES[kind], name)]
    assert not [s for s in STOCK if sum(t.startswith(s) for t in everything) > 1]


@pytest.mark.parametrize("kind", KINDS)
def test_tutor_turns_before_the_step_are_about_this_problem_and_ask_one_question(kind: str):
    for statement, step in steps_of(kind):
        for name in BEFORE_THE_STEP:
            for template in getattr(PHRASES[kind], name):
                slots = slots_in(template)
                assert slots, (kind, name, template)
                assert "result" not in slots, (kind, name, template)
                text = filled(template, step)
                assert 8 <= len(text.split()) <= 34, (kind, name, statement, text)
                assert text.count("?") == (0 if name == "nudge" else 1), (kind, name, text)
                assert text.endswith("?") == (name != "nudge"), (kind, name, text)
                assert text[0] == text[0].upper(), text


@pytest.mark.parametrize("kind", KINDS)
def test_templates_have_a_plausible_length_in_words(kind: str):
    for name in BEFORE_THE_STEP:
        for template in getattr(PHRASES[kind], name):
            assert 7 <= len(template.split()) <= 26, (kind, name, len(template.split()), template)


@pytest.mark.parametrize("kind", KINDS)
def test_break_down_says_something_before_it_asks(kind: str):
    for template in PHRASES[kind].break_down:
        assert re.search(r"[.;!] \S", template), (kind, template)


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_has_an_answer_that_asks_nothing(kind: str):
    phrases = PHRASES[kind]
    assert len(phrases.probe) == len(phrases.reasons)
    assert len(phrases.ask_concept) == len(phrases.answers)
    for _, step in steps_of(kind):
        for template in (*phrases.reasons, *phrases.answers):
            text = filled(template, step)
            assert text.endswith("."), text
            assert "?" not in text, text
            assert len(template.split()) <= 22, template
    assert not any("{result}" in template for template in phrases.answers)


@pytest.mark.parametrize("kind", KINDS)
def test_turns_before_the_step_do_not_contain_its_result(kind: str):
    for statement, step in steps_of(kind):
        known = " ".join([statement, *step.slots.values()])
        if re.search(rf"(?<![\w.]){re.escape(step.result)}(?![\w.])", known):
            continue  # the mean of 3, 5 and 7 is one of the given numbers, and e^x is its own derivative
        for name in BEFORE_THE_STEP:
            for template in getattr(PHRASES[kind], name):
                text = filled(template, step)
                assert not re.search(rf"(?<![\w.,/]){re.escape(step.result)}(?![\w,/]|\.\d)", text), (statement, text)


@pytest.mark.parametrize("kind", KINDS)
def test_turns_after_the_step_follow_their_forms(kind: str):
    phrases: StepPhrases = PHRASES[kind]
    for _, step in steps_of(kind):
        assert all(filled(t, step).count("?") == 1 and filled(t, step).endswith("?") for t in phrases.probe), kind
        assert all("?" not in t for t in phrases.confirm), kind
        assert all(
            slots_in(t) or name != "confirm" for name in ("confirm",) for t in phrases.confirm if len(t.split()) < 7
        ), kind
        assert all("{result}" in t or "{part}" in t for t in phrases.student), kind
        assert all(filled(t, step).count("?") == 1 for t in phrases.ask_concept), kind
        assert all("{" not in filled(t, step) for name in MINIMUM for t in getattr(phrases, name)), kind


def test_slots_never_hold_the_result_of_their_own_step_unless_it_was_given():
    for statement, step in solved_steps():
        for name, value in step.slots.items():
            if value == step.result:
                assert step.result in statement.replace("-", "−") or "e^x" in statement, (statement, step.kind, name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_article_fits_the_word_that_fills_the_slot(kind: str):
    for _, step in steps_of(kind):
        for name in MINIMUM:
            for template in getattr(PHRASES[kind], name):
                text = filled(template, step)
                assert not re.search(r"\b[Aa] (?:[aeio][a-z]+|8\d*%|11%|18%)", text), text
