"""A model behind an endpoint as the teacher, through `canopy run`, with failures and kills."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from canopy_assets.records import OPENING_STATES
from tests.e2e.conftest import ALGEBRA, Canopy
from tests.openai_server import KEY, Exchange, Server, completion, serving, unreliable

pytestmark = pytest.mark.e2e
UNTIL = ("--until", "reviewed_dialogues")
PER_CELL = 3


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(latency_s=0.02)) as running:
        yield running


def _taught_by(canopy: Canopy, server: Server, **values: Any) -> None:
    teacher = {"model": "large", "base_url": server.address, "timeout_s": 0.5, "max_concurrency": 4} | values
    config = {"per_cell": PER_CELL, "teachers": [teacher]}
    canopy.config.write_text(yaml.safe_dump({"ops": {"synthetic_dialogues": {"config": config}}}))
    canopy.environment["OPENAI_API_KEY"] = KEY
    (canopy.inbox / "algebra.md").write_text(ALGEBRA)


def _dialogues(canopy: Canopy) -> list[dict[str, Any]]:
    """The rows without the measured columns."""
    rows = pq.read_table(canopy.home / "tables" / "synthetic_dialogues" / "algebra.md.parquet")
    return rows.drop_columns(["seconds", "attempts"]).to_pylist()


def _accepted(canopy: Canopy, seed: str = "algebra.md") -> Counter[tuple[str, str]]:
    """Accepted dialogues by topic and opening state."""
    rows = pq.read_table(canopy.home / "tables" / "reviewed_dialogues" / f"{seed}.parquet").to_pylist()
    return Counter((r["dialogue"]["topic"], r["dialogue"]["opening_state"]) for r in rows if r["accepted"])


def test_ten_kills_pay_for_nothing_twice_and_change_nothing(canopy: Canopy, server: Server, tmp_path: Path) -> None:
    _taught_by(canopy, server)
    server.trouble, server.leaking = unreliable(0.3), 0.2
    rng = random.Random(3)
    for _ in range(10):
        before = len(server.requests)
        run = subprocess.Popen(
            canopy.command("run", "--config", str(canopy.config), *UNTIL),
            env=canopy.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wanted = before + rng.randrange(1, 15)
        while len(server.requests) < wanted and run.poll() is None:
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
        run.wait()
    done = canopy.run("--until", "preference_pairs")
    assert done.returncode == 0, done.stdout + done.stderr
    # Only requests that were under way when a process died are sent again.
    assert sum(server.served.values()) - len(server.served) <= 10 * 4
    killed = _dialogues(canopy)
    assert len(killed) == len({d["dialogue_id"] for d in killed})
    accepted = _accepted(canopy)
    assert set(accepted.values()) == {PER_CELL}
    assert {state for _, state in accepted} == set(OPENING_STATES)
    assert len(killed) > accepted.total()  # what leaked was replaced, and is kept
    pairs = pq.read_table(canopy.home / "tables" / "preference_pairs" / "all.parquet").to_pylist()
    assert pairs
    for pair in pairs:
        assert (pair["gate"], pair["prompt"][-1]["role"]) == ("leak", "user")
        assert pair["rejected"][0]["content"].startswith("The answer is")
        assert "The answer is" not in pair["chosen"][0]["content"]

    server.trouble = lambda _: False
    (canopy.home / "ledger.sqlite").unlink()
    (canopy.home / "tables" / "synthetic_dialogues" / "algebra.md.parquet").unlink()
    assert canopy.run(*UNTIL).returncode == 0
    assert _dialogues(canopy) == killed


def test_paid_replies_are_used_again_and_operational_settings_change_nothing(canopy: Canopy, server: Server) -> None:
    _taught_by(canopy, server)
    assert canopy.run(*UNTIL).returncode == 0
    requests = len(server.requests)
    (canopy.home / "tables" / "synthetic_dialogues" / "algebra.md.parquet").unlink()
    assert canopy.run(*UNTIL).returncode == 0
    assert len(server.requests) == requests
    _taught_by(canopy, server, max_concurrency=2, price_in=1.0)
    assert canopy.run(*UNTIL).stdout.startswith("Nothing to do")


PROSE = """\
# Triangles

The side that lies opposite the right angle of a triangle is called the hypotenuse. It is always the longest side
of a right triangle, whatever the other two sides are.

A rectangle that is 6 m long and 4 m wide has the area 6 × 4, because four rows of six squares fit into it.
"""
PROPOSED = [
    {
        "statement": "How is the side opposite the right angle of a triangle called?",
        "answer": "the hypotenuse",
        "steps": [],
        "topic": "triangles",
        "quote": "opposite the right angle of a triangle is called the hypotenuse",
    },
    {
        "statement": "A rectangle is 6 m long and 4 m wide. How many squares of 1 m fit into it?",
        "answer": "24",
        "steps": ["6 × 4 = 24"],
        "topic": "areas",
        "quote": "four rows of six squares fit into it",
    },
]


def test_prose_without_exercises_gets_some_from_a_model_and_dialogues_about_them(
    canopy: Canopy, server: Server
) -> None:
    def propose(exchange: Exchange) -> bool:
        if "Passage:" not in exchange.body["messages"][-1]["content"]:
            return False
        exchange.send(200, completion(exchange.body, json.dumps({"exercises": PROPOSED})))
        return True

    _taught_by(canopy, server)
    (canopy.inbox / "algebra.md").rename(canopy.inbox / "notes.md")
    (canopy.inbox / "notes.md").write_text(PROSE)
    ops = yaml.safe_load(canopy.config.read_text())["ops"]
    proposer = ops["synthetic_dialogues"]["config"]["teachers"][0]
    ops["exercises"] = {"config": {"proposer": proposer}}
    canopy.config.write_text(yaml.safe_dump({"ops": ops}))
    server.trouble = propose
    done = canopy.run(*UNTIL)
    assert done.returncode == 0, done.stdout + done.stderr
    (seed,) = canopy.status()["seeds"]
    assert (seed["exercises"], seed["verified"]) == (2, 2)
    accepted = _accepted(canopy, "notes.md")
    assert {topic for topic, _ in accepted} == {"triangles", "areas"}


def test_a_wrong_key_is_named_in_a_line_and_never_shown(canopy: Canopy, server: Server) -> None:
    _taught_by(canopy, server)
    server.trouble = lambda e: e.refuse(401, f"Incorrect API key provided: {KEY}")
    done = canopy.run(*UNTIL)
    assert done.returncode == 1
    assert "The key is not accepted: correct OPENAI_API_KEY" in done.stdout
    said = [
        done.stdout.encode(),
        done.stderr.encode(),
        *(f.read_bytes() for f in canopy.home.rglob("*") if f.is_file()),
    ]
    assert not any(KEY.encode() in text for text in said)
    assert json.loads(canopy("status", "--json").stdout)["stages"]["exercises"] == 6


def test_ctrl_c_keeps_every_reply_that_arrived(canopy: Canopy, server: Server) -> None:
    _taught_by(canopy, server, max_concurrency=2)
    server.latency_s = 0.3
    process = subprocess.Popen(
        canopy.command("run", "--config", str(canopy.config), *UNTIL),
        env=canopy.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while server.served.total() < 8 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    arrived = server.served.total()
    server.latency_s = 0.0
    assert canopy.run(*UNTIL).returncode == 0
    assert server.served.total() > arrived
    # Only requests that were under way are sent again.
    assert server.served.total() - len(server.served) <= 2
