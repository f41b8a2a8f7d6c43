"""What every topic says: each template of each kind of step, filled with the slots of solved problems."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache

import pytest

from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.phrases import StepPhrases
from canopy_assets.curriculum.registry import families, recognise
from canopy_assets.curriculum.words import GIVEN, all_step_phrases, topics, vocabulary
from canopy_assets.dialogues.assets import DialogueConfig
from canopy_assets.maths.numbers import numbers_in
from canopy_assets.records import Step
from tests.curriculum.algebra_statements import STATEMENTS
from tests.curriculum.other_examples import EXAMPLES

WITHOUT_SOLVER = {GIVEN, "sub_question"}
"""Kinds of step that documents bring: `tests/dialogues` has their tests."""
KINDS = sorted(all_step_phrases().keys() - WITHOUT_SOLVER)
ALGEBRA = {k for k in KINDS if k.split(".")[0] in (
    "linear", "inequality", "simplify", "factoring", "quadratic", "exponents", "logarithms", "systems", "functions",
    "slope", "line", "roots", "absolute", "exponential",
)}  # fmt: skip
ALWAYS_GIVEN = {"line.slope", "median.middle", "mode.count", "fractions.compare", "absolute.value", "quadratic.choose"}
"""Steps whose result always stands in the problem: it is read off the equation or chosen from what is listed."""
BEFORE = ("focus", "recall", "break_down", "nudge")
AT_LEAST = {"focus": 10, "recall": 5, "break_down": 5, "probe": 5, "confirm": 5, "nudge": 4, "student": 5,
            "concept_questions": 3}  # fmt: skip


@cache
def solved_steps() -> dict[str, list[tuple[str, Step]]]:
    """The statement and step of every solved example, by kind of step."""
    steps: dict[str, list[tuple[str, Step]]] = defaultdict(list)
    for statement in (*STATEMENTS, *(statement for _, statement, _ in EXAMPLES)):
        solution = recognise(statement)
        assert solution is not None, statement
        for step in solution.steps:
            steps[step.kind].append((statement, step))
    return steps


def steps_of(kind: str) -> list[tuple[str, Step]]:
    found = solved_steps()[kind]
    assert found, kind
    return found


def templates(kind: str, *names: str) -> list[tuple[str, str]]:
    """The templates of a kind of step with the names of their lists; of pairs, the questions."""
    phrases = all_step_phrases()[kind]
    found = [
        (name, said if isinstance(said, str) else said.question) for name in names for said in getattr(phrases, name)
    ]
    assert found
    return found


def replies(phrases: StepPhrases) -> list[str]:
    return [exchange.reply for exchange in (*phrases.probe, *phrases.concept_questions)]


def filled(template: str, step: Step) -> str:
    return template.format(**step.slots, result=step.result, later="", several="")


def own_words(template: str) -> int:
    """Words of a template, where "5x − 9 = 16" in a slot counts as one."""
    return len(re.sub(r"\{\w+\}", "x", template).split())


def test_every_step_that_is_solved_has_phrases_and_every_phrase_is_used() -> None:
    assert solved_steps().keys() - WITHOUT_SOLVER == set(KINDS)
    assert len(KINDS) > 60


def test_every_topic_says_something_and_families_have_names_of_their_own() -> None:
    assert len(topics()) >= 19
    assert [topic.name for topic in topics() if not (topic.steps or topic.vocabulary)] == []
    names = [family.name for family in families()]
    assert len(names) == len(set(names)) >= 22


def test_the_vocabulary_of_a_kind_of_problem_is_found_by_its_name() -> None:
    assert "coefficient" in vocabulary()["linear"]
    assert "mean" in vocabulary()["mean "]
    assert len(vocabulary()) > 50


def test_the_slots_that_a_topic_declares_are_those_its_solver_fills() -> None:
    undeclared = {}
    for topic in topics():
        for kind in topic.steps.keys() - WITHOUT_SOLVER:
            emitted = set.union(*(set(step.slots) for _, step in steps_of(kind)))
            undeclared |= {kind: extra} if (extra := set(topic.data["steps"][kind]["slots"]) - emitted) else {}
    assert undeclared == {}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_enough_templates_and_none_twice(kind: str) -> None:
    for name, least in AT_LEAST.items():
        said = [template for _, template in templates(kind, name)]
        assert len(said) >= least, name
        assert len(set(said)) == len(said), name


@pytest.mark.parametrize("kind", KINDS)
def test_the_phrases_that_are_used_begin_differently(kind: str) -> None:
    used = DialogueConfig().phrases
    for name in AT_LEAST:
        openings = Counter(" ".join(t.split()[:4]).lower() for _, t in templates(kind, name)[:used])
        assert max(openings.values()) == 1, (name, openings.most_common(1))


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_can_be_filled_for_every_solved_step(kind: str) -> None:
    for _, step in steps_of(kind):
        for template in (*(t for _, t in templates(kind, *AT_LEAST)), *replies(all_step_phrases()[kind])):
            text = filled(template, step)
            assert "{" not in text
            assert "  " not in text, text
            assert not re.search(r"\b[Aa] (?:[aeio][a-z]+|8\d*%|11%|18%)", text) or kind not in ARTICLES, text


ARTICLES = {k for k in KINDS if k.split(".")[0] in {"percent", "fractions", "mean", "probability", "geometry"}}
"""Topics whose slots hold nouns, where "a" may have to be "an"; elsewhere "a and b" are variables."""


@pytest.mark.parametrize("kind", KINDS)
def test_tutor_turns_before_the_step_are_about_this_problem_and_ask_one_question(kind: str) -> None:
    for name, template in templates(kind, *BEFORE):
        assert slot_names(template) - {"result"}, (name, template)
        assert "{result}" not in template, (name, template)
        assert template.count("?") == (0 if name == "nudge" else 1), (name, template)
        assert template.endswith("?") == (name != "nudge"), (name, template)
        # Numbers come from the slots only (and "zero"), so that no template can name a result by accident. Elsewhere
        # "which two numbers" is a common way to ask.
        if kind in ALGEBRA:
            spoken = numbers_in(re.sub(r"\{\w+\}|b² − 4ac|4ac|2a", " ", template))
            assert all(mention.value == 0 for mention in spoken), (name, template)
        for statement, step in steps_of(kind):
            text = filled(template, step)
            assert len(text.split()) >= 8, (name, text)
            assert len(text.split()) <= 26 or own_words(template) <= (22 if kind in ALGEBRA else 26), (
                name,
                statement,
                text,
            )
            assert len(text.split()) <= 34 or kind in ALGEBRA, (name, text)
            assert text[0] == text[0].upper(), text


@pytest.mark.parametrize("kind", KINDS)
def test_turns_before_the_step_do_not_contain_its_result(kind: str) -> None:
    looked_at = 0
    for statement, step in steps_of(kind):
        known = " ".join([statement, *step.slots.values()])
        if re.search(rf"(?<![\w.]){re.escape(step.result)}(?![\w.])", known):
            continue  # the mean of 3, 5 and 7 is one of the given numbers, and e^x is its own derivative
        looked_at += 1
        for _, template in templates(kind, *BEFORE):
            text = filled(template, step)
            assert not re.search(rf"(?<![\w.,/]){re.escape(step.result)}(?![\w,/]|\.\d)", text), (statement, text)
    assert looked_at or kind in ALWAYS_GIVEN


@pytest.mark.parametrize("kind", KINDS)
def test_break_down_says_something_before_it_asks(kind: str) -> None:
    for _, template in templates(kind, "break_down"):
        assert re.search(r"[.;!:,] \S", template), template


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_has_a_reply_that_asks_nothing(kind: str) -> None:
    phrases = all_step_phrases()[kind]
    for _, step in steps_of(kind):
        for template in replies(phrases):
            text = filled(template, step)
            assert text.endswith("."), text
            assert "?" not in text, text
            assert own_words(template) <= 22, template
    assert not any("{result}" in exchange.reply for exchange in phrases.concept_questions)


@pytest.mark.parametrize("kind", KINDS)
def test_turns_after_the_step_follow_their_forms(kind: str) -> None:
    phrases = all_step_phrases()[kind]
    for _, step in steps_of(kind):
        for _, template in templates(kind, "probe"):
            assert filled(template, step).count("?") == 1
            assert template.endswith("?"), template
        for _, template in templates(kind, "concept_questions"):
            assert filled(template, step).count("?") == 1, template
    assert all("?" not in t for t in phrases.confirm)
    assert all(slot_names(t) for t in phrases.confirm if len(t.split()) < 7)
    assert all("{result}" in t or "{part}" in t for t in phrases.student)


def test_no_slot_names_the_result_of_its_own_step_unless_it_was_given() -> None:
    looked_at, telling = 0, []
    for steps in solved_steps().values():
        for statement, step in steps:
            result = re.compile(rf"(?<![\w.−]){re.escape(step.result)}(?![\w.])")
            if result.search(statement.replace("-", "−")) or "e^x" in statement:
                continue
            looked_at += 1
            telling += [(statement, step.kind, name) for name, value in step.slots.items() if result.search(value)]
    assert looked_at > 250
    assert telling == []
