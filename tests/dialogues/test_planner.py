"""Plans: quotas, reproducibility, and scripts that make sense as tutoring."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.dialogues.planning.planner import Plan, plan_dialogues
from canopy_assets.dialogues.planning.script import MAX_TUTOR_TURNS, PlannedTurn, write_script
from canopy_assets.records import OPENING_STATES, PRESSURE_STATES, TUTOR_MOVES, Misconception, StudentState
from tests.dialogues.material import exercise, exercises


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return plan_dialogues(exercises(), per_exercise=5, seed=3, vary_share=0.3)


def test_every_opening_state_gets_its_share(plans):
    counts = Counter(p.opening for p in plans)
    assert set(counts) == set(OPENING_STATES)
    seldom = {*PRESSURE_STATES, "off_topic"}
    for group in (seldom, set(OPENING_STATES) - seldom):
        shares = [counts[state] for state in group]
        assert max(shares) - min(shares) <= 0.05 * len(plans)
    assert 1.5 < counts["stuck"] / counts["begs_for_answer"] < 2.5


def test_every_tutor_move_occurs(plans):
    assert {t.move for p in plans for t in p.turns if t.role == "tutor"} == set(TUTOR_MOVES)


def test_one_exercise_alone_meets_every_opening_state():
    alone = Counter(p.opening for p in plan_dialogues([exercise("5x − 9 = 16")], per_exercise=16, seed=1))
    assert set(alone) == set(OPENING_STATES)
    assert set(alone.values()) == {1, 2}


def test_few_dialogues_per_exercise_still_cover_every_state():
    few = plan_dialogues(exercises()[:20], per_exercise=1, seed=1, vary_share=0)
    assert len({p.opening for p in few}) == len(OPENING_STATES)


def test_unverified_and_unanswered_exercises_are_passed_over():
    sound = exercise("5x − 9 = 16")
    doubtful = replace(sound, exercise_id="doubtful", verified=False)
    unanswered = replace(sound, exercise_id="unanswered", answer=None)
    planned = plan_dialogues([doubtful, sound, unanswered], per_exercise=3, seed=1)
    assert {p.exercise.exercise_id for p in planned} == {sound.exercise_id}


def test_equal_seeds_give_equal_plans_and_other_seeds_other_plans():
    def planned(seed):
        return plan_dialogues(exercises()[:8], per_exercise=3, seed=seed)

    assert planned(5) == planned(5)
    assert [p.turns for p in planned(5)] != [p.turns for p in planned(6)]


def test_the_order_of_the_exercises_does_not_change_their_plans():
    forward = plan_dialogues(exercises()[:8], per_exercise=3, seed=5)
    backward = plan_dialogues(exercises()[:8][::-1], per_exercise=3, seed=5)
    assert {p.plan_id: p for p in forward} == {p.plan_id: p for p in backward}


def test_wrong_answers_are_planted_only_where_a_misconception_was_verified(plans):
    wrong = [(plan, turn) for plan in plans for turn in plan.turns if turn.state == "wrong_answer"]
    assert wrong
    for plan, turn in wrong:
        assert turn.misconception is not None
        assert plan.misconceptions[turn.misconception].answer != plan.answer


def test_a_wrong_result_is_tested_and_no_reason_is_asked_of_who_has_given_one(plans):
    moves = Counter((s.state, t.move) for p in plans for s, t in zip(p.turns[::2], p.turns[1::2], strict=True))
    assert {move for state, move in moves if state == "wrong_answer"} == {"perturb"}
    assert {state for state, move in moves if move == "probe"} == {"correct_weak_reasoning"}


def test_students_who_began_well_are_wrong_later_too(plans):
    later = Counter(t.state for p in plans for t in p.turns[2::2] if t.follows is None)
    assert later["wrong_answer"] > 0.1 * (later["correct_step"] + later["correct_answer"])


def test_a_student_who_pushes_sometimes_pushes_again():
    many = plan_dialogues(exercises(), per_exercise=20, seed=3)
    pressed = [p for p in many if p.turns[1].move == "decline"]
    again = [p for p in pressed if len(p.turns) > 2 and p.turns[3].move == "decline"]
    assert len(pressed) > 100
    assert 0.1 < len(again) / len(pressed) < 0.4


def test_most_dialogues_end_with_a_confirmation(plans):
    last = Counter(p.turns[-1].move for p in plans)
    assert last["confirm"] > 0.5 * len(plans)


MISCONCEPTIONS = tuple(Misconception("b", "w", str(i), "c?", "r", step=i % 3) for i in range(4))


@given(st.sampled_from(OPENING_STATES), st.integers(1, 8), st.integers(0, 2**32))
def test_scripts_alternate_keep_their_length_and_never_go_back(opening: StudentState, steps: int, seed: int):
    misconceptions = [replace(m, step=min(m.step, steps - 1)) for m in MISCONCEPTIONS]
    turns = write_script(opening, steps, misconceptions, Random(seed))
    assert [t.role for t in turns] == ["student", "tutor"] * (len(turns) // 2)
    assert 2 <= len(turns) // 2 <= MAX_TUTOR_TURNS
    assert turns[0].state == opening
    assert_steps_are_done_once_and_in_order(turns, steps)
    for student, tutor in zip(turns[::2], turns[1::2], strict=True):
        if tutor.move == "confirm":
            assert student.through == steps - 1 or student.follows == "probe"
        if tutor.move == "perturb":
            assert student.misconception is not None


def assert_steps_are_done_once_and_in_order(turns: tuple[PlannedTurn, ...], steps: int) -> None:
    done = [t.through for t in turns if t.role == "student" and t.through is not None]
    assert done == sorted(set(done))
    assert all(0 <= d < steps for d in done)


def test_a_wrong_answer_without_misconception_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="verified misconception"):
        write_script("wrong_answer", 2, (), Random(1))
