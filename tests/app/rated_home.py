"""A small home with replies to rate: real dialogues of the embedded teacher, and written replies of two adapters."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import subprocess
import termios
import time
from dataclasses import replace
from pathlib import Path

from canopy_assets.evals.eval_set import load
from canopy_assets.records import TutorResponse
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import to_table
from canopy_assets.storage.tables import publish_tables
from tests.e2e.conftest import ALGEBRA, Canopy, make_canopy

BASE, CANDIDATE, CHAMPION = "b" * 16, "c" * 16, "d" * 16
GOOD = "What did you do to reach that, and how could you test it in {}?"
BAD = "The banana of {} is a number that banana."


def make_template(folder: Path, cache: Path) -> Canopy:
    """A home with reviewed dialogues, evaluation prompts, and replies of three arms to each prompt."""
    canopy = make_canopy(folder, cache)
    (canopy.inbox / "algebra.md").write_text(ALGEBRA)
    done = canopy.run("--until", "reviewed_dialogues")
    assert done.returncode == 0, done.stdout + done.stderr
    publish_replies(canopy, {"tuned": (CANDIDATE, BAD), "champion": (CHAMPION, GOOD), "base_short": ("", "Sure: {}")})
    return canopy


def publish_replies(canopy: Canopy, arms: dict[str, tuple[str, str]]) -> None:
    """Replies by arm: the adapter's digest, and what it says to each prompt."""
    prompts = load([canopy.home.parent / "prompts" / "few.jsonl"])
    rows = [
        TutorResponse(p.prompt_id, arm, text.format(p.statement), 9, 9, True, 0.1, 0.2, f"{BASE}+{adapter}".strip("+"))
        for arm, (adapter, text) in arms.items()
        for p in prompts
    ]
    publish_tables(Settings(home=canopy.home), "tutor_responses", {None: to_table(rows, TutorResponse)})


def copied(canopy: Canopy, folder: Path) -> Canopy:
    """The same home in another folder."""
    shutil.copytree(canopy.home.parent, folder / "copy")
    places = {
        name: str(folder / "copy" / Path(canopy.environment[name]).name)
        for name in ("CANOPY_HOME", "CANOPY_SEEDS", "CANOPY_EVAL_SET")
    }
    return replace(canopy, environment=canopy.environment | places, config=folder / "copy" / canopy.config.name)


class Terminal:
    """`canopy rate` on a pseudo-terminal. `seen` is everything that it wrote."""

    def __init__(self, canopy: Canopy, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            canopy.command("rate", *arguments),
            env=canopy.environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
        )
        os.close(slave)
        self.seen = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def until(self, text: str, seconds: float = 180) -> str:
        """Read until a text comes, and return what was written since the last call."""
        start, deadline = len(self.seen), time.monotonic() + seconds
        while text not in self.seen[start:]:
            assert time.monotonic() < deadline, f"{text!r} did not come; this came:\n{self.seen[start:]}"
            if not self._read() and self.process.poll() is not None:
                assert text in self.seen[start:], f"it ended without {text!r}:\n{self.seen[start:]}"
        return self.seen[start:]

    def answer(self, line: str, prompt: str = "\n> ") -> str:
        """Wait for the question, type a line, and return what stood before."""
        shown = self.until(prompt)
        os.write(self._master, line.encode() + b"\n")
        return shown

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def end(self, seconds: float = 180) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.seen
            self._read()
        while self._read():
            pass
        return self.process.returncode

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.2)
        try:
            came = os.read(self._master, 65536) if ready else b""
        except OSError:  # Linux: the other side is closed
            came = b""
        self.seen += came.decode(errors="replace").replace("\r\n", "\n")
        return bool(came)
