"""How long a tick of the inbox's sensor takes with many files.

    python benchmarks/inbox.py 10000

Evaluates real ticks over a temporary inbox, with a temporary Dagster storage (SQLite): ticks until every file is
registered, then some with nothing new, one with 100 changed files, and one with 100 renamed files.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import dagster as dg


def main() -> None:
    """Measures an inbox of so many files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=int, nargs="?", default=10_000, help="number of seed files")
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "in"
        _write_seeds(inbox, files)
        os.environ |= {
            "CANOPY_HOME": f"{folder}/home",
            "CANOPY_SEEDS": str(inbox),
            "CANOPY_SAMPLE_SEEDS": "false",
            "CANOPY_SETTLE_SECONDS": "0",
        }
        with dg.instance_for_test() as instance:
            _measure(instance, inbox, files)


def _write_seeds(inbox: Path, files: int) -> None:
    for i in range(files):
        path = inbox / f"course {i // 500}" / f"sheet-{i}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Sheet {i}\n\n1. Solve {i + 2}x = {i}.\n" * 20)


def _measure(instance: dg.DagsterInstance, inbox: Path, files: int) -> None:
    """Prints the seconds of the ticks, in the order that the module's docstring names."""
    from canopy_assets.lineage.partitions import SEEDS

    ticks, longest, started = 0, 0.0, time.perf_counter()
    assert SEEDS.name is not None
    while len(instance.get_dynamic_partitions(SEEDS.name)) < files:
        ticks, longest = ticks + 1, max(longest, _tick(instance))
    seconds = time.perf_counter() - started
    print(f"registering {files:,} files   {seconds:6.1f} s in {ticks} ticks, the longest {longest:.1f} s")
    idle = [_tick(instance) for _ in range(5)]
    print(f"nothing new                  {min(idle):6.2f} to {max(idle):.2f} s (5 ticks)")
    some = sorted(inbox.rglob("*.md"))[:100]
    for path in some:
        path.write_text(f"{path.read_text()}\nchanged\n")
    print(f"100 changed                  {_tick(instance):6.2f} s")
    for path in some:
        path.rename(path.with_name(f"renamed {path.name}"))
    print(f"100 renamed                  {_tick(instance):6.2f} s")


def _tick(instance: dg.DagsterInstance) -> float:
    """Seconds of one tick."""
    from canopy_assets.seeds.sensors import seed_inbox

    started = time.perf_counter()
    seed_inbox.evaluate_tick(dg.build_sensor_context(instance=instance))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
