"""`canopy status` names the language of a seed that is not English."""

from __future__ import annotations

from pathlib import Path

import pytest

from canopy_assets.app import status
from canopy_assets.records import Exercise, SeedDocument
from canopy_assets.seeds.exercises.extraction import extract
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables

GERMAN = "Aufgabe 1: Löse die Gleichung 2x + 3 = 7.\n\nAufgabe 2: Löse die Gleichung 3x − 7 = 8 nach x auf.\n"
ENGLISH = "Exercise 1: Solve the equation 2x + 3 = 7 and then write down each step of your working.\n"


def test_the_language_of_a_seed_stands_beside_its_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    documents = {
        seed: SeedDocument(seed, seed, "prose", "text/markdown", text, "digest", len(text), "read")
        for seed, text in (("blatt.md", GERMAN), ("sheet.md", ENGLISH))
    }
    tables = {seed: to_table([document], SeedDocument) for seed, document in documents.items()}
    publish_tables(settings, "seed_documents", {**tables})
    found = {seed: to_table(extract(document)[0], Exercise) for seed, document in documents.items()}
    publish_tables(settings, "exercises", {**found})
    monkeypatch.setattr(status, "register", lambda *_: ["blatt.md", "sheet.md", "none.md"])
    state = status.status(settings)
    assert [s["language"] for s in state["seeds"]] == ["de", "en", None]
    monkeypatch.setenv("COLUMNS", "160")
    status.print_status(state)
    printed = capsys.readouterr().out
    assert "read, German" in printed
    assert "English" not in printed
