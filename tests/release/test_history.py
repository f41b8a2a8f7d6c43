"""Decisions are kept, and a person can go back to the champion before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from canopy_assets.app.cli import app
from canopy_assets.release.history import NothingToRevertError, champions, revert
from canopy_assets.settings import Settings
from canopy_assets.storage import decisions
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.artefacts import Artefact, artefacts_dir, current_artefact, draft_folder, publish_artefact
from canopy_assets.storage.backend import DamagedArtefactError
from canopy_assets.storage.decisions import Decision
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home")
    prepare_home(made)
    return made


def promote(settings: Settings, adapter: str, day: int) -> str:
    """What the asset `champion` leaves behind when it promotes an adapter."""
    folder = draft_folder("champion", settings)
    (folder / "adapter_model.safetensors").write_text(f"weights of {adapter}")
    details = {"adapter_digest": adapter, "base_digest": "base", "eval_digest": "eval", "metrics": {}, "decided_at": ""}
    (folder / "champion.json").write_text(json.dumps(details))
    _, digest = publish_artefact(settings, "champion", Artefact(folder, details=details | {"adapter": adapter}))
    decision = Decision(
        f"2026-01-0{day}T00:00:00.000+00:00",
        "promoted",
        adapter,
        champion=adapter,
        artefact=digest,
        sends=0.5,
        sends_low=0.4,
        sends_high=0.6,
        starts=3,
        spread=0.17,
    )
    decisions.record(settings, decision)
    return digest


def in_use(settings: Settings) -> str:
    current = current_artefact("champion", settings, check=True)
    assert current is not None
    return str(current.details["adapter"])


def test_every_decision_is_kept_in_order_and_in_a_view(settings: Settings) -> None:
    refused = Decision("2026-01-01", "refused", "a", verdict="not better", reasons=("It leaks.", "No."), sends=0.02)
    passed = Decision("2026-01-02", "passed", "b", verdict="better", gates='[{"name": "G1"}]')
    promoted = Decision("2026-01-02", "promoted", "b", champion="b")
    for decision in (promoted, refused, passed):
        decisions.record(settings, decision)
    assert decisions.recorded(settings) == [refused, passed, promoted]
    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT action, reasons FROM decisions ORDER BY decided_at, action").fetchall()
    assert rows == [("refused", ["It leaks.", "No."]), ("passed", []), ("promoted", [])]


def test_decisions_from_before_there_were_starts_are_read_beside_new_ones(settings: Settings) -> None:
    old, new = Decision("2026-01-01", "refused", "a"), Decision("2026-01-02", "passed", "b", starts=3, spread=0.17)
    table = to_table([old], Decision).drop_columns(["starts", "spread", "spread_judged"])
    publish_tables(settings, decisions.TABLE, {"old": table})
    decisions.record(settings, new)
    assert decisions.recorded(settings) == [old, new]
    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT starts, spread FROM decisions ORDER BY decided_at").fetchall()
    assert rows == [(None, None), (3, 0.17)]


def test_the_register_notices_an_entry_that_was_changed(settings: Settings) -> None:
    decisions.record(settings, Decision("2026-01-01", "refused", "a"))
    (entry,) = [p for p in (settings.home / "tables" / "decisions").iterdir() if not p.name.startswith("_")]
    content = entry.read_bytes()
    entry.unlink()
    entry.write_bytes(content.replace(b"refused", b"passed!"))
    with pytest.raises(DamagedArtefactError, match="decisions"):
        decisions.recorded(settings)


def test_going_back_restores_files_details_and_the_record(settings: Settings) -> None:
    promote(settings, "first", 1)
    promote(settings, "second", 2)
    promote(settings, "third", 3)
    done = revert(settings, decided_at="2026-01-04T00:00:00.000+00:00")
    assert (done.adapter, done.withdrawn, done.sends) == ("second", "third", 0.5)
    assert (done.starts, done.spread) == (3, 0.17)
    assert in_use(settings) == "second"
    current = current_artefact("champion", settings)
    assert current is not None
    assert (current.path / "adapter_model.safetensors").read_text() == "weights of second"
    revert(settings, decided_at="2026-01-05T00:00:00.000+00:00")
    assert in_use(settings) == "first"
    register = decisions.recorded(settings)
    assert [d.adapter for d in champions(register)] == ["first"]
    assert decisions.withdrawn(register) == {"second", "third"}
    with pytest.raises(NothingToRevertError, match="no champion before first"):
        revert(settings, decided_at="2026-01-06T00:00:00.000+00:00")
    assert in_use(settings) == "first"


def test_a_champion_after_going_back_can_be_gone_back_from(settings: Settings) -> None:
    promote(settings, "first", 1)
    promote(settings, "second", 2)
    revert(settings, decided_at="2026-01-03T00:00:00.000+00:00")
    promote(settings, "third", 4)
    assert revert(settings, decided_at="2026-01-05T00:00:00.000+00:00").adapter == "first"


def test_damaged_files_keep_the_champion(settings: Settings) -> None:
    digest = promote(settings, "first", 1)
    promote(settings, "second", 2)
    folder = Path(str(artefacts_dir(settings, "champion") / digest[:16]))
    (folder / "adapter_model.safetensors").write_text("something else")
    with pytest.raises(DamagedArtefactError, match="restore it from a backup"):
        revert(settings, decided_at="2026-01-03T00:00:00.000+00:00")
    assert in_use(settings) == "second"
    assert [d.action for d in decisions.recorded(settings)] == ["promoted", "promoted"]


@pytest.fixture
def canopy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    from canopy_assets.settings import get_settings

    for name in ("CANOPY_HOME", "DAGSTER_HOME", "CANOPY_STORE", "CANOPY_CACHE", "CANOPY_INBOX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield CliRunner()
    get_settings.cache_clear()


def test_the_verb_says_what_it_did_or_why_not(settings: Settings, canopy: CliRunner) -> None:
    empty = canopy.invoke(app, ["champion", "--revert"])
    assert empty.exit_code == 2
    assert "there is no champion yet" in empty.output
    promote(settings, "first", 1)
    alone = canopy.invoke(app, ["champion", "--revert"])
    assert alone.exit_code == 2
    assert "no champion before first is recorded" in alone.output
    promote(settings, "second", 2)
    back = canopy.invoke(app, ["champion", "--revert"])
    assert (back.exit_code, in_use(settings)) == (0, "first")
    assert "the champion is first again; second will not be promoted again" in back.output
    listed = canopy.invoke(app, ["champion"])
    assert listed.exit_code == 0
    assert "50% [40%, 60%]" in listed.output
    assert listed.output.index("reverted") < listed.output.index("promoted")
