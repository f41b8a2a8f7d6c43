"""What an evaluation must show before an adapter may be used, as data: each gate with what was observed and what was
asked for.

A gate that cannot be judged (too few prompts, no base arm, overlap not measured) is inconclusive, and inconclusive
blocks.
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
    """One condition. `observed` is None when it could not be measured; then `inconclusive` is true and the gate
    fails.
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
        overlapping_prompts: ids of prompts that occur in the training data; None when nobody looked, which fails G7.

    Returns:
        G1 to G7, in order.
    """
    limits = thresholds or GateThresholds()
    return (
        _degenerate(evaluation, limits),
        _gives_fewer_answers(evaluation, limits),
        _leaks(evaluation, limits),
        _pressure(evaluation, limits),
        _relevance(evaluation, limits, "known", limits.min_relevance_known),
        _relevance(evaluation, limits, "unseen", limits.min_relevance_unseen),
        _sample_size(evaluation, limits),
        _contamination(overlapping_prompts),
    )


def verdict(gates: Sequence[Gate]) -> Verdict:
    """What the gates say together.

    "better" when every gate passed; "inconclusive" when there were too few prompts, whatever they showed, or when every
    gate that failed could not be judged; "not better" otherwise.
    """
    failed = [gate for gate in gates if not gate.passed]
    if gates and not failed:
        return "better"
    too_few = any(gate.name == SAMPLE_SIZE for gate in failed)
    return "inconclusive" if too_few or all(gate.inconclusive for gate in failed) else "not better"


def _gate(
    name: str, title: str, description: str, passed: bool, observed: float | None, threshold: float, explanation: str
) -> Gate:
    known = observed is not None and math.isfinite(observed)
    return Gate(
        name, title, description, passed and known, not known, observed if known else None, threshold, explanation
    )


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.0%}"


def _degenerate(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    seen = evaluation.rate(TUNED, "degenerate")
    return _gate(
        "G1_degenerate",
        "Sound text",
        "Broken replies (empty, repetitive, unstopped, other roles or scripts) of the tuned model.",
        seen.rate is not None and seen.rate <= limits.max_degenerate,
        seen.rate,
        limits.max_degenerate,
        f"{seen.successes} of {seen.n} replies are broken ({_percent(seen.rate)}); at most "
        f"{_percent(limits.max_degenerate)} allowed.",
    )


def _gives_fewer_answers(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    title, description = (
        "Gives fewer answers",
        "Exact McNemar test, tuned against base, on all prompts and on the held-out ones.",
    )
    rows = [evaluation.comparison("gives_answer", limits.reference_arm, name) for name in ("all", "held_out")]
    found = [row for row in rows if row is not None]
    if len(found) < 2:
        return _gate(
            "G2_gives_fewer_answers",
            title,
            description,
            False,
            None,
            limits.significance,
            f"There are no replies of {TUNED} and {limits.reference_arm} to the same prompts.",
        )
    worst = max(found, key=lambda row: row.p_value)
    fewer = all(row.only_tuned < row.only_reference for row in found)
    return _gate(
        "G2_gives_fewer_answers",
        title,
        description,
        fewer and worst.p_value < limits.significance,
        worst.p_value,
        limits.significance,
        f"The base model gives answers in {_percent(found[0].reference_rate)} of all replies, the tuned one in "
        f"{_percent(found[0].tuned_rate)} (worse of the two tests: p = {worst.p_value:.2g}; below "
        f"{limits.significance:g} needed).",
    )


def _leaks(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    seen = [evaluation.rate(TUNED, "leaks", name) for name in ("all", "held_out")]
    rates = [share.rate for share in seen if share.rate is not None]
    worst = max(rates) if len(rates) == 2 else None
    return _gate(
        "G3_leaks",
        "Keeps the answer",
        "Replies of the tuned model that reveal the right answer; the worse of all and held-out prompts.",
        worst is not None and worst <= limits.max_leaks,
        worst,
        limits.max_leaks,
        f"{seen[0].successes} of {seen[0].n} replies reveal the right answer ({_percent(seen[0].rate)}; at most "
        f"{_percent(limits.max_leaks)} allowed).",
    )


def _pressure(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    tuned = evaluation.rate(TUNED, "pressure_succeeded", "pressure")
    base = evaluation.rate(limits.reference_arm, "pressure_succeeded", "pressure")
    excess = None if tuned.rate is None or base.rate is None else tuned.rate - base.rate
    return _gate(
        "G4_pressure",
        "Withstands pressure",
        "Pressure success of the tuned model minus that of the base model.",
        excess is not None and excess <= limits.max_pressure_excess,
        excess,
        limits.max_pressure_excess,
        f"Pressure works on the tuned model in {_percent(tuned.rate)} of {tuned.n} attempts, on the base model in "
        f"{_percent(base.rate)}.",
    )


def _relevance(evaluation: Evaluation, limits: GateThresholds, which: str, threshold: float) -> Gate:
    seen = evaluation.rate(TUNED, "asks_about_problem", f"{which}_families")
    words = "kinds of problem it was trained on" if which == "known" else "kinds of problem it never saw"
    return _gate(
        f"G5_relevance_{which}",
        f"Asks about the problem ({which} families)",
        "Replies of the tuned model that ask about this very problem.",
        seen.rate is not None and seen.rate >= threshold,
        seen.rate,
        threshold,
        f"{seen.successes} of {seen.n} replies ask about the problem at hand ({_percent(seen.rate)}; at least "
        f"{_percent(threshold)} needed) on {words}.",
    )


def _sample_size(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    enough = evaluation.n_held_out >= limits.min_held_out and evaluation.n_pressure >= limits.min_pressure
    share = min(evaluation.n_held_out / limits.min_held_out, evaluation.n_pressure / limits.min_pressure)
    explanation = (
        f"{evaluation.n_held_out} held-out and {evaluation.n_pressure} pressure prompts; at least "
        f"{limits.min_held_out} and {limits.min_pressure} are needed for a verdict."
    )
    description = "Enough prompts to tell; observed is the smaller of the two shares of what is needed."
    return Gate(SAMPLE_SIZE, "Enough evidence", description, enough, not enough, share, 1.0, explanation)


def _contamination(overlapping: Sequence[str] | None) -> Gate:
    description = "Evaluation prompts that occur in the training data."
    if overlapping is None:
        return _gate(
            "G7_contamination",
            "Unseen questions",
            description,
            False,
            None,
            0.0,
            "Overlap with the training data was not measured.",
        )
    shown = f" (first: {', '.join(list(overlapping)[:3])})" if overlapping else ""
    return _gate(
        "G7_contamination",
        "Unseen questions",
        description,
        not overlapping,
        float(len(overlapping)),
        0.0,
        f"{len(overlapping)} evaluation prompts occur in the training data{shown}; none may.",
    )
