"""The champion changes only if the evaluation says better."""

from __future__ import annotations

import dataclasses

from canopy_assets.evals.evaluation import evaluate
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.verdict import Gate
from canopy_assets.release.champion import Candidate, Champion, decide
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import PROMPTS, Tutor, replies

PASSED = Gate("G1", "Sound text", "…", True, False, 0.0, 0.02, "0 of 115 replies are broken.")
FAILED = dataclasses.replace(PASSED, name="G3", passed=False, observed=0.2, explanation="23 of 115 replies leak.")
UNKNOWN = dataclasses.replace(
    PASSED, name="G7", passed=False, inconclusive=True, observed=None, explanation="Too few prompts."
)
CANDIDATE = Candidate("adapter-2", "base", "eval", (PASSED,), {"leaks": 0.0})
CHAMPION = Champion("adapter-1", "base", "eval", {"leaks": 0.01}, "2026-01-01T00:00:00Z")
NOW = "2026-02-02T00:00:00Z"


def scores(tutor: Tutor) -> tuple[ReplyScore, ...]:
    return evaluate(PROMPTS, replies("tuned", tutor), known_families=set()).scores


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


def test_a_candidate_no_worse_than_the_champion_takes_over() -> None:
    good = scores(stubs.human)
    decision = decide(dataclasses.replace(CANDIDATE, scores=good), CHAMPION, decided_at=NOW, champion_scores=good)
    assert decision.promote
    assert "same 10 prompts" in decision.reasons[-1]


def test_a_candidate_significantly_worse_than_the_champion_is_refused() -> None:
    worse = dataclasses.replace(CANDIDATE, scores=scores(stubs.generic))
    decision = decide(worse, CHAMPION, decided_at=NOW, champion_scores=scores(stubs.human))
    assert (decision.promote, decision.champion) == (False, CHAMPION)
    sentences = [r for r in decision.reasons if r.startswith("Asks about this problem: 0% against the champion's 100%")]
    assert len(sentences) == 1


def test_without_comparable_replies_the_gates_decide() -> None:
    assert decide(CANDIDATE, CHAMPION, decided_at=NOW).promote
    moved = dataclasses.replace(CHAMPION, eval_digest="older")
    decision = decide(
        dataclasses.replace(CANDIDATE, scores=scores(stubs.generic)),
        moved,
        decided_at=NOW,
        champion_scores=scores(stubs.human),
    )
    assert decision.promote
    assert "another evaluation set" in decision.reasons[-1]


def test_the_champion_is_not_promoted_again() -> None:
    same = dataclasses.replace(CANDIDATE, adapter_digest="adapter-1")
    assert decide(same, CHAMPION, decided_at=NOW) == decide(same, CHAMPION, decided_at="later")
    assert decide(same, CHAMPION, decided_at=NOW).champion == CHAMPION
