"""Every reply of a model that costs money, recorded before it is used, so that nothing is paid for twice.

A reply is found again by its request (prompt, model, parameters, schema), never by the position of a row. A changed
gate, a changed selection or a killed process therefore costs nothing. SQLite in WAL mode lets several processes read
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
"""Replies after which the write-ahead log is moved into the database. SQLite's own default is as many pages."""

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
        finish_reason: the server's ("stop", "length").
        cost: in the currency of the endpoint's prices.
        seconds: the latency of the request that succeeded.
        attempts: requests, the failed ones included.
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
        """Opens or makes the file.

        Raises:
            LedgerError: it is not an SQLite file, or cannot be written.
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
        """Keep a reply, durable when this returns. A reply that another process recorded first stays.

        Args:
            endpoint: the base URL, without anything secret.
            request: as `canonical` writes it, without headers and keys.

        Raises:
            LedgerError: it cannot be written (disk full, for example).
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
        """Move the log into the database in a thread of its own: it waits for the disk, and `record` should not."""
        self._since_checkpoint += 1
        if self._since_checkpoint >= _CHECKPOINT_EVERY and not self._checkpoint.is_alive():
            self._since_checkpoint = 0
            self._checkpoint = threading.Thread(target=self._move_log)
            self._checkpoint.start()

    def _move_log(self) -> None:
        with contextlib.closing(self._connect()) as db, contextlib.suppress(sqlite3.Error):
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            # SQLite writes over the log only once all of it is moved. The little that came in the meantime is moved
            # while nothing else writes.
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
    """The name of a request, given as `canonical` writes it: SHA-256 over everything that decides about the reply."""
    return hashlib.sha256(request.encode()).hexdigest()


def canonical(request: Mapping[str, Any]) -> str:
    """A request as JSON with sorted keys: equal requests are equal text."""
    return json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
