"""Thousands of small seed files up to reviewed dialogues: seconds per seed, memory, and how both grow.

    python benchmarks/seeds.py 200 2000

For each count, one process runs `canopy run --until reviewed_dialogues` in a fresh home, on Markdown files with one
exercise each. Seconds are the wall time of that process, with the registration of the files; memory is its peak of
resident memory. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True)
class Measured:
    """One run over `seeds` files. Seconds; MiB."""

    seeds: int
    seconds: float
    peak_mb: float
    accepted: int


def main() -> None:
    """Measures each count and prints the ratios to the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="+", metavar="N", help="numbers of seed files")
    counts = parser.parse_args().counts
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("   seeds   seconds   s/seed   peak MiB   accepted   s/seed and MiB against the first")
    first: Measured | None = None
    for count in counts:
        m = measure(count)
        first = first or m
        growth = (m.seconds / m.seeds) / (first.seconds / first.seeds)
        print(
            f"{m.seeds:8} {m.seconds:9.1f} {m.seconds / m.seeds:8.3f} {m.peak_mb:10.0f} {m.accepted:10}   "
            f"{growth:.2f}, {m.peak_mb / first.peak_mb:.2f}",
            flush=True,
        )


def measure(seeds: int) -> Measured:
    """One run in a fresh home."""
    with tempfile.TemporaryDirectory() as folder:
        home, inbox = Path(folder) / "home", Path(folder) / "inbox"
        write_seeds(inbox, seeds)
        environment = os.environ | {
            "CANOPY_HOME": str(home),
            "CANOPY_SEEDS": str(inbox),
            "CANOPY_SAMPLE_SEEDS": "false",
            "CANOPY_SETTLE_SECONDS": "0",
        }
        command = [sys.executable, "-m", "canopy_assets.app.cli", "run", "--until", "reviewed_dialogues"]
        started = time.perf_counter()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            if status:
                output.seek(0)
                sys.exit(output.read().decode())
        return Measured(seeds, seconds, usage.ru_maxrss / 1024, accepted_of(home))


def write_seeds(inbox: Path, count: int) -> None:
    """Writes files with one linear equation each, all different."""
    inbox.mkdir(parents=True)
    for i in range(count):
        a, x, b = 2 + i % 9, 2 + i // 9 % 20, 1 + i // 180
        (inbox / f"sheet-{i:05}.md").write_text(
            f"# Sheet {i}\n\n1. Solve {a}x + {b} = {a * x + b}.\n   Answer: x = {x}\n"
        )


def accepted_of(home: Path) -> int:
    """How many dialogues passed all gates."""
    tables = sorted((home / "tables" / "reviewed_dialogues").glob("sheet-*.parquet"))
    return sum(sum(pq.read_table(t, columns=["accepted"]).column("accepted").to_pylist()) for t in tables)


if __name__ == "__main__":
    main()
