"""Refactoring changes no row: the exercises, dialogues, verdicts, training rows and scores of the samples are frozen.

Being frozen does not make a row right. `freeze.py` says how to freeze them again after a change of behaviour.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.goldens.freeze import DIGESTS, TABLES, score_digests, table_digests


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A home after a run of the bundled samples up to the training set."""
    home = tmp_path_factory.mktemp("goldens") / "home"
    environment = os.environ | {"CANOPY_HOME": str(home), "CANOPY_CACHE": str(cache), "CANOPY_SETTLE_SECONDS": "0"}
    command = [sys.executable, "-m", "canopy_assets.app.cli", "run", "--until", "training_set"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=800)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.mark.parametrize("table", TABLES)
def test_the_samples_produce_the_frozen_rows(home: Path, table: str) -> None:
    frozen, now = json.loads(DIGESTS.read_text())[table], table_digests(home)[table]
    assert frozen
    assert now.keys() == frozen.keys()
    changed = {
        seed: [i for i, (old, new) in enumerate(zip(frozen[seed], rows, strict=False)) if old != new]
        for seed, rows in now.items()
        if rows != frozen[seed]
    }
    counts = {seed: (len(frozen[seed]), len(rows)) for seed, rows in now.items() if len(rows) != len(frozen[seed])}
    assert not changed, f"rows by seed: {changed}; numbers of rows: {counts}"


def test_the_frozen_replies_have_the_frozen_scores(home: Path) -> None:
    frozen, now = json.loads(DIGESTS.read_text())["scores"], score_digests(home)
    assert len(frozen) > 300
    assert sorted(k for k in frozen.keys() | now.keys() if frozen.get(k) != now.get(k)) == []
