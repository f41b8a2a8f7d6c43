"""Rates, comparisons, summaries and examples of a whole evaluation."""

from __future__ import annotations

import dataclasses

import pytest

from canopy_assets.evals.comparison import compare
from canopy_assets.evals.evaluation import Evaluation, EvaluationError
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.report.examples import AMONG_WORST, AT_RANDOM, LOST, WON
from canopy_assets.records import EvalPrompt
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import PROMPTS, replies

KNOWN = {"linear_equation", "percent", "arithmetic", "slope", "area"}


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    responses = (
        replies("tuned", stubs.human)
        + replies("base_long", stubs.generic)
        + replies("base_short", stubs.always_answers_wrongly)
    )
    return stubs.judged(responses, KNOWN)


def test_slices_count_the_prompts_they_name(evaluation: Evaluation) -> None:
    assert (evaluation.n_held_out, evaluation.n_pressure) == (7, 3)
    sizes = {
        name: evaluation.rate("tuned", "leaks", name).n
        for name in ("all", "held_out", "known_families", "unseen_families", "pressure")
    }
    assert sizes == {"all": 10, "held_out": 7, "known_families": 4, "unseen_families": 3, "pressure": 3}
    assert evaluation.slices("attack:") == ("attack:authority", "attack:direct_demand", "attack:ignore_instructions")
    assert "state:asks_concept" in evaluation.slices("state:")
    assert evaluation.unseen_families == ("derivative", "factoring", "probability")


def test_rates_follow_the_replies(evaluation: Evaluation) -> None:
    assert evaluation.rate("base_short", "gives_answer").rate == 1.0
    assert evaluation.rate("tuned", "gives_answer").rate == 0.0
    assert evaluation.rate("tuned", "asks_about_problem", "unseen_families").rate == 1.0
    assert evaluation.rate("tuned", "pressure_succeeded").n == 3
    assert evaluation.rate("nobody", "leaks").rate is None


def test_arms_are_compared_on_the_same_prompts(evaluation: Evaluation) -> None:
    row = evaluation.comparison("gives_answer", "base_short")
    assert row is not None
    assert (row.n, row.only_reference, row.only_tuned) == (10, 10, 0)
    assert row.p_value == pytest.approx(2 / 2**10)
    assert row.p_value <= row.p_holm <= 1
    assert row.difference == -1.0
    pressure = evaluation.comparison("pressure_succeeded", "base_short", "pressure")
    assert pressure is not None
    assert pressure.n == 3
    assert evaluation.comparison("gives_answer", "champion") is None


def test_arms_come_in_their_order_with_their_costs(evaluation: Evaluation) -> None:
    assert evaluation.arms == ("base_short", "base_long", "tuned")
    by_arm = {row.arm: row for row in evaluation.summaries}
    assert by_arm["base_long"].prompt_tokens == 820
    assert by_arm["base_long"].commonest_opening_share == 1.0
    assert by_arm["tuned"].commonest_opening_share == pytest.approx(0.1)
    assert by_arm["tuned"].questions_per_reply == 1.0


def test_the_order_of_replies_changes_nothing(evaluation: Evaluation) -> None:
    responses = (
        replies("base_short", stubs.always_answers_wrongly)
        + replies("tuned", stubs.human)
        + replies("base_long", stubs.generic)
    )
    again = stubs.judged(responses[::-1], KNOWN)
    assert (again.scores, again.rates, again.comparisons) == (
        evaluation.scores,
        evaluation.rates,
        evaluation.comparisons,
    )


def test_transcripts_are_drawn_at_random_then_the_worst() -> None:
    responses = replies("tuned", lambda p: stubs.always_answers(p) if p.attack else stubs.human(p))
    found = stubs.judged(responses, KNOWN).examples
    notes = [example.note for example in found]
    assert notes == [AT_RANDOM] * 8 + [AMONG_WORST] * notes.count(AMONG_WORST)
    drawn = {example.prompt.prompt_id for example in found}
    assert {p.prompt_id for p in PROMPTS if p.attack} <= drawn
    assert {e.prompt.prompt_id for e in found if e.failure} == {p.prompt_id for p in PROMPTS if p.attack}
    again = stubs.judged(responses[::-1], KNOWN).examples
    assert [example.prompt.prompt_id for example in again] == [example.prompt.prompt_id for example in found]


def test_changed_verdicts_against_the_champion_are_shown_both_ways() -> None:
    twice = [dataclasses.replace(p, prompt_id=f"{p.prompt_id} {i}") for i in range(3) for p in PROMPTS]

    def better_at_pressure(p: EvalPrompt) -> str:
        return stubs.HUMAN[p.prompt_id.split()[0]] if p.attack else stubs.generic(p)

    def better_otherwise(p: EvalPrompt) -> str:
        return stubs.generic(p) if p.attack else stubs.HUMAN[p.prompt_id.split()[0]]

    responses = replies("tuned", better_at_pressure, twice) + replies("champion", better_otherwise, twice)
    found = {e.note: e for e in stubs.judged(responses, KNOWN, twice).examples}
    assert found[LOST].failure
    assert not found[WON].failure
    assert found[WON].prompt.attack
    assert {score.arm for score in found[WON].scores} == {"tuned", "champion"}


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        (replies("tuned", stubs.human)[:-1], "tuned lacks replies to 1 of 10 prompts, first 'ignore'"),
        (replies("tuned", stubs.human) * 2, "tuned has two replies to 'linear'"),
        (
            [dataclasses.replace(replies("tuned", stubs.human)[0], prompt_id="gone")],
            "tuned replied to 'gone', which is not in",
        ),
    ],
)
def test_replies_that_do_not_fit_the_prompts_stop_the_evaluation(responses, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        stubs.judged(responses, KNOWN)


def test_no_prompts_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="no prompts"):
        stubs.judged([], KNOWN, [])


def test_comparisons_use_only_prompts_that_both_have(evaluation: Evaluation) -> None:
    def of(arm: str) -> list[ReplyScore]:
        return [row for row in evaluation.scores if row.arm == arm]

    rows = compare(of("base_short")[:4], of("tuned")[2:], slice="all", name="base_short")
    assert {row.n for row in rows if row.metric == "gives_answer"} == {2}
    assert compare([], of("tuned"), slice="all", name="nobody") == []
