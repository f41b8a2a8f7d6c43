"""What every teacher offers, and how several share the plans of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.spending import NOTHING, Spent
from canopy_assets.endpoints.gathering import gather_or_cancel
from canopy_assets.records import Dialogue, content_id


@dataclass(frozen=True)
class Written:
    """What came of one plan: its dialogue, or why there is none; and what that took."""

    plan: Plan
    teacher: str
    dialogue: Dialogue | None
    reason: str | None = None
    spent: Spent = NOTHING


class Teacher(Protocol):
    """Turns plans into dialogues. `name` identifies the teacher and its version, since a new one makes new data."""

    @property
    def name(self) -> str:
        """Identity with version ("embedded-2"), recorded with every dialogue."""
        ...

    @property
    def max_concurrency(self) -> int:
        """How many plans it words side by side at most."""
        ...

    def spends_at_most(self, plan: Plan) -> Spent:
        """What the words for a plan can take at most: nothing is begun that a cap might not cover."""
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
    weights = [share.weight for share in shares]
    owners = [owner_of(plan, weights) for plan in plans]
    queues = [iter([n for n, owner in enumerate(owners) if owner == i]) for i in range(len(shares))]

    async def work(teacher: Teacher, queue: Iterator[int]) -> None:
        for number in queue:
            written[number] = await teacher.write(plans[number])
            done(written[number])

    await gather_or_cancel(
        work(share.teacher, queues[i])
        for i, share in enumerate(shares)
        for _ in range(min(share.teacher.max_concurrency, len(plans)))
    )
    return [written[number] for number in range(len(plans))]


def spends_at_most(plan: Plan, shares: Sequence[Share]) -> Spent:
    """What the teacher that a plan falls to can take for it."""
    return shares[owner_of(plan, [s.weight for s in shares])].teacher.spends_at_most(plan)


def total(written: Iterable[Written]) -> Mapping[str, Spent]:
    """What each teacher's words cost."""
    sums: dict[str, Spent] = {}
    for w in written:
        sums[w.teacher] = sums.get(w.teacher, NOTHING) + w.spent
    return sums


def owner_of(plan: Plan, weights: Sequence[float]) -> int:
    """The index of the teacher that a plan falls to, given the teachers' weights."""
    point = int(content_id("teacher", plan.plan_id), 16) / 16**16 * sum(weights)
    for index, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return index
    return len(weights) - 1
