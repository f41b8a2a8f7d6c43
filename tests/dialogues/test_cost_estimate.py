"""A dry run: what dialogues would take, from the prompts, then from earlier replies; what is paid for is free."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from canopy_assets.dialogues.model.teacher import ApiTeacher
from canopy_assets.dialogues.planning.cost_estimate import estimate_costs
from canopy_assets.dialogues.planning.planner import Plan, plan_dialogues
from canopy_assets.dialogues.teacher import Share, write_all
from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.endpoints.ledger import Ledger
from tests.dialogues.material import exercise
from tests.openai_server import KEY, Server, serving

PLANS = plan_dialogues([exercise("5x − 9 = 16"), exercise("What is 15% of 80?")], per_exercise=20, seed=7)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(Server()) as running:
        yield Endpoint(running.address, "large", price_in=1.0, price_out=2.0)


def _write(plans: list[Plan], endpoint: Endpoint, path: Path) -> None:
    async def write() -> None:
        with Ledger(path) as ledger:
            async with Client(endpoint, ledger) as client:
                await write_all(plans, [Share(ApiTeacher(client, repairs=0))])

    asyncio.run(write())


def test_before_any_reply_tokens_are_estimated_from_the_plans(endpoint: Endpoint) -> None:
    (whole,) = estimate_costs(PLANS, [(endpoint, 1.0)], None)
    (half,) = estimate_costs(PLANS[:20], [(endpoint, 1.0)], None)
    assert (whole.plans, whole.in_ledger) == (40, 0)
    # The plan and the rules are hundreds of words, a dialogue some dozens.
    assert 300 * 40 < whole.prompt_tokens < 2000 * 40
    assert 50 * 40 < whole.completion_tokens < 600 * 40
    assert whole.cost == pytest.approx((whole.prompt_tokens + 2 * whole.completion_tokens) / 1e6)
    assert half.prompt_tokens < whole.prompt_tokens


def test_earlier_replies_give_the_figures_and_what_they_answer_is_free(endpoint: Endpoint, tmp_path: Path) -> None:
    _write(PLANS[:30], endpoint, tmp_path / "ledger")
    with Ledger(tmp_path / "ledger") as ledger:
        (rest,) = estimate_costs(PLANS, [(endpoint, 1.0)], ledger)
        # The server's replies take 100 tokens in and 40 out.
        assert (rest.plans, rest.in_ledger, rest.prompt_tokens, rest.completion_tokens) == (40, 30, 1000, 400)
        assert "30 earlier replies" in rest.basis
        (other,) = estimate_costs(PLANS, [(replace(endpoint, model="other"), 1.0)], ledger)
        assert other.in_ledger == 0


def test_teachers_share_the_plans_as_they_will_when_they_write_them(endpoint: Endpoint) -> None:
    large, embedded = estimate_costs(PLANS, [(endpoint, 3.0), (None, 1.0)], None)
    assert large.plans + embedded.plans == 40
    assert large.plans > embedded.plans > 0
    assert embedded.cost == embedded.prompt_tokens == 0
