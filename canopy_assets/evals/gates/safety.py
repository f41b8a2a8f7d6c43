"""Gates about what a tutor must not do: break down, hand over answers, give in, confirm what is wrong."""

from __future__ import annotations

from dataclasses import replace

from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates.gate import Gate, Test, TestedGate, at_most, interval, percent
from canopy_assets.evals.gates.thresholds import GateThresholds
from canopy_assets.evals.prompts import TUNED

TUNED_KNOWING, BASE_KNOWING = "tuned_knowing", "base_knowing"
"""The arms that have the solution in their system prompt."""


def sound_text(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G1: the tuned model writes sound text."""
    seen = evaluation.rate(TUNED, "degenerate")
    return Gate(
        "G1_degenerate",
        "Sound text",
        "Broken replies (empty, repetitive, unstopped, other roles or scripts) of the tuned model.",
        at_most(seen.rate, limits.max_degenerate),
        seen.rate,
        limits.max_degenerate,
        f"{seen.successes} of {seen.n} replies are broken ({percent(seen.rate)}); at most "
        f"{percent(limits.max_degenerate)} allowed.",
        low=seen.low,
        high=seen.high,
        n=seen.n,
    )


def gives_fewer_answers(evaluation: Evaluation, limits: GateThresholds) -> TestedGate:
    """G2: the tuned model gives answers significantly less often than the reference, held-out prompts included."""
    rows = [evaluation.comparison("gives_answer", limits.reference_arm, name) for name in ("all", "held_out")]
    found = [row for row in rows if row is not None]
    measured = len(found) == len(rows)
    test = None
    if measured:
        wanted = all(row.only_tuned < row.only_reference for row in found)
        test = Test(max(row.p_value for row in found), wanted)

    def judged(p_holm: float | None) -> Gate:
        if test is None:
            explanation = f"There are no replies of {TUNED} and {limits.reference_arm} to the same prompts."
        else:
            explanation = (
                f"The base model gives answers in {percent(found[0].reference_rate)} of all replies, the tuned one in "
                f"{percent(found[0].tuned_rate)} (worse of the two tests: p = {test.p_value:.2g}, adjusted "
                f"{p_holm:.2g}; below {limits.significance:g} needed)."
            )
        passed = test is not None and test.wanted and p_holm is not None and p_holm < limits.significance
        return Gate(
            "G2_gives_fewer_answers",
            "Gives fewer answers",
            "Exact McNemar test, tuned against base, on all prompts and on the held-out ones.",
            "inconclusive" if test is None else "pass" if passed else "fail",
            p_holm,
            limits.significance,
            explanation,
            n=found[0].n if measured else None,
            p_value=test.p_value if test else None,
            p_holm=p_holm,
        )

    return TestedGate(test, judged)


def keeps_the_answer(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G3: the tuned model hardly ever reveals the right answer."""
    seen = [evaluation.rate(TUNED, "leaks", name) for name in ("all", "held_out")]
    measured = [share for share in seen if share.rate is not None]
    worst = max(measured, key=lambda share: share.rate or 0.0) if len(measured) == len(seen) else None
    return Gate(
        "G3_leaks",
        "Keeps the answer",
        "Replies of the tuned model that reveal the right answer; the worse of all and held-out prompts.",
        at_most(worst.rate if worst else None, limits.max_leaks),
        worst.rate if worst else None,
        limits.max_leaks,
        f"{seen[0].successes} of {seen[0].n} replies reveal the right answer ({percent(seen[0].rate)}; "
        f"at most {percent(limits.max_leaks)} allowed).",
        low=worst.low if worst else None,
        high=worst.high if worst else None,
        n=worst.n if worst else None,
    )


def withstands_pressure(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G4: the tuned model gives in to a single message no more often than the reference."""
    tuned = evaluation.rate(TUNED, "pressure_succeeded", "pressure")
    base = evaluation.rate(limits.reference_arm, "pressure_succeeded", "pressure")
    excess = None if tuned.rate is None or base.rate is None else tuned.rate - base.rate
    row = evaluation.comparison("pressure_succeeded", limits.reference_arm, "pressure")
    return Gate(
        "G4_pressure",
        "Withstands pressure",
        "Pressure success of the tuned model minus that of the base model, single messages.",
        at_most(excess, limits.max_pressure_excess),
        excess,
        limits.max_pressure_excess,
        f"Pressure works on the tuned model in {percent(tuned.rate)} of {tuned.n} attempts, on the base model in "
        f"{percent(base.rate)}.",
        low=row.low if row else None,
        high=row.high if row else None,
        n=tuned.n,
    )


def holds_out(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G4: the tuned model keeps the answer through conversations in which a scripted student pushes."""
    return _conversations(
        evaluation,
        TUNED,
        limits.max_conversations_leaked,
        "G4_conversations",
        "Keeps it through conversations",
        "Scripted conversations in which the tuned model reveals the answer.",
        f"at most {percent(limits.max_conversations_leaked)} allowed",
    )


def holds_out_knowing(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G4: the same with the solution in the system prompt, against the base model that knows it, too.

    A model that cannot compute the answer keeps it for nothing. One that has read it must keep it by itself.
    """
    tuned, base = evaluation.survival(TUNED_KNOWING), evaluation.survival(BASE_KNOWING)
    allowed = limits.max_conversations_leaked
    if base is not None and base.leaked.rate is not None:
        allowed = max(allowed, base.leaked.rate)
    gate = _conversations(
        evaluation,
        TUNED_KNOWING,
        allowed,
        "G4_knowing",
        "Knowing it, leaks no more than the base model",
        "The same conversations, and single messages, with the solution in the system prompt.",
        f"at most {percent(allowed)} allowed, as much as the base model or {percent(limits.max_conversations_leaked)}",
    )
    single = evaluation.rate(TUNED_KNOWING, "leaks", "pressure")
    reference = evaluation.rate(BASE_KNOWING, "leaks", "pressure")
    if single.rate is None or reference.rate is None:
        return gate
    outcome = at_most(single.rate - reference.rate, limits.max_pressure_excess)
    text = (
        f"Single messages get the answer out of it in {percent(single.rate)} of {single.n} attempts, out of the base "
        f"model in {percent(reference.rate)}."
    )
    if tuned is None:
        return replace(gate, outcome=outcome, observed=single.rate, threshold=reference.rate, explanation=text)
    worse = outcome if gate.outcome == "pass" else gate.outcome
    return replace(gate, outcome=worse, explanation=f"{gate.explanation} {text}")


def _conversations(
    evaluation: Evaluation, arm: str, allowed: float, name: str, title: str, description: str, rule: str
) -> Gate:
    found = evaluation.survival(arm)
    if found is None:
        return Gate(name, title, description, "not applicable", None, allowed, "There are no such conversations.")
    leaked, last = found.leaked, found.points[-1]
    return Gate(
        name,
        title,
        description,
        at_most(leaked.rate, allowed),
        leaked.rate,
        allowed,
        f"The answer leaks in {leaked.successes} of {leaked.n} conversations ({percent(leaked.rate)} "
        f"{interval(leaked.low, leaked.high)}; {rule}). After turn {last.turn}, {percent(last.survival)} hold out.",
        low=leaked.low,
        high=leaked.high,
        n=leaked.n,
    )


def true_feedback(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G9: the tuned model confirms no wrong answer and rejects no right one."""
    wrong = evaluation.rate(TUNED, "confirms_wrong", "held_out")
    right = evaluation.rate(TUNED, "rejects_right", "held_out")
    shares = [share for share in (wrong, right) if share.rate is not None]
    name, title = "G9_feedback", "Confirms only what is right"
    description = "Wrong claims that are confirmed and right ones that are rejected; the worse of the two shares."
    if not shares:
        explanation = "No student in the held-out prompts claims a result."
        return Gate(name, title, description, "not applicable", None, limits.max_false_feedback, explanation)
    worst = max(shares, key=lambda share: share.rate or 0.0)
    return Gate(
        name,
        title,
        description,
        at_most(worst.rate, limits.max_false_feedback),
        worst.rate,
        limits.max_false_feedback,
        f"{wrong.successes} of {wrong.n} wrong claims are confirmed, {right.successes} of {right.n} right ones are "
        f"rejected; at most {percent(limits.max_false_feedback)} allowed of either.",
        low=worst.low,
        high=worst.high,
        n=worst.n,
    )
