"""Exactly so many accepted dialogues of each cell, under every cap, whatever the teacher does and whoever is first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.planning.planner import Cell, DialoguePlanner, Plan
from canopy_assets.dialogues.planning.quotas import Caps, Filled, Quota, fill
from canopy_assets.dialogues.spending import Spent
from canopy_assets.dialogues.teacher import Share, Written, spends_at_most, write_all
from canopy_assets.records import OPENING_STATES, Dialogue, Exercise, content_id
from canopy_assets.review.batch import review
from canopy_assets.review.reviewer import Reviewer
from tests.dialogues.material import exercise

EACH = Spent(prompt_tokens=100, completion_tokens=50, cost=0.01)
STATEMENTS = ("5x − 9 = 16", "Solve 2x/3 = 8.", "What is 15% of 80?", "Find the mean of 3, 8, 10.")
_WORDED: dict[str, Dialogue] = {}


class Flawed(EmbeddedTeacher):
    """Gives the answer away in a share of the dialogues, writes nothing in others, and is paid for all of them."""

    def __init__(self, leaking: float, silent: float, order: Random | None = None) -> None:
        self._leaking, self._silent, self._order = leaking, silent, order

    @property
    def max_concurrency(self) -> int:
        return 8

    def spends_at_most(self, plan: Plan) -> Spent:
        return EACH + EACH

    async def write(self, plan: Plan) -> Written:
        for _ in range(self._order.randrange(9) if self._order else 0):
            await asyncio.sleep(0)
        drawn = int(content_id("flaw", plan.plan_id), 16) / 16**16
        if drawn < self._silent:
            return Written(plan, self.name, None, "no reply", EACH)
        dialogue = _words(plan)
        if drawn < self._silent + self._leaking:
            told = replace(dialogue.turns[1], text=f"The answer is {plan.answer}.")
            dialogue = replace(dialogue, turns=(dialogue.turns[0], told, *dialogue.turns[2:]))
        return Written(plan, self.name, dialogue, spent=EACH)


@cache
def _exercises() -> tuple[Exercise, ...]:
    return tuple(map(exercise, STATEMENTS))


def _words(plan: Plan) -> Dialogue:
    """The embedded teacher's words, found once for each plan."""
    if plan.plan_id not in _WORDED:
        _WORDED[plan.plan_id] = EmbeddedTeacher().verbalize(plan)
    return _WORDED[plan.plan_id]


def _filled(teacher: Flawed, caps: Caps, quota: Callable[[DialoguePlanner], Quota]) -> Filled:
    shares = [Share(teacher)]

    async def write(plans: Sequence[Plan], *, done: Callable[[Written], None]) -> list[Written]:
        return await write_all(plans, shares, done)

    reviewer = Reviewer(eval_prompts=[], exercises={e.exercise_id: e for e in _exercises()})
    planned = quota(DialoguePlanner(_exercises(), seed=7))
    return asyncio.run(
        fill(planned, caps, write=write, spends_at_most=lambda p: spends_at_most(p, shares), reviewer=reviewer)
    )


def _accepted(filled: Filled) -> Counter[Cell]:
    """Counted by a review of the whole table, as the asset that follows does it."""
    dialogues = [w.dialogue for w in filled.written if w.dialogue]
    reviewed = review(dialogues, eval_prompts=[], exercises={e.exercise_id: e for e in _exercises()})
    cells = {w.dialogue.dialogue_id: w.plan.cell for w in filled.written if w.dialogue}
    return Counter(cells[r.dialogue.dialogue_id] for r in reviewed if r.accepted)


@settings(max_examples=25)
@given(
    leaking=st.floats(0, 0.6),
    silent=st.floats(0, 0.4),
    per_cell=st.integers(1, 3),
    candidates=st.floats(1, 6),
    tokens=st.none() | st.integers(0, 20_000),
    cost=st.none() | st.floats(0, 2),
    shuffled=st.integers(),
)
def test_every_cell_has_exactly_what_is_wanted_or_is_told_short_and_no_cap_is_passed(
    leaking: float,
    silent: float,
    per_cell: int,
    candidates: float,
    tokens: int | None,
    cost: float | None,
    shuffled: int,
) -> None:
    caps = Caps(candidates, tokens, cost)
    filled = _filled(Flawed(leaking, silent), caps, lambda p: Quota.per_cell(p, per_cell))
    accepted, short = _accepted(filled), {s.cell: s for s in filled.short}
    begun = Counter(w.plan.cell for w in filled.written)
    for cell in DialoguePlanner(_exercises(), seed=7).cells():
        missing = per_cell - accepted[cell]
        assert missing >= 0
        assert (cell in short) == (missing > 0)
        assert begun[cell] <= max(per_cell, round(per_cell * candidates))
        if missing:
            told = short[cell]
            assert (told.accepted, told.wanted, told.candidates) == (accepted[cell], per_cell, begun[cell])
            if told.stopped_by == "candidate cap":
                assert told.candidates == max(per_cell, round(per_cell * candidates))
    spent = Spent.total(w.spent for w in filled.written)
    assert tokens is None or spent.tokens <= tokens
    assert cost is None or spent.cost <= cost
    assert sum(filled.rejected.values()) + filled.accepted == sum(w.dialogue is not None for w in filled.written)
    # Which reply comes first changes nothing.
    assert _filled(Flawed(leaking, silent, Random(shuffled)), caps, lambda p: Quota.per_cell(p, per_cell)) == filled


def test_a_rejected_dialogue_of_an_exercise_is_replaced_by_one_of_the_same_topic_and_opening_state() -> None:
    flawless = _filled(Flawed(0, 0), Caps(), lambda p: Quota.per_exercise(p, 5))
    flawed = _filled(Flawed(0.3, 0.1), Caps(20), lambda p: Quota.per_exercise(p, 5))
    assert len(flawed.written) > len(flawless.written) >= 5 * len(STATEMENTS)
    assert not flawed.short
    assert _accepted(flawed) == _accepted(flawless)
    first = [w.plan for w in flawed.written[: 5 * len(STATEMENTS)]]
    assert first == DialoguePlanner(_exercises(), seed=7).deal(5)


def test_a_cell_is_filled_from_all_its_exercises_with_other_dialogues_each_time() -> None:
    planner = DialoguePlanner(_exercises(), seed=7)
    assert {c.opening for c in planner.cells()} == set(OPENING_STATES)
    cell = next(c for c in planner.cells() if c.opening == "stuck" and c.topic == exercise(STATEMENTS[0]).topic)
    plans = [planner.candidate(cell, n) for n in range(8)]
    assert len({p.plan_id for p in plans}) == len({EmbeddedTeacher().verbalize(p).turns for p in plans}) == 8
    assert {p.cell for p in plans} == {cell}
    assert {p.exercise.exercise_id for p in plans} == {e.exercise_id for e in _exercises() if e.topic == cell.topic}


def test_what_a_short_cell_would_take_is_told_by_what_the_accepted_ones_took() -> None:
    stopped = _filled(Flawed(0.4, 0), Caps(100, cost=0.5), lambda p: Quota.per_cell(p, 2))
    assert {s.stopped_by for s in stopped.short} == {"cost cap"}
    spent = Spent.total(w.spent for w in stopped.written)
    assert 0.5 - 2 * EACH.cost <= spent.cost <= 0.5
    for cell in stopped.short:
        missing = cell.wanted - cell.accepted
        assert cell.cost is not None
        assert abs(cell.cost - spent.cost / stopped.accepted * missing) < 1e-9
    hopeless = _filled(Flawed(1, 0), Caps(2), lambda p: Quota.per_cell(p, 1))
    assert {(s.stopped_by, s.candidates, s.cost) for s in hopeless.short} == {("candidate cap", 2, None)}
