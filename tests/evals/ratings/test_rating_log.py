"""The file of ratings: nothing is lost or overwritten, and damage is named."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from canopy_assets.evals.ratings.log import (
    RatingsError,
    checked_rater,
    latest,
    log_digest,
    log_path,
    open_log,
    read_ratings,
)
from canopy_assets.records import Rating
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table, to_table
from tests.evals.ratings.examples import rating

WRITER = """
import sys
from pathlib import Path
from canopy_assets.evals.ratings.log import open_log
from canopy_assets.settings import Settings
from tests.evals.ratings.examples import rating
with open_log(Settings(home=Path(sys.argv[1])), "anna") as log:
    for n in range(len(log.rated), 1_000_000):
        log.add([rating(n)])
        print(n, flush=True)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_what_is_added_is_read_again(settings: Settings) -> None:
    rows = [rating(n, reason) for n, reason in enumerate(("send", "weak", "bad", "skip"))]
    with open_log(settings, "anna") as log:
        log.add(rows[:2])
        log.add(rows[2:])
        assert log.rated == rows
    assert read_ratings(settings) == rows
    assert from_table(to_table(rows, Rating), Rating) == rows


def test_a_later_rating_replaces_an_earlier_one_but_stays_in_the_file(settings: Settings) -> None:
    first, second, repeated = rating(1, "send"), rating(1, "bad"), rating(1, "weak", repeat=True)
    other = rating(2)
    with open_log(settings, "anna") as log:
        log.add([first])
        before = log_digest(settings)
        log.add([other, second, repeated])
        assert log_digest(settings) != before
    assert read_ratings(settings) == [second, other, repeated]
    lines = log_path(settings, "anna").read_text().splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["send", "send", "bad", "weak"]
    assert latest([first, second]) == [second]


def test_raters_have_files_of_their_own(settings: Settings) -> None:
    for rater in ("ben", "anna"):
        with open_log(settings, rater) as log:
            log.add([rating(1, rater=rater)])
    assert [r.rater for r in read_ratings(settings)] == ["anna", "ben"]


def test_kill_9_at_any_moment_loses_no_rating_that_was_stored(settings: Settings) -> None:
    reported = -1
    for after in (1, 40, 7):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(settings.home)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        for _ in range(after):
            reported = int(process.stdout.readline())
        time.sleep(0.003 * after)  # somewhere in the middle of a write
        os.kill(process.pid, signal.SIGKILL)
        rest = process.communicate()[0].split()
        reported = max([reported, *map(int, rest)])
        held = read_ratings(settings)
        assert [r.prompt_id for r in held] == [f"p-{n}" for n in range(len(held))]
        assert len(held) in (reported + 1, reported + 2), "one may be stored that was not reported any more"
    with open_log(settings, "anna") as log:
        log.add([rating(0, "bad")])
    assert list(settings.home.rglob("*.partial")) == [], "the next write removes what a killed one left"


@pytest.mark.parametrize(
    "change",
    [
        {"label": "good"},
        {"source": "us"},
        {"repeat": "no"},
        {"rater": None},
        {"reason": 3},
        {"conversation": "x"},
        {"more": 1},
    ],
)
def test_a_damaged_line_is_named(settings: Settings, change: dict[str, object]) -> None:
    path = log_path(settings, "anna")
    path.parent.mkdir(parents=True)
    good = dataclasses.asdict(rating(1))
    path.write_text(f"{json.dumps(good)}\n{json.dumps(good | change)}\n")
    with pytest.raises(RatingsError, match=r"anna\.jsonl, line 2: not a rating"):
        read_ratings(settings)


@pytest.mark.parametrize(("given", "name"), [("anna", "anna"), ("  Zoë  K ", "Zoë K"), ("x", "x"), ("a@b.c", "a@b.c")])
def test_a_name_can_be_any_that_names_a_file(given: str, name: str) -> None:
    assert checked_rater(given) == name


@pytest.mark.parametrize("name", ["", " ", "../x", "a/b", ".hidden", "x" * 65, "a\0b", "-x", "x."])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(RatingsError, match="--rater"):
        checked_rater(name)
