"""The bundled sample seeds: which exercises and chats are found in them, by format, kind and family."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from canopy_assets.records import Dialogue, Exercise, SeedDocument, Skipped
from canopy_assets.seeds import chats, inbox
from canopy_assets.seeds.exercises import extraction
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import SAMPLE_SEEDS as SAMPLES

FAMILIES = {
    "linear_equation",
    "linear_inequality",
    "quadratic_equation",
    "factoring",
    "simplifying",
    "exponents",
    "logarithms",
    "system_of_equations",
    "function_evaluation",
    "slope",
    "line_equation",
    "derivative",
    "limit",
    "percent",
    "fractions",
    "arithmetic",
    "mean",
    "probability",
    "area",
    "volume",
    "dot_product",
    "determinant",
}
WRONG_ON_PURPOSE = "8p − 13 = 27"
"""Its stated answer is p = 6: the samples show how a mistake of the lecturer is reported."""

_TAKES_LEAVE = re.compile(r"\b(?:thanks?|thank you|thx|ty|bye|night|see ya)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")


@cache
def documents() -> tuple[SeedDocument, ...]:
    return tuple(reader.read(file) for file in inbox.scan([SAMPLES]))


@cache
def extracted() -> tuple[tuple[Exercise, ...], tuple[Skipped, ...]]:
    found: list[Exercise] = []
    skipped: list[Skipped] = []
    for document in documents():
        if document.kind != "chats":
            exercises, unused = extraction.extract(document)
            found += exercises
            skipped += unused
    return tuple(found), tuple(skipped)


def dialogues() -> tuple[Dialogue, ...]:
    """Chats about a stated problem."""
    return _chats_of("tutoring-chats.jsonl")


def first_contacts() -> tuple[Dialogue, ...]:
    """Chats that open without a problem: a topic, a concept, a greeting, thanks, a request to do homework."""
    return _chats_of("first-contacts.jsonl")


@cache
def _chats_of(file: str) -> tuple[Dialogue, ...]:
    (document,) = [document for document in documents() if document.name == file]
    found, skipped = chats.parse(document)
    assert not skipped
    return tuple(found)


def test_every_sample_is_read_and_small_enough_to_ship() -> None:
    assert documents()
    assert [document.name for document in documents() if document.state != "read"] == []
    assert [document.name for document in documents() if document.size_bytes >= 100_000] == []


def test_samples_come_in_the_formats_that_lecturers_use() -> None:
    formats = Counter(Path(document.name).suffix for document in documents())
    assert set(formats) == {".md", ".html", ".docx", ".pptx", ".pdf", ".jsonl"}
    assert formats[".md"] >= 2
    assert {document.kind for document in documents()} == {"prose", "worked_exercises", "chats"}


def test_at_least_eighty_exercises_over_all_families() -> None:
    exercises, _ = extracted()
    families = Counter(exercise.family for exercise in exercises if exercise.verified)
    assert len(exercises) >= 80
    assert {family: families[family] for family in FAMILIES if families[family] < 4} == {}


def test_every_sample_answer_is_verified_but_the_one_wrong_on_purpose() -> None:
    exercises, _ = extracted()
    refuted = [exercise for exercise in exercises if not exercise.verified or WRONG_ON_PURPOSE in exercise.statement]
    assert [exercise.statement for exercise in refuted if WRONG_ON_PURPOSE not in exercise.statement] == []
    assert len(refuted) == 1
    assert refuted[0].answer != "p = 6"


def test_each_sample_exercise_occurs_once() -> None:
    exercises, _ = extracted()
    assert [text for text, count in Counter(e.statement for e in exercises).items() if count > 1] == []


def test_samples_offer_guidance_steps_and_plain_exercises() -> None:
    exercises, _ = extracted()
    assert sum(bool(exercise.hints) for exercise in exercises) >= 20
    assert sum(bool(exercise.steps) for exercise in exercises) >= 80
    assert sum(exercise.stated_answer is None for exercise in exercises) >= 8


def test_word_problems_are_worked_in_socratic_form() -> None:
    exercises, _ = extracted()
    stories = [exercise for exercise in exercises if exercise.seed.endswith("word-problems.jsonl")]
    assert len(stories) >= 12
    assert all(
        len(exercise.steps) >= 2 and all(step.ask.endswith("?") for step in exercise.steps) for exercise in stories
    )


def test_sample_chats_are_two_to_five_tutor_turns_over_many_topics() -> None:
    assert len(dialogues()) >= 36
    assert all(2 <= len(_tutor_turns(dialogue)) <= 5 for dialogue in dialogues())
    assert all(dialogue.turns[0].role == "student" and dialogue.turns[-1].role == "tutor" for dialogue in dialogues())
    assert len({dialogue.topic for dialogue in dialogues()}) >= 12


def test_sample_tutors_speak_as_briefly_as_human_experts() -> None:
    turns = [turn for dialogue in dialogues() for turn in _tutor_turns(dialogue)]
    lengths = [len(turn.split()) for turn in turns]
    assert 10 <= statistics.median(lengths) <= 16
    assert max(lengths) <= 37
    assert max(turn.count("?") for turn in turns) == 1
    assert 0.5 <= sum("?" in turn for turn in turns) / len(turns) <= 0.75


def test_sample_tutors_never_repeat_themselves() -> None:
    turns = Counter(turn for dialogue in dialogues() for turn in _tutor_turns(dialogue))
    openings = Counter(" ".join(turn.lower().split()[:5]) for turn in turns)
    assert max(turns.values()) == 1
    assert max(openings.values()) <= 2


@pytest.mark.parametrize(
    "dialogue",
    [*dialogues(), *(dialogue for dialogue in first_contacts() if dialogue.answer)],
    ids=lambda dialogue: dialogue.statement,
)
def test_sample_tutors_state_no_number_of_the_answer_before_the_student(dialogue: Dialogue) -> None:
    assert dialogue.answer
    answer = set(_NUMBER.findall(dialogue.answer))
    said = set(_NUMBER.findall(dialogue.statement))
    for turn in dialogue.turns:
        numbers = set(_NUMBER.findall(turn.text))
        if turn.role == "student":
            said |= numbers
        assert turn.role == "student" or numbers & answer <= said, turn.text


def test_first_contacts_hold_every_way_to_open_without_a_problem() -> None:
    kinds = Counter(dialogue.topic for dialogue in first_contacts())
    assert len(first_contacts()) >= 290
    assert min(kinds[kind] for kind in ("greeting", "homework", "other subjects", "thanks")) >= 15
    assert len(kinds) >= 20
    assert sum(len(_tutor_turns(dialogue)) > 1 for dialogue in first_contacts()) >= 40


def test_first_contacts_are_answered_in_two_sentences_that_end_in_a_question() -> None:
    for dialogue in first_contacts():
        *others, last = _tutor_turns(dialogue)
        for turn in (*others, last):
            assert len(turn.split()) <= 40, turn
            assert len(re.findall(r"[.?!](?=\s|$)", turn)) <= 2, turn
        assert all(turn.count("?") == 1 and turn.endswith("?") for turn in others), others
        # Only thanks and goodbyes, after a chat or instead of one, may end without a question.
        assert last.endswith("?") or dialogue.topic == "thanks" or _TAKES_LEAVE.search(dialogue.turns[-2].text), last


def _tutor_turns(dialogue: Dialogue) -> list[str]:
    return [turn.text for turn in dialogue.turns if turn.role == "tutor"]
