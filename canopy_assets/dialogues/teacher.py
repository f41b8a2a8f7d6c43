"""The protocol for teachers, and how several teachers share the plans of a run."""

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
    """The result for one plan: its dialogue, or the reason why there is none, and what it cost."""

    plan: Plan
    teacher: str
    dialogue: Dialogue | None
    reason: str | None = None
    spent: Spent = NOTHING


class Teacher(Protocol):
    """Turns plans into dialogues."""

    @property
    def name(self) -> str:
        """Identity with version ("embedded-2"), recorded with every dialogue: a new version makes new data."""
        ...

    @property
    def max_concurrency(self) -> int:
        """How many plans the teacher may put into words at the same time."""
        ...

    def spends_at_most(self, plan: Plan) -> Spent:
        """An upper bound for the cost of a plan's words. No plan is started if this could exceed a cap."""
        ...

    async def write(self, plan: Plan) -> Written:
        """The dialogue that the plan describes, or why there is none.

        Raises:
            Exception: Only for failures that affect every plan, such as a refused key.
        """
        ...


@dataclass(frozen=True)
class Share:
    """A teacher and its weight relative to the others, which decides how many plans it gets."""

    teacher: Teacher
    weight: float = 1.0


async def write_all(
    plans: Sequence[Plan], shares: Sequence[Share], done: Callable[[Written], None] = lambda _: None
) -> list[Written]:
    """Put all plans into words, as many at once as the teachers can. The results are in the plans' order.

    A plan's id decides which teacher gets it, so the choice stays the same when other plans are added or removed.

    Args:
        shares: At least one.
        done: Called with each result as soon as it is ready.

    Raises:
        Exception: The first one that a teacher raises. The other plans are cancelled.
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
    """The cost bound from the teacher that gets the plan."""
    return shares[owner_of(plan, [s.weight for s in shares])].teacher.spends_at_most(plan)


def total(written: Iterable[Written]) -> Mapping[str, Spent]:
    """What each teacher has spent."""
    sums: dict[str, Spent] = {}
    for w in written:
        sums[w.teacher] = sums.get(w.teacher, NOTHING) + w.spent
    return sums


def owner_of(plan: Plan, weights: Sequence[float]) -> int:
    """The index of the teacher that gets a plan, given the teachers' weights."""
    point = int(content_id("teacher", plan.plan_id), 16) / 16**16 * sum(weights)
    for index, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return index
    return len(weights) - 1
