"""`canopy rate` as a person uses it: the real command on a pseudo-terminal, and sheets that go out and come back."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from canopy_assets.evals.ratings.log import latest, read_ratings
from canopy_assets.evals.ratings.rubric import RUBRIC
from canopy_assets.records import Rating
from canopy_assets.settings import Settings
from tests.app.rated_home import CANDIDATE, CHAMPION, Terminal, copied, make_template, publish_replies
from tests.e2e.conftest import Canopy, make_canopy

ROWS, REPEATED = 15, 1
"""Of the sheet: 6 replies of the candidate, 6 of the champion, 2 turns of the teacher, and a tenth of these again."""
SOURCES = re.compile(rf"candidate|champion|teacher|{CANDIDATE}|{CHAMPION}")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Canopy:
    return make_template(tmp_path_factory.mktemp("rated"), cache)


@pytest.fixture
def canopy(template: Canopy, tmp_path: Path) -> Canopy:
    """A home with replies that nobody has rated."""
    return copied(template, tmp_path)


def _lines(canopy: Canopy, rater: str) -> list[dict[str, Any]]:
    file = canopy.home / "ratings" / f"{rater}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _held(canopy: Canopy) -> list[Rating]:
    return read_ratings(Settings(home=canopy.home))


def _reply(shown: str) -> str:
    """The text of the row that stands before a question, on one line."""
    return " ".join(shown.rpartition("─\n")[2].partition("\nsend (s)")[0].split())


def _is_blind(text: str) -> bool:
    """Whether a text names no source. The rubric speaks of a good teacher."""
    return not SOURCES.search(text.replace(RUBRIC, ""))


def _rate_all(canopy: Canopy, rater: str, answer: str = "s") -> tuple[list[str], str]:
    """Rate every row; returns what was shown of each row, and what came at the end."""
    with Terminal(canopy, "--rater", rater) as terminal:
        shown = [terminal.answer(answer) for _ in range(ROWS)]
        assert terminal.end() == 0, terminal.seen
        assert _is_blind("".join(shown)), "a source was shown before the end"
        return [_reply(row) for row in shown], terminal.seen.rpartition("\n> ")[2]


def test_a_rater_sees_every_reply_once_and_a_tenth_again_and_learns_the_sources_at_the_end(canopy: Canopy) -> None:
    with Terminal(canopy, "--rater", "anna") as terminal:
        shown = []
        for _ in range(ROWS):
            shown.append(_reply(terminal.until("\n> ")))
            terminal.type(b"b makes no sense\n" if "banana" in shown[-1] else b"s\n")
        assert terminal.end() == 0, terminal.seen
    assert terminal.seen.startswith(RUBRIC)
    counts = Counter(shown)
    assert sorted(counts.values()) == [1] * (ROWS - 2 * REPEATED) + [2] * REPEATED
    end = terminal.seen.rpartition("\n> ")[2]
    assert _is_blind(terminal.seen.removesuffix(end))
    assert re.search(rf"candidate {CANDIDATE} ", end)
    assert re.search(rf"champion {CHAMPION} +6 +0 +0 +0 +100%", end)
    assert re.search(r"with yourself, on the rows that came twice +1 of 1 the same", end)
    assert re.search(r"with the judge +\d+ of 14 the same, κ", end)
    assert "the judge decides about it" in end

    held = _held(canopy)
    assert Counter(r.source for r in held if not r.repeat) == {"candidate": 6, "champion": 6, "teacher": 2}
    assert {r.adapter for r in held if r.source == "candidate"} == {CANDIDATE}
    assert {r.rater for r in held} == {"anna"}
    assert {r.reason for r in held if r.label == "bad"} == {"makes no sense"}
    assert all(r.rated_at.startswith("20") and r.rubric == "1" and r.conversation for r in held)


def test_the_ratings_are_an_asset_with_a_described_view(canopy: Canopy) -> None:
    _rate_all(canopy, "anna")
    _rate_all(canopy, "ben", "w")
    with duckdb.connect(str(canopy.home / "canopy.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT rater, label, count(*) FROM ratings GROUP BY ALL ORDER BY ALL").fetchall()
        comments = connection.execute("SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'ratings'")
        described = dict(comments.fetchall())
    assert rows == [("anna", "send", ROWS), ("ben", "weak", ROWS)]
    assert {"rater", "label", "source", "adapter"} < described.keys()
    assert all(described.values())
    state = canopy.status()
    assert state["stages"]["ratings"] == 2 * ROWS
    nothing = canopy.run("--until", "ratings")
    assert nothing.stdout.startswith("Nothing to do"), nothing.stdout + nothing.stderr


def test_raters_see_the_same_replies_in_their_own_order_and_are_compared(canopy: Canopy) -> None:
    anna, _ = _rate_all(canopy, "anna")
    ben, end = _rate_all(canopy, "ben")
    assert set(anna) == set(ben)
    assert anna != ben
    assert re.search(r"with anna +14 of 14 the same, κ undefined", end)


def test_after_kill_9_the_rater_goes_on_where_they_stopped(canopy: Canopy) -> None:
    seen: list[str] = []
    for count in (3, 4, 1):
        with Terminal(canopy, "--rater", "anna") as terminal:
            shown = [_reply(terminal.answer("w")) for _ in range(count)]
            _reply(terminal.until("\n> "))  # so the last answer is stored
            os.kill(terminal.process.pid, signal.SIGKILL)
            terminal.process.wait()
        seen += shown
        assert len(_lines(canopy, "anna")) == len(seen)
    with Terminal(canopy, "--rater", "anna") as terminal:
        first = terminal.answer("w")
        assert f"you go on with reply {len(seen) + 1} of {ROWS}" in first
        seen.append(_reply(first))
        seen += [_reply(terminal.answer("w")) for _ in range(ROWS - len(seen))]
        assert terminal.end() == 0, terminal.seen
    assert sorted(Counter(seen).values()) == [1] * (ROWS - 2 * REPEATED) + [2] * REPEATED
    assert len(_held(canopy)) == len(_lines(canopy, "anna")) == ROWS
    assert [p for p in canopy.home.rglob("*") if ".partial" in p.name] == []


def test_a_rater_can_go_back_skip_ask_for_the_rubric_and_quit(canopy: Canopy) -> None:
    with Terminal(canopy, "--rater", "anna") as terminal:
        first = _reply(terminal.answer("<"))
        assert "This is the first reply." in terminal.answer("?")
        assert RUBRIC in terminal.answer("")
        assert "'' is no answer" in terminal.answer("good")
        assert "'good' is no answer" in terminal.answer("send  clear and to the point ")
        second = _reply(terminal.answer("back"))
        again = terminal.until("\n> ")
        assert _reply(again).startswith(first)
        assert "You said send (clear and to the point). Enter keeps that." in again
        terminal.type(b"bad\n")
        assert _reply(terminal.answer("k")) == second
        terminal.answer("<")
        assert "You said skip" in terminal.answer("")
        assert "may not be" not in terminal.answer("w " + "x" * 501)
        assert "has 501 characters" in terminal.answer("q")
        assert terminal.end() == 0
    assert f"2 of {ROWS} are rated and stored" in terminal.seen
    assert _is_blind(terminal.seen), "a rater who quits must not learn the sources"
    assert [line["label"] for line in _lines(canopy, "anna")] == ["send", "bad", "skip"], "nothing is overwritten"
    assert [r.label for r in _held(canopy)] == ["bad", "skip"]


def test_input_that_is_no_text_and_an_end_of_input_do_no_harm(canopy: Canopy) -> None:
    done = subprocess.run(
        canopy.command("rate", "--rater", "anna"),
        env=canopy.environment,
        input=b"\xff\xfe\nw caf\xe9 \x1b[31m\n",
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    (line,) = _lines(canopy, "anna")
    assert (line["label"], line["reason"]) == ("weak", "caf� �[31m")


def test_ctrl_c_keeps_what_was_rated(canopy: Canopy) -> None:
    with Terminal(canopy, "--rater", "anna") as terminal:
        terminal.answer("s")
        terminal.until("\n> ")
        terminal.type(b"\x03")
        assert terminal.end() == 130
    assert "Traceback" not in terminal.seen
    assert len(_lines(canopy, "anna")) == 1


def test_a_reply_cannot_control_the_terminal(canopy: Canopy) -> None:
    publish_replies(canopy, {"tuned": (CANDIDATE, "\x1b]0;owned\x07\x1b[2J\u202eWhat is {}?\x9b31m")})
    with Terminal(canopy, "--rater", "anna") as terminal:
        shown = "".join(terminal.answer("s") for _ in range(6 + 2))  # of the candidate and the teacher
        terminal.answer("s")  # the repeated one
        assert terminal.end() == 0
    assert "What is" in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", terminal.seen)


def test_one_rater_cannot_rate_in_two_terminals(canopy: Canopy) -> None:
    with Terminal(canopy, "--rater", "anna") as terminal:
        terminal.until("\n> ")
        second = canopy("rate", "--rater", "anna")
        with Terminal(canopy, "--rater", "ben") as other:
            other.answer("q")
            assert other.end() == 0
    assert second.returncode == 2
    assert "another `canopy rate` of anna is open" in second.stderr


def _exported(canopy: Canopy, file: Path) -> list[dict[str, Any]]:
    done = canopy("rate", "--export", str(file), "--rater", "anna")
    assert done.returncode == 0, done.stderr
    assert RUBRIC in done.stdout
    return [json.loads(line) for line in file.read_text().splitlines()]


def _write(file: Path, rows: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_a_sheet_goes_out_blind_and_comes_back_with_ratings(canopy: Canopy, tmp_path: Path) -> None:
    rows = _exported(canopy, tmp_path / "sheet.jsonl")
    assert len(rows) == ROWS
    assert {*rows[0]} == {"id", "problem", "answer", "conversation", "reply", "rating", "reason"}
    text = (tmp_path / "sheet.jsonl").read_text()
    assert _is_blind(text)
    assert len({row["id"] for row in rows}) == ROWS

    for number, row in enumerate(rows[:-2]):
        row["rating"] = "Bad" if "banana" in row["reply"] else "send"
        row["reason"] = "no sense" if number == 0 else ""
    filled = _write(tmp_path / "filled.jsonl", rows)
    # Replies that are made meanwhile change nothing about what was exported.
    publish_replies(canopy, {"tuned": ("e" * 16, "Which number is {}?")})
    for expected in (f"{ROWS - 2} new ratings of cleo", "0 new ratings of cleo"):
        done = canopy("rate", "--import", str(filled), "--rater", "cleo")
        assert done.returncode == 0, done.stderr
        assert expected in done.stderr
        assert "2 rows have none yet" in done.stderr
    held = _held(canopy)
    assert len(held) == ROWS - 2
    assert {r.label for r in held if r.source == "candidate"} == {"bad"}
    assert {r.adapter for r in held if r.source == "candidate"} == {CANDIDATE}
    assert canopy.status()["stages"]["ratings"] == ROWS - 2


def test_a_wrong_line_of_a_sheet_is_named_and_nothing_of_it_is_stored(canopy: Canopy, tmp_path: Path) -> None:
    rows = _exported(canopy, tmp_path / "sheet.jsonl")
    for row in rows:
        row["rating"] = "send"
    rows[2]["rating"] = "good"
    file = _write(tmp_path / "wrong.jsonl", rows)
    done = canopy("rate", "--import", str(file), "--rater", "cleo")
    assert done.returncode == 2
    assert f"{file}, line 3: 'rating' is 'good'; it must be one of send, weak, bad, skip, or empty" in done.stderr
    assert "Traceback" not in done.stderr
    assert _held(canopy) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--rater", "../etc/passwd"), "--rater '../etc/passwd': take"),
        (("--rater", ""), "--rater '': take"),
        (("--import", "sheet.jsonl"), "--import needs --rater"),
        (("--import", "nowhere.jsonl", "--rater", "anna"), "nowhere.jsonl: cannot be read"),
        (("--import", "a", "--export", "b"), "not both"),
        (("--export", "small.yaml"), "small.yaml is there already"),
    ],
)
def test_a_mistake_on_the_command_line_is_named(canopy: Canopy, arguments: tuple[str, ...], message: str) -> None:
    done = subprocess.run(
        canopy.command("rate", *arguments),
        env=canopy.environment, cwd=canopy.config.parent, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_without_replies_and_with_a_damaged_file_the_fix_is_named(canopy: Canopy, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "empty").mkdir()
    nothing = make_canopy(tmp_path / "empty", cache)("rate")
    assert nothing.returncode == 2
    assert "there are no replies to rate yet: run `canopy run` first" in nothing.stderr
    folder = canopy.home / "ratings"
    folder.mkdir()
    (folder / "anna.jsonl").write_text('{"rater": "anna"}\n')
    damaged = canopy("rate", "--rater", "anna")
    assert damaged.returncode == 2
    assert f"{folder / 'anna.jsonl'}, line 1: not a rating" in damaged.stderr


def test_what_was_rated_is_what_is_read(canopy: Canopy) -> None:
    shown, _ = _rate_all(canopy, "anna", "w says “nothing”")
    held = _held(canopy)
    assert held == latest(held)
    for reply, rating in zip(shown, held, strict=True):
        assert reply.endswith("REPLY " + " ".join(rating.reply.split()))
        assert rating.reason == "says “nothing”"
