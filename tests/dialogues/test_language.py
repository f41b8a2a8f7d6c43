"""The language of the dialogues: a setting, which a teacher without a model refuses unless it is English."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from canopy_assets.dialogues.assets import DialogueConfig
from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.model.prompting import messages, repair_messages
from canopy_assets.dialogues.planning.planner import plan_dialogues
from canopy_assets.lineage.configuration import checked, config_values
from canopy_assets.records import Exercise
from canopy_assets.seeds.exercises.building import build_exercise
from canopy_assets.seeds.exercises.candidate import Candidate
from tests.dialogues.material import exercise

MODEL = {"model": "large"}
RESTATED = replace(exercise("Solve 5x − 9 = 16"), language="de", original="Löse 5x − 9 = 16.")


def _by_its_steps(statement: str) -> Exercise:
    span = exercise("Solve 5x − 9 = 16").span
    made = build_exercise(Candidate((statement,), "12", ("3 × 4 = 12",), (), (), span, labelled=True), "seed")
    assert made.verified
    assert made.family is None
    return replace(made, language="de")


def test_without_a_model_any_language_but_english_is_refused_and_the_setting_named() -> None:
    for teachers in ([], [{"model": "embedded"}], [MODEL, {"model": "embedded"}]):
        with pytest.raises(ValueError, match=r"language: de needs a model as the teacher.*language: en"):
            checked(DialogueConfig, {"language": "de", "teachers": teachers})
    assert checked(DialogueConfig, {"language": "de", "teachers": [MODEL]}).language == "de"


def test_english_is_the_default_and_makes_no_dialogue_again() -> None:
    assert "language" not in config_values(DialogueConfig())
    assert config_values(checked(DialogueConfig, {"language": "fr", "teachers": [MODEL]}))["language"] == "fr"


def test_the_language_stands_in_the_prompt_of_a_model() -> None:
    (plan,) = plan_dialogues([exercise("Solve 5x − 9 = 16")], per_exercise=1, seed=3, vary_share=0)
    assert "write" not in messages(plan)[0]["content"].rpartition("\n\n")[2][:20]
    assert "write German" in messages(plan, "de")[0]["content"]
    texts = ["…"] * len(plan.turns)
    assert "write German" in repair_messages(plan, texts, 1, "a reason", "de")[0]["content"]
    (restated,) = plan_dialogues([RESTATED], per_exercise=1, seed=3, vary_share=0)
    assert "write English" in messages(restated)[0]["content"]
    assert "Löse 5x − 9 = 16." in messages(restated)[1]["content"]


def test_the_embedded_teacher_teaches_what_is_restated_in_english_without_its_foreign_guidance() -> None:
    guided = replace(RESTATED, hints=("Was steht bei x?",))
    assert DialogueConfig().can_teach(guided)
    for plan in plan_dialogues([guided], per_exercise=12, seed=3):
        written = asyncio.run(EmbeddedTeacher().write(plan)).dialogue
        assert written is not None
        assert not any("Was steht" in turn.text for turn in written.turns)


def test_the_embedded_teacher_leaves_out_a_statement_in_another_language() -> None:
    german = _by_its_steps("Anna hat 3 Kisten mit je 4 Gläsern. Wie viele Gläser hat sie?")
    assert not DialogueConfig().can_teach(german)
    assert checked(DialogueConfig, {"teachers": [MODEL]}).can_teach(german)
    mine = exercise("Solve 5x − 9 = 16")
    assert DialogueConfig().quota([german, mine]).wanted == DialogueConfig().quota([mine]).wanted


def test_the_embedded_teacher_leaves_out_what_has_no_mathematics() -> None:
    mine = exercise("Solve 5x − 9 = 16")
    words = replace(mine, family=None, answer="chlorophyll", answer_kind="text", steps=())
    assert not DialogueConfig().can_teach(words)
    assert checked(DialogueConfig, {"teachers": [MODEL]}).can_teach(words)
    counted = _by_its_steps("Anna has 3 boxes of 4 glasses. How many glasses does she have?")
    assert DialogueConfig().can_teach(replace(counted, language="en"))
