"""The evaluation with what people said: they decide where they rated enough, and correct the judge."""

from __future__ import annotations

from collections.abc import Sequence

from canopy_assets.evals.capability import measured_capability
from canopy_assets.evals.evaluation import Evaluation, evaluate
from canopy_assets.evals.prompts import tutor_replies
from canopy_assets.evals.ratings.decision import decided_by_people
from canopy_assets.evals.ratings.judging import recalibrated_judge
from canopy_assets.evals.verdict import Gate, GateThresholds, evaluate_gates
from canopy_assets.records import EvalPrompt, Rating, TrainingExample, TutorResponse
from canopy_assets.review.overlap import overlapping_prompts
from canopy_assets.review.usefulness import useful_many
from canopy_assets.review.usefulness.endpoint import EndpointJudge


def evaluate_with_people(
    prompts: Sequence[EvalPrompt],
    responses: Sequence[TutorResponse],
    examples: Sequence[TrainingExample],
    ratings: Sequence[Rating],
    *,
    adapter_digest: str,
    thresholds: GateThresholds | None = None,
    model_judge: EndpointJudge | None = None,
) -> tuple[Evaluation, tuple[Gate, ...]]:
    """Evaluates an adapter and judges its gates.

    Args:
        prompts: the evaluation set.
        responses: the rows of all arms, those of solving and of texts, too.
        examples: what the adapter was trained on.
        ratings: all ratings of this home, of any adapter.
        adapter_digest: the adapter of the tuned arm.
        thresholds: of the gates; the defaults when None.
        model_judge: judges in place of the offline judge, with its own errors; ratings of this home don't change it.

    Raises:
        EvaluationError: see `evaluate`.
        EndpointError, EndpointDownError, LedgerError: see `EndpointJudge`.
    """
    judge, people = model_judge or recalibrated_judge(ratings), decided_by_people(adapter_digest, ratings)
    evaluation = evaluate(
        prompts,
        tutor_replies(responses),
        known_families={e.family for e in examples if e.family},
        judge=judge or useful_many,
        judge_errors=judge.errors if judge else None,
    )
    gates = evaluate_gates(
        evaluation,
        thresholds,
        overlapping_prompts=overlapping_prompts(prompts, examples),
        capability_measured=measured_capability(prompts, responses),
        people=people.by_prompt if people else None,
    )
    return evaluation, gates
