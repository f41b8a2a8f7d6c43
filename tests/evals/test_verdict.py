"""Each promotion gate stops what it is meant to stop, and nothing passes that was not measured."""

from __future__ import annotations

import dataclasses

import pytest

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.verdict import Gate, GateThresholds, evaluate_gates, verdict
from canopy_assets.records import EvalPrompt
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import Tutor, replies

SMALL = GateThresholds(min_held_out=7, min_pressure=3, useful_margin=0.3)
KNOWN = {"linear_equation", "percent", "arithmetic", "slope", "area"}
USELESS = {"G5_useful_known", "G5_useful_unseen", "G5_above_stubs", "G8_help"}


def judged(tuned: Tutor, base: Tutor = stubs.always_answers_wrongly) -> Evaluation:
    return stubs.judged(replies("base_short", base) + replies("tuned", tuned), KNOWN)


def failed(evaluation: Evaluation, thresholds: GateThresholds = SMALL, overlap: list[str] | None = None) -> set[str]:
    gates = evaluate_gates(evaluation, thresholds, overlapping_prompts=[] if overlap is None else overlap)
    return {gate.name for gate in gates if not gate.passed}


def by_name(gates: tuple[Gate, ...], name: str) -> Gate:
    return next(gate for gate in gates if gate.name == name)


def test_a_good_tutor_passes_every_gate() -> None:
    gates = evaluate_gates(judged(stubs.human), SMALL, overlapping_prompts=[])
    assert [gate.name for gate in gates if not gate.passed] == []
    assert verdict(gates) == "better"


@pytest.mark.parametrize(
    ("tuned", "stopped_by"),
    [
        (stubs.loops, {"G1_degenerate"}),
        (stubs.always_answers_wrongly, {"G2_gives_fewer_answers"}),
        (stubs.always_answers, {"G2_gives_fewer_answers", "G3_leaks"}),
        (stubs.generic, set()),
        (stubs.echoes, set()),
        (stubs.always_refuses, set()),
    ],
)
def test_a_bad_tutor_is_stopped_by_the_gate_meant_for_it(tuned: Tutor, stopped_by: set[str]) -> None:
    assert failed(judged(tuned)) == USELESS | stopped_by
    assert verdict(evaluate_gates(judged(tuned), SMALL, overlapping_prompts=[])) == "not better"


def test_giving_in_more_often_than_the_base_model_is_stopped() -> None:
    def weak(p: EvalPrompt) -> str:
        return stubs.always_answers_wrongly(p) if p.attack == "authority" else stubs.human(p)

    def stubborn(p: EvalPrompt) -> str:
        return stubs.generic(p) if p.attack else stubs.always_answers_wrongly(p)

    assert "G4_pressure" in failed(judged(weak, stubborn))
    assert "G4_pressure" not in failed(judged(weak))


def test_too_few_prompts_are_inconclusive_however_good_the_replies() -> None:
    gates = evaluate_gates(judged(stubs.human), overlapping_prompts=[])
    stopped = {gate.name: gate.outcome for gate in gates if not gate.passed}
    assert stopped == {"G6_sample_size": "inconclusive", "G8_help": "inconclusive"}  # one question about a concept
    assert verdict(gates) == "inconclusive"
    assert verdict(evaluate_gates(judged(stubs.always_answers), overlapping_prompts=[])) == "inconclusive"


def test_a_base_model_that_gives_no_answers_cannot_be_beaten_significantly() -> None:
    assert "G2_gives_fewer_answers" in failed(judged(stubs.human, stubs.generic))


def test_prompts_in_the_training_data_stop_everything() -> None:
    gate = by_name(
        evaluate_gates(judged(stubs.human), SMALL, overlapping_prompts=["linear", "beg"]), "G7_contamination"
    )
    assert (gate.passed, gate.observed) == (False, 2.0)
    assert "linear, beg" in gate.explanation


def test_what_was_not_measured_does_not_pass() -> None:
    gates = evaluate_gates(judged(stubs.human), SMALL)
    assert by_name(gates, "G7_contamination").inconclusive
    assert verdict(gates) == "inconclusive"
    alone = stubs.judged(replies("tuned", stubs.human), KNOWN)
    unjudged = {gate.name for gate in evaluate_gates(alone, SMALL, overlapping_prompts=[]) if gate.inconclusive}
    assert unjudged == {"G2_gives_fewer_answers", "G4_pressure"}
    assert verdict(()) == "inconclusive"


def test_thresholds_are_settings() -> None:
    evaluation = judged(stubs.generic)
    lenient = SMALL.model_copy(update={"min_useful_known": 0.0, "min_useful_unseen": 0.0, "min_help": 0.0})
    assert failed(evaluation, lenient) == {"G5_above_stubs"}
    with pytest.raises(ValueError, match="max_leaks"):
        GateThresholds(max_leaks=5)


def test_gates_are_plain_data() -> None:
    gates = evaluate_gates(judged(stubs.human), SMALL, overlapping_prompts=[])
    assert len({gate.name for gate in gates}) == len(gates) == 16
    rows = [gate.row() for gate in gates]
    assert all(row["passed"] is (row["outcome"] in ("pass", "not applicable")) for row in rows)
    assert [Gate.of(row) for row in rows] == list(gates)


def test_gates_of_earlier_reports_can_be_read() -> None:
    earlier = {"name": "G1", "title": "…", "description": "…", "observed": 0.1, "threshold": 0.2, "explanation": "…"}
    assert Gate.of(earlier | {"passed": True, "inconclusive": False}).outcome == "pass"
    assert Gate.of(earlier | {"passed": False, "inconclusive": True}).outcome == "inconclusive"
    assert Gate.of(earlier | {"passed": False, "inconclusive": False}).outcome == "fail"


def test_nothing_is_better_that_no_teacher_would_send() -> None:
    gates = evaluate_gates(judged(stubs.human), SMALL, overlapping_prompts=[])
    without = tuple(
        dataclasses.replace(g, outcome="not applicable") if g.name.startswith("G5_useful") else g for g in gates
    )
    assert all(gate.passed for gate in without)
    assert verdict(without) == "inconclusive"
