"""A thousand embedded dialogues, measured as a whole, and the rules that each must keep."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from canopy_assets.dialogues.disclosure import squeezed
from canopy_assets.dialogues.embedded import EmbeddedTeacher
from canopy_assets.dialogues.phrases import all_step_phrases, leads, pressure
from canopy_assets.dialogues.planner import Plan, plan_dialogues
from canopy_assets.dialogues.slots import slot_names
from canopy_assets.dialogues.statements import statement_forms
from canopy_assets.dialogues.teacher import Teacher
from canopy_assets.maths.answers import numbers_in
from canopy_assets.records import PRESSURE_STATES, Dialogue, Turn
from tests.dialogues.material import STATEMENTS, exercise, exercises

COUNT = 1000
SYMBOL = re.compile(r"\d+|(?<![a-z'])[a-z](?![a-z])", re.IGNORECASE)
COMMON_WORDS = set(
    re.findall(
        r"\w+",
        """about after again all and any are before but can could did does done each every exactly find first for from
        get give given has have her here his how into its just keep know left like look make more much need next not
        now off one only other out over part place put right same say says she some step take tell than that the their
        them then there these they thing this time too two was way what when where which who why will with work would
        write you your goes comes""",
    )
)


@pytest.fixture(scope="module")
def written() -> list[tuple[Plan, Dialogue]]:
    teacher: Teacher = EmbeddedTeacher()
    per_exercise = -(-COUNT // len(exercises()))
    plans = plan_dialogues(exercises(), per_exercise=per_exercise, seed=11)
    return [(plan, teacher.verbalize(plan)) for plan in plans]


@pytest.fixture(scope="module")
def tutor_texts(written) -> list[str]:
    return [t.text for _, d in written for t in d.turns if t.role == "tutor"]


def test_the_material_covers_the_families_and_their_phrases():
    assert len(exercises()) >= len(STATEMENTS)
    kinds = {step.kind for e in exercises() for step in e.steps}
    assert kinds <= all_step_phrases().keys()


def test_no_tutor_turn_is_stock(tutor_texts):
    assert Counter(tutor_texts).most_common(1)[0][1] <= 0.01 * len(tutor_texts)


def test_openings_vary(tutor_texts):
    openings = Counter(" ".join(text.lower().split()[:5]) for text in tutor_texts)
    assert openings.most_common(1)[0][1] < 0.05 * len(tutor_texts)


def test_tutor_turns_are_as_short_as_experts(tutor_texts):
    words = sorted(len(text.split()) for text in tutor_texts)
    assert 10 <= statistics.median(words) <= 20
    assert words[int(0.95 * len(words))] <= 40


def test_one_question_at_a_time_and_not_always_one(tutor_texts):
    assert max(text.count("?") for text in tutor_texts) <= 1
    assert 0.5 <= sum("?" in text for text in tutor_texts) / len(tutor_texts) <= 0.75


def test_first_replies_ask_about_the_problem(written):
    first = [next(t.text for t in d.turns if t.role == "tutor") for _, d in written]
    assert sum(text.endswith("?") for text in first) >= 0.92 * len(first)


def test_the_tutor_never_states_a_result_before_the_student(written):
    leaks = [(plan.statement, text) for plan, d in written for text in leaking_turns(plan, d.turns)]
    assert not leaks, leaks[:5]


def leaking_turns(plan: Plan, turns: tuple[Turn, ...]) -> list[str]:
    """Tutor turns with a result that neither the problem nor the student stated before."""
    known, found = plan.statement, []
    for turn in turns:
        if turn.role == "student":
            known += "\n" + turn.text
            continue
        for secret in {*(s.result for s in plan.steps), plan.answer}:
            new = values(secret) - values(known) - {Fraction(d) for d in re.findall(r"\d+", known)}
            stated = len(squeezed(secret)) > 2 and squeezed(secret) in squeezed(turn.text)
            if new & values(turn.text) or (stated and squeezed(secret) not in squeezed(known)):
                found.append(turn.text)
    return found


def values(text: str) -> set[Fraction]:
    return {n.value for n in numbers_in(text.replace("'s ", " is "))}


def test_tutor_turns_are_about_this_problem(written):
    guiding = [(p, t) for p, d in written for t in d.turns if t.role == "tutor" and t.move != "confirm"]
    elsewhere = [t.text for p, t in guiding if not mentions(p, t.text)]
    assert len(elsewhere) <= 0.05 * len(guiding), elsewhere[:10]


def mentions(plan: Plan, text: str) -> bool:
    """Whether the text names a figure, symbol or term of the problem."""
    material = [
        plan.statement,
        *plan.exercise.hints,
        *(f"{s.ask} {s.work} {' '.join(s.slots.values())}" for s in plan.steps),
    ]
    if plan.concept:
        material.append(f"{plan.concept.term} {plan.concept.explanation}")
    words = set(re.findall(r"[a-z]{3,}", " ".join(material).lower())) - COMMON_WORDS
    symbols = set(SYMBOL.findall(" ".join(material))) - {"a"}
    said = set(re.findall(r"[a-z]{3,}", text.lower()))
    return bool(words & said or symbols & set(SYMBOL.findall(text)))


def test_pressure_is_answered_with_the_problem_and_a_question_never_a_bare_refusal(written):
    replies = [(p, d.turns[1].text) for p, d in written if p.opening in PRESSURE_STATES]
    for plan, text in replies:
        assert text.endswith("?")
        assert "can't help" not in text.lower()
        assert mentions(plan, text), text
    assert len({text.split(".")[0] for _, text in replies}) >= 80


def test_leads_are_many_and_start_differently():
    for group, least in ((pressure.DECLINE, 40), (leads.REDIRECT, 20), (leads.STUCK, 30), (leads.PARTIAL, 30),
                         (leads.WEAK, 30), (leads.START, 30), (leads.PERTURB, 30), (leads.FOUND_OUT, 30)):  # fmt: skip
        assert len(set(group)) >= least
        starts = Counter(" ".join(text.split()[:3]) for text in group)
        assert max(starts.values()) <= 2, starts.most_common(2)
        assert not any("?" in text for text in group)
        assert all(slot_names(t) <= {"short", "answer_to", "said", "wrong"} for t in group)


def test_the_first_message_contains_the_problem(written):
    for plan, dialogue in written:
        forms = statement_forms(plan.statement)
        inside = [
            f for f in (forms.full.rstrip(".?"), forms.math, forms.wanted, (forms.do or "").partition(" ")[2]) if f
        ]
        assert any(form.lower() in dialogue.turns[0].text.lower() for form in inside), dialogue.turns[0].text


def test_a_finished_dialogue_has_the_answer_from_the_student(written):
    for plan, dialogue in written:
        if dialogue.turns[-1].move != "confirm":
            continue
        said = "\n".join(t.text for t in dialogue.turns if t.role == "student")
        assert squeezed(plan.answer) in squeezed(said) or values(plan.answer) <= values(said), dialogue.turns


def test_no_template_slot_is_left_unfilled(written):
    for _, dialogue in written:
        for turn in dialogue.turns:
            assert turn.text.strip() == turn.text
            assert turn.text
            assert not re.search(r"\{[a-z_0-9]+\}|\x00|  |\.\.(?!\.)|\?\?|,\?", turn.text), turn.text


def test_equal_plans_give_equal_words_and_other_seeds_other_words():
    def texts(seed: int) -> list[str]:
        plans = plan_dialogues(exercises()[:10], per_exercise=3, seed=seed)
        return [t.text for plan in plans for t in EmbeddedTeacher().verbalize(plan).turns]

    assert texts(1) == texts(1)
    assert len(set(texts(1)) & set(texts(2))) < 0.3 * len(set(texts(1)))


def test_a_dialogue_says_where_it_comes_from():
    source = exercise("5x − 9 = 16")
    (plan,) = plan_dialogues([source], per_exercise=1, seed=2, vary_share=1)
    dialogue = EmbeddedTeacher().verbalize(plan)
    assert (dialogue.exercise_id, dialogue.seed, dialogue.family) == (source.exercise_id, source.seed, source.family)
    assert (dialogue.statement, dialogue.answer, dialogue.plan_seed) == (plan.statement, plan.answer, plan.seed)
    assert dialogue.teacher == EmbeddedTeacher().name
    assert dialogue.prompt_tokens == dialogue.completion_tokens == 0


def test_an_exercise_without_steps_still_gets_a_dialogue():
    bare = replace(exercise("5x − 9 = 16"), steps=(), misconceptions=(), family=None)
    for plan in plan_dialogues([bare], per_exercise=10, seed=4):
        assert EmbeddedTeacher().verbalize(plan).turns[-1].role == "tutor"
