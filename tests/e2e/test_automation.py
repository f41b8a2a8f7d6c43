"""With webserver and daemon running, a file in the inbox leads to an evaluated adapter without further action."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from canopy_assets.app.run import instance
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from tests.e2e.conftest import ALGEBRA, Canopy, make_canopy, served

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(2000)]

PER_SEED = ["seed_documents", "exercises", "synthetic_dialogues", "reviewed_dialogues"]
SECONDS = 1500  # on a slow machine, with another test training beside this one


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[tuple[Canopy, dg.DagsterInstance]]:
    """A home that a daemon watches, with the small configuration and short times."""
    folder = tmp_path_factory.mktemp("watched")
    canopy = make_canopy(folder, cache)
    quick = {
        "CANOPY_CONFIG": str(canopy.config),
        "CANOPY_EXECUTOR": "in_process",
        "CANOPY_AUTOMATION_INTERVAL_SECONDS": "2",
        "CANOPY_SETTLE_SECONDS": "2",
        "CANOPY_RETRAIN_MIN_EXAMPLES": "3",
        "CANOPY_RETRAIN_QUIET_MINUTES": "0.1",
    }
    canopy = dataclasses.replace(canopy, environment=canopy.environment | quick)
    with served(canopy), instance(Settings(home=canopy.home)) as dagster_instance:
        yield canopy, dagster_instance


def _wait(what: str, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS} s"
        time.sleep(1)


def _made(dagster_instance: dg.DagsterInstance, asset: str, seed: str | None = None) -> bool:
    return dagster_instance.get_latest_data_version_record(dg.AssetKey(asset), partition_key=seed) is not None


def _finished(dagster_instance: dg.DagsterInstance) -> bool:
    return all(run.is_finished for run in dagster_instance.get_runs())


def _gate_verdicts(dagster_instance: dg.DagsterInstance) -> dict[str, str]:
    storage = dagster_instance.event_log_storage
    keys = [dg.AssetCheckKey(dg.AssetKey("eval_report"), name) for name in ("sample_size", "leaks", "sound_text")]
    return {k.name: r.status.value for k, r in storage.get_latest_asset_check_execution_by_key(keys).items()}


def test_a_file_in_the_inbox_leads_to_an_evaluated_adapter_and_a_decision(watched) -> None:
    canopy, dagster_instance = watched
    (canopy.inbox / "algebra.md").write_text(ALGEBRA)
    _wait("the evaluation", lambda: len(_gate_verdicts(dagster_instance)) == 3 and _finished(dagster_instance))
    settings = Settings(home=canopy.home)
    report, adapter = current_artefact("eval_report", settings), current_artefact("lora_adapter", settings)
    assert report is not None
    assert adapter is not None
    assert report.details["adapter"] == adapter.digest
    # Nothing was made twice on the way.
    runs = [sorted(k.path[-1] for k in run.asset_selection or ()) for run in dagster_instance.get_runs()]
    assert sorted(name for run in runs for name in run) == sorted({name for run in runs for name in run}), runs
    # Six prompts are too few to decide: the gate fails, and nothing downstream is made.
    assert _gate_verdicts(dagster_instance)["sample_size"] == "FAILED"
    assert not _made(dagster_instance, "champion")


def test_an_unreadable_file_is_quarantined_and_nothing_else_happens(watched) -> None:
    canopy, dagster_instance = watched
    before = len(dagster_instance.get_runs())
    (canopy.inbox / "broken.docx").write_bytes(b"PK\x03\x04 and then nothing")
    _wait("the quarantine", lambda: _made(dagster_instance, "seed_documents", "broken.docx"))
    time.sleep(20)
    _wait("the end of its run", lambda: _finished(dagster_instance))
    assert [_made(dagster_instance, asset, "broken.docx") for asset in PER_SEED] == [True, False, False, False]
    assert len(dagster_instance.get_runs()) == before + 1
    (seed,) = (s for s in canopy.status()["seeds"] if s["seed"] == "broken.docx")
    assert seed["state"] == "quarantined"
    assert "broken.docx" in seed["quarantine_reason"]
