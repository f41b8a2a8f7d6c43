"""As many requests as the endpoint can take, and no more a minute than its owner allows."""

import asyncio
from collections.abc import Awaitable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.endpoints.rate_limits import ConcurrencyLimit, RateLimit, Turnstile


def test_the_window_doubles_each_round_until_congestion_and_then_grows_by_one() -> None:
    window = ConcurrencyLimit(100, first=4)
    for _ in range(4):
        window.success()
    assert window.limit == 8
    window.congestion(sent=float("inf"))
    assert window.limit == 4
    for _ in range(4):
        window.success()
    assert window.limit == 4, "4.9…, rounded down"
    window.success()
    assert window.limit == 5


def test_congestion_of_requests_that_were_in_flight_together_counts_once() -> None:
    window = ConcurrencyLimit(64, first=64, clock=lambda: 10.0)
    for sent in (9.0, 9.5, 9.9):
        window.congestion(sent)
    assert window.limit == 32
    window.congestion(sent=10.5)
    assert window.limit == 16


@given(st.lists(st.booleans(), max_size=300), st.integers(1, 50))
def test_the_window_stays_between_one_and_the_most(outcomes: list[bool], most: int) -> None:
    window = ConcurrencyLimit(most)
    for went_well in outcomes:
        if went_well:
            window.success()
        else:
            window.congestion(float("inf"))
        assert 1 <= window.limit <= most


@given(st.integers(1, 8), st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_never_more_are_inside_than_allowed_and_all_get_in(most: int, steps: list[int]) -> None:
    async def scenario() -> tuple[int, int]:
        window, inside, peak = ConcurrencyLimit(most, first=most), 0, 0

        async def visit(turns: int) -> None:
            nonlocal inside, peak
            async with window:
                inside += 1
                peak = max(peak, inside)
                for _ in range(turns):
                    await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*map(visit, steps))
        return peak, inside

    peak, left = asyncio.run(scenario())
    assert (peak <= most, left) == (True, 0)


def test_a_coroutine_that_stops_waiting_takes_no_place() -> None:
    async def scenario() -> None:
        window = ConcurrencyLimit(1, first=1)
        async with window:
            waiting = asyncio.ensure_future(_pass(window))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.wait_for(_pass(window), 1)

    async def _pass(window: ConcurrencyLimit) -> None:
        async with window:
            pass

    asyncio.run(scenario())


class _Time:
    """A clock that `asyncio.sleep` moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    def __call__(self) -> float:
        return self.now

    def _sleep(self, seconds: float) -> Awaitable[None]:
        self.now += seconds
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


def test_a_rate_is_respected_after_the_first_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    time = _Time(monkeypatch)
    limit = RateLimit(60, clock=time)

    async def take(times: int) -> None:
        for _ in range(times):
            await limit.take()

    asyncio.run(take(6))
    assert time.now == 0
    asyncio.run(take(10))
    assert time.now == pytest.approx(10)


def test_unused_permits_can_be_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    time = _Time(monkeypatch)
    limit = RateLimit(600, clock=time)
    asyncio.run(limit.take(60))
    limit.refund(50)
    asyncio.run(limit.take(50))
    assert time.now == 0
    asyncio.run(limit.take(10))
    assert time.now == pytest.approx(1)


def test_the_turnstile_lets_one_through_in_each_pass_and_is_not_blocked_by_a_cancelled_one() -> None:
    async def passes() -> list[int]:
        loop, turnstile, when = asyncio.get_running_loop(), Turnstile(), dict[int, int]()
        turn = 0

        def count() -> None:
            nonlocal turn
            turn += 1
            if len(when) < 4:
                loop.call_soon(count)

        async def go(number: int) -> None:
            await turnstile.enter()
            when[number] = turn

        tasks = [asyncio.create_task(go(number)) for number in range(6)]
        loop.call_soon(count)
        await asyncio.sleep(0)
        tasks[2].cancel()  # still waits
        while not tasks[3].done():
            await asyncio.sleep(0)
        tasks[4].cancel()  # its turn has come, or is about to
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), timeout=5)
        assert list(when) in ([0, 1, 3, 5], [0, 1, 3, 4, 5])
        return list(when.values())

    turns = asyncio.run(passes())
    assert all(before < after for before, after in pairwise(turns)), turns
