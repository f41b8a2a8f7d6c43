"""A thousand embedded dialogues, measured as a whole, and the rules that each must keep."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from canopy_assets.curriculum.loader import slot_names
from canopy_assets.curriculum.words import all_step_phrases, glossary, step_phrases
from canopy_assets.dialogues.embedded.general_phrases import student_words, tutor_words
from canopy_assets.dialogues.embedded.slots import result_named
from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.disclosure import squeezed
from canopy_assets.dialogues.planning.planner import Plan, plan_dialogues
from canopy_assets.dialogues.planning.script import PlannedTurn
from canopy_assets.dialogues.planning.statements import statement_forms
from canopy_assets.dialogues.planning.stories import STORY
from canopy_assets.dialogues.teacher import Teacher
from canopy_assets.maths.numbers import numbers_in
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
    assert len(plans) >= COUNT
    return [(plan, teacher.verbalize(plan)) for plan in plans]


@pytest.fixture(scope="module")
def tutor_texts(written) -> list[str]:
    return [t.text for _, d in written for t in d.turns if t.role == "tutor"]


def test_the_material_covers_the_families_and_their_phrases():
    assert len(exercises()) >= len(STATEMENTS)
    kinds = {step.kind for e in exercises() for step in e.steps}
    assert kinds <= all_step_phrases().keys()


def test_no_tutor_turn_is_stock(tutor_texts):
    assert Counter(tutor_texts).most_common(1)[0][1] <= 0.003 * len(tutor_texts)


def test_openings_vary(tutor_texts):
    openings = Counter(" ".join(text.lower().split()[:5]) for text in tutor_texts)
    assert openings.most_common(1)[0][1] < 0.008 * len(tutor_texts), openings.most_common(3)


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
    leads = tutor_words().leads
    at_least = {"redirect": 20, "stuck": 30, "partial": 30, "weak": 30, "start": 30, "perturb": 30, "found_out": 30}
    groups = [(leads[name], least) for name, least in at_least.items()]
    for group, least in (*groups, (tutor_words().pressure["decline"], 40)):
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
    finished = [(plan, dialogue) for plan, dialogue in written if dialogue.turns[-1].move == "confirm"]
    assert len(finished) > COUNT / 2
    for plan, dialogue in finished:
        said = "\n".join(t.text for t in dialogue.turns if t.role == "student")
        assert squeezed(plan.answer) in squeezed(said) or values(plan.answer) <= values(said), dialogue.turns


def test_no_template_slot_is_left_unfilled(written):
    for _, dialogue in written:
        for turn in dialogue.turns:
            assert turn.text.strip() == turn.text
            assert turn.text
            assert not re.search(r"\{[a-z_0-9]+\}|\x00|  |\.\.(?!\.)|\?\?|,\?", turn.text), turn.text


FAULTS = {
    "a factor of one is written": r"(?<![\d.,/^])1[a-z](?![a-z\d])",
    "two signs meet": r"[+−-] ?[−-] ?\d",
    "an article doesn't fit": r"\b[Aa] (?:8\d*|11|18)\b|\b[Aa] (?!unit|one)[aeiou][a-z]{3,}|\b(?:the|a|your) the\b",
    "a word in the middle has a capital": r"[a-z,] (?:That's|It's|Then|What|How)\b",
    "a mark is doubled": r"[.,;:?!] ?[.,;]|\.\.(?!\.)|[.,]\?",
    "a word is doubled": r"(?i)\b(so|then|the|is|of|to|it|that)\b,? \1\b",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_turn_has_a_fault_of_grammar_or_typesetting(written, fault):
    found = []
    for plan, dialogue in written:
        for turn in dialogue.turns:
            own = turn.text.replace(plan.statement, "X").replace(plan.statement.rstrip(".?"), "X")
            found += [turn.text for m in re.finditer(FAULTS[fault], own) if m.group() not in plan.statement]
    assert not found, found[:5]


def pattern(template: str) -> re.Pattern[str]:
    """Texts that a template can have become, in any voice."""
    words = [re.escape(part) for part in re.split(r"\{\w+\}", template)]
    return re.compile(".*".join(words).rstrip("\\.") + r"\.?", re.IGNORECASE)


def test_a_question_for_reasons_gets_the_reason_that_it_asked_for(written):
    answered = 0
    for plan, dialogue in written:
        for tutor, student in zip(dialogue.turns[1::2], dialogue.turns[2::2], strict=False):
            phrases = step_phrases(plan.steps[tutor.step or 0].kind)
            if tutor.move != "probe" or asks_for_the_way(tutor.text):
                continue
            fitting = [probe.reply for probe in phrases.probe if pattern(probe.question).search(tutor.text)]
            if not any(pattern(reason).search(student.text) for reason in fitting):
                # A reason that the step has no words for: then the line of work is told.
                assert plan.steps[tutor.step or 0].kind in ("sub_question", "given"), (tutor.text, student.text)
                continue
            answered += 1
    assert answered >= 50


def asks_for_the_way(text: str) -> bool:
    return any(pattern(question).search(text) for question in tutor_words().working["of_result"])


def test_a_question_for_the_way_names_the_bare_result_and_gets_the_work_behind_it(written):
    asked = 0
    for plan, dialogue in written:
        for turns in zip(dialogue.turns, dialogue.turns[1:], dialogue.turns[2:], strict=False):
            before, tutor, after = turns
            if tutor.move != "probe" or not asks_for_the_way(tutor.text):
                continue
            asked += 1
            assert before.state == "correct_weak_reasoning"
            assert squeezed(result_named(plan, tutor.step or 0)) in squeezed(tutor.text)
            # The work behind the result, not an assurance that it is right.
            assurances = student_words().reactions["assurances"]
            assert not any(pattern(a).search(after.text) for a in assurances), (tutor.text, after.text)
    assert asked > 30


def test_a_wrong_idea_that_is_given_up_is_not_asked_about_again():
    (plan,) = plan_dialogues([exercise("5x − 9 = 16")], per_exercise=1, seed=2, vary_share=0)
    index, idea = next((i, m) for i, m in enumerate(plan.misconceptions) if m.step == 0)
    turns = (
        PlannedTurn("student", 0, state="wrong_answer", misconception=index),
        PlannedTurn("tutor", 0, move="perturb"),
        PlannedTurn("student", 0, state="correct_answer", through=1, misconception=index, follows="check"),
        PlannedTurn("tutor", 1, move="probe"),
    )
    # A step without a line of work, too: nothing can be said about the way to it.
    for steps in (plan.steps, tuple(replace(step, work="") for step in plan.steps)):
        for seed in range(60):
            dialogue = EmbeddedTeacher().verbalize(replace(plan, turns=turns, steps=steps, seed=seed))
            assert squeezed(idea.answer) not in squeezed(dialogue.turns[-1].text)


def test_a_question_about_a_concept_is_answered_before_anything_is_asked(written):
    seen = 0
    for plan, dialogue in written:
        for student, tutor in zip(dialogue.turns[::2], dialogue.turns[1::2], strict=True):
            if student.state != "asks_concept":
                continue
            phrases = step_phrases(plan.steps[tutor.step or 0].kind)
            known = [*(exchange.reply for exchange in phrases.concept_questions), *glossary().values()]
            known += [plan.concept.explanation] if plan.concept else []
            assert any(pattern(t).match(tutor.text) for t in known if not t.startswith("{")), (student.text, tutor.text)
            assert tutor.text.endswith("?"), tutor.text
            seen += 1
    assert seen >= 80


def test_a_question_doesn_t_hand_the_problem_back(written):
    asking = [(p, t.text) for p, d in written for t in d.turns if t.role == "tutor" and t.text.endswith("?")]
    assert len(asking) > COUNT
    for plan, text in asking:
        question = re.split(r"[.!:;] ", text)[-1]
        assert squeezed(question) != squeezed(plan.statement), text


def test_who_begins_a_story_is_led_into_the_text_and_not_asked_the_sub_question(written):
    asked = begun = 0
    for plan, dialogue in written:
        first = plan.turns[0]
        if plan.steps[0].kind != STORY or first.through is not None or first.misconception is not None:
            continue
        begun += 1
        asked += squeezed(plan.steps[0].ask) in squeezed(dialogue.turns[1].text)
    assert begun > 30
    assert asked < begun / 10  # where the text names nothing that can be pointed at


def test_nothing_is_spoken_of_as_done_before_the_student_has_done_anything(written):
    done = re.compile(r"\b(?:nearly|now that|left now|remains in|already (?:have|done))\b", re.IGNORECASE)
    looked_at = 0
    for plan, dialogue in written:
        for planned, turn in zip(plan.turns, dialogue.turns, strict=True):
            if planned.through is not None or planned.misconception is not None:
                break
            looked_at += turn.role == "tutor"
            assert turn.role == "student" or not done.search(turn.text.replace(plan.statement, "")), turn.text
    assert looked_at > COUNT / 4


def test_a_story_is_quoted_word_for_word_and_no_clause_twice(written):
    quoted = 0
    for plan, dialogue in written:
        found = [q for t in dialogue.turns if t.role == "tutor" for q in re.findall(r"“([^”]+ [^”]+ [^”]+)”", t.text)]
        assert all(q in plan.statement for q in found), found
        assert len(set(found)) == len(found), found
        quoted += len(found)
    assert quoted >= 50


def test_most_dialogues_reach_the_answer(written):
    finished = [p for p, _ in written if any(t.through == len(p.steps) - 1 for t in p.turns)]
    assert len(finished) >= 0.85 * len(written)


def test_decimals_of_the_problem_stay_decimals():
    posed = exercise("Solve 2.5x = 20.")
    plans = plan_dialogues([posed], per_exercise=12, seed=5, vary_share=0)
    assert len(plans) == 12
    for plan in plans:
        texts = [t.text for t in EmbeddedTeacher().verbalize(plan).turns]
        assert not any("5/2" in t or "5x/2" in t for t in texts), texts


def test_no_order_is_spoken_of_in_a_single_multiplication():
    single = exercise("Find the area of a rectangle with length 8 cm and width 5 cm.")
    plans = plan_dialogues([single], per_exercise=20, seed=5, vary_share=0)
    assert len(plans) == 20
    for plan in plans:
        texts = [t.text for t in EmbeddedTeacher().verbalize(plan).turns if t.role == "tutor"]
        assert not any(re.search(r"bracket|which order|the order|goes first|piece by piece", t) for t in texts), texts


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
    plans = plan_dialogues([bare], per_exercise=10, seed=4)
    assert len(plans) == 10
    for plan in plans:
        assert EmbeddedTeacher().verbalize(plan).turns[-1].role == "tutor"
