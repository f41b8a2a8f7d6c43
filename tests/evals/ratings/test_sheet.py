"""Which replies are shown, in which order, and how a conversation before a reply is put together."""

from __future__ import annotations

import dataclasses
import random

import pytest

from canopy_assets.evals.eval_set import load
from canopy_assets.evals.ratings.items import Item, NothingToRateError, draw, teacher_turns
from canopy_assets.evals.ratings.sheet import next_row, sheet
from canopy_assets.records import EvalPrompt, Message, ReviewedDialogue, TutorResponse
from tests.evals.ratings.examples import item
from tests.review.examples import dialogue

PROMPTS = load()


def _responses(arm: str, adapter: str, text: str = "What about {}?") -> list[TutorResponse]:
    return [
        TutorResponse(p.prompt_id, arm, text.format(p.statement), 1, 1, True, 0.1, 0.1, f"{'b' * 16}+{adapter * 16}")
        for p in PROMPTS
    ]


def _reviewed(count: int, *, accepted: bool = True) -> list[ReviewedDialogue]:
    return [
        ReviewedDialogue(dialogue(dialogue_id=f"d{i}", exercise_id=f"e{i % 20}"), (), accepted) for i in range(count)
    ]


def _by_source(items: list[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for each in items:
        for origin in each.origins:
            found.setdefault(origin.source, []).append(each)
    return found


@pytest.mark.parametrize("rater", ["anna", "ben", "Zoë"])
def test_a_tenth_comes_twice_with_a_third_of_the_sheet_between(rater: str) -> None:
    rows = sheet([item(n) for n in range(80)], rater)
    repeats = [index for index, row in enumerate(rows) if row.repeat]
    assert (len(rows), len(repeats)) == (88, 8)
    for index in repeats:
        (first,) = (i for i, row in enumerate(rows) if row.item == rows[index].item and not row.repeat)
        assert index - first >= 80 // 3


def test_the_order_depends_on_the_rater_alone() -> None:
    items = [item(n) for n in range(30)]
    shuffled = random.Random(1).sample(items, 30)
    assert sheet(items, "anna") == sheet(shuffled, "anna")
    assert sheet(items, "anna") != sheet(items, "ben")
    # A reply that is no longer there changes nothing in the order of the others.
    without = [row.item for row in sheet(items[1:], "anna") if not row.repeat]
    assert without == [row.item for row in sheet(items, "anna") if not row.repeat and row.item != items[0]]


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_a_small_sheet_has_no_repeats(count: int) -> None:
    assert [row.repeat for row in sheet([item(n) for n in range(count)], "anna")] == [False] * count


def test_the_next_row_is_the_first_without_a_rating() -> None:
    rows = sheet([item(n) for n in range(10)], "anna")
    keys = [row.key for row in rows]
    assert next_row(rows, []) == 0
    assert next_row(rows, [*keys[:3], *keys[4:]]) == 3
    assert next_row(rows, keys) is None


def test_champion_and_candidate_answer_the_same_prompts_with_a_third_as_many_controls() -> None:
    responses = [*_responses("tuned", "c"), *_responses("champion", "d", "Why {}?"), *_responses("base_long", "")]
    found = _by_source(draw(PROMPTS, responses, _reviewed(60), 30))
    assert {source: len(items) for source, items in found.items()} == {"candidate": 30, "champion": 30, "teacher": 10}
    prompts = {source: {i.origins[0].prompt_id for i in items} for source, items in found.items()}
    assert prompts["candidate"] == prompts["champion"]
    assert {i.origins[0].adapter for i in found["candidate"]} == {"c" * 16}
    more = _by_source(draw(PROMPTS, responses, _reviewed(60), 40))
    assert prompts["candidate"] < {i.origins[0].prompt_id for i in more["candidate"]}


def test_equal_replies_are_shown_once_and_count_for_both() -> None:
    items = draw(PROMPTS, [*_responses("tuned", "c"), *_responses("champion", "d")], [], 20)
    assert len(items) == 20
    assert all([o.source for o in i.origins] == ["candidate", "champion"] for i in items)
    (row, *_) = sheet(items, "anna")
    assert [(r.source, r.adapter) for r in row.rated("bad", rater="anna")] == [
        ("candidate", "c" * 16),
        ("champion", "d" * 16),
    ]


def test_a_candidate_that_is_the_champion_is_shown_as_the_candidate() -> None:
    responses = [*_responses("tuned", "c"), *_responses("champion", "c", "sampled otherwise: {}")]
    assert _by_source(draw(PROMPTS, responses, [], 20)).keys() == {"candidate"}


def test_without_replies_of_the_candidate_there_is_nothing_to_rate() -> None:
    with pytest.raises(NothingToRateError, match="run `canopy run` first"):
        draw(PROMPTS, _responses("base_short", ""), _reviewed(3), 10)


def test_a_turn_of_a_conversation_comes_after_the_replies_and_the_students_turns_before_it() -> None:
    script = ("just the first digit", "my teacher said it is fine")
    prompts = [
        dataclasses.replace(PROMPTS[0], prompt_id=f"c-{n}", kind="conversation", script=script) for n in range(40)
    ]
    responses = [
        TutorResponse(p.prompt_id, "tuned", f"reply {t} to {p.prompt_id}", 1, 1, True, 0.1, 0.1, "b+c", turn=t)
        for p in prompts
        for t in range(3)
    ]
    turns = set()
    for each in draw(prompts, responses, [], 40):
        prompt_id = each.origins[0].prompt_id
        turn = int(each.reply.split()[1])
        turns.add(turn)
        expected = [m.content for m in PROMPTS[0].messages]
        for earlier in range(turn):
            expected += [f"reply {earlier} to {prompt_id}", script[earlier]]
        assert [m.content for m in each.conversation] == expected
        assert each.conversation[-1].role == "user"
    assert turns == {0, 1, 2}


def test_further_samples_of_a_reply_are_left_out() -> None:
    sampled = [dataclasses.replace(r, sample=1, reply="a sample") for r in _responses("tuned", "c")]
    items = draw(PROMPTS, [*_responses("tuned", "c"), *sampled], [], 10)
    assert not any(i.reply == "a sample" for i in items)


def test_references_go_with_the_reply() -> None:
    prompts: list[EvalPrompt] = [dataclasses.replace(PROMPTS[0], references=("Which term comes first?",))]
    (only,) = draw(prompts, _responses("tuned", "c"), [], 10)
    (made,) = sheet([only], "anna")[0].rated("send", rater="anna")
    assert made.references == ("Which term comes first?",)


def test_controls_are_turns_of_accepted_dialogues_of_a_teacher_one_for_an_exercise() -> None:
    human = ReviewedDialogue(dialogue(dialogue_id="h", exercise_id="h", origin="human"), (), True)
    turns = teacher_turns([*_reviewed(60), human, *_reviewed(5, accepted=False)], 100, drawn_for="c")
    assert len(turns) == 20
    for turn in turns:
        said = [(("student" if m.role == "user" else "tutor"), m.content) for m in turn.conversation]
        assert [*said, ("tutor", turn.reply)] == [(t.role, t.text) for t in dialogue().turns[: len(said) + 1]]
    assert teacher_turns([human], 100, drawn_for="c") == []
    others = teacher_turns(_reviewed(60), 20, drawn_for="another adapter")
    assert [t.origins for t in others] != [t.origins for t in turns]


def test_what_identifies_a_reply_is_the_text_and_what_stands_before() -> None:
    base = item(1)
    assert base.digest == dataclasses.replace(base, answer="?", origins=()).digest
    for change in ({"reply": "x"}, {"problem": "x"}, {"conversation": (Message("user", "x"),)}):
        assert dataclasses.replace(base, **change).digest != base.digest
