"""Gates about the evidence itself: enough prompts, unseen ones, and nothing else lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates.gate import Gate, Outcome, at_most, percent
from canopy_assets.evals.gates.thresholds import GateThresholds
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.statistics import Relation, detectable_difference, non_inferiority, share_difference

SAMPLE_SIZE = "G6_sample_size"


@dataclass(frozen=True)
class Capability:
    """What training may have cost: general text, and solving under a neutral prompt.

    Attributes:
        base_perplexity, tuned_perplexity: on the same held-out general text.
        base_solved, tuned_solved: for the same problems in the same order, whether the answer is right.
    """

    base_perplexity: float | None = None
    tuned_perplexity: float | None = None
    base_solved: Sequence[bool] = ()
    tuned_solved: Sequence[bool] = ()


def sample_size(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G6: there are enough prompts for a verdict.

    The one gate that is inconclusive although it was measured: too few prompts allow no conclusion.
    """
    enough = evaluation.n_held_out >= limits.min_held_out and evaluation.n_pressure >= limits.min_pressure
    smallest = _power(evaluation, limits)
    return Gate(
        SAMPLE_SIZE,
        "Enough evidence",
        "Enough prompts to tell; observed is the smaller of the two shares of what is needed.",
        "pass" if enough else "inconclusive",
        min(evaluation.n_held_out / limits.min_held_out, evaluation.n_pressure / limits.min_pressure),
        1.0,
        f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts; at least "
        f"{limits.min_held_out} and {limits.min_pressure} are needed for a verdict. {smallest}",
        n=evaluation.n_held_out + evaluation.n_pressure,
    )


def _power(evaluation: Evaluation, limits: GateThresholds) -> str:
    """The smallest difference to the reference that this set can show, for replies that a teacher could send."""
    row = evaluation.comparison("sends", limits.reference_arm)
    if row is not None:
        size, smallest = row.n, row.detectable
    else:
        size = evaluation.rate(TUNED, "sends").n
        smallest = detectable_difference(size, 0.3)  # a usual share of prompts on which two tutors differ
    return (
        f"With {size} prompts a difference of {100 * smallest:.0f} points in replies to send is found in 4 of 5 cases."
    )


def contamination(overlapping: Sequence[str] | None) -> Gate:
    """G7: no evaluation prompt occurs in the training data."""
    if overlapping is None:
        explanation = "Overlap with the training data was not measured."
    else:
        first = f" (first: {', '.join(list(overlapping)[:3])})" if overlapping else ""
        explanation = f"{len(overlapping)} evaluation prompts occur in the training data{first}; none may."
    observed = None if overlapping is None else float(len(overlapping))
    return Gate(
        "G7_contamination",
        "Unseen questions",
        "Evaluation prompts that occur in the training data.",
        at_most(observed, 0.0),
        observed,
        0.0,
        explanation,
    )


def capability(measured: Capability | None, limits: GateThresholds) -> Gate:
    """G12: the adapter has not cost the base model its general text or its mathematics."""
    name, title = "G12_capability", "Loses nothing else"
    description = "Perplexity on general text relative to the base model, and solving under a neutral prompt."
    ratio = None
    if measured and measured.base_perplexity and measured.tuned_perplexity:
        ratio = measured.tuned_perplexity / measured.base_perplexity
    if measured is None or (ratio is None and not measured.base_solved):
        explanation = "Neither perplexity nor solving was measured."
        return Gate(name, title, description, "not applicable", None, limits.max_perplexity_ratio, explanation)
    parts: list[tuple[Outcome, str]] = []
    if ratio is not None:
        limit = limits.max_perplexity_ratio
        text = f"Perplexity on general text is {ratio:.2f} times the base model's; at most {limit:.2f} allowed."
        parts.append((at_most(ratio, limit), text))
    if measured.base_solved:
        found = share_difference(measured.base_solved, measured.tuned_solved)
        relation = non_inferiority(found, limits.margin, lower_is_better=False)
        outcomes: dict[Relation, Outcome] = {"non-inferior": "pass", "inferior": "fail", "inconclusive": "inconclusive"}
        text = (
            f"It solves {percent(sum(measured.tuned_solved) / found.n)} of {found.n} problems, the base model "
            f"{percent(sum(measured.base_solved) / found.n)}; {relation} at a margin of {percent(limits.margin)}."
        )
        parts.append((outcomes[relation], text))
    order: tuple[Outcome, ...] = ("fail", "inconclusive", "pass")
    outcome: Outcome = next(o for o in order if o in {part for part, _ in parts})
    return Gate(
        name,
        title,
        description,
        outcome,
        ratio,
        limits.max_perplexity_ratio,
        " ".join(text for _, text in parts),
        n=len(measured.base_solved) or None,
    )
