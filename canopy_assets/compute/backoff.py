"""How long Dagster waits before it runs a failed step again."""

from __future__ import annotations

import random

LONGEST_S = 300.0
"""A server may ask for a longer wait, but a waiting step holds a pool slot."""


def retry_delay(failures: int, *, first_s: float, factor: float, asked_s: float | None = None) -> float:
    """Seconds to wait before a step is tried again.

    The endpoint client and the webhook use tenacity's wait strategies, which need the state of tenacity's own retry
    loop. Dagster retries steps itself and needs a number of seconds, so this formula is our own.

    Args:
        failures: attempts that failed before this one, from 0.
        first_s: the wait after the first failure, in seconds.
        factor: each further wait is this many times as long.
        asked_s: seconds that a server asked for (Retry-After).

    Returns:
        At most `LONGEST_S`. The wait varies at random by a quarter, so that steps that failed together do not all come
        back at once.
    """
    wait = first_s * factor**failures * random.uniform(0.75, 1.25)
    return min(max(wait, asked_s or 0.0), LONGEST_S)
