"""The number, geometry, calculus and vector families on textbook wordings, and what holds for every solution."""

from __future__ import annotations

import re

import pytest

from canopy_assets.curriculum.arithmetic import solve as arithmetic
from canopy_assets.curriculum.derivatives import solve as calculus
from canopy_assets.curriculum.fractions import solve as fractions
from canopy_assets.curriculum.geometry import solve as geometry
from canopy_assets.curriculum.integrals import solve as integrals
from canopy_assets.curriculum.interest import solve as interest
from canopy_assets.curriculum.limits import solve as limits
from canopy_assets.curriculum.loader import Topic, topic
from canopy_assets.curriculum.motion import solve as motion
from canopy_assets.curriculum.percent import solve as percent
from canopy_assets.curriculum.probability import solve as probability
from canopy_assets.curriculum.ratios import solve as ratios
from canopy_assets.curriculum.registry import recognise
from canopy_assets.curriculum.sequences import solve as sequences
from canopy_assets.curriculum.statistics import solve as statistics
from canopy_assets.curriculum.units import solve as units
from canopy_assets.curriculum.vectors import solve as vectors
from canopy_assets.maths.answers import equivalent
from tests.curriculum.other_examples import EXAMPLES, NOT_OURS

MODULES = (
    arithmetic, limits, calculus, fractions, geometry, integrals, interest, motion, percent, probability, ratios,
    sequences, statistics, units, vectors,
)  # fmt: skip
FAMILIES = {family.name: family for module in MODULES for family in module.FAMILIES}
TOPICS = [topic(module.__package__ or "") for module in MODULES]
SOLUTIONS = [(s, solution) for name, s, _ in EXAMPLES if (solution := FAMILIES[name].solve(s)) is not None]


@pytest.mark.parametrize(("family", "statement", "answer"), EXAMPLES)
def test_statement_is_solved_by_its_family(family: str, statement: str, answer: str):
    solution = recognise(statement)
    assert solution is not None, statement
    assert solution.family == family
    assert equivalent(solution.answer, answer, solution.answer_kind), solution.answer


@pytest.mark.parametrize("statement", NOT_OURS)
def test_a_statement_that_no_family_knows_for_certain_is_left_alone(statement: str):
    assert [name for name, family in FAMILIES.items() if family.solve(statement) is not None] == []


def test_steps_lead_to_the_answer():
    for statement, solution in SOLUTIONS:
        assert 1 <= len(solution.steps) <= 5, statement
        assert equivalent(solution.steps[-1].result, solution.answer, solution.answer_kind), statement
        for step in solution.steps:
            assert step.ask.count("?") == 1, step.ask
            assert step.ask.endswith("?"), step.ask
            assert step.work, statement


def test_misconceptions_are_wrong_and_their_checks_do_not_say_so():
    for statement, solution in SOLUTIONS:
        for idea in solution.misconceptions:
            assert not equivalent(idea.answer, solution.answer, solution.answer_kind), (statement, idea)
            assert 0 <= idea.step < len(solution.steps), (statement, idea)
            assert idea.check.count("?") == 1, idea.check
            assert idea.check.endswith("?"), idea.check
            assert not re.search(r"\b(?:wrong|incorrect|mistake|not right)\b", idea.check), idea.check


def test_checks_do_not_state_the_answer_unless_the_problem_or_the_student_did():
    hidden = 0
    for statement, solution in SOLUTIONS:
        for idea in solution.misconceptions:
            number = re.escape(solution.answer)
            pattern = rf"(?<![\w.,/]){number}(?![\w/]|[.,]\d)"
            known = f"{statement} {idea.work} " + " ".join(s.result for s in solution.steps[:-1])
            if not re.search(pattern, known.replace("-", "−")):
                hidden += 1
                assert not re.search(pattern, idea.check), (statement, idea.check)
    assert hidden > 100


def test_every_example_has_a_solution_for_the_other_tests_to_look_at():
    assert len(SOLUTIONS) == len(EXAMPLES) > 80


def test_most_exercises_come_with_two_misconceptions():
    counts = [len(solution.misconceptions) for _, solution in SOLUTIONS]
    assert sum(n >= 2 for n in counts) >= 0.7 * len(counts)
    assert sum(n >= 1 for n in counts) >= 0.93 * len(counts)


@pytest.mark.parametrize("words", TOPICS, ids=lambda words: words.name)
def test_every_misconception_in_the_topics_file_is_one_that_the_solver_asks_for(words: Topic):
    code = "".join(path.read_text() for path in words.path.parent.glob("*.py"))
    assert len(words.misconceptions) >= 5
    assert [name for name in words.misconceptions if f'"{name}"' not in code] == []


def test_concepts_are_short_and_free_of_the_problems_numbers():
    for _, solution in SOLUTIONS:
        assert len(solution.concept.explanation.split()) <= 25, solution.concept
        assert not re.search(r"\d", solution.concept.explanation), solution.concept


def test_minus_signs_are_shown_as_minus_signs():
    for statement, solution in SOLUTIONS:
        texts = [solution.answer, *(t for s in solution.steps for t in (s.work, s.result, s.ask, *s.slots.values()))]
        texts += [t for m in solution.misconceptions for t in (m.work, m.answer, m.check, m.check_reply)]
        assert not [t for t in texts if re.search(r"(?<![A-Za-z])-", t)], statement


@pytest.mark.timeout(60)  # a pattern that backtracks would hang it
def test_recognising_ends_whatever_comes_in():
    hostile = ["1" * 600, "3 + " * 140, "(" * 300, "a " * 299, "What is " * 70, "4, " * 190, "50% of " * 80, "-" * 600]
    for text in [*NOT_OURS, *hostile]:
        for name, family in FAMILIES.items():
            assert family.solve(text) is None, (name, text[:40])
