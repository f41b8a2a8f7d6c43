"""Choosing the fastest of several ways to compute something, measured once for each machine and remembered."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Way = TypeVar("Way", bound=int | str)


def fastest(
    ways: Sequence[Way],
    measure: Callable[[Way], float],
    cache: Path,
    key: Mapping[str, object],
    min_speedup: float,
    *,
    rounds: int = 3,
) -> Way:
    """The fastest of `ways` if it is at least `min_speedup` times as fast as the first, else the first.

    Args:
        ways: the choices; the first is the default.
        measure: returns the seconds that a short, representative piece of work takes in the given way.
        cache: the result is kept in the folder `measured` below it, under `key` and the ways' names.
        key: identifies the machine and the work.
        min_speedup: how many times as fast as the first another way has to be.
        rounds: measurements of each way that is faster than the first; the best counts.
    """
    if len(ways) == 1:
        return ways[0]

    def compute() -> dict[str, float]:
        # The first call warms up. Taking turns and counting the best reduces the influence of other processes' load.
        measure(ways[0])
        best = {str(way): measure(way) for way in ways}
        for _ in range(rounds - 1):
            # A way that is slower than the first in one round will not be `min_speedup` times as fast.
            faster = [way for way in ways if best[str(way)] < best[str(ways[0])]]
            if not faster:
                break
            for way in (ways[0], *faster):
                best[str(way)] = min(best[str(way)], measure(way))
        return best

    seconds = remembered(cache / "measured", {**key, "ways": list(ways)}, compute)
    best = min(ways, key=lambda way: seconds[str(way)])
    return best if seconds[str(best)] * min_speedup < seconds[str(ways[0])] else ways[0]


def remembered(folder: Path, key: Mapping[str, object], compute: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Seconds by name: from `folder` if they were measured under the same `key` before, else from `compute`."""
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
    path = folder / f"{name}.json"
    try:
        return json.loads(path.read_text())["seconds"]
    except (OSError, ValueError, KeyError):
        seconds = compute()
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    draft.write_text(json.dumps({"key": key, "seconds": seconds}, indent=2))
    draft.replace(path)
    return seconds
