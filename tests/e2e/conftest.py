"""A small lineage for all end-to-end tests: real files, the real 135M model and real training, with little of each."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ALGEBRA = """\
# Equations

1. Solve 4x + 3 = 27.
   Answer: x = 6
   - ask what was done to x last

2. Solve for y: 7y − 5 = 30

3. What is 15 % of 60?
   Answer: 9

4. Solve 2x + 1 = 9.
   Answer: x = 5

5. Find the mean of 3, 8, 10.

6. Factor x² + 5x + 6.
"""
CHATS = [
    {
        "messages": [
            {"role": "user", "content": "I need 30 % of 50 and I keep guessing."},
            {"role": "assistant", "content": "Start smaller: what is 10 % of 50?"},
            {"role": "user", "content": "That is 5."},
            {"role": "assistant", "content": "How many of those 10 % pieces make up 30 %?"},
            {"role": "user", "content": "Three, so 15."},
            {"role": "assistant", "content": "Yes, three pieces of 5. You built it yourself."},
        ],
        "problem": "What is 30 % of 50?",
        "answer": "15",
    }
]
SMALL = {
    "ops": {
        "synthetic_dialogues": {"config": {"per_exercise": 3}},
        "lora_adapter": {"config": {"epochs": 1, "rank": 4}},
        "tutor_responses": {"config": {"max_new_tokens": 16, "solving_tokens": 16}},
    }
}


@dataclass(frozen=True)
class Canopy:
    """The command line on a home of its own."""

    environment: dict[str, str]
    config: Path

    @property
    def home(self) -> Path:
        return Path(self.environment["CANOPY_HOME"])

    @property
    def inbox(self) -> Path:
        return Path(self.environment["CANOPY_SEEDS"])

    def __call__(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "canopy_assets.app.cli", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`canopy run` with the small configuration."""
        return self("run", "--config", str(self.config), *arguments)

    def status(self) -> dict[str, Any]:
        return json.loads(self("status", "--json").stdout)


def make_canopy(folder: Path, cache: Path) -> Canopy:
    """A home and an inbox in `folder`, with six evaluation prompts."""
    from canopy_assets.evals.eval_set import BUNDLED

    lines = {path.stem: path.read_text().splitlines() for path in BUNDLED}
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "few.jsonl").write_text("\n".join([*lines["held_out"][:4], *lines["pressure"][:2]]))
    (folder / "inbox").mkdir()
    config = folder / "small.yaml"
    config.write_text(yaml.safe_dump(SMALL))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CANOPY_", "DAGSTER_"))}
    return Canopy(
        environment
        | {
            "CANOPY_HOME": str(folder / "home"),
            "CANOPY_SEEDS": str(folder / "inbox"),
            "CANOPY_SAMPLE_SEEDS": "false",
            "CANOPY_SETTLE_SECONDS": "0",
            "CANOPY_CACHE": str(cache),
            "CANOPY_EVAL_SET": str(folder / "prompts"),
        },
        config,
    )


@contextlib.contextmanager
def served(canopy: Canopy) -> Iterator[str]:
    """The address of `canopy ui` on a free port.

    It is started as a script starts a background job, with SIGINT ignored, and ended with SIGTERM.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            canopy.command("ui", "--port", str(port)),
            # Relative paths, as a person may give them; the servers have another working directory.
            env=canopy.environment | {"CANOPY_HOME": canopy.home.name, "CANOPY_SEEDS": canopy.inbox.name},
            cwd=canopy.home.parent,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_served(address, process, log)
            yield address
        except BaseException:
            log.seek(0)
            print(log.read().decode()[-6000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_served(address: str, process: subprocess.Popen[bytes], log) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/server_info", timeout=2) as answer:
            if answer.status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.5)
    log.seek(0)
    pytest.fail(f"the web interface did not start:\n{log.read().decode()[-3000:]}")


@pytest.fixture
def canopy(tmp_path: Path, cache: Path) -> Canopy:
    """An empty home."""
    return make_canopy(tmp_path, cache)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Canopy:
    """A home with the whole lineage, made from two small seeds. Tests may add to it, but not remove anything."""
    folder = tmp_path_factory.mktemp("trained")
    canopy = make_canopy(folder, cache)
    (folder / "algebra.md").write_text(ALGEBRA)
    (folder / "chats.jsonl").write_text("\n".join(map(json.dumps, CHATS)))
    added = canopy("add", str(folder / "algebra.md"), str(folder / "chats.jsonl"))
    assert added.returncode == 0, added.stderr
    done = canopy.run()
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "output.txt").write_text(done.stdout)
    return canopy
