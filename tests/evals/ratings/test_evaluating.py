"""The verdict with people's ratings: they decide about the adapter that they rated, and about no other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.evals.eval_set import load
from canopy_assets.evals.gates.gate import Gate
from canopy_assets.evals.ratings.evaluating import evaluate_with_people
from canopy_assets.evals.ratings.items import draw
from canopy_assets.evals.ratings.sheet import sheet
from canopy_assets.records import Message, Rating, RatingLabel, TrainingExample
from canopy_assets.review.usefulness.calibration import JudgeErrors, read_judge_errors
from canopy_assets.review.usefulness.endpoint import EndpointJudge
from canopy_assets.review.usefulness.recalibration import Recalibration
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import replies
from tests.openai_server import Exchange, Server, completion, serving

PROMPTS = [p for p in load() if p.kind == "held_out"][:56]
"""A few more than must be rated: the judge takes seconds for each evaluation."""
ADAPTER = "a" * 64
RESPONSES = [
    dataclasses.replace(response, model=f"{'b' * 16}+{ADAPTER[:16]}" if response.arm == "tuned" else "b" * 16)
    for response in (
        *replies("base_short", stubs.always_answers_wrongly, PROMPTS),
        *replies("tuned", stubs.generic, PROMPTS),
    )
]
EXAMPLE = TrainingExample(
    "t", "d", None, "s", "human", "train", (Message("user", "hi"), Message("assistant", "Hello.")), "algebra",
    "linear_equation", None, 1, "human",
)  # fmt: skip


def _rated(label: RatingLabel, count: int) -> list[Rating]:
    """What a person who says the same of everything makes of the tuned arm's replies to so many prompts."""
    rows = sheet(draw(PROMPTS, RESPONSES, [], count), "anna")
    return [rating for row in rows for rating in row.rated(label, rater="anna")]


def _gate(ratings: Sequence[Rating]) -> Gate:
    _, gates = evaluate_with_people(PROMPTS, RESPONSES, [EXAMPLE], ratings, adapter_digest=ADAPTER)
    (gate,) = (g for g in gates if g.name == "G5_useful_unseen")
    return gate


def test_fifty_rated_replies_decide_instead_of_the_judge() -> None:
    liked, disliked = _gate(_rated("send", 50)), _gate(_rated("bad", 50))
    assert (liked.outcome, liked.observed) == ("pass", 1.0)
    assert (disliked.outcome, disliked.observed) == ("fail", 0.0)
    assert "rated by people" in liked.explanation
    assert liked.n == disliked.n
    assert 40 < (liked.n or 0) <= 50


def test_fewer_ratings_leave_it_to_the_judge() -> None:
    evaluation, gates = evaluate_with_people(PROMPTS, RESPONSES, [EXAMPLE], _rated("send", 49), adapter_digest=ADAPTER)
    assert not any("rated by people" in gate.explanation for gate in gates)
    assert evaluation.judge_errors == read_judge_errors()


def test_ratings_of_another_adapter_do_not_decide_but_recalibrate_the_judge() -> None:
    said = [dataclasses.replace(r, label="bad" if n % 3 else "send") for n, r in enumerate(_rated("send", 56))]
    evaluation, gates = evaluate_with_people(PROMPTS, RESPONSES, [EXAMPLE], said, adapter_digest="f" * 64)
    assert not any("rated by people" in gate.explanation for gate in gates)
    assert "rated in this home" in evaluation.judge_errors.source


@pytest.mark.parametrize(
    ("calibration", "share"),
    [(None, None), ((Recalibration(), JudgeErrors((95, 100), (95, 100))), 1.0)],
)
def test_a_model_judges_in_place_of_the_offline_judge(calibration, share: float | None, tmp_path: Path) -> None:
    def sends_all(exchange: Exchange) -> bool:
        text = json.dumps({"reason": "It leads on.", "verdict": "send"})
        exchange.send(200, completion(exchange.body, text))
        return True

    with serving(Server(trouble=sends_all)) as server:
        endpoint = Endpoint(server.address, "large", key_variable="", temperature=0.0)
        judge = EndpointJudge(endpoint, tmp_path / "ledger", calibration)
        evaluation, gates = evaluate_with_people(
            PROMPTS, RESPONSES, [EXAMPLE], [], adapter_digest=ADAPTER, model_judge=judge
        )
    (gate,) = (g for g in gates if g.name == "G5_useful_unseen")
    # Without a calibration nothing is known; and a judge that also sends what stub tutors say decides nothing.
    assert evaluation.sends("tuned").rate == share
    assert gate.outcome == "inconclusive", gate.explanation
    assert evaluation.judge_errors == judge.errors
    assert {score.send_reasons for score in evaluation.scores} == {"It leads on."}
