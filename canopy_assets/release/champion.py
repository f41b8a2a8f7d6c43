"""Decides whether a new adapter becomes the champion: only if the evaluation says better. A pure function of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.comparison import Comparison, compare
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.verdict import Gate, verdict

SIGNIFICANCE = 0.05
"""The p-value below which a metric counts as worse."""


@dataclass(frozen=True)
class Champion:
    """The adapter in use, and the results it was judged by. `metrics` are rates; `decided_at` is an ISO time."""

    adapter_digest: str
    base_digest: str
    eval_digest: str
    metrics: Mapping[str, float]
    decided_at: str


@dataclass(frozen=True)
class Candidate:
    """An evaluated adapter. `scores` are those of its replies, if there are any to compare with the champion's."""

    adapter_digest: str
    base_digest: str
    eval_digest: str
    gates: tuple[Gate, ...]
    metrics: Mapping[str, float]
    scores: tuple[ReplyScore, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What to do, and why.

    Attributes:
        promote: whether the candidate becomes the champion.
        reasons: sentences.
        champion: the adapter in use afterwards; None when there is still none.
    """

    promote: bool
    reasons: tuple[str, ...]
    champion: Champion | None


def decide(
    candidate: Candidate,
    current: Champion | None,
    *,
    decided_at: str,
    champion_scores: Sequence[ReplyScore] | None = None,
) -> Decision:
    """Whether the candidate becomes the champion.

    Every gate has to pass. If there is a champion with scores on the same evaluation set, no metric may be
    significantly worse than the champion's (exact McNemar test on the same prompts, p < 0.05). The test is deliberately
    not adjusted for the number of metrics, so that in doubt the adapter in use stays. Without such scores, the gates
    against the base model decide.

    Args:
        candidate: the adapter that was evaluated.
        current: the champion; None when there is none.
        decided_at: ISO time of the decision, recorded with a new champion.
        champion_scores: the scores of the champion's replies, if they were kept.
    """
    outcome = verdict(candidate.gates)
    if outcome != "better":
        failed = tuple(gate.explanation for gate in candidate.gates if not gate.passed)
        return Decision(False, (f"The evaluation is {outcome}.", *failed), current)
    if current is not None and _same_adapter(candidate, current):
        return Decision(False, ("This adapter is the champion already.",), current)
    promoted = Champion(
        candidate.adapter_digest, candidate.base_digest, candidate.eval_digest, dict(candidate.metrics), decided_at
    )
    if current is None:
        return Decision(True, ("Every gate passed, and no adapter is in use yet.",), promoted)
    losses, basis = _losses_against(candidate, current, champion_scores)
    if losses:
        return Decision(False, ("Every gate passed, but the champion is better.", *losses), current)
    return Decision(True, ("Every gate passed.", basis), promoted)


def _same_adapter(candidate: Candidate, current: Champion) -> bool:
    return (candidate.adapter_digest, candidate.base_digest) == (current.adapter_digest, current.base_digest)


def _losses_against(
    candidate: Candidate, current: Champion, champion_scores: Sequence[ReplyScore] | None
) -> tuple[tuple[str, ...], str]:
    """A sentence for each metric that is significantly worse than the champion's, and one on what decided."""
    if candidate.eval_digest != current.eval_digest:
        return (), "The champion was judged on another evaluation set, so the gates against the base model decide."
    if not champion_scores or not candidate.scores:
        return (), "The champion's replies are not at hand, so the gates against the base model decide."
    rows = compare(champion_scores, candidate.scores, slice="all", name="champion")
    if not rows:
        return (), "The champion's replies are to other prompts, so the gates against the base model decide."
    losses = tuple(_sentence(row) for row in rows if _is_worse(row))
    return (
        losses,
        f"No metric is significantly worse than the champion's on the same {max(row.n for row in rows)} prompts.",
    )


def _is_worse(row: Comparison) -> bool:
    lower_is_better = next(metric.lower_is_better for metric in METRICS if metric.name == row.metric)
    more = row.only_tuned > row.only_reference
    return row.p_value < SIGNIFICANCE and more == lower_is_better


def _sentence(row: Comparison) -> str:
    label = next(metric.label for metric in METRICS if metric.name == row.metric)
    return (
        f"{label}: {row.tuned_rate or 0:.0%} against the champion's {row.reference_rate or 0:.0%} on the same "
        f"{row.n} prompts (p = {row.p_value:.2g})."
    )
