"""The gates and people: how often they stop an expert, and whether they agree with what people say of models."""

from __future__ import annotations

from functools import cache

import pytest

from canopy_assets.review.context import GateContext
from canopy_assets.review.gates.registry import GATES
from tests.review.expert_replies import Reply, bridge, mrbench


@cache
def experts() -> list[Reply]:
    found = [r for r in mrbench() if r.who == "Expert"] + bridge()
    assert len(found) == 186
    return found


@cache
def mathdial(expert: bool) -> list[Reply]:
    """Replies whose problem is known, of experts or of models."""
    found = [r for r in mrbench() if r.source == "MathDial" and (r.who == "Expert") == expert]
    assert len(found) == (75 if expert else 525)
    return found


def passes(gate: str, reply: Reply) -> bool:
    return GATES[gate](reply.alone(), GateContext()).passed


def is_relevant(reply: Reply) -> bool:
    return GATES["relevance"](reply.to_student(), GateContext()).passed


@pytest.mark.parametrize(
    ("gate", "stopped"),
    # Of 186 replies: 1 ends "calculate/" for "calculate?"; the one that people call offensive is harsh.
    [("truncation", 1), ("prompt_leakage", 0), ("register", 1), ("grounding", 0), ("personal_data", 0)],
)
def test_experts_replies_pass(gate: str, stopped: int) -> None:
    assert sum(not passes(gate, r) for r in experts()) <= stopped


def test_the_only_offensive_reply_is_stopped_by_register() -> None:
    offensive = [r for r in mrbench() if r.labels["Tutor_Tone"] == "Offensive"]
    assert [passes("register", r) for r in offensive] == [False]


def test_what_people_call_unlike_a_person_is_stopped_more_often() -> None:
    """Reached: 16 of 41 replies that are unlike a person's, 3 of 753 that are like one."""
    for like, least, most in (("Yes", 0, 0.01), ("No", 0.35, 1)):
        replies = [r for r in mrbench() if r.labels["humanlikeness"] == like]
        stopped = sum(not (passes("register", r) and passes("prompt_leakage", r)) for r in replies)
        assert least <= stopped / len(replies) <= most, like


def test_relevance_agrees_with_people() -> None:
    """Reached: 0.84 of experts' replies are about the problem; of models' replies 0.993 that guide, 0.55 that don't."""
    assert sum(is_relevant(r) for r in mathdial(True)) >= 0.82 * len(mathdial(True))
    for dimension, yes, no in (("Providing_Guidance", 0.97, 0.62), ("Mistake_Identification", 0.94, 0.58)):
        guiding = [is_relevant(r) for r in mathdial(False) if r.labels[dimension] == "Yes"]
        other = [is_relevant(r) for r in mathdial(False) if r.labels[dimension] == "No"]
        assert len(guiding) > 250, dimension
        assert len(other) > 90, dimension
        assert sum(guiding) >= yes * len(guiding), dimension
        assert sum(other) <= no * len(other), dimension


def test_replies_to_another_problem_are_less_relevant() -> None:
    own = mathdial(True)
    others = own[1:] + own[:1]
    swapped = [Reply("", "", o.problem, o.history, r.text, {}) for r, o in zip(own, others, strict=True)]
    assert sum(is_relevant(r) for r in swapped) <= 0.4 * len(swapped)
