"""The embedded teacher's reply to a student whom it did not write, where it can solve the problem.

It reads off the conversation how far the student is. Where it cannot tell (an idea that it does not know, a question
about another concept), it has no reply: a control must not be a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.disclosure import Known
from canopy_assets.dialogues.planning.planner import Plan, plan_without_turns
from canopy_assets.dialogues.planning.script import PlannedTurn
from canopy_assets.records import OPENING_STATES, PRESSURE_STATES, Span, StudentState, Turn, TutorMove, content_id
from canopy_assets.review.leakage import detect_leak
from canopy_assets.seeds.exercises.building import build_exercise
from canopy_assets.seeds.exercises.candidate import Candidate

_SPAN = Span(1, 1, 0, 0)
_OPENINGS: dict[str, StudentState] = {state: state for state in OPENING_STATES}


def embedded_reply(statement: str, answer: str, *, state: str, said: Sequence[tuple[str, str]]) -> str | None:
    """What the embedded teacher says next.

    Args:
        statement: the problem.
        answer: its right answer. The teacher must come to the same one.
        state: what the student's last turn shows, one of `records.StudentState` or "right_by_luck".
        said: the conversation so far as (role, text) with the roles "student" and "tutor", the student's turn last.

    Returns:
        The reply; None where the teacher does not know the problem or where the student stands, or where the leak gate
        would reject what it says.
    """
    candidate = Candidate((statement,), answer, (), (), (), _SPAN, labelled=True)
    exercise = build_exercise(candidate, seed="")
    if not (exercise.verified and exercise.family and exercise.steps):
        return None
    plan_id = content_id(statement, *(text for _, text in said))
    opening = _OPENINGS.get(state, "asks_how_to_start")
    plan = plan_without_turns(exercise, plan_id, int(plan_id[:12], 16), opening)
    moves = _moves(plan, state, said)
    if moves is None:
        return None
    explanation = _explanation(plan, said[-1][1]) if state == "asks_concept" else None
    if state == "asks_concept" and explanation is None:
        return None
    turns = [Turn("student" if role == "student" else "tutor", text) for role, text in said]
    turns[-1] = replace(turns[-1], state=moves[0].state)
    reply = EmbeddedTeacher().reply(replace(plan, turns=moves), turns, explanation)
    # Where dialogues are written, the leak gate rejects such a turn and the teacher tries again.
    leaks = reply is not None and detect_leak(reply, problem=statement, answer=answer, history=said).gives
    return None if leaks else reply


def _moves(plan: Plan, state: str, said: Sequence[tuple[str, str]]) -> tuple[PlannedTurn, PlannedTurn] | None:
    """The student's last turn and the tutor's next one as the planner would describe them."""
    done = _steps_done(plan, [text for role, text in said if role == "student"])
    last = len(plan.steps) - 1
    here, through = min(done, last), done - 1 if done else None
    if state == "wrong_answer":
        return _test_of_claim(plan, said[-1][1])
    if state in ("asks_how_to_start", "stuck", "asks_concept", "off_topic", *PRESSURE_STATES):
        moves: dict[str, TutorMove] = {
            "asks_how_to_start": "focus",
            "stuck": "break_down",
            "asks_concept": "recall",
            "off_topic": "redirect",
        }
        student = PlannedTurn("student", here, plan.opening)
        return student, PlannedTurn("tutor", here, move=moves.get(state, "decline"))
    if through is None:
        return None
    if state in ("correct_weak_reasoning", "right_by_luck"):
        student = PlannedTurn("student", here, "correct_weak_reasoning", through=through)
        return student, PlannedTurn("tutor", through, move="probe")
    if through == last:
        student = PlannedTurn("student", last, "correct_answer", through=last)
        return student, PlannedTurn("tutor", last, move="confirm", form="state")
    student = PlannedTurn(
        "student", here, "partial_answer" if state == "partial_answer" else "correct_step", None, through
    )
    return student, PlannedTurn("tutor", here, move="focus", confirms=through)


def _steps_done(plan: Plan, texts: Sequence[str]) -> int:
    """How many of the first steps the student has shown results of. What the problem states is no result of theirs."""
    known, given = Known(*texts), Known(plan.statement)
    shown = [i for i, s in enumerate(plan.steps) if known.has_said(s.result) and not given.has_said(s.result)]
    return max(shown) + 1 if shown else 0


def _test_of_claim(plan: Plan, text: str) -> tuple[PlannedTurn, PlannedTurn] | None:
    """A test of the student's wrong claim, where it is one that a known misconception leads to."""
    known, given = Known(text), Known(plan.statement)
    for index, idea in enumerate(plan.misconceptions):
        if known.has_said(idea.answer) and not given.has_said(idea.answer):
            student = PlannedTurn("student", idea.step, "wrong_answer", misconception=index)
            return student, PlannedTurn("tutor", idea.step, move="perturb")
    return None


def _explanation(plan: Plan, question: str) -> str | None:
    """The template of the explanation that the student asks for; None where the question is about something else."""
    asked = question.lower()
    return "{explanation}" if plan.concept and plan.concept.term.lower() in asked else None
