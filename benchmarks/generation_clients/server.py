"""The server of `generation.py`: it answers chat completions after a fixed latency and counts what it sees.

It uses the standard library only, because the clients of the peers import it under their own interpreters.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import re
import time
from collections.abc import Iterator
from ctypes import Structure, c_double, c_int64
from dataclasses import dataclass
from typing import Any

LATENCY_S = 0.2
PROMPT_CHARACTERS = 1600
"""About 400 tokens, the size of a short plan's prompt."""
_ROW = re.compile(rb"Row (\d+):")
_SENTENCE = "Word the tutor's next turn: one question, at most forty words, and nothing of the answer. "


def prompt(row: int) -> str:
    """The prompt of a row, the same for every client. The server recognises the row by the first words."""
    return f"Row {row}: {_SENTENCE * (PROMPT_CHARACTERS // len(_SENTENCE))}"


class _Shared(Structure):
    """Counts in shared memory: the server's process writes them, the benchmark reads them."""

    _fields_ = [  # ctypes requires this form
        ("requests", c_int64), ("rows", c_int64), ("at_once", c_int64), ("most_at_once", c_int64),
        ("first", c_double), ("last", c_double),
    ]  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A running server. It counts requests for rows only, not a client's check of the endpoint before them."""

    url: str
    _seen: Any

    @property
    def requests(self) -> int:
        """How many requests for rows were answered."""
        return self._seen.requests

    @property
    def rows(self) -> int:
        """How many different rows they were for."""
        return self._seen.rows

    @property
    def most_at_once(self) -> int:
        """The largest number of requests that waited for a reply at the same time."""
        return self._seen.most_at_once

    @property
    def seconds(self) -> float:
        """From the arrival of the first request to the last reply."""
        return self._seen.last - self._seen.first


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Runs a server in a process of its own."""
    here, there = multiprocessing.Pipe()
    seen = multiprocessing.Value(_Shared, lock=False)
    process = multiprocessing.Process(target=_serve, args=(there, seen), daemon=True)
    process.start()
    try:
        yield Server(f"http://127.0.0.1:{here.recv()}/v1", seen)
    finally:
        process.kill()
        process.join()


def _serve(ready: Any, seen: Any) -> None:
    """The server's process: sends its port through `ready`, then serves until it is killed."""

    async def serve() -> None:
        rows: set[bytes] = set()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(seen, rows), "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class _Connection(asyncio.Protocol):
    """Only as much of HTTP as the clients need, so that the server does not limit what is measured."""

    def __init__(self, seen: Any, rows: set[bytes]) -> None:
        self._seen, self._rows, self._buffer = seen, rows, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self._buffer) < end + 4 + size:
                return
            row = _ROW.search(self._buffer, end, end + 4 + size)
            self._buffer = self._buffer[end + 4 + size :]
            if row:
                seen = self._seen
                seen.first = seen.first or time.monotonic()
                seen.at_once += 1
                seen.most_at_once = max(seen.most_at_once, seen.at_once)
            asyncio.get_running_loop().call_later(LATENCY_S, self._answer, row and row[1])

    def _answer(self, row: bytes | None) -> None:
        self._transport.write(_REPLY)
        if row is not None:
            self._rows.add(row)
            seen = self._seen
            seen.requests, seen.rows, seen.last = seen.requests + 1, len(self._rows), time.monotonic()
            seen.at_once -= 1


def _reply() -> bytes:
    """The HTTP response that every request gets."""
    message = {"role": "assistant", "content": "What was done to x last? " * 20}
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "model",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 120, "total_tokens": 520},
    }
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


_REPLY = _reply()
