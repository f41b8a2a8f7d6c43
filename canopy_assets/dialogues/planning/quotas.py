"""Fills each cell with an exact number of accepted dialogues. Within caps, rejected candidates are replaced.

Each round writes as many candidates as are missing, reviews them, and counts. A round depends only on the plans and the
results of earlier rounds, never on the order in which replies arrive. So equal inputs give equal dialogues, even after
an interrupted run, and no cap is ever exceeded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from typing import Literal, Protocol

from canopy_assets.dialogues.planning.planner import Cell, DialoguePlanner, Plan
from canopy_assets.dialogues.spending import Spent
from canopy_assets.dialogues.teacher import Written
from canopy_assets.records import ReviewedDialogue
from canopy_assets.review.reviewer import Reviewer

Report = Callable[[Written, ReviewedDialogue | None], None]

CapName = Literal["candidate cap", "token cap", "cost cap"]


class Write(Protocol):
    """Puts plans into words, in their order, and calls `done` with each result as soon as it is ready."""

    async def __call__(self, plans: Sequence[Plan], *, done: Callable[[Written], None]) -> Sequence[Written]: ...


@dataclass(frozen=True)
class Caps:
    """Limits for the dialogues of one seed.

    Attributes:
        candidates: how many may be written for each wanted dialogue of a cell; at least 1.
        tokens: prompt and completion tokens; None for no cap.
        cost: in the currency of the price table; None for no cap.
    """

    candidates: float = 3.0
    tokens: int | None = None
    cost: float | None = None

    def passed_by(self, spent: Spent) -> CapName | None:
        """The cap that this spending exceeds, or None."""
        if self.tokens is not None and spent.tokens > self.tokens:
            return "token cap"
        if self.cost is not None and spent.cost > self.cost:
            return "cost cap"
        return None


@dataclass(frozen=True)
class Shortfall:
    """A cell with fewer accepted dialogues than wanted.

    Attributes:
        stopped_by: The cap that stopped the writing.
        tokens, cost: Estimates for the missing dialogues, from the mean of the seed's accepted ones; None if there are
            no accepted ones.
    """

    cell: Cell
    wanted: int
    accepted: int
    candidates: int
    stopped_by: CapName
    tokens: int | None
    cost: float | None


@dataclass(frozen=True)
class Filled:
    """The result of `fill`.

    Attributes:
        written: Every candidate, in the order of planning.
        short: The cells with fewer accepted dialogues than wanted.
        wanted, accepted: Numbers of dialogues.
        rejected: Numbers of candidates by the gate that rejected them.
    """

    written: tuple[Written, ...]
    short: tuple[Shortfall, ...]
    wanted: int
    accepted: int
    rejected: Mapping[str, int]


class Quota:
    """How many dialogues each cell needs, and the plans to write them from."""

    def __init__(self, planner: DialoguePlanner, wanted: Mapping[Cell, int], first: Sequence[Plan] = ()) -> None:
        """Start with the plans in `first`. Further candidates follow if those are not enough."""
        self.wanted, self._first = dict(wanted), first
        own: dict[Cell, list[Plan]] = {}
        for plan in first:
            own.setdefault(plan.cell, []).append(plan)
        self._plans = {
            cell: chain(own.get(cell, ()), map(partial(planner.candidate, cell), count())) for cell in self.wanted
        }

    @staticmethod
    def per_exercise(planner: DialoguePlanner, number: int) -> Quota:
        """`number` dialogues per exercise. A rejected one is replaced by another with the same topic and opening."""
        dealt = planner.deal(number)
        return Quota(planner, Counter(p.cell for p in dealt), dealt)

    @staticmethod
    def per_cell(planner: DialoguePlanner, number: int) -> Quota:
        """`number` dialogues for each topic and opening state."""
        return Quota(planner, dict.fromkeys(planner.cells(), number))

    def next(self, missing: Mapping[Cell, int]) -> list[Plan]:
        """The missing plans of each cell. Cells take turns, so that a cap affects all of them equally."""
        plans = {cell: [next(self._plans[cell]) for _ in range(n)] for cell, n in missing.items()}
        longest = max(map(len, plans.values()), default=0)
        turns = [mine[i] for i in range(longest) for mine in plans.values() if i < len(mine)]
        dealt = {plan.plan_id: position for position, plan in enumerate(self._first)}
        return sorted(turns, key=lambda plan: dealt.get(plan.plan_id, len(dealt)))


async def fill(
    quota: Quota,
    caps: Caps,
    *,
    write: Write,
    spends_at_most: Callable[[Plan], Spent],
    reviewer: Reviewer,
    report: Report = lambda _, __: None,
) -> Filled:
    """Write and review candidates until every cell has its dialogues, or a cap stops it.

    Args:
        spends_at_most: An upper bound for a plan's cost, so that no candidate is started that could exceed a cap.
        report: Called with each candidate as soon as it is ready, and with the verdict on it alone. Called again if
            the candidate turns out to repeat another.

    Raises:
        Exception: anything that `write` raises.
    """
    state = _State(quota, caps)
    alone: dict[str, ReviewedDialogue] = {}

    def done(written: Written) -> None:
        if written.dialogue is not None:
            alone[written.plan.plan_id] = reviewer.alone(written.dialogue)
        report(written, alone.get(written.plan.plan_id))

    while plans := state.affordable(state.next(), spends_at_most):
        written = [w for w in await write(plans, done=done) if state.spend(w)]
        verdicts = reviewer.settle([alone[w.plan.plan_id] for w in written])
        for w, verdict in zip(written, verdicts, strict=True):
            state.accepted[w.plan.cell] += verdict.accepted
            state.rejected.update([verdict.rejected_by] if verdict.rejected_by else [])
            if verdict.accepted != alone[w.plan.plan_id].accepted:
                report(w, verdict)
    wanted, accepted = sum(quota.wanted.values()), sum(state.accepted.values())
    return Filled(tuple(state.written), tuple(state.short()), wanted, accepted, state.rejected)


@dataclass
class _State:
    """The results of the rounds so far."""

    quota: Quota
    caps: Caps
    written: list[Written] = field(default_factory=list)
    accepted: Counter[Cell] = field(default_factory=Counter)
    candidates: Counter[Cell] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    spent: Spent = field(default_factory=Spent)
    waiting: list[Plan] = field(default_factory=list)
    stopped_by: CapName = "candidate cap"

    def next(self) -> list[Plan]:
        """The plans of the next round: those that the last round could not afford yet, or else the missing ones."""
        if self.waiting:
            return self.waiting
        missing = {
            cell: min(wanted - self.accepted[cell], self._most(wanted) - self.candidates[cell])
            for cell, wanted in self.quota.wanted.items()
        }
        plans = self.quota.next({cell: n for cell, n in missing.items() if n > 0})
        self.candidates.update(plan.cell for plan in plans)
        return plans

    def affordable(self, plans: Sequence[Plan], spends_at_most: Callable[[Plan], Spent]) -> list[Plan]:
        """The first plans that cannot exceed a cap. The others wait until the cost of these is known."""
        spent = self.spent
        for number, plan in enumerate(plans):
            spent += spends_at_most(plan)
            if passed := self.caps.passed_by(spent):
                self.stopped_by, self.waiting = passed, list(plans[number:])
                return list(plans[:number])
        self.waiting = []
        return list(plans)

    def spend(self, written: Written) -> bool:
        """Count what a candidate cost. Returns whether it has a dialogue."""
        self.written.append(written)
        self.spent += written.spent
        return written.dialogue is not None

    def short(self) -> Iterator[Shortfall]:
        accepted = sum(self.accepted.values())
        begun = self.candidates - Counter(plan.cell for plan in self.waiting)
        waiting = {plan.cell for plan in self.waiting}
        for cell, wanted in self.quota.wanted.items():
            missing = wanted - self.accepted[cell]
            if missing <= 0:
                continue
            exhausted = begun[cell] >= self._most(wanted)
            yield Shortfall(
                cell,
                wanted,
                self.accepted[cell],
                begun[cell],
                self.stopped_by if cell in waiting or not exhausted else "candidate cap",
                round(self.spent.tokens / accepted * missing) if accepted else None,
                self.spent.cost / accepted * missing if accepted else None,
            )

    def _most(self, wanted: int) -> int:
        return max(wanted, round(wanted * self.caps.candidates))
