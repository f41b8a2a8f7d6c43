"""Every reply of a paid-for model, kept before it is used: nothing is paid for twice, whatever dies in between.

A reply is found again by what was asked (prompt, model, parameters, schema), never by a row's position; so a changed
gate, a changed selection or a killed process costs nothing. SQLite in WAL mode: several processes may read and write.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BUSY_S = 60.0
"""How long a write waits for that of another process."""

_CHECKPOINT_EVERY = 1000
"""Replies after which the log is moved into the database, as SQLite itself would."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    request TEXT NOT NULL,
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    seconds REAL NOT NULL,
    attempts INTEGER NOT NULL,
    recorded REAL NOT NULL
)
"""


class LedgerError(RuntimeError):
    """The ledger can't be used; the message names the file and the mend."""


@dataclass(frozen=True)
class Reply:
    """What a model answered, and what that took.

    `cost` is in the currency of the price table; `seconds` is the latency of the request that succeeded, `attempts`
    counts the failed ones too. `finish_reason` is the server's ("stop", "length"). `reused` says that it was in the
    ledger, and cost nothing this time.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    cost: float
    seconds: float
    attempts: int
    reused: bool = False


class Ledger:
    """Replies by content key in one SQLite file. Use it as a context manager, from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file.

        Raises:
            LedgerError: it is no SQLite file, or can't be written.
        """
        self._path, self._lock = path, threading.Lock()
        self._since_checkpoint, self._checkpoint = 0, threading.Thread()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._connect()
            self._db.execute("PRAGMA wal_autocheckpoint=0")  # see `_checkpoint_if_due`
            self._db.execute("PRAGMA journal_mode=WAL")
            # A reply that was recorded survives the death of the process; only a power cut may take the last ones.
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(
                f"{path}: the ledger of model replies can't be used ({error}): move the file away to begin a new one "
                "(its replies are then asked for again), or make the folder writable"
            ) from error

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        if self._checkpoint.is_alive():
            self._checkpoint.join()
        self._db.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)

    def find(self, key: str) -> Reply | None:
        """The reply to a request that was made before."""
        with self._lock:
            row = self._db.execute(
                "SELECT text, finish_reason, prompt_tokens, completion_tokens, cost, seconds, attempts "
                "FROM replies WHERE key = ?",
                (key,),
            ).fetchone()
        return Reply(*row, reused=True) if row else None

    def record(self, key: str, reply: Reply, *, endpoint: str, model: str, request: str) -> None:
        """Keeps a reply, durable when this returns; one that another process recorded first stays.

        Args:
            endpoint: the base URL, without anything secret.
            model: who replied.
            request: what was asked, as `canonical` writes it. Headers and keys are no part of it.

        Raises:
            LedgerError: it can't be written (disk full, say).
        """
        values = (
            key, endpoint, model, request, reply.text, reply.finish_reason,
            reply.prompt_tokens, reply.completion_tokens, reply.cost, reply.seconds, reply.attempts, time.time(),
        )  # fmt: skip
        try:
            with self._lock:
                self._db.execute(f"INSERT OR IGNORE INTO replies VALUES ({','.join('?' * len(values))})", values)
                self._checkpoint_if_due()
        except sqlite3.Error as error:
            raise LedgerError(
                f"{self._path}: a reply can't be recorded ({error}): make room on the disk, then run again; what was "
                "recorded before is kept"
            ) from error

    def _checkpoint_if_due(self) -> None:
        """Moves the log into the database on the side: it waits for the disk, and whoever records would with it."""
        self._since_checkpoint += 1
        if self._since_checkpoint >= _CHECKPOINT_EVERY and not self._checkpoint.is_alive():
            self._since_checkpoint = 0
            self._checkpoint = threading.Thread(target=self._move_log)
            self._checkpoint.start()

    def _move_log(self) -> None:
        with contextlib.closing(self._connect()) as db, contextlib.suppress(sqlite3.Error):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            # SQLite uses the log's room again only once all of it is moved: the rest, with nobody writing. It's little.
            with self._lock:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def mean_tokens(self, model: str) -> tuple[int, float, float]:
        """Of a model's replies so far: how many there are, and the prompt and completion tokens of one on average."""
        with self._lock:
            number, prompt, completion = self._db.execute(
                "SELECT count(*), avg(prompt_tokens), avg(completion_tokens) FROM replies WHERE model = ?", (model,)
            ).fetchone()
        return number, prompt or 0.0, completion or 0.0

    def __len__(self) -> int:
        with self._lock:
            return self._db.execute("SELECT count(*) FROM replies").fetchone()[0]


def request_key(request: str) -> str:
    """The name of a request, as `canonical` writes it: SHA-256 over everything that decides about the reply."""
    return hashlib.sha256(request.encode()).hexdigest()


def canonical(request: Mapping[str, Any]) -> str:
    """A request in the one way to write it."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
