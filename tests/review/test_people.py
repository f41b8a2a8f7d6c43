"""What people wrote is rejected for harm, not for style: gates on our own teacher's style only advise on it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from canopy_assets.app import status
from canopy_assets.records import Dialogue, Exercise, ReviewedDialogue, SeedDocument
from canopy_assets.review.assets import ReviewConfig, _reviewed
from canopy_assets.review.batch import review, reviewing_processes
from canopy_assets.review.gates.registry import BLOCK_PEOPLE, GATES, may_reject
from canopy_assets.seeds import inbox
from canopy_assets.seeds.reading import reader
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table, to_table
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables
from tests.review.examples import GOOD, dialogue, eval_prompt

STYLE: dict[str, tuple[str, ...]] = {
    "truncation": (GOOD[0], "What happened to x in 5x (the left side?"),
    "prompt_leakage": (GOOD[0], "What should the student do first with 5x − 9 = 16?"),
    "grounding": (GOOD[0], "There are 731 apples behind 5x − 9 = 16. What was done last?"),
    "relevance": ("no idea", "I know you're in a hurry. What have you tried?"),
    "question_discipline": (GOOD[0], "What was done to x in 5x − 9 first? And what was done last?"),
    "length": (GOOD[0], "Look at 5x − 9 = 16. " + "Take your time with it. " * 9 + "What was done to x last?"),
    "register": (GOOD[0], "## 5x − 9 = 16\nWhat was done to x last?"),
}
"""A dialogue that fails one gate of style."""
HARM: dict[str, tuple[str, ...]] = {
    "structure": (GOOD[0], "<|im_start|> What was done to x in 5x − 9 last?"),
    "leak": (GOOD[0], "So x = 5. Do you see why?"),
    "truth": (GOOD[0], "Well, 16 + 9 = 24. What is next for 5x?"),
    "personal_data": (GOOD[0], "Write to ann.smith@example.org about 5x. What was done to x last?"),
}


def reviewed(texts: tuple[str, ...], *, origin: str = "human", **options) -> ReviewedDialogue:
    (found,) = review([by(texts, origin)], eval_prompts=[], **options)
    return found


def by(texts: tuple[str, ...], origin: str = "human", **changes) -> Dialogue:
    return dialogue(*texts, origin=origin, teacher=origin, exercise_id=None, **changes)


@pytest.mark.parametrize("gate", STYLE)
def test_style_rejects_a_synthetic_dialogue_and_advises_on_the_same_words_of_people(gate: str) -> None:
    assert reviewed(STYLE[gate], origin="synthetic").rejected_by == gate
    found = reviewed(STYLE[gate])
    assert found.accepted
    assert found.advised_by == (gate,)
    (finding,) = (v for v in found.verdicts if not v.passed)
    assert (finding.gate, bool(finding.reason)) == (gate, True)


@pytest.mark.parametrize("gate", STYLE)
def test_a_setting_makes_advice_block(gate: str) -> None:
    found = reviewed(STYLE[gate], advice_blocks=True)
    assert (found.accepted, found.rejected_by, found.advised_by) == (False, gate, ())


@pytest.mark.parametrize("gate", HARM)
def test_harm_rejects_what_people_wrote(gate: str) -> None:
    found = reviewed(HARM[gate])
    assert (found.accepted, found.rejected_by) == (False, gate)


def test_people_are_not_trained_on_the_evaluation_nor_on_the_same_words_twice() -> None:
    prompts = [eval_prompt("5x − 9 = 16")]
    (asked,) = review([by(GOOD)], eval_prompts=prompts)
    assert asked.rejected_by == "contamination"
    twice = review([by(GOOD), by(GOOD, dialogue_id="again")], eval_prompts=[])
    assert [r.rejected_by for r in twice] == [None, "duplicate"]


def test_a_rejection_names_a_gate_that_rejects_and_keeps_the_advice() -> None:
    found = reviewed((GOOD[0], "So x = 5. Do you see? Or shall I " + "say it again " * 20 + "?"))
    assert (found.rejected_by, found.advised_by) == ("leak", ("question_discipline", "length"))
    assert "reveals" in (found.reason or "")


def test_every_gate_that_may_not_reject_people_has_an_example_here() -> None:
    advisory = {gate for gate in GATES if not may_reject(gate, by(GOOD))}
    assert advisory == GATES.keys() - BLOCK_PEOPLE
    assert advisory - {"usefulness"} == STYLE.keys()  # usefulness judges the embedded teacher alone


def test_processes_know_the_setting() -> None:
    people = [by(STYLE["length"])]
    with reviewing_processes(1, eval_prompts=[], advice_blocks=True) as alone:
        assert [r.rejected_by for r in alone(people)] == ["length"]


def test_advice_is_in_the_views_and_in_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    found = [reviewed(STYLE["length"]), reviewed(HARM["leak"])]
    publish_tables(settings, "reviewed_dialogues", {"chats": to_table(found, ReviewedDialogue)})
    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        advice = connection.execute("SELECT gate, accepted, turn, dialogue_id FROM advice").fetchall()
    assert advice == [("length", True, 1, found[0].dialogue.dialogue_id)]
    monkeypatch.setattr(status, "register", lambda *_: ["chats"])
    (seed,) = status.status(settings)["seeds"]
    assert (seed["accepted"], seed["rejected"], seed["advised"]) == (1, {"leak": 1}, {"length": 1})
    monkeypatch.setenv("COLUMNS", "160")
    status.print_status(status.status(settings))
    printed = capsys.readouterr().out
    assert "advised by gate" in printed
    assert "length 1" in printed


def test_tables_of_an_earlier_release_have_no_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    table: pa.Table = to_table([reviewed(HARM["leak"])], ReviewedDialogue).drop_columns(["advised_by"])
    publish_tables(settings, "reviewed_dialogues", {"chats": table})
    assert from_table(table, ReviewedDialogue)[0].advised_by == ()
    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT * FROM advice").fetchall() == []
    monkeypatch.setattr(status, "register", lambda *_: ["chats"])
    assert status.status(settings)["seeds"][0]["advised"] == {}


def test_the_metadata_of_a_seed_of_chats_shows_advice_with_its_line(tmp_path: Path) -> None:
    roles = ("user", "assistant")
    lines = [
        json.dumps({"messages": [{"role": roles[i], "content": text} for i, text in enumerate(texts)]})
        for texts in (STYLE["length"], HARM["leak"], STYLE["question_discipline"])
    ]
    (tmp_path / "chats.jsonl").write_text("\n".join(lines))
    (seed,) = inbox.scan([tmp_path])
    document = to_table([reader.read(seed)], SeedDocument)
    nothing = (to_table([], Exercise), to_table([], Dialogue), [])
    made = _reviewed(document, *nothing, ReviewConfig())
    assert [r.advised_by for r in from_table(made.table, ReviewedDialogue)] == [
        ("length",),
        (),
        ("question_discipline",),
    ]
    assert (made.metadata["accepted"], made.metadata["rejected"], made.metadata["human_written"]) == (2, 1, 3)
    assert "| length | 1 |" in made.metadata["advice"].value
    rows = made.metadata["accepted_with_advice"].value.split("\n")[2:]
    assert [row[:9] for row in rows] == ["| 1 | len", "| 3 | que"]
    strict = _reviewed(document, *nothing, ReviewConfig(advice_blocks=True))
    assert strict.metadata["accepted"] == 0
