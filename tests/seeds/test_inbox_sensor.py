"""The sensor of the inbox: real ticks on an ephemeral instance turn files into partitions and observed versions."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest
from filelock import FileLock
from upath import UPath

from canopy_assets.lineage import event_log
from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.seeds import inbox, sensors
from canopy_assets.seeds.assets import seed_files
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.tables import publish_tables, table_path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings with an empty inbox without samples, whose files count as complete at once."""
    for name, value in {"HOME": tmp_path / "home", "SEEDS": tmp_path / "in"}.items():
        monkeypatch.setenv(f"CANOPY_{name}", str(value))
    monkeypatch.setenv("CANOPY_SAMPLE_SEEDS", "false")
    monkeypatch.setenv("CANOPY_SETTLE_SECONDS", "0")
    (tmp_path / "in").mkdir()
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def _put(settings: Settings, name: str, content: str) -> UPath:
    path = settings.inbox / name
    path.write_text(content)
    return path


def _tick(instance: dg.DagsterInstance) -> str:
    context = dg.build_sensor_context(instance=instance)
    ticked = sensors.seed_inbox.evaluate_tick(context)
    assert ticked.run_requests == []
    return ticked.skip_message or ""


def _partitions(instance: dg.DagsterInstance) -> set[str]:
    assert SEEDS.name is not None
    return set(instance.get_dynamic_partitions(SEEDS.name))


def _observed(instance: dg.DagsterInstance, seed: str) -> str | None:
    record = event_log.latest_of(instance, seed_files.key, seed)
    return record.version if record else None


def _observations(instance: dg.DagsterInstance) -> int:
    return len(instance.fetch_observations(seed_files.key, limit=1000).records)


def _registered(settings: Settings, seed: str) -> str:
    return inbox.version(inbox.registered(settings).find(seed))


def test_files_become_partitions_with_observed_versions(settings, instance):
    _put(settings, "a.md", "a")
    _put(settings, "b.md", "b")
    assert _tick(instance) == "2 seeds are registered; 2 new."
    first = _observed(instance, "a.md")
    assert _partitions(instance) == {"a.md", "b.md"}
    _put(settings, "a.md", "A")
    (settings.inbox / "b.md").unlink()
    assert _tick(instance) == "1 seeds are registered; 1 changed; 1 removed."
    assert _partitions(instance) == {"a.md"}
    assert _observed(instance, "a.md") == _registered(settings, "a.md") != first


def test_a_tick_without_changes_records_nothing(settings, instance):
    _put(settings, "a.md", "a")
    _tick(instance)
    before = _observations(instance)
    assert _tick(instance) == "1 seeds are registered."
    assert _observations(instance) == before == 1


def test_a_renamed_file_keeps_its_partition_and_its_version(settings, instance):
    path = _put(settings, "a.md", "a")
    _tick(instance)
    path.rename(settings.inbox / "b.md")
    assert _tick(instance) == "1 seeds are registered; 1 renamed."
    assert _partitions(instance) == {"a.md"}
    assert _observations(instance) == 1


def test_a_removed_seed_takes_its_tables_along(settings, instance):
    path = _put(settings, "a.md", "a")
    _tick(instance)
    publish_tables(settings, "exercises", {"a.md": pa.table({"x": [1]})})
    path.unlink()
    _tick(instance)
    assert not table_path(settings, "exercises", "a.md").exists()
    assert _partitions(instance) == set()


def test_a_bad_file_is_registered_and_the_tick_goes_on(settings, instance):
    _put(settings, "a..b.md", "odd name")
    _put(settings, "link.md", "").unlink()
    (settings.inbox / "link.md").symlink_to("/etc/passwd")
    _put(settings, "good.md", "good")
    assert _tick(instance) == "3 seeds are registered; 3 new."
    assert len(_partitions(instance)) == 3


def test_the_next_tick_records_what_a_crash_left_out(settings, instance):
    path = _put(settings, "a.md", "a")
    # A process that dies after it saved the registry: with a new, a changed and a removed file.
    inbox.refresh(settings, now=1e9)
    assert _partitions(instance) == set()
    _tick(instance)
    assert _partitions(instance) == {"a.md"}
    path.write_text("A")
    inbox.refresh(settings, now=1e9)
    _tick(instance)
    assert _observed(instance, "a.md") == _registered(settings, "a.md")
    path.unlink()
    inbox.refresh(settings, now=1e9)
    _tick(instance)
    assert _partitions(instance) == set()


def test_a_new_dagster_storage_gets_everything(settings, instance):
    _put(settings, "a.md", "a")
    _tick(instance)
    with dg.instance_for_test() as fresh:
        _tick(fresh)
        assert _partitions(fresh) == {"a.md"}
        assert _observed(fresh, "a.md") == _registered(settings, "a.md")


def test_the_next_tick_does_what_one_had_no_time_for(settings, instance, monkeypatch):
    for i in range(3):
        _put(settings, f"{i}.md", str(i))
    monkeypatch.setattr(sensors, "TICK_SECONDS", 0.0)
    seen = []
    for _ in range(3):
        _tick(instance)
        seen.append(len(_partitions(instance)))
        assert all(_observed(instance, seed) for seed in _partitions(instance))
    assert seen == [1, 2, 3]
    for path in settings.inbox.iterdir():
        path.unlink()
    _tick(instance)
    assert len(_partitions(instance)) == 2


def test_an_inbox_that_does_not_exist_skips_the_tick_and_removes_nothing(settings, instance):
    _put(settings, "a.md", "a")
    _tick(instance)
    settings.inbox.rename(settings.inbox.with_name("away"))
    assert "mount it again" in _tick(instance)
    assert _partitions(instance) == {"a.md"}


def test_two_processes_do_not_update_the_partitions_at_once(settings, instance):
    _put(settings, "a.md", "a")
    settings.home.mkdir(parents=True)
    lock, registered = FileLock(settings.home / ".inbox.lock"), []
    with lock:
        assert "another process has been looking" in _tick(instance)
        person = threading.Thread(target=lambda: registered.extend(sensors.register_seeds(instance, settings)))
        person.start()
        assert inbox.registered(settings).keys() == set()
    person.join(60)
    assert registered == ["a.md"]


def test_a_person_sees_that_files_are_waited_for(settings, instance):
    slow = settings.model_copy(update={"settle_seconds": 1.0})
    _put(settings, "a.md", "a")
    said = []
    assert sensors.register_seeds(instance, slow, on_wait=said.append) == ["a.md"]
    assert said == ["waiting 1 s for a.md: changed just now, may still be being written"]


def test_a_file_still_written_after_the_wait_is_left_out_with_a_message(settings, instance):
    slow = settings.model_copy(update={"settle_seconds": 1.0})
    _put(settings, "a.md", "a")
    said = []
    writer = threading.Timer(0.7, lambda: _put(settings, "a.md", "still at it"))
    writer.start()
    assert sensors.register_seeds(instance, slow, on_wait=said.append) == []
    assert said[1] == "left out, because still being written: a.md; run again when complete"


def test_an_added_file_needs_no_waiting(settings, instance, tmp_path):
    slow = settings.model_copy(update={"settle_seconds": 600.0})
    (tmp_path / "a.md").write_text("a")
    added = inbox.add([tmp_path / "a.md"], slow.inbox)
    _put(settings, "b.md", "somebody else is copying")
    assert sensors.register_seeds(instance, slow, complete=added) == ["a.md"]


@pytest.mark.parametrize(("automation", "status"), [("true", "RUNNING"), ("false", "STOPPED")])
def test_whether_the_sensor_runs_is_a_setting(settings, monkeypatch, automation, status):
    monkeypatch.setenv("CANOPY_AUTOMATION", automation)
    code = "from canopy_assets.seeds.sensors import seed_inbox; print(seed_inbox.default_status.name)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == status


def test_canopy_add_puts_a_file_into_a_bucket_and_registers_it(settings, bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("CANOPY_SEEDS", f"{bucket}/inbox")
    monkeypatch.setenv("CANOPY_SETTLE_SECONDS", "600")
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    (tmp_path / "a.md").write_text("Solve 2x = 6")
    command = [sys.executable, "-m", "canopy_assets.app.cli", "add", str(tmp_path / "a.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    get_settings.cache_clear()
    there = get_settings()
    assert str(inbox.registered(there).find("a.md").path) == f"{bucket}/inbox/a.md"
    with dg.DagsterInstance.from_config(str(there.dagster_home)) as instance:
        assert _partitions(instance) == {"a.md"}
        assert _observed(instance, "a.md") == _registered(there, "a.md")


def test_canopy_add_to_a_bucket_that_does_not_exist_says_what_to_check(settings, bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("CANOPY_SEEDS", "s3://no-such-bucket/inbox")
    (tmp_path / "a.md").write_text("Solve 2x = 6")
    command = [sys.executable, "-m", "canopy_assets.app.cli", "add", str(tmp_path / "a.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "check the bucket in CANOPY_SEEDS" in done.stderr
    assert "Traceback" not in done.stderr
