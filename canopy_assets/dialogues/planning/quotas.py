"""Exactly so many accepted dialogues of each cell: a rejected candidate is replaced by another, within caps.

In rounds: every round writes as many candidates as are missing, reviews them, and counts. What is begun depends only on
the plans and on what earlier rounds gave, never on which reply came first; so equal inputs give equal dialogues,
whatever was killed in between, and no cap is ever passed.
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
    """Gives words to plans, in their order; `done` is told of each as soon as it is there."""

    async def __call__(self, plans: Sequence[Plan], *, done: Callable[[Written], None]) -> Sequence[Written]: ...


@dataclass(frozen=True)
class Caps:
    """What the dialogues of one seed may take.

    Attributes:
        candidates: written for each wanted dialogue of a cell, at most; at least 1.
        tokens: prompt and completion tokens; None for no cap.
        cost: in the currency of the price table; None for no cap.
    """

    candidates: float = 3.0
    tokens: int | None = None
    cost: float | None = None

    def passed_by(self, spent: Spent) -> CapName | None:
        """The cap that so much would pass."""
        if self.tokens is not None and spent.tokens > self.tokens:
            return "token cap"
        if self.cost is not None and spent.cost > self.cost:
            return "cost cap"
        return None


@dataclass(frozen=True)
class Shortfall:
    """A cell with fewer accepted dialogues than wanted, the cap that stopped it, and what the missing ones would take:
    as much a piece as the accepted ones of the seed did. None where none was accepted.
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
    """Every candidate that was written, in the order of planning; the cells that are short; how many dialogues were
    wanted and accepted, and how many were rejected by each gate.
    """

    written: tuple[Written, ...]
    short: tuple[Shortfall, ...]
    wanted: int
    accepted: int
    rejected: Mapping[str, int]


class Quota:
    """How many dialogues each cell shall have, and the plans to get them from."""

    def __init__(self, planner: DialoguePlanner, wanted: Mapping[Cell, int], first: Sequence[Plan] = ()) -> None:
        """`first` are the plans to begin with; further candidates follow where they don't suffice."""
        self.wanted, self._first = dict(wanted), first
        own: dict[Cell, list[Plan]] = {}
        for plan in first:
            own.setdefault(plan.cell, []).append(plan)
        self._plans = {
            cell: chain(own.get(cell, ()), map(partial(planner.candidate, cell), count())) for cell in self.wanted
        }

    @staticmethod
    def per_exercise(planner: DialoguePlanner, number: int) -> Quota:
        """So many of each exercise; what is rejected is replaced by another of the same topic and opening state."""
        dealt = planner.deal(number)
        return Quota(planner, Counter(p.cell for p in dealt), dealt)

    @staticmethod
    def per_cell(planner: DialoguePlanner, number: int) -> Quota:
        """So many of each topic and opening state."""
        return Quota(planner, dict.fromkeys(planner.cells(), number))

    def next(self, missing: Mapping[Cell, int]) -> list[Plan]:
        """So many further plans of each cell, the cells in turn, so that a cap thins them evenly."""
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
    """Write and review candidates until every cell has what it shall have, or a cap stops it.

    Args:
        spends_at_most: what a plan can take, so that no candidate is begun that could pass a cap.
        report: told of each candidate as soon as it is there, with the verdict on it alone; and again of one that turns
            out to repeat another.

    Raises:
        Exception: what `write` raises.
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
    """What the rounds gave so far."""

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
        """The plans of the next round: those that the last one couldn't afford yet, else as many as are missing."""
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
        """As many of the plans as no cap could stop; the others wait until it is known what these took."""
        spent = self.spent
        for number, plan in enumerate(plans):
            spent += spends_at_most(plan)
            if passed := self.caps.passed_by(spent):
                self.stopped_by, self.waiting = passed, list(plans[number:])
                return list(plans[:number])
        self.waiting = []
        return list(plans)

    def spend(self, written: Written) -> bool:
        """Counts what a candidate took. Returns whether there is a dialogue."""
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
