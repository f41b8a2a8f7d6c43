"""A judge's labels are read whatever is around them, and its agreement with people is Cohen's κ."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.review.agreement import Estimate
from canopy_assets.review.judge import DIMENSIONS, Agreement, Opinion, agreement, read_labels, reply_schema

NAMES = [d.name for d in DIMENSIONS]


def opinions(judge: Callable[[str, tuple[str, ...], random.Random], str], count: int = 300) -> list[Opinion]:
    """Replies in conversations of three, labelled at random by people and after them by a judge."""
    rng, found = random.Random(3), []
    for i in range(count):
        people = {d.name: rng.choice(d.labels) for d in DIMENSIONS}
        labels = {d.name: judge(people[d.name], d.labels, rng) for d in DIMENSIONS}
        found.append(Opinion(str(i // 3), "", people, labels))
    return found


def test_a_judge_that_says_the_same_as_people_may_gate() -> None:
    everything = agreement(opinions(lambda people, _, __: people), resamples=50)
    assert [found.dimension for found in everything] == NAMES
    for found in everything:
        assert found.kappa.value == pytest.approx(1)
        assert (found.replies, found.unjudged, found.may_gate) == (300, 0, True)


@pytest.mark.parametrize("judge", [lambda _, labels, __: labels[0], lambda _, labels, rng: rng.choice(labels)])
def test_a_judge_that_guesses_never_gates(judge: Callable) -> None:
    everything = agreement(opinions(judge), resamples=50)
    assert [found.dimension for found in everything] == NAMES
    for found in everything:
        assert found.kappa.value == pytest.approx(0, abs=0.15)
        assert found.kappa.low <= found.kappa.value <= found.kappa.high
        assert not found.may_gate


def test_kappa_is_what_it_is_by_hand() -> None:
    # People 20 times Yes, the judge 25 times of 50: by chance they agree on half, and in fact on 35: (0.7 − 0.5) / 0.5.
    table = {("Yes", "Yes"): 15, ("Yes", "No"): 5, ("No", "Yes"): 10, ("No", "No"): 20}
    rows = [
        Opinion(str(i), "", {"Coherence": people}, {"Coherence": judge})
        for (people, judge), times in table.items()
        for i in range(times)
    ]
    (found,) = [a for a in agreement(rows, resamples=200) if a.dimension == "Coherence"]
    assert found.kappa.value == pytest.approx(0.4)
    assert not found.may_gate


def test_what_the_judge_leaves_out_is_counted_and_not_guessed() -> None:
    silent = [Opinion("c", "", {"Coherence": "Yes"}, {}), Opinion("d", "", {"Coherence": "No"}, {"Coherence": "No"})]
    found = {a.dimension: a for a in agreement(silent, resamples=20)}
    assert (found["Coherence"].replies, found["Coherence"].unjudged) == (1, 1)
    assert math.isnan(found["Coherence"].kappa.value)
    assert not found["Coherence"].may_gate
    assert found["Tutor_Tone"].replies == 0


@pytest.mark.parametrize(("kappa", "may"), [(0.6, True), (0.599, False), (math.nan, False)])
def test_below_six_tenths_no_dimension_gates(kappa: float, may: bool) -> None:
    assert Agreement("Coherence", 10, 0, Estimate(kappa, 0, 1)).may_gate is may


@given(before=st.text(alphabet="abc \n`", max_size=20), after=st.text(alphabet="xyz \n`", max_size=20), data=st.data())
def test_labels_are_read_out_of_any_wrapping(before: str, after: str, data: st.DataObject) -> None:
    wanted = {d.name: data.draw(st.sampled_from(d.labels)) for d in DIMENSIONS}
    disguised = {n.upper(): data.draw(st.sampled_from((str, str.lower, "{}.".format)))(v) for n, v in wanted.items()}
    assert read_labels(before + json.dumps(disguised) + after) == wanted


LABELS = {d.name: d.labels for d in DIMENSIONS}
ANY_LABEL = st.sampled_from(sorted({label for labels in LABELS.values() for label in labels}))
NO_LABEL = st.integers() | st.text(alphabet='xyz {}"\n', max_size=20)


@given(st.dictionaries(st.sampled_from(NAMES), ANY_LABEL | NO_LABEL))
def test_what_is_no_label_of_its_dimension_is_left_out(given_labels: dict[str, object]) -> None:
    kept = {name: label for name, label in given_labels.items() if label in LABELS[name]}
    assert read_labels(json.dumps(given_labels)) == kept


@given(st.text())
def test_a_reply_without_json_has_no_labels_or_right_ones(text: str) -> None:
    assert all(label in LABELS[name] for name, label in read_labels(text).items())
    assert read_labels(text.replace("{", "(")) == {}


def test_the_schema_allows_the_labels_and_nothing_else() -> None:
    schema = reply_schema()
    assert schema["required"] == NAMES
    assert schema["additionalProperties"] is False
