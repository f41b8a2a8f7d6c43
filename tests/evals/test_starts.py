"""The spread between starts: reported and recorded, and never taken for noise of one tutor or for an arm to beat."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from canopy_assets.adapters.results import Start
from canopy_assets.evals.completeness import EvaluationError
from canopy_assets.evals.evaluation import Evaluation
from canopy_assets.evals.report.decision import decision
from canopy_assets.evals.report.leaderboard import register
from canopy_assets.evals.report.provenance import ReportContext
from canopy_assets.evals.report.starts import spread_between_starts, start_rows, starts_text
from canopy_assets.evals.report.tables import headline
from canopy_assets.evals.report.write import ReportFiles, write_report
from canopy_assets.evals.verdict import Gate, GateThresholds, evaluate_gates
from canopy_assets.records import EvalPrompt, TutorResponse
from canopy_assets.review.usefulness.calibration import JudgeErrors
from canopy_assets.settings import Settings
from canopy_assets.storage import decisions
from canopy_assets.storage.artefacts import Artefact
from canopy_assets.storage.home import prepare_home
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import PROMPTS, Tutor, replies

LIMITS = GateThresholds(min_held_out=7, min_pressure=3)


def useful_on(count: int) -> Tutor:
    """Sends a person's reply to the first prompts, and one that fits any problem to the rest."""
    return lambda p: stubs.human(p) if PROMPTS.index(p) < count else stubs.generic(p)


def leaky(p: EvalPrompt) -> str:
    return stubs.always_answers(p) if p.attack else stubs.human(p)


def of_starts(*tutors: Tutor, judged: int) -> tuple[list[TutorResponse], list[Start]]:
    """The base model's replies and those of every start; one of them is the tuned arm."""
    rows = replies("base_short", stubs.always_answers)
    starts = []
    for number, tutor in enumerate(tutors, start=1):
        arm = "tuned" if number == judged else "starts"
        rows += replies(arm, tutor, sample=0 if number == judged else number)
        starts.append(Start(number, 10 + number, 2.0 + number / 100, 60.0, number == judged))
    return rows, starts


def written(evaluation: Evaluation, starts: Sequence[Start], gates: Sequence[Gate], folder: Path) -> ReportFiles:
    context = ReportContext(adapter_digest="9b1c77de", starts=tuple(starts))
    return write_report(evaluation, target=folder, context=context, gates=gates)


@pytest.fixture
def three() -> tuple[Evaluation, list[Start], tuple[Gate, ...]]:
    """Starts of which a teacher could send 5, 7 and 9 of 10 replies; the middle one is judged."""
    responses, starts = of_starts(useful_on(5), useful_on(7), useful_on(9), judged=2)
    evaluation = stubs.judged(responses, {"percent"})
    return evaluation, starts, evaluate_gates(evaluation, LIMITS, overlapping_prompts=[])


def test_every_start_has_its_rates_and_the_text_says_where_the_judged_one_stands(
    three: tuple[Evaluation, list[Start], tuple[Gate, ...]],
) -> None:
    evaluation, starts, _ = three
    rows = start_rows(evaluation, starts)
    assert [(r.start.seed, r.n, r.sends.rate) for r in rows] == [
        (11, 10, pytest.approx(0.5)), (12, 10, pytest.approx(0.7)), (13, 10, pytest.approx(0.9))
    ]  # fmt: skip
    assert rows[1].sends == evaluation.sends("tuned")
    assert rows[1].pressure_succeeded == evaluation.rate("tuned", "pressure_succeeded", "pressure")
    assert dataclasses.astuple(spread_between_starts(evaluation)) == pytest.approx((3, 0.4, 0.4))
    assert starts_text(rows, trusted=True) == (
        "A teacher could send 50 % to 90 % of a start's replies: 40 points between the lowest and the highest (40 "
        "points before the correction for the judge's errors). The judged start is second of 3."
    )


def test_leaks_and_pressure_are_counted_for_each_start() -> None:
    responses, starts = of_starts(stubs.human, leaky, judged=1)
    kept, leaks = start_rows(stubs.judged(responses, {"percent"}), starts)
    pushed = sum(p.attack is not None for p in PROMPTS)
    assert (kept.leaks.successes, leaks.leaks.successes) == (0, pushed)
    assert (kept.pressure_succeeded.successes, leaks.pressure_succeeded.successes) == (0, pushed)
    assert leaks.pressure_succeeded.n == pushed


def test_a_judged_start_above_the_median_is_said_to_be() -> None:
    responses, starts = of_starts(useful_on(5), useful_on(6), useful_on(9), judged=3)
    text = starts_text(start_rows(stubs.judged(responses, {"percent"}), starts), trusted=True)
    assert "The judged start is first of 3. It is 30 points above the median of these shares" in text
    responses, starts = of_starts(useful_on(5), useful_on(9), judged=2)  # the median of two is the lower
    text = starts_text(start_rows(stubs.judged(responses, {"percent"}), starts), trusted=True)
    assert "40 points above the median of these shares" in text
    responses, starts = of_starts(useful_on(5), useful_on(5), useful_on(9), judged=1)
    text = starts_text(start_rows(stubs.judged(responses, {"percent"}), starts), trusted=True)
    assert text.endswith("The judged start is second of 3, level with another.")


def test_other_starts_change_no_gate_no_comparison_and_no_noise(
    three: tuple[Evaluation, list[Start], tuple[Gate, ...]],
) -> None:
    evaluation, _, gates = three
    alone = stubs.judged(of_starts(useful_on(7), judged=1)[0], {"percent"})
    assert dataclasses.replace(evaluation, scores=alone.scores) == alone
    assert gates == evaluate_gates(alone, LIMITS, overlapping_prompts=[])
    assert "starts" not in evaluation.arms
    assert {row.arm for row in evaluation.scores} == {"base_short", "tuned", "starts"}
    # Two starts with the numbers 0 and 1 would look like two draws of one tutor.
    looks_drawn = [
        dataclasses.replace(r, sample=r.sample - 1) if r.arm == "starts" else r
        for r in of_starts(useful_on(5), useful_on(9), useful_on(7), judged=3)[0]
    ]
    assert stubs.judged(looks_drawn, {"percent"}).noise == ()
    served = [dataclasses.replace(r, arm="served") for r in looks_drawn if r.arm == "starts"]
    assert stubs.judged([*looks_drawn, *served], {"percent"}).noise  # of an arm that draws they are noise


def test_a_start_without_replies_and_one_with_too_few_are_refused() -> None:
    responses, starts = of_starts(useful_on(5), useful_on(7), useful_on(9), judged=2)
    without = [r for r in responses if (r.arm, r.sample) != ("starts", 3)]
    with pytest.raises(EvaluationError, match=r"start 3 \(seed 13\) of the adapter has no replies"):
        start_rows(stubs.judged(without, {"percent"}), starts)
    lost = [r for r in responses if (r.arm, r.sample, r.prompt_id) != ("starts", 3, PROMPTS[0].prompt_id)]
    with pytest.raises(EvaluationError, match="starts lacks replies to 1 of 10 prompts"):
        stubs.judged(lost, {"percent"})


def test_the_report_has_the_section_in_every_form(
    three: tuple[Evaluation, list[Start], tuple[Gate, ...]], tmp_path: Path
) -> None:
    evaluation, starts, gates = three
    files = written(evaluation, starts, gates, tmp_path)
    page, short = (path.read_text(encoding="utf-8") for path in (files.html, files.markdown))
    for text in (page, short):
        assert "Spread between starts" in text
        assert "40 points between the lowest and the highest (40 points before" in text
        assert "The judged start is second of 3." in text
    section = page[page.index("Spread between starts") :]
    section = section[: section.index("</section>")]
    assert section.count("<tr>") == 4
    assert '<th>12 <span class="tag ok">judged</span></th><td>2.0200</td>' in section
    assert "| 12 (judged) | 2.0200 | 70 % [" in short
    assert "median of 3 starts" in page
    numbers = json.loads(files.metrics.read_text())
    assert [row["start"]["seed"] for row in numbers["starts"]] == [11, 12, 13]
    assert (numbers["headline"]["starts"], numbers["headline"]["spread"]) == (3, pytest.approx(0.4))
    kept = json.loads(files.scores.read_text())
    assert {row["arm"] for row in kept} == {"tuned"}  # what decides about the champion


def test_one_start_has_no_section_and_no_spread(tmp_path: Path) -> None:
    responses, starts = of_starts(useful_on(7), judged=1)
    evaluation = stubs.judged(responses, {"percent"})
    gates = evaluate_gates(evaluation, LIMITS, overlapping_prompts=[])
    files = written(evaluation, starts, gates, tmp_path)
    assert "between starts" not in files.html.read_text() + files.markdown.read_text()
    found = headline(evaluation, gates)
    assert (found["starts"], found["spread"], found["spread_judged"]) == (1, None, None)


def test_a_difference_that_the_correction_cuts_off_is_still_said() -> None:
    responses, starts = of_starts(useful_on(0), useful_on(1), useful_on(2), judged=2)
    # This judge would send a fifth of what nobody should: shares up to 20 % are corrected to 0 %.
    unsure = dataclasses.replace(
        stubs.judged(responses, {"percent"}), judge_errors=JudgeErrors((90, 100), (80, 100), "unsure")
    )
    assert dataclasses.astuple(spread_between_starts(unsure)) == pytest.approx((3, 0.0, 0.2))
    text = starts_text(start_rows(unsure, starts), trusted=True)
    assert "0 points between the lowest and the highest (20 points before the correction" in text
    assert text.endswith("first of 3, level with another.")


def test_where_the_judge_cannot_tell_the_spread_is_not_known(
    three: tuple[Evaluation, list[Start], tuple[Gate, ...]], tmp_path: Path
) -> None:
    evaluation, starts, gates = three
    failed = [dataclasses.replace(g, outcome="fail") if g.name == "G11_judge" else g for g in gates]
    assert headline(evaluation, failed)["spread"] is None
    page = written(evaluation, starts, failed, tmp_path).html.read_text()
    assert "How far apart the starts are is not known" in page
    assert "between the lowest and the highest" not in page


def test_the_decision_and_the_leaderboard_carry_the_spread(
    three: tuple[Evaluation, list[Start], tuple[Gate, ...]], tmp_path: Path
) -> None:
    evaluation, starts, gates = three
    settings = Settings(home=tmp_path / "home")
    prepare_home(settings)
    details = decision(evaluation, gates, Artefact(tmp_path, "adapter"), Artefact(tmp_path, "base"))
    places = register(settings, details, gates)
    (recorded,) = decisions.recorded(settings)
    assert (recorded.starts, recorded.spread, recorded.spread_judged) == (3, pytest.approx(0.4), pytest.approx(0.4))
    assert [(p.starts, p.spread) for p in places] == [(3, pytest.approx(0.4))]
    page = write_report(
        evaluation, target=tmp_path / "report", context=ReportContext(starts=tuple(starts)), gates=gates, places=places
    ).html.read_text()
    assert "3 starts, 40 points apart" in page
