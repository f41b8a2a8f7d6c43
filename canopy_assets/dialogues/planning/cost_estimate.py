"""Estimates what dialogues would cost, before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.dialogues.model.teacher import first_request
from canopy_assets.dialogues.planning.planner import Plan
from canopy_assets.dialogues.teacher import owner_of
from canopy_assets.endpoints.endpoint import CHARACTERS_A_TOKEN, Endpoint
from canopy_assets.endpoints.ledger import Ledger, canonical, request_key

_ENOUGH_REPLIES = 20
"""If the ledger has fewer replies of a model than this, tokens are estimated from the plans."""
_TOKENS_A_TURN = 40
"""For one turn of a structured reply and its key: a tutor's turn usually has 13 words (MathDial), a word 1.3 tokens."""


@dataclass(frozen=True)
class CostEstimate:
    """What one teacher's share of the plans costs if every dialogue is accepted as first written.

    Attributes:
        in_ledger: plans whose first reply is in the ledger already, so that it costs nothing.
        prompt_tokens, completion_tokens, cost: of the replies that have to be requested.
        basis: where the figures come from, in words.
    """

    teacher: str
    plans: int
    in_ledger: int
    prompt_tokens: int
    completion_tokens: int
    cost: float
    basis: str


def estimate_costs(
    plans: Sequence[Plan],
    teachers: Sequence[tuple[Endpoint | None, float]],
    ledger: Ledger | None,
    language: str = "en",
) -> list[CostEstimate]:
    """The estimate for each teacher.

    Args:
        teachers: endpoint and weight each; None for the embedded teacher.
        ledger: the replies so far, where there are any.
        language: the code of the dialogues' language.
    """
    weights = [weight for _, weight in teachers]
    shares: list[list[Plan]] = [[] for _ in teachers]
    for plan in plans:
        shares[owner_of(plan, weights)].append(plan)
    return [_estimate(mine, endpoint, ledger, language) for mine, (endpoint, _) in zip(shares, teachers, strict=True)]


def _estimate(plans: Sequence[Plan], endpoint: Endpoint | None, ledger: Ledger | None, language: str) -> CostEstimate:
    if endpoint is None:
        return CostEstimate("embedded", len(plans), 0, 0, 0, 0.0, "the embedded teacher costs nothing")
    requests = [first_request(plan, endpoint, language) for plan in plans]
    known = [ledger is not None and ledger.find(request_key(canonical(request))) is not None for request in requests]
    asked = [(plan, request) for plan, request, found in zip(plans, requests, known, strict=True) if not found]
    replies, prompt, completion = ledger.mean_tokens(endpoint.model) if ledger else (0, 0.0, 0.0)
    if replies >= _ENOUGH_REPLIES:
        prompts, completions = round(len(asked) * prompt), round(len(asked) * completion)
        basis = f"the mean of {replies} earlier replies"
    else:
        characters = sum(len(m["content"]) for _, request in asked for m in request["messages"])
        prompts = round(characters / CHARACTERS_A_TOKEN)
        completions = sum(_TOKENS_A_TURN * len(plan.turns) for plan, _ in asked)
        basis = f"{CHARACTERS_A_TOKEN:g} characters a token, {_TOKENS_A_TURN} tokens a turn"
    cost = endpoint.cost(prompts, completions)
    return CostEstimate(endpoint.model, len(plans), sum(known), prompts, completions, cost, basis)
