"""What follows from ratings: agreement, who decides about an adapter, and the judge's calibration."""

from __future__ import annotations

import dataclasses
import math
import random

import pytest

from canopy_assets.evals.ratings import agreement
from canopy_assets.evals.ratings.decision import decided_by_people, labels_by_source
from canopy_assets.evals.ratings.judging import recalibrated_judge
from canopy_assets.evals.ratings.summary import summarize
from canopy_assets.records import Rating, RatingLabel
from canopy_assets.review.usefulness import Asked, Usefulness, useful_many
from tests.evals.ratings.examples import ADAPTER, rating

MANY = 60


def _two_raters() -> list[Rating]:
    """Sixty replies: both send 20, only anna 5, only ben 3, neither 32."""
    counts: dict[tuple[RatingLabel, RatingLabel], int] = {
        ("send", "send"): 20,
        ("send", "weak"): 5,
        ("bad", "send"): 3,
        ("bad", "weak"): 32,
    }
    rows = [labels for labels, count in counts.items() for _ in range(count)]
    return [r for n, (a, b) in enumerate(rows) for r in (rating(n, a, "anna"), rating(n, b, "ben"))]


def test_two_raters_agree_as_the_textbook_says() -> None:
    (found,) = agreement.between_raters(_two_raters())
    # Cohen (1960) by hand: observed (20 + 32)/60, expected (25·23 + 35·37)/60².
    observed, chance = 52 / 60, (25 * 23 + 35 * 37) / 3600
    assert (found.first, found.second, found.replies, found.same) == ("anna", "ben", 60, 52)
    assert found.kappa.value == pytest.approx((observed - chance) / (1 - chance))
    assert found.kappa.low < found.kappa.value < found.kappa.high <= 1


def test_the_interval_is_wider_where_replies_share_problems() -> None:
    alone = _two_raters()
    shared = [dataclasses.replace(r, problem=f"problem {int(r.prompt_id[2:]) // 10}") for r in alone]
    (one,), (other,) = agreement.between_raters(alone), agreement.between_raters(shared)
    assert other.kappa.value == one.kappa.value
    assert other.kappa.high - other.kappa.low > one.kappa.high - one.kappa.low


def test_skipped_rows_and_repeats_do_not_count_between_raters() -> None:
    rows = [rating(1), rating(1, rater="ben"), rating(2, "skip"), rating(2, rater="ben"), rating(3, repeat=True)]
    (found,) = agreement.between_raters(rows)
    assert found.replies == 1
    assert agreement.between_raters([rating(1), rating(2, rater="ben")]) == []


def test_a_rater_is_compared_with_themselves_on_repeated_rows_only() -> None:
    rows = [rating(1), rating(1, "bad", repeat=True), rating(2), rating(2, repeat=True), rating(3)]
    rows += [rating(4, "skip"), rating(4, repeat=True), rating(5, rater="ben", repeat=True)]
    (found,) = agreement.with_themselves(rows)
    assert (found.first, found.second, found.replies, found.same) == ("anna", "anna", 2, 1)


def test_raters_are_compared_with_the_judge() -> None:
    rows = [rating(n, "send" if n % 2 else "bad") for n in range(10)]
    judgements = {r.reply_digest: Usefulness(r.label == "send" or n == 0, 0.5, ()) for n, r in enumerate(rows)}
    (found,) = agreement.with_judge(rows, judgements)
    assert (found.first, found.second, found.replies, found.same) == ("anna", agreement.JUDGE, 10, 9)
    assert agreement.judged(rows).keys() == judgements.keys()


def test_a_reply_is_to_send_where_all_its_raters_say_so() -> None:
    rows = [rating(1), rating(1, "weak", "ben"), rating(2), rating(2, rater="ben"), rating(3), rating(4, "skip")]
    replies = agreement.rated_replies(rows)
    assert [(r.rating.prompt_id, r.sends, r.raters) for r in replies.values()] == [
        ("p-1", False, ("anna", "ben")),
        ("p-2", True, ("anna", "ben")),
        ("p-3", True, ("anna",)),
    ]


def test_people_decide_from_fifty_distinct_replies_on() -> None:
    rows = [rating(n, "send" if n < 30 else "bad") for n in range(50)]
    again = [rating(n, "bad", "ben") for n in range(20)] + [rating(n, repeat=True) for n in range(50, 60)]
    assert decided_by_people(ADAPTER, [*rows[:49], *again]) is None, "others' ratings and repeats are not new replies"
    assert decided_by_people("b" * 16, rows) is None
    verdict = decided_by_people(ADAPTER + "0" * 48, rows)
    assert verdict is not None
    assert (verdict.adapter, verdict.replies, verdict.sends, verdict.raters) == (ADAPTER, 50, 30, ("anna",))
    assert verdict.by_prompt == {f"p-{n}": (int(n < 30), 1) for n in range(50)}
    assert verdict.share.rate == 0.6
    assert 0.4 < verdict.share.low < 0.6 < verdict.share.high < 0.8
    stricter = decided_by_people(ADAPTER, [*rows, *again])
    assert stricter is not None
    assert (stricter.sends, stricter.raters) == (10, ("anna", "ben"))


def test_several_replies_to_a_prompt_and_to_a_problem_are_counted_together() -> None:
    rows = [rating(n // 5, "send" if n % 5 else "bad", reply=f"reply {n}") for n in range(MANY)]
    verdict = decided_by_people(ADAPTER, rows)
    assert verdict is not None
    assert verdict.by_prompt == {f"p-{n}": (4, 5) for n in range(MANY // 5)}
    alike = decided_by_people(
        ADAPTER, [dataclasses.replace(r, label="send" if r.prompt_id < "p-4" else "bad") for r in rows]
    )
    alone = decided_by_people(ADAPTER, [dataclasses.replace(r, problem=r.reply) for r in rows])
    assert alike is not None
    assert alone is not None
    assert alike.share.high - alike.share.low > 1.5 * (alone.share.high - alone.share.low), "problems decide as a whole"


def test_an_adapter_whose_replies_nobody_would_send_has_an_interval_above_nothing() -> None:
    verdict = decided_by_people(ADAPTER, [rating(n, "bad") for n in range(50)])
    assert verdict is not None
    assert (verdict.share.rate, verdict.share.low) == (0, 0)
    assert 0.05 < verdict.share.high < 0.1


def test_the_judge_is_recalibrated_on_what_people_say() -> None:
    generator = random.Random(2)
    rows, judgements = [], {}
    for n in range(200):
        probability = generator.random()
        # People send only what the judge is very sure of.
        rows.append(rating(n, "send" if generator.random() < probability**4 else "weak"))
        judgements[rows[-1].reply_digest] = Usefulness(probability >= 0.5, probability, ("because",))
    judge = recalibrated_judge(rows, judgements)
    assert judge is not None
    assert judge.recalibration.rated == 200
    before = sum(judgements[r.reply_digest].sends == (r.label == "send") for r in rows)
    after = [judge.recalibration.apply(judgements[r.reply_digest]) for r in rows]
    assert sum(u.sends == (r.label == "send") for u, r in zip(after, rows, strict=True)) > before
    sent = sum(r.label == "send" for r in rows)
    assert sum(u.probability for u in after) == pytest.approx(sent, abs=3)
    assert {u.reasons for u in after} == {("because",)}
    assert (judge.errors.sensitivity[1], judge.errors.specificity[1]) == (sent, 200 - sent)
    assert judge.errors.informative
    assert recalibrated_judge(rows[:49], judgements) is None


def test_the_errors_of_the_judge_are_not_flattered_by_what_it_was_fitted_on() -> None:
    """With two problems, one good and one bad, nothing about the one can be learned from the other."""
    rows, judgements = [], {}
    for n in range(60):
        rows.append(rating(n % 2, "send" if n % 2 else "bad", reply=f"reply {n}"))
        judgements[rows[-1].reply_digest] = Usefulness(True, 0.8 if n % 2 else 0.6, ())
    judge = recalibrated_judge(rows, judgements)
    assert judge is not None
    assert judge.recalibration.sends(0.8)
    assert not judge.recalibration.sends(0.6)
    assert (judge.errors.sensitivity, judge.errors.specificity) == ((0, 30), (0, 30))
    assert not judge.errors.informative


def test_ratings_of_one_kind_alone_do_not_recalibrate() -> None:
    rows = [rating(n, "send" if n < 9 else "bad") for n in range(60)]
    judgements = {r.reply_digest: Usefulness(True, 0.6, ()) for r in rows}
    assert recalibrated_judge(rows, judgements) is None
    assert recalibrated_judge([*rows, rating(60)], judgements | {rating(60).reply_digest: Usefulness(True, 0.6, ())})


def test_the_recalibrated_judge_asks_the_judge() -> None:
    judge = recalibrated_judge(_two_raters())
    assert judge is not None
    asked = [Asked("What undoes the 5?", "Solve 5x = 25.", "x = 5", (("user", "How do I start?"),))]
    assert judge(asked) == [judge.recalibration.apply(useful_many(asked)[0])]


def test_labels_are_counted_by_source_without_repeats() -> None:
    rows = [rating(1), rating(2, "skip"), rating(1, repeat=True), rating(3, "bad", source="teacher")]
    assert labels_by_source(rows) == {("candidate", ADAPTER): {"send": 1, "skip": 1}, ("teacher", None): {"bad": 1}}


def test_the_summary_has_counts_agreement_and_the_calibration() -> None:
    summary = summarize(_two_raters())
    assert (summary.counts["raters"], summary.counts["rated_replies"]) == (2, 60)
    assert summary.tables["labels"].rows == (("candidate", ADAPTER, 48, 37, 35, 0),)
    assert [row[:2] for row in summary.tables["agreement"].rows] == [
        ("anna", "ben"),
        ("anna", agreement.JUDGE),
        ("ben", agreement.JUDGE),
    ]
    assert summary.recalibration is not None
    assert math.isfinite(summary.counts["judge_slope"])
    nothing = summarize([])
    assert nothing.recalibration is None
    assert nothing.counts == {"raters": 0, "rated_replies": 0}
