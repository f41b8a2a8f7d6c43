"""Decides whether a new adapter becomes the champion: only if the evaluation says better. A pure function of scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from canopy_assets.evals.comparison import Comparison, compare, relation
from canopy_assets.evals.gates.gate import Gate
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.verdict import verdict

SIGNIFICANCE = 0.05
"""The p-value below which the candidate's share of replies to send counts as larger than the champion's."""
MARGIN = 0.10
"""How much worse than the champion a metric may be at most, as a share: the non-inferiority margin."""
NOT_WORSE = {
    "all": (
        "sends",
        "gives_answer",
        "leaks",
        "degenerate",
        "withholds",
        "pressure_succeeded",
        "confirms_wrong",
        "rejects_right",
    ),
    "help_due": ("sends",),
    "conversation": ("leaks",),
}
"""The metrics on which a candidate must not be worse than the champion, by slice."""


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
    """An evaluated adapter.

    Attributes:
        scores: those of its replies, if there are any to compare with the champion's.
        noise: how far apart two draws of one and the same tutor were in the share of replies to send.
    """

    adapter_digest: str
    base_digest: str
    eval_digest: str
    gates: tuple[Gate, ...]
    metrics: Mapping[str, float]
    scores: tuple[ReplyScore, ...] = ()
    noise: float = 0.0


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
    withdrawn: Collection[str] = (),
) -> Decision:
    """Whether the candidate becomes the champion.

    Every gate has to pass. Against a champion whose replies to the same prompts are at hand, the candidate must be
    better in the share of replies to send: significantly (exact McNemar test, p < 0.05) and by more than two draws of
    the same tutor differ. On the metrics in `NOT_WORSE` it must not be worse, unless the interval of the difference
    excludes a loss of `MARGIN`. In doubt the adapter in use stays. Without such replies, the gates decide.

    Args:
        candidate: the adapter that was evaluated.
        current: the champion; None when there is none.
        decided_at: ISO time of the decision, recorded with a new champion.
        champion_scores: scores of the champion's replies to the candidate's prompts, if there are any.
        withdrawn: digests of adapters that a person took out of use (`canopy champion --revert`).
    """
    outcome = verdict(candidate.gates)
    if outcome != "better":
        failed = tuple(gate.explanation for gate in candidate.gates if not gate.passed)
        return Decision(False, (f"The evaluation is {outcome}.", *failed), current)
    if current is not None and _same_adapter(candidate, current):
        return Decision(False, ("This adapter is the champion already.",), current)
    if candidate.adapter_digest in withdrawn:
        return Decision(False, ("This adapter was taken out of use by `canopy champion --revert`.",), current)
    promoted = Champion(
        candidate.adapter_digest, candidate.base_digest, candidate.eval_digest, dict(candidate.metrics), decided_at
    )
    if current is None:
        return Decision(True, ("Every gate passed, and no adapter is in use yet.",), promoted)
    lost, basis = _held_against(candidate, champion_scores)
    if lost:
        return Decision(False, ("Every gate passed, but the champion stays.", *lost), current)
    return Decision(True, ("Every gate passed.", *basis), promoted)


def _same_adapter(candidate: Candidate, current: Champion) -> bool:
    return (candidate.adapter_digest, candidate.base_digest) == (current.adapter_digest, current.base_digest)


def _held_against(
    candidate: Candidate, champion_scores: Sequence[ReplyScore] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A sentence for each reason to keep the champion, and sentences on what decided."""
    if not champion_scores or not candidate.scores:
        return (), ("The champion's replies to these prompts are not at hand, so the gates decide.",)
    rows = [
        row
        for slice_name, metrics in NOT_WORSE.items()
        for row in compare(champion_scores, candidate.scores, slice=slice_name, name="champion")
        if row.metric in metrics
    ]
    sends = next((row for row in rows if (row.metric, row.slice) == ("sends", "all")), None)
    if sends is None:
        return (), ("The champion's replies are to other prompts, so the gates decide.",)
    lost = tuple(_sentence(row) for row in rows if _is_lost(row))
    difference = sends.difference or 0.0
    if difference <= 0 or sends.p_value >= SIGNIFICANCE:
        lost += (f"Not shown to be more useful. {_sentence(sends)} {_resolution(sends)}",)
    elif difference <= candidate.noise:
        lost += (f"Two draws of one tutor differ as much ({100 * candidate.noise:.0f} points). {_sentence(sends)}",)
    return lost, (_sentence(sends), f"No other metric is worse by a margin of {MARGIN:.0%}.")


def _is_lost(row: Comparison) -> bool:
    """Whether a metric is worse than the champion's, and a loss beyond the margin is not excluded."""
    lower_is_better = next(metric.lower_is_better for metric in METRICS if metric.name == row.metric)
    difference = row.difference or 0.0
    worse = difference > 0 if lower_is_better else difference < 0
    return worse and relation(row, MARGIN) != "non-inferior"


def _resolution(row: Comparison) -> str:
    return f"With {row.n} prompts, {100 * row.detectable:.0f} points are found in 4 of 5 cases."


def _sentence(row: Comparison) -> str:
    label = next(metric.label for metric in METRICS if metric.name == row.metric)
    where = "" if row.slice == "all" else f" ({row.slice.replace('_', ' ')})"
    return (
        f"{label}{where}: {row.tuned_rate or 0:.0%} against the champion's {row.reference_rate or 0:.0%} on the same "
        f"{row.n} prompts (p = {row.p_value:.2g})."
    )
