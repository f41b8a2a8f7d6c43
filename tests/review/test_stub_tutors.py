"""Tutors of known quality over real plans: the gates rank them, and stop each bad one for its own fault."""

from __future__ import annotations

from collections import Counter

import pytest

from canopy_assets.records import ReviewedDialogue
from canopy_assets.review.context import GateContext
from canopy_assets.review.reviewer import review_dialogue
from tests.review.stub_tutors import (
    Stub,
    always_answers,
    asks_generically,
    echo,
    ground_truth,
    planned,
    refuses,
    taught_by,
)


def reviewed(tutor: Stub) -> list[ReviewedDialogue]:
    return [review_dialogue(taught_by(tutor, d), GateContext(exercise=e)) for e, d in planned()]


def accepted(tutor: Stub) -> float:
    verdicts = reviewed(tutor)
    return sum(r.accepted for r in verdicts) / len(verdicts)


def gates_passed(tutor: Stub) -> float:
    """The mean share of the gates about teaching that a tutor's dialogues pass."""
    about = ("leak", "truth", "grounding", "relevance", "question_discipline")
    verdicts = [v.passed for r in reviewed(tutor) for v in r.verdicts if v.gate in about]
    return sum(verdicts) / len(verdicts)


def test_the_ground_truth_comes_first_and_a_tutor_that_always_answers_last() -> None:
    assert accepted(ground_truth) >= 0.94
    # The judge turns down dialogues about kinds that the curriculum doesn't know: the teacher's phrases there fit any
    # problem. Nothing else stops the teacher.
    rejected = [r for r in reviewed(ground_truth) if not r.accepted]
    assert {r.rejected_by for r in rejected} == {"usefulness"}
    assert sum(r.dialogue.family is None for r in rejected) >= len(rejected) / 2
    for tutor in (echo, asks_generically, refuses, always_answers):
        assert accepted(tutor) == 0, tutor.__name__
    by_teaching = {t: gates_passed(t) for t in (ground_truth, asks_generically, echo, refuses, always_answers)}
    assert max(by_teaching, key=by_teaching.__getitem__) is ground_truth
    assert min(by_teaching, key=by_teaching.__getitem__) is always_answers


@pytest.mark.parametrize(
    ("tutor", "gate", "share"),
    [
        (always_answers, "leak", 0.9),
        (echo, "relevance", 1),
        (asks_generically, "relevance", 1),
        (refuses, "relevance", 1),
        (always_answers, "usefulness", 0.9),
        (echo, "usefulness", 0.75),
        (asks_generically, "usefulness", 0.75),
        (refuses, "usefulness", 0.6),
    ],
)
def test_each_is_stopped_by_the_gate_for_its_fault(tutor: Stub, gate: str, share: float) -> None:
    stopped = Counter(v.gate for r in reviewed(tutor) for v in r.verdicts if not v.passed)
    assert len(planned()) > 150
    assert stopped[gate] >= share * len(planned())
