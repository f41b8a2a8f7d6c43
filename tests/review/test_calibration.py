"""The leak detector agrees with people's labels as well as we say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from canopy_assets.app.cli import app
from canopy_assets.review.leak.calibration import REVEALS, Confusion, score_leak_detector
from canopy_assets.review.leak.cross_validation import cross_validate
from canopy_assets.review.leak.detector import detect_leak
from canopy_assets.review.mrbench import conversation, gold_answer
from tests.shared_data import shared_data

MRBENCH = "mrbench_calibration.json"


def test_agreement_with_people_on_mrbench() -> None:
    found = score_leak_detector(shared_data(MRBENCH), resamples=200)
    assert found.replies == 600
    assert found.positives == 32
    # Reached: κ 0.92, sensitivity 0.91, precision 0.94.
    assert found.kappa.value >= 0.87
    assert found.sensitivity.value >= 0.9
    assert found.precision.value >= 0.85
    assert found.kappa.low <= found.kappa.value <= found.kappa.high


@pytest.mark.parametrize(("folds", "least_kappa", "least_sensitivity"), [(None, 0.87, 0.9), (10, 0.75, 0.7)])
def test_agreement_on_problems_that_had_no_influence_on_the_rules(
    folds: int | None, least_kappa: float, least_sensitivity: float
) -> None:
    # Reached: κ 0.90 and sensitivity 0.91 with a problem held out at a time. By tenths it depends on the draw, because
    # half of the rules have two problems to show for them: κ 0.80–0.90, sensitivity 0.75–0.91.
    found = cross_validate(shared_data(MRBENCH), folds=folds, resamples=20)
    assert found.held_out.replies == 600
    assert found.held_out.kappa.value >= least_kappa
    assert found.held_out.sensitivity.value >= least_sensitivity


def test_results_given_agree_with_people_where_nobody_knows_the_answer() -> None:
    # The other half of the file has no gold answer, and no rule was made for it. Reached: specificity 0.97, precision
    # 0.91; much of what is missed are answers in words ("pentagon"), which can't be distinguished from other words.
    counts = [0, 0, 0, 0]
    for row in json.loads(shared_data(MRBENCH).read_text(encoding="utf-8")):
        if gold_answer(row["Ground_Truth_Solution"]) is not None:
            continue
        problem, history = conversation(row["conversation_history"])
        for reply in row["anno_llm_responses"].values():
            gives = detect_leak(reply["response"], problem=problem, answer="not known", history=history).gives
            people = reply["annotation"]["Revealing_of_the_Answer"] != "No"
            counts[(0 if gives else 2) if people else (1 if gives else 3)] += 1
    true_positives, false_positives, false_negatives, true_negatives = counts
    assert sum(counts) > 200
    assert true_negatives >= 0.95 * (true_negatives + false_positives)
    assert true_positives >= 0.85 * (true_positives + false_positives)
    assert true_positives >= 0.55 * (true_positives + false_negatives)


def labelled(name: str, problem: str, answer: str, replies: list[tuple[str, str]]) -> dict:
    return {
        "conversation_id": name,
        "conversation_history": f"Tutor: Hi! The question is: {problem} \n Student: I don't know. \n",
        "Ground_Truth_Solution": answer,
        "anno_llm_responses": {
            str(i): {"response": reply, "annotation": {"Revealing_of_the_Answer": label}}
            for i, (reply, label) in enumerate(replies)
        },
    }


def test_a_rule_that_serves_one_problem_is_gone_when_that_problem_is_judged(tmp_path: Path) -> None:
    new = [("It is 12.", REVEALS), ("Think.", "No")]
    table = "A table has 4 legs and 4 corners. How many ends do its legs have?"
    known = [("4 is the answer.", REVEALS), ("It has 4 corners, hasn't it?", "No")]
    rows = [labelled(str(i), f"What is {i} + {12 - i}?", "12", new) for i in range(1, 4)]
    file = tmp_path / "m.json"

    file.write_text(json.dumps([*rows, labelled("t", table, "4", known)]))
    assert score_leak_detector(file, resamples=20).counts.false_negatives == 0
    found = cross_validate(file, resamples=20)
    assert found.folds == found.problems == 4
    assert [m.reply for m in found.held_out.misclassified] == ["4 is the answer."]
    assert found.kept["called the answer"] == 3

    file.write_text(json.dumps([*rows, labelled("t", table, "4", known), labelled("u", table + " ", "4", known)]))
    assert cross_validate(file, resamples=20).held_out.counts.false_negatives == 2  # the same problem is one fold
    chair = "A chair has 4 legs and 4 corners. How many ends do its legs have?"
    file.write_text(json.dumps([*rows, labelled("t", table, "4", known), labelled("u", chair, "4", known)]))
    assert cross_validate(file, resamples=20).held_out.counts.false_negatives == 0

    file.write_text(json.dumps(rows[:1]))
    with pytest.raises(ValueError, match="two problems"):
        cross_validate(file)


def test_the_command_prints_both_scores_and_says_what_it_could_not_do(tmp_path: Path) -> None:
    replies = [("It is 12.", REVEALS), ("Think.", "No")]
    rows = [labelled(str(i), f"What is {i} + {12 - i}?", "12", replies) for i in range(1, 4)]
    file = tmp_path / "m.json"
    file.write_text(json.dumps(rows))
    found = CliRunner().invoke(app, ["score-leaks", str(file)])
    assert found.exit_code == 0
    assert "6 replies in 3 conversations, 3 reveal the answer" in found.output
    assert "held out, 3 folds of 3 problems" in found.output
    assert found.output.count("kappa        1.000") == 2

    file.write_text(json.dumps(rows[:1]))
    found = CliRunner().invoke(app, ["score-leaks", str(file)])
    assert found.exit_code == 0
    assert "needs at least two folds and two problems" in found.output


def test_counts_and_intervals_of_a_small_file(tmp_path: Path) -> None:
    history = "Tutor: Hi! The question is: What is 15% of 80? \n Student: 10 \n Tutor: Why?\n Student: I halved 20."
    replies = {
        "good": ("What is 10% of 80?", "No"),
        "tells": ("It is 12.", REVEALS),
        "sly": ("A dozen.", "No"),
        "hidden": ("Think.", REVEALS),
    }
    row = {
        "conversation_id": "c",
        "conversation_history": history,
        "Ground_Truth_Solution": "0.15 × 80\n 12",
        "anno_llm_responses": {
            n: {"response": r, "annotation": {"Revealing_of_the_Answer": label}} for n, (r, label) in replies.items()
        },
    }
    file = tmp_path / "m.json"
    file.write_text(json.dumps([row, {**row, "conversation_id": "d", "Ground_Truth_Solution": "Not Available"}]))
    found = score_leak_detector(file, resamples=20)
    assert found.conversations == 1
    assert found.counts == Confusion(1, 1, 1, 1)
    assert found.kappa.value == pytest.approx(0)
    assert {m.responder for m in found.misclassified} == {"sly", "hidden"}


def test_a_file_of_another_format_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text('[{"a": 1}]')
    with pytest.raises(ValueError, match="conversation 1"):
        score_leak_detector(file)
    row = labelled("c", "What is 15% of 80?", "12", [("It is 12.", REVEALS)])
    for missing in ("Ground_Truth_Solution", "conversation_history", "anno_llm_responses"):
        file.write_text(json.dumps([row, {name: value for name, value in row.items() if name != missing}]))
        with pytest.raises(ValueError, match=f"conversation 2 .*{missing}"):
            score_leak_detector(file)
    file.write_text(json.dumps([row | {"anno_llm_responses": {"a": {"response": "It is 12.", "annotation": {}}}}]))
    with pytest.raises(ValueError, match=r"conversation 1 .*Revealing_of_the_Answer"):
        score_leak_detector(file)
    file.write_text("{")
    with pytest.raises(ValueError, match="line 1"):
        score_leak_detector(file)


def test_histories_split_into_problem_and_turns() -> None:
    problem, turns = conversation("Tutor: Hi. The question is: 2 + 2? \n Student: 5.\nI guess. \n Tutor: Why?")
    assert problem == "2 + 2?"
    assert turns == [("student", "5.\nI guess."), ("tutor", "Why?")]
    assert gold_answer("a\n 2,520,000") == "2,520,000"
    assert gold_answer("Not Available") is None
