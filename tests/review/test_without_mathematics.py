"""The gates of dialogues about exercises without mathematics."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canopy_assets.records import Dialogue, Exercise, SeedDocument, Turn
from canopy_assets.review.context import GateContext
from canopy_assets.review.gates.leak import leak
from canopy_assets.review.gates.relevance import relevance
from canopy_assets.seeds.exercises.proposals import Chunk, exercise
from tests.biology import ENERGY, PAGE, PIGMENT


def _exercise(row: dict[str, object]) -> Exercise:
    document = SeedDocument("cell.md", "cell.md", "prose", "text/markdown", PAGE, "digest", len(PAGE), "read")
    found = exercise(row, Chunk(PAGE, 0), document)
    assert isinstance(found, Exercise)
    return found


def _dialogue(about: Exercise, *texts: str) -> Dialogue:
    turns = tuple(Turn("tutor" if i % 2 else "student", text) for i, text in enumerate(texts))
    return Dialogue(
        "d", about.exercise_id, about.seed, "synthetic", about.statement, about.topic, None, about.answer, None, None,
        turns, "large-prompt2", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "Could it be chlorophyll?",
        "The answer is chlorophyll.",
        "Have you read what CHLOROPHYLL does?",
        "Chlorophyll is named on the page. What does it do?",
    ],
)
def test_naming_an_answer_in_words_before_the_student_is_a_leak(said: str) -> None:
    about = _exercise(PIGMENT)
    verdict = leak(_dialogue(about, "Which pigment is it?", said), GateContext(exercise=about))
    assert not verdict.passed
    assert verdict.turn == 1
    after = _dialogue(about, "I think it is chlorophyll, but why?", "What does chlorophyll do with the light?")
    assert leak(after, GateContext(exercise=about)).passed
    other = _dialogue(about, "Which pigment is it?", "Which colour has the pigment that takes in the light?")
    assert leak(other, GateContext(exercise=about)).passed


def test_a_plural_or_an_article_makes_no_difference_and_the_statement_may_have_the_word() -> None:
    about = replace(_exercise(ENERGY), answer="in the chloroplasts")
    said = _dialogue(about, "Where?", "What do you know of a chloroplast?")
    assert not leak(said, GateContext(exercise=about)).passed
    posed = replace(said, statement="What takes place in a chloroplast, and where is it?")
    assert leak(posed, GateContext(exercise=about)).passed


def test_an_exercise_with_mathematics_is_judged_as_before() -> None:
    about = replace(_exercise(PIGMENT), family="linear_equation")
    assert leak(_dialogue(about, "Which is it?", "Could it be chlorophyll?"), GateContext(exercise=about)).passed


def test_the_words_of_the_solution_tie_a_turn_to_its_exercise() -> None:
    about = _exercise(PIGMENT)
    mine = _dialogue(
        about, "Hm?", "What does a plant do with carbon dioxide?", "No idea.", "And with carbon and water?"
    )
    assert relevance(mine, GateContext(exercise=about)).passed
    anywhere = _dialogue(about, "Hm?", "What have you tried so far?", "No idea.", "How would you begin?")
    assert not relevance(anywhere, GateContext(exercise=about)).passed
