"""Limits on requests to an endpoint: as many as it can answer, and no more than its owner allows.

`ConcurrencyLimit` finds the number of requests in flight by itself, as TCP does. It doubles the number until the
endpoint is overloaded, then halves it, and adds one a round from there (additive increase, multiplicative decrease:
Chiu and Jain, 1989). `RateLimit` keeps to the requests and tokens a minute that the endpoint's owner states.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

FIRST_IN_FLIGHT = 32
"""Requests in flight at the start. A lower number costs a round for each doubling. A higher number means more refused
requests if the key is wrong."""

Clock = Callable[[], float]


class ConcurrencyLimit:
    """Requests in flight at once. Use `async with` around each request, and report `success` or `congestion`."""

    def __init__(self, most: int, *, first: int = FIRST_IN_FLIGHT, clock: Clock = time.monotonic) -> None:
        """Start with `first` requests in flight, and never allow more than `most`."""
        self.most = most
        self._window = float(min(first, most))
        self._slow_start, self._clock = True, clock
        self._in_flight = 0
        self._halved_at = -1.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return max(1, int(self._window))

    async def __aenter__(self) -> None:
        if self._in_flight < self.limit and not self._waiting:
            self._in_flight += 1
            return
        await _wait_in_line(self._waiting, self._leave)

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def success(self) -> None:
        """Report a reply. It allows one more request in slow start; later, a round of replies allows one more."""
        self._window = min(self.most, self._window + (1.0 if self._slow_start else 1.0 / self._window))
        self._admit()

    def congestion(self, sent: float) -> None:
        """Report that a request sent at `sent` met an overloaded endpoint. It halves the number of requests in flight.

        Requests in flight together fail together, so only the first failure counts.
        """
        if sent <= self._halved_at:
            return
        self._halved_at, self._slow_start = self._clock(), False
        self._window = max(1.0, self._window / 2)

    def _leave(self) -> None:
        self._in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        while self._in_flight < self.limit and _wake_first(self._waiting):
            self._in_flight += 1


class Turnstile:
    """Lets one coroutine through in each pass of the event loop.

    Without it, coroutines that wake together run together. If sixty-four replies arrive at once, the next request is
    not sent until all of them have been handled, and this repeats in every round.
    """

    def __init__(self) -> None:
        self._busy = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Wait for a turn, in the order of arrival."""
        if self._busy:
            await _wait_in_line(self._waiting, self._next)
        self._busy = True
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._busy = _wake_first(self._waiting)


class RateLimit:
    """A token bucket: it fills evenly with `per_minute` permits, and holds at most `per_minute` × `burst` of them."""

    def __init__(self, per_minute: float | None, *, burst: float = 0.1, clock: Clock = time.monotonic) -> None:
        """Start with a full bucket. If `per_minute` is None, there is no limit."""
        self._rate = None if per_minute is None else per_minute / 60
        self._size = 0.0 if per_minute is None else max(1.0, per_minute * burst)
        self._level, self._filled, self._clock = self._size, clock(), clock

    async def take(self, permits: float = 1.0) -> None:
        """Wait until this many permits are available. It may be more than the bucket holds; then the wait is longer."""
        if self._rate is None:
            return
        self._fill()
        self._level -= permits
        if self._level < 0:
            await asyncio.sleep(-self._level / self._rate)

    def refund(self, permits: float) -> None:
        """Give back permits that were not used. A negative number means that more were used than taken."""
        if self._rate is not None:
            self._fill()
            self._level = min(self._size, self._level + permits)

    def _fill(self) -> None:
        assert self._rate is not None
        now = self._clock()
        self._level = min(self._size, self._level + (now - self._filled) * self._rate)
        self._filled = now


async def _wait_in_line(waiting: deque[asyncio.Future[None]], pass_on: Callable[[], None]) -> None:
    """Wait in line for a turn. If the coroutine is cancelled once its turn has come, it passes the turn on."""
    turn = asyncio.get_running_loop().create_future()
    waiting.append(turn)
    try:
        await turn
    except asyncio.CancelledError:
        if turn.done() and not turn.cancelled():
            pass_on()
        raise


def _wake_first(waiting: deque[asyncio.Future[None]]) -> bool:
    """Give the turn to the first coroutine that still waits. Returns whether there was one."""
    while waiting:
        turn = waiting.popleft()
        if not turn.done():
            turn.set_result(None)
            return True
    return False
