"""What every teacher offers, and how several share the plans of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from canopy_assets.dialogues.planner import Plan
from canopy_assets.records import Dialogue, content_id


@dataclass(frozen=True)
class Spent:
    """What words cost, whenever that was paid: tokens and money; and requests made now or found in the ledger."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    requested: int = 0
    reused: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost + other.cost,
            self.requested + other.requested,
            self.reused + other.reused,
        )


@dataclass(frozen=True)
class Written:
    """What came of one plan: its dialogue, or why there is none; and what that took."""

    plan: Plan
    teacher: str
    dialogue: Dialogue | None
    reason: str | None = None
    spent: Spent = Spent()


class Teacher(Protocol):
    """Turns plans into dialogues. `name` identifies the teacher and its version, since a new one makes new data."""

    @property
    def name(self) -> str:
        """Identity with version ("embedded-2"), recorded with every dialogue."""
        ...

    @property
    def at_once(self) -> int:
        """How many plans it words side by side at most."""
        ...

    async def write(self, plan: Plan) -> Written:
        """The dialogue that the plan describes, or why there is none. What would hold for every plan is raised."""
        ...


@dataclass(frozen=True)
class Share:
    """A teacher and its part of the plans, relative to the others' parts."""

    teacher: Teacher
    weight: float = 1.0


async def write_all(
    plans: Sequence[Plan], shares: Sequence[Share], done: Callable[[Written], None] = lambda _: None
) -> list[Written]:
    """Words for all plans, in their order, as many at once as the teachers can.

    Which teacher gets a plan follows from the plan's id, so that it stays the same when other plans come or go.

    Args:
        shares: at least one.
        done: told of each plan as soon as it is done.

    Raises:
        Exception: the first that a teacher raises; the others are stopped.
    """
    written: dict[int, Written] = {}
    owners = [_whose(plan, shares) for plan in plans]
    queues = [iter([n for n, owner in enumerate(owners) if owner == i]) for i in range(len(shares))]

    async def work(teacher: Teacher, queue: Iterator[int]) -> None:
        for number in queue:
            written[number] = await teacher.write(plans[number])
            done(written[number])

    workers = [
        asyncio.ensure_future(work(share.teacher, queues[i]))
        for i, share in enumerate(shares)
        for _ in range(min(share.teacher.at_once, len(plans)))
    ]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [written[number] for number in range(len(plans))]


def total(written: Sequence[Written]) -> Mapping[str, Spent]:
    """What each teacher's words cost."""
    sums: dict[str, Spent] = {}
    for w in written:
        sums[w.teacher] = sums.get(w.teacher, Spent()) + w.spent
    return sums


def _whose(plan: Plan, shares: Sequence[Share]) -> int:
    """The index of the teacher that a plan falls to."""
    point = int(content_id("teacher", plan.plan_id), 16) / 16**16 * sum(s.weight for s in shares)
    for index, share in enumerate(shares):
        point -= share.weight
        if point < 0:
            return index
    return len(shares) - 1
