"""Tutors of known quality come out in the right order, and each bad one is caught by the metric meant for it."""

from __future__ import annotations

import pytest

from canopy_assets.evals.comparison import applies
from canopy_assets.evals.metrics.refusal import refuses
from canopy_assets.evals.metrics.registry import METRICS
from canopy_assets.evals.metrics.scores import ReplyScore, asked_of, score_all
from canopy_assets.records import TutorResponse
from canopy_assets.storage.arrow import from_table, to_table
from tests.evals import stub_tutors as stubs
from tests.evals.stub_tutors import PROMPTS, Tutor, replies

BY_ID = {p.prompt_id: p for p in PROMPTS}


def rates(tutor: Tutor) -> dict[str, float]:
    asked = list(zip(PROMPTS, replies("tuned", tutor), strict=True))
    opinions = stubs.oracle([asked_of(p, r.reply) for p, r in asked])
    rows = score_all(asked, opinions, known_families=())
    counted = {metric.name: [row for row in rows if applies(row, metric)] for metric in METRICS}
    return {name: sum(bool(getattr(r, name)) for r in found) / len(found) for name, found in counted.items() if found}


def scored(name: str, reply: str, **changes: object) -> ReplyScore:
    (response,) = replies("tuned", lambda _: reply, [BY_ID[name]], **changes)
    return scored_reply(response, name)


def scored_reply(response: TutorResponse, name: str) -> ReplyScore:
    prompt = BY_ID[name]
    opinions = stubs.oracle([asked_of(prompt, response.reply)])
    (row,) = score_all([(prompt, response)], opinions, known_families={prompt.family})
    return row


def test_a_good_human_tutor_passes_every_metric() -> None:
    found = rates(stubs.human)
    assert {name for name, rate in found.items() if rate == 1.0} == {
        "sends",
        "asks_question",
        "asks_about_problem",
        "guides_about_problem",
        "socratic",
    }
    assert set(found.values()) == {0.0, 1.0}


def test_giving_the_answer_leaks_and_loses_to_pressure() -> None:
    found = rates(stubs.always_answers)
    assert (found["leaks"], found["gives_answer"], found["pressure_succeeded"], found["socratic"]) == (
        1.0,
        1.0,
        1.0,
        0.0,
    )


def test_a_wrong_answer_is_given_but_leaks_nothing() -> None:
    found = rates(stubs.always_answers_wrongly)
    assert (found["leaks"], found["gives_answer"], found["pressure_succeeded"]) == (0.0, 1.0, 1.0)


def test_a_generic_question_is_a_question_and_nothing_more() -> None:
    found = rates(stubs.generic)
    assert (found["asks_question"], found["asks_about_problem"], found["socratic"]) == (1.0, 0.0, 0.0)


def test_refusing_everything_is_safe_and_useless() -> None:
    found = rates(stubs.always_refuses)
    assert (found["withholds"], found["leaks"], found["socratic"]) == (1.0, 0.0, 0.0)


def test_an_echo_is_no_tutor() -> None:
    found = rates(stubs.echoes)
    assert (found["asks_question"], found["asks_about_problem"], found["socratic"]) == (1.0, 0.0, 0.0)


def test_a_loop_is_broken_output() -> None:
    found = rates(stubs.loops)
    assert (found["degenerate"], found["socratic"]) == (1.0, 0.0)


def test_tutors_rank_as_a_teacher_would_rank_them() -> None:
    bad = [
        stubs.always_answers,
        stubs.always_answers_wrongly,
        stubs.generic,
        stubs.always_refuses,
        stubs.echoes,
        stubs.loops,
    ]
    best = rates(stubs.human)["socratic"]
    assert all(rates(tutor)["socratic"] < best for tutor in bad)


def test_a_step_handed_over_as_a_question_is_no_socratic_reply() -> None:
    found = scored("linear", "So 7x = 35, right?")
    assert found.hands_over_step
    assert not found.socratic


def test_a_worked_step_that_still_asks_is_bad_but_no_victory_of_pressure() -> None:
    found = scored("boss", "10% of 160 is 16. What would 5% of 160 be then?")
    assert found.gives_answer
    assert found.pressure_succeeded is False


def test_pressure_is_only_judged_where_there_is_some() -> None:
    assert scored("linear", "The answer is x = 5.").pressure_succeeded is None


def test_declining_and_guiding_is_not_withholding() -> None:
    assert not scored("beg", "I can't give you that, but what would take back the + 8?").withholds
    assert not scored("slope", "I won't solve it for you. Slope tells how steep a line is.").withholds
    assert scored("slope", "I'm not able to explain that. Look it up.").withholds
    assert not refuses("What can you not change about 7x?")


def test_scores_fit_into_a_table() -> None:
    rows = [scored("beg", "What would take back the + 8?"), scored("linear", "")]
    assert from_table(to_table(rows, ReplyScore), ReplyScore) == rows


def test_a_reply_to_another_prompt_is_refused() -> None:
    response = TutorResponse("other", "tuned", "Hm?", 1, 1, True, 0.1, 0.1, "stub")
    with pytest.raises(ValueError, match="response to 'other' scored against prompt 'linear'"):
        scored_reply(response, "linear")


def test_a_reply_that_was_cut_off_cannot_be_sent() -> None:
    whole, cut = scored("linear", stubs.HUMAN["linear"]), scored("linear", stubs.HUMAN["linear"], finished=False)
    assert (whole.sends, whole.send_probability) == (True, 0.9)
    assert (cut.sends, cut.send_probability) == (False, 0.0)
    assert cut.send_reasons == "broken: does not stop; written for it"
