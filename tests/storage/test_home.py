"""A home of another version is refused with the fix, and nothing partial stays."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from canopy_assets.records import Skipped
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage import files
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.artefacts import draft_folder
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.home_version import VERSION, HomeVersionError
from canopy_assets.storage.tables import publish_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", sample_seeds=False)
    prepare_home(settings)
    return settings


def _table(line: int) -> pa.Table:
    return to_table([Skipped(line, "because")], Skipped)


def _dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_new_home_has_the_version_of_this_release(settings: Settings) -> None:
    assert json.loads((settings.home / "schema.json").read_text()) == {"version": VERSION}


def test_a_home_of_a_later_release_is_refused_with_the_fix(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from canopy_assets.app.cli import app

    (settings.home / "schema.json").write_text('{"version": 7}')
    with pytest.raises(HomeVersionError, match=rf"{re.escape(str(settings.home))} .*version 7.*up to {VERSION}.*pip"):
        prepare_home(settings)
    monkeypatch.setenv("CANOPY_HOME", str(settings.home))
    get_settings.cache_clear()
    ended = CliRunner().invoke(app, ["status"])
    get_settings.cache_clear()
    assert ended.exit_code == 2
    assert "or set CANOPY_HOME to another folder" in ended.stderr


def test_a_home_of_an_earlier_version_is_refused_with_the_fix(settings: Settings) -> None:
    (settings.home / "schema.json").write_text('{"version": 1}')
    with pytest.raises(HomeVersionError, match=rf"version 1 .*no way leads to {VERSION}: set CANOPY_HOME to a new"):
        prepare_home(settings)
    assert json.loads((settings.home / "schema.json").read_text()) == {"version": 1}


@pytest.mark.parametrize("content", ["", "{}", '{"version": "two"}', '{"version": 0}', "[2]", '{"version": true}'])
def test_a_version_that_cannot_be_read_is_refused_with_the_fix(settings: Settings, content: str) -> None:
    (settings.home / "schema.json").write_text(content)
    with pytest.raises(HomeVersionError, match=r"schema.json holds no version: restore it"):
        prepare_home(settings)


def test_a_store_in_another_folder_keeps_the_tables_and_the_views_find_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", store=str(tmp_path / "shared"), sample_seeds=False)
    prepare_home(settings)
    assert (tmp_path / "shared" / "schema.json").exists()
    assert not (settings.home / "tables").exists()
    publish_tables(settings, "exercises", {"a.md": pa.table({"exercise_id": ["e"]})})
    with duckdb.connect(str(settings.home / "canopy.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT exercise_id FROM exercises").fetchall() == [("e",)]


def test_opening_a_home_removes_the_drafts_and_partial_files_of_killed_processes(
    settings: Settings,
) -> None:
    script = textwrap.dedent("""
        import os, signal
        from canopy_assets.storage import backend, files
        from canopy_assets.storage.artefacts import draft_folder
        from canopy_assets.settings import get_settings
        (draft_folder("model") / "weights").write_text("half")
        files.partial_path(get_settings().home / "x", backend.partial_folder(get_settings())).write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    env = os.environ | {"CANOPY_HOME": str(settings.home), "PYTHONPATH": str(Path.cwd())}
    killed = subprocess.run([sys.executable, "-c", script], env=env, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list((settings.home / ".writing").iterdir())) == 2
    mine = draft_folder("model", settings)
    prepare_home(settings)
    assert list((settings.home / ".writing").iterdir()) == [mine]


def test_a_process_that_has_ended_but_was_not_waited_for_counts_as_dead(tmp_path: Path) -> None:
    script = "import sys; from canopy_assets.storage.files import *; partial_path(Path(sys.argv[1])).write_bytes(b'')"
    writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "x")])
    deadline = time.monotonic() + 60
    while not (left := list(tmp_path.iterdir())) or Path(f"/proc/{writer.pid}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(left) == 1
    files.clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []
    writer.wait()


def test_a_process_id_that_is_used_again_does_not_keep_a_partial_file(tmp_path: Path) -> None:
    partial = files.partial_path(tmp_path / "x")
    partial.write_bytes(b"mine")
    host, pid, started, rest = re.fullmatch(r"\.(.+)\.(\d+)\.(\d+)\.(.+)", partial.name).groups()  # type: ignore
    (tmp_path / f".{host}.{pid}.{int(started) - 1}.{rest}").write_bytes(b"of an earlier process with my id")
    files.clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == [partial]


@pytest.mark.parametrize(("days", "kept"), [(1, True), (8, False)])
def test_partial_files_of_another_machine_stay_until_they_have_not_changed_for_a_week(
    tmp_path: Path, days: int, kept: bool
) -> None:
    partial = files.partial_path(tmp_path / "x")
    host = re.sub(r"[^\w-]", "-", socket.gethostname())
    # No process of this machine has this id.
    name = partial.name.replace(host, "pod-7").replace(f".{os.getpid()}.", f".{_dead_process()}.")
    (tmp_path / name).mkdir()
    (tmp_path / name / "weights").write_text("1")
    old = time.time() - days * 24 * 3600
    for path in (tmp_path / name / "weights", tmp_path / name):
        os.utime(path, (old, old))
    files.clear_abandoned(tmp_path)
    assert (tmp_path / name).exists() == kept


def test_children_with_another_working_directory_find_the_same_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = textwrap.dedent("""
        import os, subprocess, sys
        from canopy_assets.storage.home import use_home
        from canopy_assets.settings import get_settings
        use_home(get_settings())
        os.chdir("/")
        script = "from canopy_assets.settings import get_settings as s; print(s().home, s().inbox, s().base_model)"
        subprocess.run([sys.executable, "-c", script], check=True)
    """)
    (tmp_path / "model").mkdir()
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"CANOPY_SEEDS": "in", "CANOPY_BASE_MODEL": "model", "PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert said == [str(tmp_path / name) for name in (".canopy", "in", "model")]
