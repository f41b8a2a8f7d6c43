"""The throughput of our client of a chat endpoint, beside those of its peers.

    python benchmarks/generation.py [--data-designer PYTHON] [--curator PYTHON] [--at-once N …] [--repeats N]
        [--memory REQUESTS]

Each client is a process of its own (`generation_clients/ask_<client>.py`) and asks the same server
(`generation_clients/server.py`, with a fixed latency) for the same rows, 16, 64 and 256 at a time. The server measures
the time from the first request to the last reply, so that imports do not count. The ideal is concurrency ÷ latency. Our
client starts with 32 requests in flight and doubles that number: at 64 and 256 at a time this costs it about half a
round and two rounds of 200. The others start at full concurrency. The bare `openai` client keeps no replies, so it
shows what that library can do. The peers pin other versions than we do: name the interpreters of environments with
`data-designer` and with `bespokelabs-curator`.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generation_clients.server import LATENCY_S, Server, serving

AT_ONCE = (16, 64, 256)
ROUNDS = 200
"""Rows per request in flight; at best they take 40 s."""
TIMEOUT_S = 600.0
"""A client that takes longer is stopped."""
_COLUMNS = "at once  client        requests/s  of ideal  of ours  seen at once  CPU ms/request  peak MiB  wall s  load"
_CLIENTS = Path(__file__).parent / "generation_clients"


class ClientError(RuntimeError):
    """A client ended without its rows; the message has the end of its output."""


@dataclass(frozen=True)
class Measured:
    """One client's run.

    `per_second` and `at_once` are what the server saw; `cpu_ms` (per request) and `peak_mib` are those of the client's
    whole process.
    """

    per_second: float
    at_once: int
    cpu_ms: float
    peak_mib: float
    wall_s: float


def main() -> None:
    """Measures every client at every concurrency, then the memory of ours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-designer", metavar="PYTHON", help="an interpreter that has data-designer")
    parser.add_argument("--curator", metavar="PYTHON", help="an interpreter that has bespokelabs-curator")
    parser.add_argument("--at-once", type=int, nargs="*", default=AT_ONCE)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--memory", type=int, default=100_000, help="requests while memory is sampled; 0: none")
    options = parser.parse_args()
    clients = {
        "canopy": sys.executable,
        "openai": sys.executable,
        "data_designer": options.data_designer,
        "curator": options.curator,
    }
    for name in [name for name, python in clients.items() if python is None]:
        print(f"{name}: not measured, no interpreter given (--{name.replace('_', '-')})")
        del clients[name]
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, latency {LATENCY_S} s")
    if options.at_once:
        print(_COLUMNS)
    for at_once in options.at_once:
        for _ in range(options.repeats):
            _compare(clients, at_once)
    if options.memory:
        print("requests   resident MiB, canopy, 256 at once")
        samples = sorted({options.memory * tenths // 10 for tenths in (1, 2, 5, 8, 10)})
        measure("canopy", sys.executable, AT_ONCE[-1], options.memory, samples)


def _compare(clients: dict[str, str], at_once: int) -> None:
    """Prints a line for each client. Ours is the first and must succeed."""
    ours = 0.0
    for name, python in clients.items():
        try:
            m = measure(name, python, at_once, at_once * ROUNDS)
        except ClientError as error:
            if not ours:
                raise
            print(f"{at_once:7}  {name:13} failed: {error}", flush=True)
            continue
        ours = ours or m.per_second
        print(
            f"{at_once:7}  {name:13} {m.per_second:10.1f} {m.per_second * LATENCY_S / at_once:9.2f} "
            f"{m.per_second / ours:8.2f} {m.at_once:13} {m.cpu_ms:15.2f} {m.peak_mib:9.0f} {m.wall_s:7.0f} "
            f"{os.getloadavg()[0]:5.1f}",
            flush=True,
        )


def measure(name: str, python: str, at_once: int, rows: int, samples: Sequence[int] = ()) -> Measured:
    """Runs one client. Prints its resident memory when as many requests as `samples` names have been answered.

    Raises:
        ClientError: when it failed, or not every row came back.
    """
    with serving() as server, tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as output:
        started = time.monotonic()
        command = [python, str(_CLIENTS / f"ask_{name}.py"), server.url, str(at_once), str(rows), folder]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        status, usage = _wait(process, server, samples)
        wall = time.monotonic() - started
        output.seek(0)
        words = output.read().split()
        if status != 0:
            raise ClientError(f"exit status {status}: …{' '.join(words)[-500:]}")
        if not words or words[-1] != str(rows) or server.rows != rows:
            raise ClientError(f"{words[-1:]} rows came back and {server.rows} were served, of {rows}")
        cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000 / rows
        return Measured(rows / server.seconds, server.most_at_once, cpu_ms, usage.ru_maxrss / 1024, wall)


def _wait(
    process: subprocess.Popen[bytes], server: Server, samples: Sequence[int]
) -> tuple[int, resource.struct_rusage]:
    """Waits for the process to end; returns its exit status and its resource usage."""
    due, deadline = list(samples), time.monotonic() + TIMEOUT_S
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if due and server.requests >= due[0]:
            print(f"{due.pop(0):8} {_resident_mib(process.pid):14.0f}", flush=True)
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
