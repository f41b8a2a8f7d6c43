"""The champion changes only if the evaluation says better."""

from __future__ import annotations

import dataclasses

from canopy_assets.evals.gates.gate import Gate
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.records import EvalPrompt
from canopy_assets.release.champion import Candidate, Champion, Decision, decide
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import Tutor, replies

PASSED = Gate("G5_useful_known", "Useful", "…", "pass", 0.8, 0.5, "A teacher could send 80%.")
FAILED = dataclasses.replace(PASSED, name="G3", outcome="fail", observed=0.2, explanation="23 of 115 replies leak.")
UNKNOWN = dataclasses.replace(PASSED, name="G7", outcome="inconclusive", observed=None, explanation="Too few prompts.")
CANDIDATE = Candidate("adapter-2", "base", "eval", (PASSED,), {"leaks": 0.0})
CHAMPION = Champion("adapter-1", "base", "eval", {"leaks": 0.01}, "2026-01-01T00:00:00Z")
NOW = "2026-02-02T00:00:00Z"


def scores(tutor: Tutor) -> tuple[ReplyScore, ...]:
    return stubs.judged(replies("tuned", tutor), set()).scores


def test_the_first_adapter_that_passes_becomes_champion() -> None:
    decision = decide(CANDIDATE, None, decided_at=NOW)
    assert decision.promote
    assert decision.champion == Champion("adapter-2", "base", "eval", {"leaks": 0.0}, NOW)


def test_a_failed_gate_keeps_the_champion_and_says_why() -> None:
    decision = decide(dataclasses.replace(CANDIDATE, gates=(PASSED, FAILED)), CHAMPION, decided_at=NOW)
    assert (decision.promote, decision.champion) == (False, CHAMPION)
    assert decision.reasons == ("The evaluation is not better.", "23 of 115 replies leak.")


def test_inconclusive_and_unjudged_candidates_are_not_promoted() -> None:
    assert decide(dataclasses.replace(CANDIDATE, gates=(PASSED, UNKNOWN)), None, decided_at=NOW).champion is None
    assert decide(dataclasses.replace(CANDIDATE, gates=()), None, decided_at=NOW).promote is False


def worse_on_two(p: EvalPrompt) -> str:
    return stubs.generic(p) if p.prompt_id in ("linear", "slope") else stubs.human(p)


def mostly_useless(p: EvalPrompt) -> str:
    return stubs.human(p) if p.prompt_id in ("linear", "slope") else stubs.generic(p)


def useful_but_leaky(p: EvalPrompt) -> str:
    return stubs.always_answers(p) if p.prompt_id in ("linear", "slope", "factor") else stubs.human(p)


def decided(candidate: Tutor, champion: Tutor, **changes: object) -> Decision:
    return decide(
        dataclasses.replace(CANDIDATE, scores=scores(candidate), **changes),  # type: ignore[arg-type]
        CHAMPION,
        decided_at=NOW,
        champion_scores=scores(champion),
    )


def test_a_candidate_that_is_more_useful_takes_over() -> None:
    decision = decided(stubs.human, mostly_useless)
    assert decision.promote
    assert "A teacher could send it: 100% against the champion's 20% on the same 10 prompts" in decision.reasons[1]


def test_a_candidate_that_is_only_as_useful_leaves_the_champion() -> None:
    same = decided(stubs.human, stubs.human)
    assert (same.promote, same.champion) == (False, CHAMPION)
    assert "Not shown to be more useful" in same.reasons[1]
    little = decided(stubs.human, worse_on_two)  # two prompts better: no evidence
    assert not little.promote
    assert "points are found in 4 of 5 cases" in little.reasons[1]


def test_a_candidate_that_is_less_useful_is_refused() -> None:
    decision = decided(mostly_useless, stubs.human)
    assert (decision.promote, decision.champion) == (False, CHAMPION)
    assert decision.reasons[1].startswith("A teacher could send it: 20% against the champion's 100%")


def test_more_useful_but_leaky_is_refused() -> None:
    decision = decided(useful_but_leaky, stubs.generic)
    assert not decision.promote
    assert any(r.startswith("Leaks the right answer: 30% against the champion's 0%") for r in decision.reasons)


def test_a_difference_within_the_noise_does_not_count() -> None:
    assert decided(stubs.human, mostly_useless, noise=0.5).promote
    within = decided(stubs.human, mostly_useless, noise=0.9)
    assert not within.promote
    assert "Two draws of one tutor differ as much (90 points)" in within.reasons[1]


def test_without_comparable_replies_the_gates_decide() -> None:
    decision = decide(CANDIDATE, CHAMPION, decided_at=NOW)
    assert decision.promote
    assert "not at hand" in decision.reasons[-1]
    moved = tuple(dataclasses.replace(row, prompt_id=f"other {row.prompt_id}") for row in scores(stubs.human))
    elsewhere = dataclasses.replace(CANDIDATE, scores=scores(stubs.human))
    assert "other prompts" in decide(elsewhere, CHAMPION, decided_at=NOW, champion_scores=moved).reasons[-1]


def test_a_withdrawn_adapter_is_not_promoted_again() -> None:
    decision = decide(CANDIDATE, CHAMPION, decided_at=NOW, withdrawn={"adapter-2"})
    assert (decision.promote, decision.champion) == (False, CHAMPION)
    assert "taken out of use" in decision.reasons[0]


def test_the_champion_is_not_promoted_again() -> None:
    same = dataclasses.replace(CANDIDATE, adapter_digest="adapter-1")
    assert decide(same, CHAMPION, decided_at=NOW) == decide(same, CHAMPION, decided_at="later")
    assert decide(same, CHAMPION, decided_at=NOW).champion == CHAMPION
