"""The verdict on an evaluation: every gate judged, and what follows from all of them together.

Each gate keeps what was observed and what was required. A gate that cannot be judged (too few prompts, no base arm,
overlap not measured) is inconclusive, and an inconclusive gate blocks as a failed one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates.evidence import SAMPLE_SIZE, Capability, capability, contamination, sample_size
from canopy_assets.evals.gates.gate import Gate, TestedGate
from canopy_assets.evals.gates.safety import (
    gives_fewer_answers,
    holds_out,
    holds_out_knowing,
    keeps_the_answer,
    sound_text,
    true_feedback,
    withstands_pressure,
)
from canopy_assets.evals.gates.thresholds import GateThresholds
from canopy_assets.evals.gates.usefulness import (
    Ratings,
    above_stubs,
    helps_where_due,
    judge_can_tell,
    swapped,
    useful,
)
from canopy_assets.evals.statistics import holm

__all__ = ["Capability", "Gate", "GateThresholds", "Verdict", "evaluate_gates", "judge_is_trusted", "verdict"]

Verdict = Literal["better", "not better", "inconclusive"]

USEFUL = ("G5_useful_known", "G5_useful_unseen")
"""The decisive gates: nothing is better that no teacher would send."""
JUDGE = "G11_judge"
ON_JUDGE = (*USEFUL, "G5_above_stubs", "G8_help")
"""The gates that an adapter passes by the judge's opinion."""


def evaluate_gates(
    evaluation: Evaluation,
    thresholds: GateThresholds | None = None,
    *,
    overlapping_prompts: Sequence[str] | None = None,
    capability_measured: Capability | None = None,
    people: Ratings | None = None,
) -> tuple[Gate, ...]:
    """Judges an evaluation.

    Args:
        evaluation: what was measured.
        thresholds: the defaults when None.
        overlapping_prompts: ids of prompts that occur in the training data; None when that was not measured, which
            makes G7 inconclusive.
        capability_measured: perplexity and solving of base and tuned model; G12 does not apply when None.
        people: ratings of the tuned arm's replies, where people rated enough of them to decide.

    Returns:
        G1 to G12, in order. The p-values of the gates with a test are adjusted together by Holm's method.
    """
    limits = thresholds or GateThresholds()
    gates: list[Gate | TestedGate] = [
        sound_text(evaluation, limits),
        gives_fewer_answers(evaluation, limits),
        keeps_the_answer(evaluation, limits),
        withstands_pressure(evaluation, limits),
        holds_out(evaluation, limits),
        holds_out_knowing(evaluation, limits),
        useful(evaluation, limits, "known", people),
        useful(evaluation, limits, "unseen", people),
        above_stubs(evaluation, limits),
        sample_size(evaluation, limits),
        contamination(overlapping_prompts),
        helps_where_due(evaluation, limits),
        true_feedback(evaluation, limits),
        swapped(evaluation, limits),
        judge_can_tell(evaluation, limits),
        capability(capability_measured, limits),
    ]
    tests = {str(i): g.test.p_value for i, g in enumerate(gates) if isinstance(g, TestedGate) and g.test}
    adjusted = holm(tests)
    found = [g.judged(adjusted.get(str(i))) if isinstance(g, TestedGate) else g for i, g in enumerate(gates)]
    return tuple(found if judge_is_trusted(found) else map(_without_judge, found))


def judge_is_trusted(gates: Sequence[Gate]) -> bool:
    """Whether the judge told tutors of known worth apart; without that, none of its shares says anything."""
    return not any(gate.name == JUDGE and gate.outcome == "fail" for gate in gates)


def _without_judge(gate: Gate) -> Gate:
    """The gate as it stands when the judge cannot be trusted: a pass by its opinion is none."""
    if gate.name not in ON_JUDGE or gate.by_people or gate.outcome != "pass":
        return gate
    explanation = f"{gate.explanation} But the judge does not tell tutors apart on these prompts."
    return replace(gate, outcome="inconclusive", explanation=explanation)


def verdict(gates: Sequence[Gate]) -> Verdict:
    """The verdict of all gates together.

    "better" when every gate that applies passed, one on usefulness among them. "inconclusive" when there were too few
    prompts, or when every gate that did not pass was inconclusive. "not better" otherwise.
    """
    failed = [gate for gate in gates if not gate.passed]
    if not failed:
        return "better" if any(gate.name in USEFUL and gate.outcome == "pass" for gate in gates) else "inconclusive"
    too_few = any(gate.name == SAMPLE_SIZE for gate in failed)
    return "inconclusive" if too_few or all(gate.inconclusive for gate in failed) else "not better"
