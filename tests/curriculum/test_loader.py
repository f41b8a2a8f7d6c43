"""A file of words that cannot be used is refused, with file, line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from canopy_assets.curriculum.loader import Topic, WordsError
from canopy_assets.dialogues.embedded import general_phrases

GOOD = """\
[vocabulary]
tally = ["count", "stroke"]

[concepts.tally]
term = "tally"
explanation = "A tally counts by strokes."

[misconceptions.one_short]
belief = "the first stroke is not counted"
work = "I start after the first, so {answer}."
check = "How many strokes are there in {marks}?"
check_reply = "One more than I said."

[steps."tally.count"]
slots = ["marks"]
focus = ["How many strokes does {marks} have?"]
recall = ["What does a stroke in {marks} stand for?"]
break_down = ["Take the first of {marks}. What comes next?"]
nudge = ["Point at each stroke of {marks}."]
probe = [
  ["How do you know that it is {result}?",
   "I pointed at each stroke."],
]
confirm = ["Yes, {result}."]
student = ["I get {result}."]
concept_questions = [["What is a tally?", "It counts by strokes."]]
"""


def topic(tmp_path: Path, text: str) -> Topic:
    path = tmp_path / "tally" / "topic.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Topic(path)


def read_everything(topic: Topic) -> None:
    _ = topic.vocabulary, topic.concepts, topic.misconceptions, topic.steps, topic.glossary


def test_a_sound_topic_is_read(tmp_path: Path) -> None:
    found = topic(tmp_path, GOOD)
    read_everything(found)
    assert found.name == "tally"
    assert found.steps["tally.count"].probe[0].reply == "I pointed at each stroke."
    idea = found.misconception("one_short", answer="4", step=2, marks="|||||")
    assert (idea.work, idea.step) == ("I start after the first, so 4.", 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("strokes does {marks} have", "strokes does {strokes} have", 16, "unknown slot strokes"),
        ('confirm = ["Yes, {result}."]', "confirm = []", 24, "at least one phrase"),
        ('nudge = ["Point at each stroke of {marks}."]', "", 14, "needs a list 'nudge'"),
        ('   "I pointed at each stroke."', "", 21, "a pair"),
        ("concept_questions", "concept_question", 26, "has no 'concept_question'"),
        ("Point at each stroke of {marks}", "Point at {result} strokes of {marks}", 19, "unknown slot result"),
        ("Point at each stroke of {marks}", "Point at each stroke of {marks", 19, "expected '}'"),
        ('term = "tally"', 'term = ""', 5, "needs 'term'"),
        ("check_reply =", "reply =", 12, "has no 'reply'"),
        ("[vocabulary]", "[vocabularies]", 1, "has no 'vocabularies'"),
        ("[vocabulary]", "[vocabulary", 1, "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    broken = topic(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(WordsError) as error:
        read_everything(broken)
    assert f"{tmp_path / 'tally' / 'topic.toml'}" in str(error.value)
    assert said in str(error.value)
    assert f"line {line}" in str(error.value), str(error.value)


def test_a_solver_that_asks_for_what_is_not_there_is_told_so(tmp_path: Path) -> None:
    found = topic(tmp_path, GOOD)
    with pytest.raises(WordsError, match=r"\[misconceptions\.two_short\]"):
        found.misconception("two_short", answer="3")
    with pytest.raises(WordsError, match="unknown slot marks"):
        found.misconception("one_short", answer="4")
    with pytest.raises(WordsError, match=r"\[concepts\.stroke\]"):
        found.concept("stroke")


def test_an_edited_phrase_changes_the_digest_of_its_section_alone(tmp_path: Path) -> None:
    before = {s: topic(tmp_path, GOOD).section_digest(s) for s in ("steps", "misconceptions", "concepts")}
    edited = topic(tmp_path, GOOD.replace("Yes, {result}.", "Right, {result}."))
    after = {s: edited.section_digest(s) for s in before}
    assert [s for s in before if before[s] != after[s]] == ["steps"]


def test_the_words_of_tutor_and_student_are_sound(tmp_path: Path) -> None:
    assert len(general_phrases.tutor_words().leads["start"]) >= 30
    assert len(general_phrases.student_words().openings) == 12
    broken = tmp_path / "tutor_general.toml"
    text = general_phrases.TUTOR_FILE.read_text(encoding="utf-8")
    broken.write_text(text.replace("We can make {short}", "We can make {statement}"), encoding="utf-8")
    with pytest.raises(WordsError, match=r"tutor_general\.toml, line \d+: unknown slot statement"):
        general_phrases._tables(broken, ("leads", "pressure", "working", "closing"), general_phrases._TUTOR_SLOTS)
