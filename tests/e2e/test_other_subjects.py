"""A page of biology: a line that says what would help, exercises that a model proposes, and dialogues about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from tests.biology import PAGE, answers
from tests.e2e.conftest import Canopy
from tests.openai_server import KEY, Server, serving

pytestmark = pytest.mark.e2e
UNTIL = ("--until", "reviewed_dialogues")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(trouble=lambda exchange: answers(exchange, leaks=True))) as running:
        yield running


def _rows(canopy: Canopy, table: str) -> list[dict[str, Any]]:
    path: Path = canopy.home / "tables" / table / "cell.md.parquet"
    return pq.read_table(path).to_pylist()


def _student_says(word: str, reviewed: dict[str, Any]) -> bool:
    """Whether the student's first turn has the word."""
    return word in next(t["text"] for t in reviewed["dialogue"]["turns"] if t["role"] == "student")


def _configure(canopy: Canopy, **ops: Any) -> None:
    canopy.config.write_text(yaml.safe_dump({"ops": {name: {"config": config} for name, config in ops.items()}}))
    canopy.environment["OPENAI_API_KEY"] = KEY


def test_a_page_without_mathematics_becomes_exercises_and_dialogues_by_a_model(canopy: Canopy, server: Server) -> None:
    model = {"model": "large", "base_url": server.address}
    _configure(canopy)
    page = canopy.config.with_name("cell.md")
    page.write_text(PAGE)
    assert canopy("add", str(page)).returncode == 0
    assert canopy.run("--until", "exercises").returncode == 0
    assert _rows(canopy, "exercises") == []
    (seed,) = canopy.status()["seeds"]
    assert "no mathematics" in str(seed)
    assert "proposer: {model: NAME}" in str(seed)

    dialogues = {"per_exercise": 6, "candidate_cap": 1, "teachers": [model], "repairs": 0}
    _configure(canopy, exercises={"proposer": model}, synthetic_dialogues=dialogues)
    done = canopy.run(*UNTIL)
    assert done.returncode == 0, done.stdout + done.stderr

    exercises = {e["topic"]: e for e in _rows(canopy, "exercises") if e["verified"]}
    assert set(exercises) == {"photosynthesis", "energy"}
    quoted = {t: PAGE[e["span"]["char_start"] : e["span"]["char_end"]] for t, e in exercises.items()}
    assert quoted["photosynthesis"] == "Chlorophyll is the green pigment that absorbs the light"
    (seed,) = canopy.status()["seeds"]
    assert "no mathematics" not in str(seed)
    assert seed["language"] == "en"

    reviewed = _rows(canopy, "reviewed_dialogues")
    pigment = [r for r in reviewed if r["dialogue"]["topic"] == "photosynthesis"]
    energy = [r for r in reviewed if r["dialogue"]["topic"] == "energy"]
    assert len(pigment) == len(energy) == 6
    assert sum(r["accepted"] for r in pigment) >= 4, [r["rejected_by"] for r in pigment]
    # The scripted tutor names the answer in its first turn there, which is no leak where the student has just said it.
    assert {r["rejected_by"] for r in energy if not _student_says("respiration", r)} == {"leak"}
    assert any(r["dialogue"]["misconception"] for r in pigment)
