"""The ledger of model replies. Each reply is recorded before it is used, so that nothing is paid for twice.

A reply is looked up by its request (prompt, model, parameters, schema), never by the position of a row. So nothing is
paid again after a changed gate, a changed selection or a killed process. SQLite in WAL mode lets several processes read
and write.
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
"""Seconds that a write waits for the write of another process."""

_CHECKPOINT_EVERY = 1000
"""Replies after which the write-ahead log is moved into the database. SQLite's default is the same number of pages."""

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
    """The ledger cannot be used; the message names the file and the fix."""


@dataclass(frozen=True)
class Reply:
    """A model's reply, and what it took to get it.

    Attributes:
        finish_reason: the reason that the server gave ("stop", "length").
        cost: the price, in the currency of the endpoint's prices.
        seconds: the latency of the request that succeeded.
        attempts: number of requests, failed ones included.
        reused: the reply was in the ledger, and cost nothing this time.
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
        """Open the file, or create it.

        Raises:
            LedgerError: the file is not an SQLite file, or cannot be written.
        """
        self._path, self._lock = path, threading.Lock()
        self._since_checkpoint, self._checkpoint = 0, threading.Thread()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._connect()
            self._db.execute("PRAGMA wal_autocheckpoint=0")  # see `_checkpoint_if_due`
            self._db.execute("PRAGMA journal_mode=WAL")
            # A recorded reply survives a killed process; only a power cut may lose the last ones.
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
        """Store a reply before this returns. If another process recorded one first, that one is kept.

        Args:
            endpoint: the base URL, without anything secret.
            request: the text from `canonical`, without headers and keys.

        Raises:
            LedgerError: the reply cannot be written (disk full, for example).
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
        """Move the log into the database, in a separate thread: it waits for the disk, and `record` should not."""
        self._since_checkpoint += 1
        if self._since_checkpoint >= _CHECKPOINT_EVERY and not self._checkpoint.is_alive():
            self._since_checkpoint = 0
            self._checkpoint = threading.Thread(target=self._move_log)
            self._checkpoint.start()

    def _move_log(self) -> None:
        with contextlib.closing(self._connect()) as db, contextlib.suppress(sqlite3.Error):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            # SQLite only reuses the log once all of it is moved. The lock keeps other writes out while we move the few
            # entries that were added in the meantime.
            with self._lock:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def mean_tokens(self, model: str) -> tuple[int, float, float]:
        """The number of a model's replies so far, and the mean prompt and completion tokens of one."""
        with self._lock:
            number, prompt, completion = self._db.execute(
                "SELECT count(*), avg(prompt_tokens), avg(completion_tokens) FROM replies WHERE model = ?", (model,)
            ).fetchone()
        return number, prompt or 0.0, completion or 0.0

    def __len__(self) -> int:
        with self._lock:
            return self._db.execute("SELECT count(*) FROM replies").fetchone()[0]


def request_key(request: str) -> str:
    """The key of a request: SHA-256 of its text from `canonical`, which has everything that decides the reply."""
    return hashlib.sha256(request.encode()).hexdigest()


def canonical(request: Mapping[str, Any]) -> str:
    """A request as JSON with sorted keys, so that equal requests have equal text."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
