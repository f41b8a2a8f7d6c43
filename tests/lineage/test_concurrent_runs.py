"""Runs that write the same partition at once leave one correct result: the whole of one of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import read_table
from tests.lineage.writer import ROWS, publish

WRITERS = 3


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    store = request.getfixturevalue("bucket") if request.param == "bucket" else None
    settings = Settings(home=tmp_path / "home", store=store, sample_seeds=False)
    prepare_home(settings)
    publish(settings, 0)
    return settings


def _writers(settings: Settings, versions: list[int], rounds: int) -> list[subprocess.Popen[bytes]]:
    env = os.environ | {"CANOPY_HOME": str(settings.home), "PYTHONPATH": str(Path.cwd())}
    env |= {"CANOPY_STORE": settings.store} if settings.store else {}
    command = [sys.executable, "-m", "tests.lineage.writer"]
    return [subprocess.Popen([*command, str(first), str(rounds)], env=env) for first in versions]


def _read_whole(settings: Settings) -> tuple[int, int]:
    """The versions of table and artefact; fails if either is a mixture of versions."""
    table = read_table("part", "a.md", settings)
    artefact = current_artefact("model", settings, check=True)
    assert table is not None
    assert artefact is not None
    assert table.num_rows == ROWS
    (of_table,) = set(table.column("line").to_pylist())
    for name in ("first", "second"):
        assert (artefact.path / name).read_text() == f"{artefact.details['version']}\n" * ROWS
    return of_table, artefact.details["version"]


@pytest.mark.parametrize("spread", [1000, 0], ids=["different versions", "the same versions"])
def test_a_reader_sees_one_whole_version_while_several_processes_write(settings: Settings, spread: int) -> None:
    rounds = 8 if settings.store else 40
    firsts = [1 + spread * writer for writer in range(WRITERS)]
    writers = _writers(settings, firsts, rounds)
    seen = set()
    while any(writer.poll() is None for writer in writers):
        seen.add(_read_whole(settings))
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert len(seen) > 1, "nothing was read while they wrote"
    # The last to write wins, and each process ended with its last version.
    last = {first + rounds - 1 for first in firsts}
    assert set(_read_whole(settings)) <= last
    assert list(settings.home.rglob("*.partial")) == []


def test_every_version_that_was_published_is_in_the_history(settings: Settings) -> None:
    rounds = 5
    for writer in _writers(settings, [1, 1000], rounds):
        assert writer.wait(timeout=300) == 0
    history = (settings.store_dir / "history" / "part" / "a.md").iterdir()
    assert len(list(history)) == 1 + 2 * rounds
