"""How fast an endpoint is asked: as fast as it answers, and no faster than it allows.

`Concurrency` finds the number of requests in flight by itself, the way TCP does: it doubles until the endpoint
complains, halves then, and feels its way up by one a round (additive increase, multiplicative decrease: Chiu and Jain,
1989). `RateLimit` holds what the endpoint's owner has written down: requests and tokens a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

FIRST_IN_FLIGHT = 32
"""Before anything is known of an endpoint. Each doubling costs a round; a wrong key, so many refused requests."""

Clock = Callable[[], float]


class Concurrency:
    """Requests in flight at once. `async with` around each request; `success` and `congestion` say how it went."""

    def __init__(self, most: int, *, first: int = FIRST_IN_FLIGHT, clock: Clock = time.monotonic) -> None:
        """Begins with `first`, never above `most`."""
        self.most = most
        self._window = float(min(first, most))
        self._slow_start, self._clock = True, clock
        self._in_flight = 0
        self._cut = -1.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return max(1, int(self._window))

    async def __aenter__(self) -> None:
        if self._in_flight < self.limit and not self._waiting:
            self._in_flight += 1
            return
        await _queue_up(self._waiting, self._leave)

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def success(self) -> None:
        """A reply came: room for one more (slow start), later for one more a round."""
        self._window = min(self.most, self._window + (1.0 if self._slow_start else 1.0 / self._window))
        self._let_in()

    def congestion(self, sent: float) -> None:
        """The endpoint complained of a request sent at `sent`: half as many.

        Requests that were under way together complain together; only the first of them counts.
        """
        if sent <= self._cut:
            return
        self._cut, self._slow_start = self._clock(), False
        self._window = max(1.0, self._window / 2)

    def _leave(self) -> None:
        self._in_flight -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._in_flight < self.limit and _let_first_in(self._waiting):
            self._in_flight += 1


class OneByOne:
    """Lets one through a pass of the event loop.

    What is woken together is served together: of sixty-four replies that arrive at once, no next request would be on
    its way before the last reply has been dealt with, round after round.
    """

    def __init__(self) -> None:
        self._busy = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def turn(self) -> None:
        """Waits for its turn, in the order of arrival."""
        if self._busy:
            await _queue_up(self._waiting, self._next)
        self._busy = True
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._busy = _let_first_in(self._waiting)


async def _queue_up(waiting: deque[asyncio.Future[None]], pass_on: Callable[[], None]) -> None:
    """Waits behind the others; who is cancelled when its turn has come passes it on."""
    turn = asyncio.get_running_loop().create_future()
    waiting.append(turn)
    try:
        await turn
    except asyncio.CancelledError:
        if turn.done() and not turn.cancelled():
            pass_on()
        raise


def _let_first_in(waiting: deque[asyncio.Future[None]]) -> bool:
    """Gives the turn to the first that still waits; False if nobody does."""
    while waiting:
        turn = waiting.popleft()
        if not turn.done():
            turn.set_result(None)
            return True
    return False


class RateLimit:
    """A bucket of permits that fills evenly: `per_minute` of them, at most `per_minute` × `burst` at once."""

    def __init__(self, per_minute: float | None, *, burst: float = 0.1, clock: Clock = time.monotonic) -> None:
        """Without `per_minute` there is no limit."""
        self._rate = None if per_minute is None else per_minute / 60
        self._size = 0.0 if per_minute is None else max(1.0, per_minute * burst)
        self._level, self._filled, self._clock = self._size, clock(), clock

    async def take(self, permits: float = 1.0) -> None:
        """Waits until so many may be used. More than the bucket holds is paid for by waiting longer."""
        if self._rate is None:
            return
        self._fill()
        self._level -= permits
        if self._level < 0:
            await asyncio.sleep(-self._level / self._rate)

    def give_back(self, permits: float) -> None:
        """What was taken and not used (negative: used beyond what was taken)."""
        if self._rate is not None:
            self._fill()
            self._level = min(self._size, self._level + permits)

    def _fill(self) -> None:
        assert self._rate is not None
        now = self._clock()
        self._level = min(self._size, self._level + (now - self._filled) * self._rate)
        self._filled = now
