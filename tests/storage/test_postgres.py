"""Dagster's storage in PostgreSQL, with a real server on this machine."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from canopy_assets.app.home import instance as open_instance
from canopy_assets.lineage.io_manager import CanopyStorage
from canopy_assets.records import Skipped
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.database import DatabaseError, check_database
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import read_table

PASSWORD = "not/for@everybody"
IN_URL = "not%2Ffor%40everybody"

psycopg2 = pytest.importorskip("psycopg2", reason="needs the postgres extra")
pytest.importorskip("dagster_postgres", reason="needs the postgres extra")


def _program(name: str) -> str | None:
    """The path of a program of the server, which Debian does not put on PATH."""
    return shutil.which(name) or max(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), default=None)  # noqa: PTH207


def _owner() -> tuple[int, int] | None:
    """The user and group that the server runs as, since it refuses to run as root. None: the user of the test."""
    if os.getuid() != 0:
        return None
    entry = pwd.getpwnam("postgres")
    return entry.pw_uid, entry.pw_gid


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """host:port of a server with the user "canopy"."""
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("needs PostgreSQL's server: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="canopy-postgres-"))
    (folder / "password").write_text(PASSWORD)
    user, group = _owner() or (None, None)
    if user is not None and group is not None:
        for path in (folder, folder / "password"):
            os.chown(path, user, group)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    make = [initdb, "-D", data, "-U", "canopy", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8"]
    subprocess.run(make, cwd=folder, user=user, group=group, check=True, capture_output=True)
    serve = [postgres, "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    running = subprocess.Popen(serve, cwd=folder, user=user, group=group, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"postgresql://canopy:{IN_URL}@127.0.0.1:{port}/postgres")
        yield f"127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = psycopg2.connect(url)
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline, "the server didn't start"
            time.sleep(0.2)
            continue
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE lineage")
        connection.close()
        return


@pytest.fixture
def settings(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CANOPY_DATABASE", f"postgresql://canopy:{IN_URL}@{server}/lineage")
    get_settings.cache_clear()
    yield get_settings()
    get_settings.cache_clear()


def _count(settings: Settings, table: str) -> int:
    assert settings.database is not None
    connection = psycopg2.connect(settings.database.get_secret_value())
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (count,) = cursor.fetchone()
    connection.close()
    return count


def test_runs_and_events_are_in_the_database_and_the_password_is_not_in_the_home(settings: Settings) -> None:
    parts = dg.StaticPartitionsDefinition(["a.md", "b.md"])

    @dg.asset(partitions_def=parts, backfill_policy=dg.BackfillPolicy.single_run())
    def part(context: dg.AssetExecutionContext):
        return {p: to_table([Skipped(1, p)], Skipped) for p in context.partition_keys}

    prepare_home(settings)
    tags = {"dagster/asset_partition_range_start": "a.md", "dagster/asset_partition_range_end": "b.md"}
    with open_instance(settings) as instance:
        result = dg.materialize([part], instance=instance, tags=tags, resources={"io_manager": CanopyStorage(settings)})
        assert result.success
        assert instance.get_materialized_partitions(dg.AssetKey("part")) == {"a.md", "b.md"}
    assert _count(settings, "runs") == 1
    assert _count(settings, "event_logs") > 4
    with open_instance(settings) as instance:
        assert [run.run_id for run in instance.get_runs()] == [result.run_id]
    assert read_table("part", "b.md", settings) is not None
    written = [p for p in settings.home.rglob("*") if p.is_file()]
    assert written
    assert not [p for p in written if p.suffix == ".db"], "SQLite is not used"
    assert not [p for p in written if b"not%2Ffor" in p.read_bytes() or PASSWORD.encode() in p.read_bytes()]


def test_without_the_setting_sqlite_is_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_home(settings)
    assert "CANOPY_DATABASE" in (settings.dagster_home / "dagster.yaml").read_text()
    monkeypatch.delenv("CANOPY_DATABASE")
    without = Settings(home=settings.home)
    prepare_home(without)
    assert "postgres" not in (settings.dagster_home / "dagster.yaml").read_text()
    with open_instance(without) as instance:
        assert instance.get_runs() == []
    assert list(settings.dagster_home.rglob("*.db"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://canopy:wr0ng@{server}/lineage", "refuses this user .*correct user and password"),
        ("postgresql://nobody:wr0ng@{server}/lineage", "refuses this user .*correct user and password"),
        (f"postgresql://canopy:{IN_URL}@{{server}}/other", 'has no database "other": create it'),
        ("postgresql://canopy:wr0ng@127.0.0.1:9/lineage", "127.0.0.1:9 can't be reached .*start it, or correct host"),
        ("postgresql://canopy:wr0ng@nowhere.invalid/lineage", "nowhere.invalid can't be reached"),
        ("postgresql://canopy:wr0ng/2@{server}/lineage", "can't be read: write postgresql://user:password@host"),
        ("postgresql://canopy:wr0ng@2@{server}/lineage", "can't be read: write postgresql://user:password@host"),
        ("postgresql://canopy:wr0ng:2@{server}/lineage", "can't be read: write postgresql://user:password@host"),
        ("postgresql://canopy:wr0ng@{server}", "can't be read: write postgresql://user:password@host"),
        ("mysql://canopy:wr0ng@{server}/lineage", "can't be read: write postgresql://user:password@host"),
    ],
)
def test_the_message_about_an_unusable_database_does_not_show_the_password(server: str, url: str, message: str) -> None:
    settings = Settings(database=url.format(server=server))  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match=message) as caught:
        check_database(settings)
    shown = f"{caught.value!r} {caught.value.__cause__!r} {settings!r}"
    assert "wr0ng" not in shown
    assert IN_URL not in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize("missing", ["psycopg2", "dagster_postgres"])
def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, missing: str) -> None:
    script = textwrap.dedent(f"""
        import sys
        sys.modules[{missing!r}] = None  # as if it weren't installed
        from canopy_assets.app.cli import app
        app(["status"])
    """)
    database = "postgresql://canopy:wr0ng@127.0.0.1:9/lineage"
    env = os.environ | {"CANOPY_HOME": str(tmp_path), "CANOPY_DATABASE": database, "PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "pip install -e '.[postgres]'" in ended.stderr
    assert "Traceback" not in ended.stderr
