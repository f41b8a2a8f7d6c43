"""Batches by length: everything once, little padding, the same plan for the same seed and epoch."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.adapters.batching import collate, pack, plan_epoch, split_step
from canopy_assets.adapters.encoding import EncodedExample

LENGTHS = [random.Random(n).randint(40, 400) for n in range(300)]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60), st.integers(16, 1000), st.integers(0, 5))
def test_every_row_is_in_exactly_one_step_within_the_budget(lengths: list[int], budget: int, epoch: int) -> None:
    plan = plan_epoch(lengths, batch_tokens=budget, seed=1, epoch=epoch)
    assert sorted(row for step in plan.steps for row in step) == list(range(len(lengths)))
    for step in plan.steps:
        assert len(step) == 1 or len(step) * max(lengths[i] for i in step) <= budget


def test_less_than_a_twentieth_of_the_work_is_padding() -> None:
    assert plan_epoch(LENGTHS, batch_tokens=1024, seed=0, epoch=0).padding_share(LENGTHS) < 0.05


def test_a_plan_depends_on_seed_and_epoch_only() -> None:
    plans = [plan_epoch(LENGTHS, batch_tokens=1024, seed=s, epoch=e).steps for s, e in [(0, 0), (0, 0), (0, 1), (1, 0)]]
    assert plans[0] == plans[1]
    assert len({plans[0], plans[2], plans[3]}) == 3
    assert {frozenset(step) for step in plans[0]} != {frozenset(step) for step in plans[2]}


def test_a_step_in_parts_holds_the_same_rows_in_the_same_order() -> None:
    for rows in ([3, 1, 4], list(range(10))):
        parts = split_step(rows, 4)
        assert [row for part in parts for row in part] == rows
        assert all(parts)


def test_what_follows_the_last_token_under_loss_is_not_read() -> None:
    rows = [EncodedExample("a", (5, 6, 7, 8, 9, 10), (2, 3)), EncodedExample("b", (11, 12, 13, 14), (3,))]
    padded, packed = collate(rows, pad_id=0, device="cpu"), pack(rows, device="cpu")
    assert padded.input_ids.tolist() == [[5, 6, 7], [11, 12, 13]]
    assert packed.input_ids.tolist() == [[5, 6, 7, 11, 12, 13]]
    for batch in (padded, packed):
        before = batch.input_ids[batch.rows, batch.positions - 1]
        assert list(zip(before.tolist(), batch.targets.tolist(), strict=True)) == [(6, 7), (7, 8), (13, 14)]
