"""Gates about what a tutor is for: replies that a teacher could send, help where it is due, a judge that can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from canopy_assets.evals.comparison import relation
from canopy_assets.evals.controls import STUBS, Control
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.gates.gate import Gate, Outcome, Test, TestedGate, interval, percent
from canopy_assets.evals.gates.thresholds import GateThresholds
from canopy_assets.evals.prompts import TUNED
from canopy_assets.evals.slices import slices_of
from canopy_assets.evals.statistics import Corrected, clustered

Ratings = Mapping[str, tuple[int, int]]
"""People's ratings of the tuned arm: for each prompt how many of its replies they would send, and of how many."""

FEWEST_SWAPPED = 5
"""With fewer own replies to send, there is nothing that swapping could lower."""
FEWEST_TAUGHT = 10
"""With fewer replies of the embedded teacher to put to another problem, the judge is not tested by them."""


def useful(
    evaluation: Evaluation, limits: GateThresholds, which: Literal["known", "unseen"], people: Ratings | None
) -> Gate:
    """G5: a teacher could send the tuned model's replies, judged apart on what it was trained on and what not.

    Where people rated the adapter, their ratings decide instead of the judge.
    """
    name = "known_kinds" if which == "known" else "unseen_families"
    threshold = limits.min_useful_known if which == "known" else limits.min_useful_unseen
    words = "kinds of problem it was trained on, or without a problem" if which == "known" else "kinds it never saw"
    rated = rated_share(evaluation, name, people)
    share = rated or evaluation.sends(TUNED, name)
    title, description = (
        f"Useful ({which} kinds)",
        "Replies that a teacher could send, corrected for the judge's errors.",
    )
    gate = f"G5_useful_{which}"
    if which == "unseen" and not share.observed.n:
        explanation = "The evaluation set has no kinds of problem that training never saw."
        return Gate(gate, title, description, "not applicable", None, threshold, explanation)
    return Gate(
        gate,
        title,
        description,
        above(share, threshold, limits.useful_margin),
        share.rate,
        threshold,
        f"A teacher could send {described(share, by_people=rated is not None)} on {words}; at least "
        f"{percent(threshold)} needed, and a lower bound "
        f"of {percent(max(0.0, threshold - limits.useful_margin))}.",
        low=share.low,
        high=share.high,
        n=share.observed.n,
        by_people=rated is not None,
    )


def above_stubs(evaluation: Evaluation, limits: GateThresholds) -> TestedGate:
    """G5: the tuned model is sent significantly more often than tutors that do nothing for anybody."""
    stubs = [c for c in evaluation.controls if c.name in STUBS and c.against_rate is not None]
    nearest = max(stubs, key=lambda c: c.test.p_value if _above(c) else 2.0, default=None)
    test = Test(nearest.test.p_value, _above(nearest)) if nearest else None

    def judged(p_holm: float | None) -> Gate:
        passed = test is not None and test.wanted and p_holm is not None and p_holm < limits.significance
        if nearest is None:
            explanation = "There are no replies of the tuned model to compare with."
        else:
            explanation = (
                f"The nearest stub: {nearest.label}. The judge would send {percent(nearest.share.observed.rate)} "
                f"of it and {percent(nearest.against_rate)} of the tuned model on the same {nearest.test.n} prompts "
                f"(p = {nearest.test.p_value:.2g}, adjusted {p_holm:.2g}; below {limits.significance:g} needed)."
            )
        return Gate(
            "G5_above_stubs",
            "Better than stub tutors",
            "Exact McNemar test against tutors that refuse, answer, repeat the student or ask what fits any problem.",
            "inconclusive" if test is None else "pass" if passed else "fail",
            p_holm,
            limits.significance,
            explanation,
            n=nearest.test.n if nearest else None,
            p_value=test.p_value if test else None,
            p_holm=p_holm,
        )

    return TestedGate(test, judged)


def helps_where_due(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G8: the tuned model explains concepts and confirms right answers, instead of withholding everything."""
    share = evaluation.sends(TUNED, "help_due")
    refuses = evaluation.rate(TUNED, "withholds", "held_out")
    name, title = "G8_help", "Helps where help is due"
    description = "Replies to questions about concepts and to right answers that a teacher could send."
    if not share.observed.n:
        explanation = "The evaluation set has no questions about concepts and no right answers."
        return Gate(name, title, description, "not applicable", None, limits.min_help, explanation)
    outcome: Outcome = above(share, limits.min_help, limits.useful_margin)
    row = evaluation.comparison("sends", limits.reference_arm, "help_due")
    worse = row is not None and relation(row, limits.margin) == "inferior"
    if worse or (refuses.rate is not None and refuses.rate > limits.max_withholds):
        outcome = "fail"
    return Gate(
        name,
        title,
        description,
        outcome,
        share.rate,
        limits.min_help,
        f"A teacher could send {described(share)} where a concept is asked for or the answer is right; at least "
        f"{percent(limits.min_help)} needed. {refuses.successes} of {refuses.n} replies to held-out prompts refuse and "
        f"offer nothing; at most {percent(limits.max_withholds)} allowed."
        + (f" The base model helps more by over {percent(limits.margin)}." if worse else ""),
        low=share.low,
        high=share.high,
        n=share.observed.n,
    )


def swapped(evaluation: Evaluation, limits: GateThresholds) -> Gate:
    """G10: the tuned replies are about their problem: put to another one of the family, they are worth much less."""
    return _swap_gate(
        evaluation.control("swapped"),
        limits,
        "G10_swapped",
        "Replies fit their own problem",
        "What is left of the judged rate when the tuned replies are put to another problem of the family.",
    )


def judge_can_tell(evaluation: Evaluation, limits: GateThresholds) -> TestedGate:
    """G11: the judge puts the embedded teacher above every stub, and above itself on the wrong problem.

    A judge that does not is no basis for a verdict about any adapter.
    """
    teacher, moved = evaluation.control("teacher"), evaluation.control("teacher_swapped")
    enough = teacher is not None and moved is not None and moved.test.n >= FEWEST_TAUGHT
    test = Test(moved.test.p_value, moved.test.only_second > moved.test.only_first) if moved and enough else None

    def judged(p_holm: float | None) -> Gate:
        name, title = "G11_judge", "The judge tells tutors apart"
        description = "The embedded teacher's replies, against stubs and against themselves on another problem."
        if teacher is None or moved is None or test is None:
            explanation = "The embedded teacher can solve too few of the prompts."
            return Gate(name, title, description, "not applicable", None, limits.max_swapped, explanation)
        kept = _kept(moved)
        rates = {c.name: c.share.observed.rate or 0.0 for c in evaluation.controls if c.name in STUBS}
        best = max(rates, key=lambda stub: rates[stub], default="")
        own = teacher.share.observed.rate or 0.0
        # Where it would send hardly any of the teacher's replies, it tells nothing apart either.
        right = kept is not None and kept <= limits.max_swapped and test.wanted and own > rates.get(best, 0.0)
        sure = p_holm is not None and p_holm < limits.significance
        return Gate(
            name,
            title,
            description,
            "fail" if not right else "pass" if sure else "inconclusive",
            kept,
            limits.max_swapped,
            f"The judge would send {percent(own)} of the embedded teacher's {teacher.share.observed.n} replies, "
            f"{percent(moved.share.observed.rate)} of them on another problem of the family (p = {test.p_value:.2g}) "
            f"and {percent(rates.get(best))} of the best stub.",
            n=moved.test.n,
            p_value=test.p_value,
            p_holm=p_holm,
        )

    return TestedGate(test, judged)


def rated_share(evaluation: Evaluation, slice: str, people: Ratings | None) -> Corrected | None:
    """What people say of the tuned arm in a slice, uncorrected; None where they rated nothing of it."""
    values: list[bool] = []
    problems: list[str] = []
    counted: set[str] = set()
    for row in evaluation.scores:
        if row.arm == TUNED and slice in slices_of(row) and row.prompt_id not in counted:
            counted.add(row.prompt_id)
            sent, rated = (people or {}).get(row.prompt_id, (0, 0))
            values += [True] * sent + [False] * (rated - sent)
            problems += [row.problem] * rated
    if not values:
        return None
    share = clustered(values, problems)
    return Corrected(share.rate, share.low, share.high, share)


def above(share: Corrected, threshold: float, margin: float) -> Outcome:
    """Whether a share reaches a threshold: its estimate must, and its interval may reach below it by a margin.

    It fails when the whole interval lies below the threshold. In between, too few replies were judged to tell.
    """
    if share.rate is None:
        return "inconclusive"
    if share.rate >= threshold and share.low >= threshold - margin:
        return "pass"
    return "fail" if share.high < threshold else "inconclusive"


def described(share: Corrected, *, by_people: bool = False) -> str:
    """A share for a sentence, with its interval and the count that it comes from."""
    seen = share.observed
    source = "rated by people" if by_people else "judged, before the correction"
    return f"{percent(share.rate)} {interval(share.low, share.high)} ({seen.successes} of {seen.n} {source})"


def _above(control: Control) -> bool:
    return control.test.only_second > control.test.only_first


def _kept(control: Control) -> float | None:
    """The swapped rate relative to the own one; None where there is too little to lower."""
    own = (control.against_rate or 0.0) * control.test.n
    if own < FEWEST_SWAPPED:
        return None
    return (control.share.observed.rate or 0.0) / (control.against_rate or 1.0)


def _swap_gate(control: Control | None, limits: GateThresholds, name: str, title: str, description: str) -> Gate:
    kept = _kept(control) if control else None
    if control is None or kept is None:
        explanation = "Too few of its replies can be sent for a comparison."
        return Gate(name, title, description, "not applicable", None, limits.max_swapped, explanation)
    return Gate(
        name,
        title,
        description,
        "pass" if kept <= limits.max_swapped else "fail",
        kept,
        limits.max_swapped,
        f"The judge would send {percent(control.against_rate)} of {control.test.n} replies to their own problem and "
        f"{percent(control.share.observed.rate)} of them to another one of the family; at most "
        f"{percent(limits.max_swapped)} of the rate may be left.",
        n=control.test.n,
    )
