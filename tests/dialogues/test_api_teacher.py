"""A model behind an endpoint words the plans: turn by turn, counted, and paid for once."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from canopy_assets.curriculum.registry import recognise
from canopy_assets.dialogues.embedded.teacher import EmbeddedTeacher
from canopy_assets.dialogues.model.prompting import PROMPT_VERSION, messages, reply_schema, turn_keys
from canopy_assets.dialogues.model.teacher import READINGS, ApiTeacher
from canopy_assets.dialogues.planning.planner import Plan, plan_dialogues
from canopy_assets.dialogues.teacher import Share, Written, total, write_all
from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.endpoints.ledger import Ledger
from canopy_assets.records import Exercise, Span
from tests.dialogues import material
from tests.openai_server import KEY, Exchange, Server, completion, dialogue, serving, unreliable

STATEMENTS = ["Solve 4x + 3 = 27.", "What is 15 % of 60?", "Find the mean of 3, 8, 10.", "Solve 2x + 1 = 9."]


def exercises() -> list[Exercise]:
    found = []
    for number, statement in enumerate(STATEMENTS):
        solution = recognise(statement)
        assert solution is not None
        found.append(
            Exercise(
                f"exercise-{number}",
                "a.md",
                statement,
                solution.topic,
                solution.family,
                solution.answer,
                solution.answer_kind,
                solution.steps,
                (),
                solution.misconceptions,
                True,
                "solved",
                Span(1, 1, 0, 1),
            )
        )
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(Server()) as running:
        yield running


def _write(
    plans: list[Plan], server: Server, ledger: Path, *, embedded: float = 0.0, timeout_s: float = 0.5
) -> list[Written]:
    """Words by the model at the server, and for a part of the plans by the embedded teacher."""

    async def write() -> list[Written]:
        endpoint = Endpoint(server.address, "large", timeout_s=timeout_s, price_out=10.0, patience_s=30)
        with Ledger(ledger) as replies:
            async with Client(endpoint, replies) as client:
                shares = [Share(ApiTeacher(client))]
                return await write_all(plans, shares + ([Share(EmbeddedTeacher(), embedded)] if embedded else []))

    return asyncio.run(write())


def _plans() -> list[Plan]:
    return plan_dialogues(exercises(), per_exercise=5, seed=7)


def test_a_prompt_says_everything_that_the_plan_fixes() -> None:
    plans = _plans()
    assert any(plan.planted for plan in plans)
    for plan in plans:
        system, user = messages(plan)
        assert "never says the answer" in system["content"]
        assert plan.statement in user["content"]
        assert f"answer: {plan.answer}" in user["content"]
        assert all(step.result in user["content"] for step in plan.steps)
        assert all(f"  {key}: " in user["content"] for key in turn_keys(plan))
        if plan.planted:
            assert plan.planted.work in user["content"]
        assert reply_schema(plan)["required"] == turn_keys(plan)


def test_each_wrong_idea_in_a_prompt_comes_with_its_own_test() -> None:
    tested = set()
    for plan in plan_dialogues(material.exercises(), per_exercise=4, seed=3):
        lines = messages(plan)[1]["content"].splitlines()
        for key, student, tutor in zip(turn_keys(plan)[1::2], plan.turns[::2], plan.turns[1::2], strict=True):
            if tutor.move == "perturb":
                (line,) = [line for line in lines if line.startswith(f"  {key}: ")]
                assert student.misconception is not None
                assert plan.misconceptions[student.misconception].check in line
                tested.add((plan.plan_id, student.misconception))
    assert len(tested) > 50


def test_equal_plans_have_equal_prompts_and_others_do_not() -> None:
    first, second = ([json.dumps(messages(plan)) for plan in _plans()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def test_each_turn_gets_its_words_and_keeps_its_plan(server: Server, tmp_path: Path) -> None:
    results = _write(_plans(), server, tmp_path / "ledger")
    assert results
    for plan, written in zip(_plans(), results, strict=True):
        made = written.dialogue
        assert made is not None
        assert [t.role for t in made.turns] == [t.role for t in plan.turns]
        assert [t.state for t in made.turns] == [t.state for t in plan.turns]
        assert [t.move for t in made.turns] == [t.move for t in plan.turns]
        assert (made.teacher, made.answer, made.completion_tokens) == (f"large-prompt{PROMPT_VERSION}", plan.answer, 40)
        asked = {"messages": messages(plan), "seed": plan.seed % 2**30}
        assert [t.text for t in made.turns] == list(dialogue(asked).values())


def test_an_exercise_that_stands_in_two_seeds_gives_each_its_dialogues(server: Server, tmp_path: Path) -> None:
    plans = _plans()
    others = [replace(p, exercise=replace(p.exercise, seed="b.md")) for p in plans]
    # Long enough for a busy machine: a client that gives up asks again.
    written = _write(plans + others, server, tmp_path / "ledger", embedded=1.0, timeout_s=30)
    assert [w.dialogue.seed for w in written if w.dialogue] == ["a.md"] * len(plans) + ["b.md"] * len(plans)
    assert set(server.served.values()) == {1}


def test_a_second_time_nothing_is_asked_and_the_same_comes_out(server: Server, tmp_path: Path) -> None:
    server.trouble = unreliable(0.3)
    first = _write(_plans(), server, tmp_path / "ledger")
    requests = len(server.requests)
    again = _write(_plans(), server, tmp_path / "ledger")
    assert [w.dialogue for w in again] == [w.dialogue for w in first]
    assert len(server.requests) == requests
    assert set(server.served.values()) == {1}
    assert total(again)[f"large-prompt{PROMPT_VERSION}"].reused == len(again)
    spent = total(first)[f"large-prompt{PROMPT_VERSION}"]
    assert (spent.prompt_tokens, spent.completion_tokens, spent.requested, spent.reused) == (2000, 800, 20, 0)
    assert spent.attempts > 20
    assert sum(w.dialogue.seconds for w in first if w.dialogue) == pytest.approx(spent.seconds)
    assert spent.cost == pytest.approx(800 * 10 / 1e6)


def test_a_reply_that_cannot_be_read_is_requested_again(server: Server, tmp_path: Path) -> None:
    seen: set[str] = set()

    def trouble(exchange: Exchange) -> bool:
        prompt = exchange.body["messages"][-1]["content"]
        if prompt in seen:
            return False
        seen.add(prompt)
        exchange.send(200, completion(exchange.body, "Of course! Here is the dialogue:"))
        return True

    server.trouble = trouble
    written = _write(_plans(), server, tmp_path / "ledger")
    assert all(w.dialogue is not None and w.dialogue.completion_tokens == 80 for w in written)
    assert {w.spent.requested for w in written} == {2}


@pytest.mark.parametrize(
    ("text", "finish_reason", "why"),
    [("I'd rather not.", "stop", "neither JSON nor turns"), ('{"turn_1', "length", "cut off: raise max_tokens")],
)
def test_a_plan_that_nobody_words_is_told_with_the_reason_and_stops_nobody(
    server: Server, tmp_path: Path, text: str, finish_reason: str, why: str
) -> None:
    hopeless = messages(_plans()[0])[-1]["content"]

    def trouble(exchange: Exchange) -> bool:
        if exchange.body["messages"][-1]["content"] != hopeless:
            return False
        exchange.send(200, completion(exchange.body, text, finish_reason))
        return True

    server.trouble = trouble
    first, *others = _write(_plans(), server, tmp_path / "ledger")
    assert first.dialogue is None
    assert why in (first.reason or "")
    assert first.spent.requested == READINGS
    assert all(w.dialogue is not None for w in others)


def test_a_turn_that_a_gate_rejects_is_rewritten_and_the_rest_stays(server: Server, tmp_path: Path) -> None:
    plan = next(p for p in _plans() if p.answer == "x = 6")
    texts = dialogue({"messages": messages(plan), "seed": plan.seed % 2**30})
    leaky = texts | {"turn_2_tutor": "It is x = 6, of course."}

    def trouble(exchange: Exchange) -> bool:
        if len(exchange.body["messages"]) > 2:
            return False  # a repair
        exchange.send(200, completion(exchange.body, json.dumps(leaky)))
        return True

    server.trouble = trouble
    (written,) = _write([plan], server, tmp_path / "ledger")
    assert written.dialogue is not None
    (repair,) = written.dialogue.repairs
    assert (repair.turn, repair.rejected, repair.gate) == (1, "It is x = 6, of course.", "leak")
    assert [t.text for i, t in enumerate(written.dialogue.turns) if i != 1] == [
        text for i, text in enumerate(texts.values()) if i != 1
    ]
    assert "x = 6" not in written.dialogue.turns[1].text
    asked = server.requests[-1]["messages"][-1]["content"]
    assert "turn_2_tutor was rejected: reveals the answer" in asked
    assert server.requests[-1]["response_format"]["json_schema"]["schema"]["required"] == ["turn_2_tutor"]
    assert (written.spent.requested, written.dialogue.completion_tokens) == (2, 80)


def test_a_turn_that_never_gets_better_is_left_to_the_review(server: Server, tmp_path: Path) -> None:
    plan = next(p for p in _plans() if p.answer == "x = 6")

    def trouble(exchange: Exchange) -> bool:
        said = dialogue(exchange.body)
        told = {key: f"It is x = 6, {len(server.requests)} times." for key in said if key == "turn_2_tutor"}
        exchange.send(200, completion(exchange.body, json.dumps(said | told)))
        return True

    server.trouble = trouble
    (written,) = _write([plan], server, tmp_path / "ledger")
    assert written.dialogue is not None
    assert [r.gate for r in written.dialogue.repairs] == ["leak", "leak"]
    assert "x = 6" in written.dialogue.turns[1].text
    assert len(server.requests) == 3


def test_teachers_share_the_plans_by_weight_and_a_plan_keeps_its_teacher(server: Server, tmp_path: Path) -> None:
    plans = plan_dialogues(exercises(), per_exercise=50, seed=7)
    written = _write(plans, server, tmp_path / "ledger", embedded=3.0)
    mine = {w.plan.plan_id: w.teacher for w in written}
    assert 0.15 < sum(t == f"large-prompt{PROMPT_VERSION}" for t in mine.values()) / len(mine) < 0.35
    fewer = _write(plans[::3], server, tmp_path / "ledger", embedded=3.0)
    assert all(mine[w.plan.plan_id] == w.teacher for w in fewer)
