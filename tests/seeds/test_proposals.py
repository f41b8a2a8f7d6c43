"""Exercises that a model proposes from prose: they quote its words, and are checked or marked as not verified."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.endpoints.ledger import Ledger
from canopy_assets.records import Exercise, SeedDocument, Skipped
from canopy_assets.seeds.exercises.proposals import Chunk, chunks, exercise, propose
from tests.biology import ENERGY, INVENTED, PAGE, PIGMENT, UNSUPPORTED
from tests.openai_server import KEY, Exchange, Server, completion, serving

PROSE = """\
# Slopes and squares

The slope of a line says how much it rises for each step to the right. A line that rises 6 units
over 3 steps has the slope 6 ÷ 3.

The side that lies opposite the right angle of a triangle is called the hypotenuse. It is always the longest side.
"""
DOCUMENT = SeedDocument("notes.md", "notes.md", "prose", "text/markdown", PROSE, "digest", len(PROSE), "read")
WHOLE = Chunk(PROSE, 0)
SLOPE = {
    "statement": "A line rises 6 units over 3 steps. What is its slope?",
    "answer": "2",
    "steps": ["6 ÷ 3 = 2"],
    "topic": "Slopes",
    "quote": "A line that rises 6 units over 3 steps",
}
NAMED = {
    "statement": "How is the side of a right triangle called that lies opposite the right angle?",
    "answer": "the hypotenuse",
    "steps": [],
    "topic": "triangles",
    "quote": "opposite the right angle of a triangle is called the hypotenuse",
}


def _exercise(row: Any) -> Exercise:
    found = exercise(row, WHOLE, DOCUMENT)
    assert isinstance(found, Exercise), found
    return found


def test_a_proposal_is_verified_by_its_steps_and_points_to_the_words_it_rests_on() -> None:
    found = _exercise(SLOPE)
    assert (found.verified, found.answer, found.topic) == (True, "2", "slopes")
    assert "proposed by a model" in found.verification
    assert "arithmetic holds" in found.verification
    assert (found.span.line_start, found.span.line_end) == (3, 4)
    assert PROSE[found.span.char_start : found.span.char_end].split() == SLOPE["quote"].split()


def test_a_known_family_computes_the_answer_whatever_the_model_says() -> None:
    row = SLOPE | {"statement": "Solve 2x + 1 = 9.", "answer": "x = 4", "steps": []}
    assert _exercise(row).family == "linear_equation"
    assert _exercise(row).verified
    wrong = _exercise(row | {"answer": "x = 5"})
    assert (wrong.verified, wrong.answer) == (False, None)
    assert "wrong: computed x = 4" in wrong.verification


def test_an_answer_in_words_has_to_stand_in_the_quote() -> None:
    assert _exercise(NAMED).verified
    assert "its answer stands in the text" in _exercise(NAMED).verification
    assert not _exercise(NAMED | {"answer": "the cathetus"}).verified


@pytest.mark.parametrize(
    "row",
    [
        SLOPE | {"steps": ["6 ÷ 3 = 3"], "answer": "3"},
        SLOPE | {"steps": ["6 ÷ 3 = 2"], "answer": "3"},
        SLOPE | {"steps": []},
    ],
)
def test_what_cannot_be_checked_stays_and_says_so(row: dict[str, Any]) -> None:
    found = _exercise(row)
    assert (found.verified, found.answer, found.stated_answer) == (False, None, row["answer"])
    assert found.verification


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (SLOPE | {"quote": "A line that rises 8 units over 3 steps"}, "quote isn't in the text"),
        (SLOPE | {"quote": "a line"}, "quote isn't in the text"),
        (SLOPE | {"statement": ""}, "without a statement"),
        (SLOPE | {"answer": None}, "without a statement or an answer"),
        ("just words", "not an exercise"),
    ],
)
def test_a_proposal_without_support_is_refused_with_the_reason(row: Any, reason: str) -> None:
    found = exercise(row, WHOLE, DOCUMENT)
    assert isinstance(found, str)
    assert reason in found


def test_paragraphs_share_a_chunk_until_it_is_full() -> None:
    first, second, third = "a" * 100, "b" * 100, "c" * 100
    found = list(chunks("\n\n".join([first, second, third]), 210))
    assert found == [Chunk(f"{first}\n\n{second}", 0), Chunk(third, 204)]


def test_a_paragraph_that_is_longer_than_a_chunk_is_cut() -> None:
    assert list(chunks("a" * 250, 100)) == [Chunk("a" * 100, 0), Chunk("a" * 100, 100)]  # the rest is too short


@given(
    paragraphs=st.lists(st.text("abc .,xyz\n", min_size=1, max_size=400), min_size=1, max_size=12),
    most=st.integers(100, 900),
)
def test_chunks_are_stretches_of_the_text_in_order_that_leave_out_nothing_long(
    paragraphs: list[str], most: int
) -> None:
    text = "\n\n".join(paragraphs)
    found = list(chunks(text, most))
    end = 0
    for chunk in found:
        assert end <= chunk.start
        assert text[chunk.start : chunk.start + len(chunk.text)] == chunk.text
        assert len(chunk.text) <= most
        end = chunk.start + len(chunk.text)
    together = "".join(re.sub(r"\s", "", c.text) for c in found)
    for paragraph in re.split(r"\n\s*\n", text):
        if 80 <= len(paragraph.strip()) <= most:
            assert re.sub(r"\s", "", paragraph) in together
    if len(text) >= 80 and not re.search(r"\n\s*\n", text.strip()):
        assert len(together) > len(re.sub(r"\s", "", text)) - 80


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(Server()) as running:
        yield running


def _proposed(server: Server, ledger: Path):
    async def ask():
        with Ledger(ledger) as replies:
            async with Client(Endpoint(server.address, "large"), replies) as client:
                return await propose(DOCUMENT, client, per_chunk=2, characters=4000, seed=7)

    return asyncio.run(ask())


def test_after_an_unreadable_reply_the_model_is_asked_again(server: Server, tmp_path: Path) -> None:
    def answer(exchange: Exchange) -> bool:
        rows = [SLOPE, NAMED, SLOPE, SLOPE | {"quote": "nowhere in this text at all"}]
        text = "Sure! Here they are." if exchange.number == 1 else f"```json\n{json.dumps({'exercises': rows})}\n```"
        exchange.send(200, completion(exchange.body, text))
        return True

    server.trouble = answer
    proposed = _proposed(server, tmp_path / "ledger")
    assert [e.answer for e in proposed.exercises] == ["2", "the hypotenuse"]
    (skipped,) = proposed.skipped
    assert isinstance(skipped, Skipped)
    assert "nowhere in this text" in skipped.reason
    assert len(server.requests) == 2
    assert _proposed(server, tmp_path / "ledger") == proposed
    assert len(server.requests) == 2  # the second time from the ledger


def test_unreadable_replies_are_reported_with_the_line(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.send(200, completion(e.body, "I'd rather not.")) is None
    proposed = _proposed(server, tmp_path / "ledger")
    assert proposed.exercises == ()
    assert [s.line for s in proposed.skipped] == [1]
    assert "replies hold no exercises" in proposed.skipped[0].reason


def test_replies_that_are_cut_off_say_what_to_do(server: Server, tmp_path: Path) -> None:
    """As those of a small model that repeats itself: an object that never ends."""
    text = "```python\njson_data = {" + '"exercises": [{"statement": "Honey.", "steps": [' + '"Honey.", ' * 50
    server.trouble = lambda e: e.send(200, completion(e.body, text, "length")) is None
    proposed = _proposed(server, tmp_path / "ledger")
    assert proposed.exercises == ()
    assert "could be read: 2 were cut off, so raise max_tokens" in proposed.skipped[0].reason


@pytest.mark.parametrize(
    ("statement", "is_kept"),
    [
        ("Chlorophyll is the green pigment that absorbs the light.", False),
        ("Is the chlorophyll green?", False),
        ("Does chlorophyll or the membrane absorb the light?", True),
    ],
)
def test_a_statement_must_not_name_its_own_answer(statement: str, is_kept: bool) -> None:
    found = _biology(PIGMENT | {"statement": statement})
    assert isinstance(found, Exercise) == is_kept
    assert is_kept or "names its own answer" in str(found)


def _biology(row: dict[str, Any]) -> Exercise | str:
    document = SeedDocument("cell.md", "cell.md", "prose", "text/markdown", PAGE, "digest", len(PAGE), "read")
    return exercise(row, Chunk(PAGE, 0), document)


def test_an_exercise_without_mathematics_has_the_steps_that_the_passage_supports() -> None:
    found = _biology(ENERGY)
    assert isinstance(found, Exercise)
    assert (found.verified, found.answer, found.language) == (True, "cellular respiration", "en")
    assert not found.has_mathematics
    assert [s.work for s in found.steps] == [ENERGY["steps"][0], ENERGY["steps"][2]]  # no unicorns
    assert found.steps[-1].result == "cellular respiration"


def test_the_last_step_has_the_answer_even_where_no_step_states_it() -> None:
    found = _biology(ENERGY | {"steps": ["energy of sugar"]})
    assert isinstance(found, Exercise)
    assert [s.result for s in found.steps] == ["energy of sugar", "cellular respiration"]


def test_misconceptions_are_kept_where_they_are_wrong_and_their_test_names_no_answer() -> None:
    (idea,) = PIGMENT["misconceptions"][:1]
    found = _biology(PIGMENT)
    assert isinstance(found, Exercise)
    (kept,) = found.misconceptions  # the other one "gets" the right answer
    assert (kept.belief, kept.answer, kept.check) == (idea["belief"], idea["wrong_answer"], idea["test"])
    for spoilt in (
        {"test": "Is it not rather chlorophyll?"},
        {"wrong_answer": "the chlorophyll"},
        {"seen": ""},
        {"belief": 3},
    ):
        other = _biology(PIGMENT | {"misconceptions": [idea | spoilt]})
        assert isinstance(other, Exercise)
        assert other.misconceptions == ()
    for none in (None, "x", [1, None], {}):
        other = _biology(PIGMENT | {"misconceptions": none})
        assert isinstance(other, Exercise)
        assert (other.verified, other.misconceptions) == (True, ())


def test_a_quote_or_an_answer_that_is_not_in_the_page_is_not_verified() -> None:
    assert isinstance(_biology(INVENTED), str)
    unsupported = _biology(UNSUPPORTED)
    assert isinstance(unsupported, Exercise)
    assert not unsupported.verified
