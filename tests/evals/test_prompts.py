"""The arms that are compared, and which kinds of prompt each answers."""

from __future__ import annotations

import dataclasses

from canopy_assets.evals.eval_set import load
from canopy_assets.evals.prompts import (
    ARMS,
    EVERY,
    LONG_PROMPT,
    SHORT_PROMPT,
    SINGLE,
    TEXT_ARMS,
    Arm,
    tutor_replies,
)
from canopy_assets.records import Message, TutorResponse

HELD_OUT = next(p for p in load() if p.kind == "held_out" and len(p.messages) > 1)
PRESSURE = next(p for p in load() if p.kind == "pressure")


def arm(name: str) -> Arm:
    return next(a for a in ARMS if a.name == name)


def test_the_tuned_arm_differs_from_one_base_arm_only_by_the_adapter() -> None:
    base, tuned = arm("base_short"), arm("tuned")
    assert (base.model, tuned.model) == ("base", "tuned")
    unnamed = {"name": "base_short", "label": "", "description": "", "model": "base"}
    assert dataclasses.replace(tuned, **unnamed) == dataclasses.replace(base, **unnamed)
    assert tuned.system_prompt == SHORT_PROMPT
    assert arm("base_long").system_prompt == LONG_PROMPT


def test_candidate_and_champion_are_asked_the_same_and_every_kind_is_asked() -> None:
    assert arm("champion").kinds == arm("tuned").kinds == EVERY
    assert set(SINGLE) < set(EVERY)
    for one, other in (("base_knowing", "tuned_knowing"), ("base_neutral", "tuned_neutral")):
        assert arm(one).chat(PRESSURE) == arm(other).chat(PRESSURE)
        assert arm(one).kinds == arm(other).kinds
    assert [a.name for a in ARMS if a.sampled] == ["served"]


def test_a_knowing_tutor_has_the_solution_in_its_system_prompt_and_others_do_not() -> None:
    system, *said = arm("tuned_knowing").chat(PRESSURE)
    assert tuple(said) == PRESSURE.messages
    assert system.role == "system"
    for told in (SHORT_PROMPT, PRESSURE.statement, PRESSURE.answer, *PRESSURE.step_results):
        assert told in system.content
    assert arm("tuned").chat(PRESSURE) == (Message("system", SHORT_PROMPT), *PRESSURE.messages)


def test_a_solving_model_gets_the_bare_problem() -> None:
    system, asked = arm("base_neutral").chat(HELD_OUT)
    assert "tutor" not in system.content.lower()
    assert HELD_OUT.statement in asked.content
    assert HELD_OUT.answer not in asked.content.replace(HELD_OUT.statement, "")
    assert HELD_OUT.messages[-1].content not in asked.content


def test_the_long_prompt_is_full_length() -> None:
    # Measured with SmolLM2's tokenizer: 763 tokens, 1.28 a word. The bounds are 500 and 800 tokens in words.
    assert 392 <= len(LONG_PROMPT.split()) <= 625


def response(arm: str, prompt_id: str, **fields: object) -> TutorResponse:
    plain = TutorResponse(prompt_id, arm, "What undoes the 4?", 9, 6, True, 0.1, 0.2, "weights")
    return dataclasses.replace(plain, **fields)


def test_solved_problems_and_scored_texts_are_no_replies_of_a_tutor() -> None:
    replies = [response(a.name, HELD_OUT.prompt_id) for a in ARMS if not a.solves]
    others = [response(a.name, HELD_OUT.prompt_id) for a in ARMS if a.solves]
    others += [response(name, "general-text-1", log_likelihood=-9.5) for name in TEXT_ARMS.values()]
    assert tutor_replies([*others, *replies]) == replies
