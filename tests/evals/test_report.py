"""The report is complete, needs no other file, and does not run what a model wrote."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from canopy_assets.evals.metrics.scores import ReplyScore
from canopy_assets.evals.report.labels import percent
from canopy_assets.evals.report.leaderboard import leaderboard
from canopy_assets.evals.report.pages import shown
from canopy_assets.evals.report.provenance import ReportContext
from canopy_assets.evals.report.tables import ReasonRow, rates_of_tuned, reason_rows, slice_rows, summary_table
from canopy_assets.evals.report.write import ReportFiles, write_report
from canopy_assets.evals.verdict import GateThresholds, evaluate_gates
from canopy_assets.records import EvalPrompt
from canopy_assets.storage.decisions import Action, Decision
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import PROMPTS, replies

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} ‮evil\x07 What is 7?"


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "srcset", "href", "action")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def hostile(_: EvalPrompt) -> str:
    return HOSTILE


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    responses = (
        replies("base_short", stubs.always_answers) + replies("base_long", hostile) + replies("tuned", stubs.human)
    )
    evaluation = stubs.judged(responses, {"linear_equation", "percent"})
    gates = evaluate_gates(
        evaluation, GateThresholds(min_held_out=7, min_pressure=3, useful_margin=0.4), overlapping_prompts=[]
    )
    context = ReportContext(
        seeds=6,
        exercises=68,
        exercises_verified=66,
        dialogues=420,
        dialogues_accepted=391,
        training_examples=391,
        base_model="SmolLM2 & co",
        adapter_digest="9b1c77de",
        validation_loss=float("nan"),
    )
    return write_report(evaluation, target=tmp_path_factory.mktemp("report") / "new", context=context, gates=gates)


def test_the_page_says_the_verdict_first(files: ReportFiles) -> None:
    page = files.html.read_text(encoding="utf-8")
    assert (
        page.index("Better: the tuned tutor may replace the base model")
        < page.index("A teacher could send 100 % of its replies")
        < page.index("Gives fewer answers")
        < page.index("What it does wrong")
        < page.index("8 conversations")
        < page.index("side by side")
    )
    for expected in (
        "Students who push for the answer",
        "8 conversations",
        "Seed documents",
        "9b1c77de",
        "SmolLM2 &amp; co",
        "Method and limits",
    ):
        assert expected in page


def test_what_is_not_known_of_a_stage_is_left_out(files: ReportFiles) -> None:
    page = files.html.read_text(encoding="utf-8")
    assert "<th>Seed documents</th><td><code>6</code></td><td><small></small></td>" in page
    assert "<small>66 with a verified answer</small>" in page


def test_the_page_needs_nothing_but_itself_and_runs_nothing(files: ReportFiles) -> None:
    page = files.html.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert not tags.names & {"script", "iframe", "link", "object", "embed", "form", "base"}
    assert tags.handlers == []
    assert len(tags.addresses) == 6  # three pictures, each light and dark
    assert all(address.startswith("data:image/png;base64,") for address in tags.addresses)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "\x07" not in page
    assert "‮" not in page


def test_controls_stand_in_the_table_of_what_a_teacher_could_send(files: ReportFiles) -> None:
    page = files.html.read_text(encoding="utf-8")
    table = page[page.index("Replies that a teacher could send") : page.index("What it does wrong")]
    labels = ["Embedded teacher", "Tuned, short prompt", "“What do you think the first step is?”", "Always refuses"]
    places = [table.index(label) for label in labels]
    assert places == sorted(places)


def test_nothing_is_called_better_that_no_teacher_would_send(tmp_path: Path) -> None:
    responses = replies("base_short", stubs.always_answers) + replies("tuned", stubs.generic)
    evaluation = stubs.judged(responses, {"percent"})
    limits = GateThresholds(min_held_out=7, min_pressure=3)
    files = write_report(
        evaluation,
        target=tmp_path,
        context=ReportContext(),
        gates=evaluate_gates(evaluation, limits, overlapping_prompts=[]),
    )
    for text in (files.html.read_text(encoding="utf-8"), files.markdown.read_text(encoding="utf-8")):
        assert "may replace the base model" not in text
        assert "A teacher could send 0 % of its replies" in text


def test_what_is_wrong_is_counted_by_slice_and_by_reason() -> None:
    responses = replies("tuned", lambda p: stubs.always_answers(p) if p.state == "wrong_answer" else stubs.human(p))
    evaluation = stubs.judged(responses, {"percent"})
    rows = {row.label: row for row in slice_rows(evaluation)}
    assert (rows["Student: wrong answer"].n, rows["Student: wrong answer"].sends.observed.rate) == (1, 0.0)
    assert rows["Student: stuck"].sends.observed.rate == 1.0
    assert list(rows).index("Student: wrong answer") < list(rows).index("Student: stuck")
    assert ReasonRow("reveals the right answer", 1, 10) in reason_rows(evaluation)


def test_the_leaderboard_has_each_adapter_once_with_what_became_of_it() -> None:
    def entry(day: int, action: Action, adapter: str, sends: float | None = None, **more: str) -> Decision:
        return Decision(f"2026-01-0{day}", action, adapter, eval_set="now", sends=sends, **more)  # type: ignore[arg-type]

    register = [
        entry(1, "refused", "a", 0.1),
        entry(2, "passed", "b", 0.6),
        entry(2, "promoted", "b", 0.6, champion="b"),
        entry(3, "passed", "c", 0.7),
        entry(3, "promoted", "c", 0.7, champion="c"),
        entry(4, "reverted", "b", champion="b", withdrawn="c"),
        entry(5, "refused", "a", 0.2),
        dataclasses.replace(entry(6, "refused", "d", 0.9), eval_set="older"),
    ]
    places = leaderboard(register, eval_set="now")
    assert [(p.adapter, p.sends, p.outcome, p.in_use, p.evaluations) for p in places] == [
        ("c", 0.7, "withdrawn", False, 1),
        ("b", 0.6, "promoted", True, 1),
        ("a", 0.2, "refused", False, 2),
        ("d", 0.9, "refused", False, 1),
    ]
    assert [p.same_prompts for p in places] == [True, True, True, False]


def test_numbers_are_valid_json_without_nan(files: ReportFiles) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    numbers = json.loads(files.metrics.read_text(encoding="utf-8"), parse_constant=refuse)
    assert numbers["verdict"] == "better"
    assert numbers["context"]["validation_loss"] is None
    rates = {(row["arm"], row["slice"], row["metric"]): row["rate"] for row in numbers["rates"]}
    assert rates["base_short", "all", "leaks"] == 1.0
    assert rates["tuned", "held_out", "socratic"] == 1.0


def test_the_markdown_is_short_and_holds_no_reply(files: ReportFiles) -> None:
    text = files.markdown.read_text(encoding="utf-8")
    assert "| Gives answers | 100 % [72 %, 100 %] |" in text
    assert "data:image/png;base64," in text
    words = re.sub(r"\(data:[^)]*\)", "", text)
    assert len(words) < 4_000
    assert "alert" not in words


def test_pictures_are_png(files: ReportFiles) -> None:
    assert sorted(path.name for path in files.figures) == ["costs.png", "families.png", "rates.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files.figures)


def test_a_report_without_a_base_arm_or_gates_still_renders(tmp_path: Path) -> None:
    evaluation = stubs.judged(replies("tuned", stubs.human, PROMPTS[:2]), set(), PROMPTS[:2])
    files = write_report(evaluation, target=tmp_path, context=ReportContext())
    assert "Inconclusive" in files.html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (0.0, "0 %"), (0.004, "0.4 %"), (0.5, "50 %"), (0.996, "99.6 %"), (1.0, "100 %")]
)
def test_percentages_never_round_to_certainty(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_long_replies_are_cut() -> None:
    assert shown("a" * 5000) == "a" * 1200 + " …"
    assert shown("x² − 5\nx") == "x² − 5\nx"


def test_the_terminal_table_has_a_cell_per_arm() -> None:
    responses = replies("base_short", stubs.always_answers) + replies("tuned", stubs.human)
    table = summary_table(stubs.judged(responses, {"percent"}))
    assert table["header"] == ["", "Base, short prompt", "Tuned, short prompt", "p against base"]
    assert {len(row) for row in table["rows"]} == {4}
    assert table["rows"][0][0] == "A teacher could send it"
    rows = {row[0]: row[1:] for row in table["rows"]}
    assert rows["Leaks the right answer"] == ["100 % [72 %, 100 %]", "0 % [0 %, 28 %]", "0.002"]
    assert rows["Time to first token"][0] == "100 ms"


def test_rates_of_the_tuned_arm_are_numbers_by_name() -> None:
    found = rates_of_tuned(stubs.judged(replies("tuned", stubs.human), {"percent"}))
    assert (found["leaks"], found["socratic"], found["asks_about_problem_unseen_families"]) == (0.0, 1.0, 1.0)
    nothing_unseen = stubs.judged(replies("tuned", stubs.human, PROMPTS[:1]), {"linear_equation"}, PROMPTS[:1])
    assert "asks_about_problem_unseen_families" not in rates_of_tuned(nothing_unseen)


def test_the_scores_of_the_tuned_arm_are_kept_for_a_later_comparison(files: ReportFiles) -> None:
    rows = [ReplyScore(**row) for row in json.loads(files.scores.read_text(encoding="utf-8"))]
    assert [row.prompt_id for row in rows] == [p.prompt_id for p in PROMPTS]
    assert {row.arm for row in rows} == {"tuned"}
