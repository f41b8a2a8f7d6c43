"""How long Dagster waits before it runs a failed step again."""

from __future__ import annotations

import random

LONGEST_S = 300.0
"""A server may ask for more patience than a step that holds a pool slot should have."""


def retry_delay(failures: int, *, first_s: float, factor: float, asked_s: float | None = None) -> float:
    """Seconds to wait before a step is tried again.

    The endpoint client and the webhook retry in loops of tenacity, with its wait strategies. Those need the state of
    such a loop. Dagster runs the retries of steps itself and wants a number of seconds, so this formula is our own.

    Args:
        failures: attempts that failed before this one, from 0.
        first_s: the wait after the first failure, in seconds.
        factor: how many times as long each further wait is.
        asked_s: seconds that a server asked for (Retry-After).

    Returns:
        At most `LONGEST_S`. A quarter more or less at random, so that steps that failed together do not all come back
        at once.
    """
    wait = first_s * factor**failures * random.uniform(0.75, 1.25)
    return min(max(wait, asked_s or 0.0), LONGEST_S)
