"""How fast a teacher behind an endpoint is asked: `python benchmarks/generation.py [--requests N]`.

A local server of its own process speaks the protocol with a fixed latency. Printed is, for 16, 64 and 256 requests at
once, the share of the ideal throughput (concurrency ÷ latency) that our client reaches, ledger and all, beside the bare
`openai` client behind a semaphore in the same run on the same server: that is what one core can do. Then the resident
memory over N requests (default 20,000).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

LATENCY_S = 0.2
ROUNDS = 60
"""Requests for each of those in flight: the client finds its concurrency in the first few."""
Ask = Callable[[int], Awaitable[object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000, help="for the look at memory")
    requests = parser.parse_args().requests
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}/v1"
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, latency {LATENCY_S} s")
    print("at once   ideal/s   bare openai/s   ours/s   ours of ideal   ours of bare")
    with tempfile.TemporaryDirectory() as folder:
        for at_once in (16, 64, 256):
            ideal, count = at_once / LATENCY_S, at_once * ROUNDS
            bare = count / asyncio.run(_bare(url, at_once, count))
            ours = count / asyncio.run(_ours(url, Path(folder) / f"ledger-{at_once}", at_once, count))
            print(
                f"{at_once:7} {ideal:9.0f} {bare:15.0f} {ours:8.0f} {ours / ideal:15.2f} {ours / bare:14.2f}",
                flush=True,
            )
        print("requests   resident MiB")
        asyncio.run(_ours(url, Path(folder) / "ledger", 256, requests, report=max(1, requests // 10)))
    server.kill()


async def _ours(url: str, ledger: Path, at_once: int, count: int, report: int = 0) -> float:
    """Seconds for `count` requests through our client."""
    from canopy_assets.platform.endpoint import Client, Endpoint
    from canopy_assets.platform.ledger import Ledger

    endpoint = Endpoint(url, "model", key_variable="", max_concurrency=at_once)
    with Ledger(ledger) as replies:
        async with Client(endpoint, replies) as client:

            async def ask(number: int) -> None:
                await client.ask([{"role": "user", "content": f"number {number}"}], seed=number)

            return await _all(ask, at_once, count, report)


async def _bare(url: str, at_once: int, count: int) -> float:
    """Seconds for `count` requests through the openai client alone."""
    import openai

    from canopy_assets.platform.endpoint import connection_limits

    http = openai.DefaultAsyncHttpxClient(limits=connection_limits(at_once))
    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as api:

        async def ask(number: int) -> None:
            await api.chat.completions.create(
                model="model", messages=[{"role": "user", "content": f"number {number}"}], seed=number, max_tokens=1200
            )

        return await _all(ask, at_once, count)


async def _all(ask: Ask, at_once: int, count: int, report: int = 0) -> float:
    numbers, started = iter(range(count)), time.perf_counter()

    async def work() -> None:
        for number in numbers:
            await ask(number)
            if report and (number + 1) % report == 0:
                print(f"{number + 1:8} {_resident_mb():14.0f}", flush=True)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return time.perf_counter() - started


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class _Protocol(asyncio.Protocol):
    """As little of HTTP as the benchmark needs, so that the server is not what is measured."""

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self._buffer) < end + 4 + size:
                return
            self._buffer = self._buffer[end + 4 + size :]
            asyncio.get_running_loop().call_later(LATENCY_S, self._transport.write, _REPLY)


def _reply() -> bytes:
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
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(content),
        content,
    )


_REPLY = _reply()


def _serve(ready) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Protocol, "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
