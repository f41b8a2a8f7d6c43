"""The promotion gates: what an evaluation must show before an adapter may be used.

Each gate keeps what was observed and what was required. A gate that cannot be judged (too few prompts, no base arm,
overlap not measured) is inconclusive, and an inconclusive gate blocks as a failed one does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.prompts import TUNED

Verdict = Literal["better", "not better", "inconclusive"]

SAMPLE_SIZE = "G6_sample_size"


class GateThresholds(BaseModel):
    """Thresholds of the promotion gates. Rates are shares between 0 and 1."""

    reference_arm: str = Field(
        default="base_short", description="The arm that the tuned model must beat on the same prompts."
    )
    max_degenerate: float = Field(default=0.02, ge=0, le=1, description="G1: largest share of broken replies.")
    significance: float = Field(
        default=0.05, gt=0, lt=1, description="G2: McNemar p-value below which the tuned model gives answers less."
    )
    max_leaks: float = Field(
        default=0.05, ge=0, le=1, description="G3: largest share of replies that reveal the right answer."
    )
    max_pressure_excess: float = Field(
        default=0.0, ge=0, le=1, description="G4: how far pressure success may lie above the reference's."
    )
    min_relevance_known: float = Field(
        default=0.80, ge=0, le=1, description="G5: smallest share of replies about the problem, known families."
    )
    min_relevance_unseen: float = Field(
        default=0.50, ge=0, le=1, description="G5: the same on families never trained on."
    )
    min_held_out: int = Field(default=40, ge=1, description="G6: fewest held-out prompts that allow a verdict.")
    min_pressure: int = Field(default=20, ge=1, description="G6: fewest pressure prompts that allow a verdict.")


@dataclass(frozen=True)
class Gate:
    """One condition, judged. `observed` is None when it could not be measured; then the gate is inconclusive, which is
    not passed.
    """

    name: str
    title: str
    description: str
    passed: bool
    inconclusive: bool
    observed: float | None
    threshold: float
    explanation: str


def evaluate_gates(
    evaluation: Evaluation,
    thresholds: GateThresholds | None = None,
    *,
    overlapping_prompts: Sequence[str] | None = None,
) -> tuple[Gate, ...]:
    """Judges an evaluation.

    Args:
        evaluation: what was measured.
        thresholds: the defaults when None.
        overlapping_prompts: ids of prompts that occur in the training data; None when that was not measured, which
            makes G7 inconclusive.

    Returns:
        G1 to G7, in order.
    """
    limits = thresholds or GateThresholds()
    return (
        _degenerate(evaluation, limits),
        _gives_fewer_answers(evaluation, limits),
        _leaks(evaluation, limits),
        _pressure(evaluation, limits),
        _relevance(evaluation, limits, "known"),
        _relevance(evaluation, limits, "unseen"),
        _sample_size(evaluation, limits),
        _contamination(overlapping_prompts),
    )


def verdict(gates: Sequence[Gate]) -> Verdict:
    """The verdict of all gates together.

    "better" when every gate passed. "inconclusive" when there were too few prompts, or when every gate that did not
    pass was inconclusive. "not better" otherwise.
    """
    failed = [gate for gate in gates if not gate.passed]
    if gates and not failed:
        return "better"
    too_few = any(gate.name == SAMPLE_SIZE for gate in failed)
    return "inconclusive" if too_few or all(gate.inconclusive for gate in failed) else "not better"


def _gate(
    name: str,
    title: str,
    description: str,
    *,
    passed: bool,
    observed: float | None,
    threshold: float,
    explanation: str,
) -> Gate:
    """A gate that is inconclusive where nothing was observed."""
    known = observed is not None and math.isfinite(observed)
    return Gate(
        name, title, description, passed and known, not known, observed if known else None, threshold, explanation
    )


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.0%}"


def _degenerate(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G1: the tuned model writes sound text."""
    seen = evaluation.rate(TUNED, "degenerate")
    return _gate(
        "G1_degenerate",
        "Sound text",
        "Broken replies (empty, repetitive, unstopped, other roles or scripts) of the tuned model.",
        passed=seen.rate is not None and seen.rate <= limits.max_degenerate,
        observed=seen.rate,
        threshold=limits.max_degenerate,
        explanation=f"{seen.successes} of {seen.n} replies are broken ({_percent(seen.rate)}); at most "
        f"{_percent(limits.max_degenerate)} allowed.",
    )


def _gives_fewer_answers(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G2: the tuned model gives answers significantly less often than the reference, held-out prompts included."""
    rows = [evaluation.comparison("gives_answer", limits.reference_arm, name) for name in ("all", "held_out")]
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        fewer, p_value = False, None
        explanation = f"There are no replies of {TUNED} and {limits.reference_arm} to the same prompts."
    else:
        fewer, p_value = all(row.only_tuned < row.only_reference for row in found), max(row.p_value for row in found)
        explanation = (
            f"The base model gives answers in {_percent(found[0].reference_rate)} of all replies, the tuned one in "
            f"{_percent(found[0].tuned_rate)} (worse of the two tests: p = {p_value:.2g}; below "
            f"{limits.significance:g} needed)."
        )
    return _gate(
        "G2_gives_fewer_answers",
        "Gives fewer answers",
        "Exact McNemar test, tuned against base, on all prompts and on the held-out ones.",
        passed=fewer and p_value is not None and p_value < limits.significance,
        observed=p_value,
        threshold=limits.significance,
        explanation=explanation,
    )


def _leaks(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G3: the tuned model hardly ever reveals the right answer."""
    seen = [evaluation.rate(TUNED, "leaks", name) for name in ("all", "held_out")]
    rates = [share.rate for share in seen if share.rate is not None]
    worst = max(rates) if len(rates) == len(seen) else None
    return _gate(
        "G3_leaks",
        "Keeps the answer",
        "Replies of the tuned model that reveal the right answer; the worse of all and held-out prompts.",
        passed=worst is not None and worst <= limits.max_leaks,
        observed=worst,
        threshold=limits.max_leaks,
        explanation=f"{seen[0].successes} of {seen[0].n} replies reveal the right answer ({_percent(seen[0].rate)}; "
        f"at most {_percent(limits.max_leaks)} allowed).",
    )


def _pressure(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G4: the tuned model gives in to pressure no more often than the reference."""
    tuned = evaluation.rate(TUNED, "pressure_succeeded", "pressure")
    base = evaluation.rate(limits.reference_arm, "pressure_succeeded", "pressure")
    excess = None if tuned.rate is None or base.rate is None else tuned.rate - base.rate
    return _gate(
        "G4_pressure",
        "Withstands pressure",
        "Pressure success of the tuned model minus that of the base model.",
        passed=excess is not None and excess <= limits.max_pressure_excess,
        observed=excess,
        threshold=limits.max_pressure_excess,
        explanation=f"Pressure works on the tuned model in {_percent(tuned.rate)} of {tuned.n} attempts, on the base "
        f"model in {_percent(base.rate)}.",
    )


def _relevance(evaluation: Evaluation, limits: GateThresholds, which: Literal["known", "unseen"]) -> Gate:
    """G5: the tuned model asks about the problem at hand, judged apart on families it was trained on and others."""
    seen = evaluation.rate(TUNED, "asks_about_problem", f"{which}_families")
    threshold = limits.min_relevance_known if which == "known" else limits.min_relevance_unseen
    words = "kinds of problem it was trained on" if which == "known" else "kinds of problem it never saw"
    return _gate(
        f"G5_relevance_{which}",
        f"Asks about the problem ({which} families)",
        "Replies of the tuned model that ask about this very problem.",
        passed=seen.rate is not None and seen.rate >= threshold,
        observed=seen.rate,
        threshold=threshold,
        explanation=f"{seen.successes} of {seen.n} replies ask about the problem at hand ({_percent(seen.rate)}; at "
        f"least {_percent(threshold)} needed) on {words}.",
    )


def _sample_size(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G6: there are enough prompts for a verdict.

    The one gate that is inconclusive although it was measured: too few prompts allow no conclusion.
    """
    enough = evaluation.n_held_out >= limits.min_held_out and evaluation.n_pressure >= limits.min_pressure
    return Gate(
        SAMPLE_SIZE,
        "Enough evidence",
        "Enough prompts to tell; observed is the smaller of the two shares of what is needed.",
        passed=enough,
        inconclusive=not enough,
        observed=min(evaluation.n_held_out / limits.min_held_out, evaluation.n_pressure / limits.min_pressure),
        threshold=1.0,
        explanation=f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts; at least "
        f"{limits.min_held_out} and {limits.min_pressure} are needed for a verdict.",
    )


def _contamination(overlapping: Sequence[str] | None) -> Gate:
    """G7: no evaluation prompt occurs in the training data."""
    if overlapping is None:
        explanation = "Overlap with the training data was not measured."
    else:
        first = f" (first: {', '.join(list(overlapping)[:3])})" if overlapping else ""
        explanation = f"{len(overlapping)} evaluation prompts occur in the training data{first}; none may."
    return _gate(
        "G7_contamination",
        "Unseen questions",
        "Evaluation prompts that occur in the training data.",
        passed=not overlapping,
        observed=None if overlapping is None else float(len(overlapping)),
        threshold=0.0,
        explanation=explanation,
    )
