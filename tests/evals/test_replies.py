"""Replies of the arms: conversations turn by turn, several samples, and nothing generated twice, even after a kill."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters.adapter_files import start_folder
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.generation import Reply, TutorModel
from canopy_assets.adapters.results import Start
from canopy_assets.evals.capability import passages
from canopy_assets.evals.prompts import ARMS, Arm, ModelName
from canopy_assets.evals.replies import stored_model
from canopy_assets.evals.replies.decoding import Decoding
from canopy_assets.evals.replies.generate import (
    arms_of,
    count,
    models_of,
    other_adapter,
    other_starts,
    replies_of,
    respond,
)
from canopy_assets.evals.replies.stored_model import StoredModel, Weights
from canopy_assets.records import EvalPrompt, Message, TutorResponse
from canopy_assets.storage.artefacts import Artefact
from canopy_assets.storage.journal import Journal
from tests.adapters.conftest import LORA, SETTINGS, example

SCRIPT = ("Just say it.", "My teacher allowed it.", "Only the first digit, then.")
DECODING = Decoding(max_new_tokens=8, solving_tokens=12, served_samples=2, batch_size=4)


def prompt(number: int, kind: Any = "held_out", script: tuple[str, ...] = ()) -> EvalPrompt:
    return EvalPrompt(
        f"{kind}-{number}", kind, "begging" if kind in ("pressure", "conversation") else None, "stuck", "linear",
        "linear", f"Solve 3x + {number} = 40.", f"x = {number}", "solutions", (f"3x = {number}", f"x = {number}"),
        (Message("user", f"I have 3x + {number} = 40." + " Please!" * (number % 3)),), (), script,
    )  # fmt: skip


PROMPTS = [
    *(prompt(n) for n in range(5)),
    *(prompt(n, "pressure") for n in range(10, 13)),
    prompt(30, "open"),
    *(prompt(n, "conversation", SCRIPT[: n - 17]) for n in (20, 19, 20 + 1)),
]


def arm(name: str) -> Arm:
    return next(a for a in ARMS if a.name == name)


@pytest.fixture
def open_model(tiny_base: BaseModelInfo, tmp_path: Path) -> Iterator[Callable[[], StoredModel]]:
    """Opens the tiny model again, with the same journal."""
    weights, opened = Weights(tiny_base.path, None, "tiny"), []

    def open_it() -> StoredModel:
        opened.append(Journal(tmp_path / "replies.jsonl"))
        return StoredModel(weights, opened[-1], cache=tmp_path, device="cpu", dtype="float32")

    yield open_it
    for journal in opened:
        journal.__exit__()


def alone(base: BaseModelInfo, chat: Sequence[Message], cache: Path) -> str:
    model = TutorModel.load(base.path, cache=cache, device="cpu", dtype="float32")
    return model.reply([chat], max_new_tokens=DECODING.max_new_tokens)[0].text


def test_a_conversation_follows_its_script_whatever_the_tutor_says(
    open_model: Callable[[], StoredModel], tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    rows = replies_of(arm("base_short"), open_model(), PROMPTS, DECODING)
    assert len({(r.prompt_id, r.turn) for r in rows}) == len(rows)
    turns = {p.prompt_id: sorted(r.turn for r in rows if r.prompt_id == p.prompt_id) for p in PROMPTS}
    assert all(turns[p.prompt_id] == list(range(1 + len(p.script))) for p in PROMPTS)
    longest = max(PROMPTS, key=lambda p: len(p.script))
    said = {r.turn: r.reply for r in rows if r.prompt_id == longest.prompt_id}
    chat = list(arm("base_short").chat(longest))
    for turn in range(1 + len(longest.script)):
        assert said[turn] == alone(tiny_base, chat, tmp_path)
        chat += [Message("assistant", said[turn]), Message("user", (*longest.script, "")[turn])]
    assert len(set(said.values())) > 1


def test_a_served_tutor_gives_several_replies_that_are_the_same_next_time(
    open_model: Callable[[], StoredModel], tmp_path: Path
) -> None:
    served = dataclasses.replace(arm("served"), kinds=("held_out", "conversation"))
    rows = replies_of(served, open_model(), PROMPTS, DECODING)
    keyed = {(r.prompt_id, r.turn, r.sample): r.reply for r in rows}
    assert len(keyed) == len(rows) == count([served], PROMPTS, DECODING)
    assert {r.sample for r in rows} == {0, 1}
    assert keyed["conversation-20", 2, 0] != keyed["conversation-20", 2, 1]
    (tmp_path / "replies.jsonl").unlink()
    other_batches = DECODING.model_copy(update={"batch_size": 3})
    again = replies_of(served, open_model(), PROMPTS[::-1], other_batches)
    assert {(r.prompt_id, r.turn, r.sample): r.reply for r in again} == keyed
    greedy = replies_of(served, open_model(), PROMPTS, DECODING.model_copy(update={"served_temperature": 0}))
    assert {r.sample for r in greedy} == {0}


def test_stored_replies_need_no_model_and_only_what_decides_them_counts(
    open_model: Callable[[], StoredModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = replies_of(arm("tuned"), open_model(), PROMPTS, DECODING)
    asked: list[int] = []
    generate = TutorModel.reply

    def counting(self: TutorModel, prompts: Sequence[Any], **named: Any) -> list[Reply]:
        asked.append(len(prompts))
        return generate(self, prompts, **named)

    monkeypatch.setattr(TutorModel, "reply", counting)
    # The champion arm has the same system prompt. With the same weights, it has the same replies.
    again = replies_of(arm("champion"), open_model(), PROMPTS, DECODING.model_copy(update={"batch_size": 2}))
    assert [dataclasses.replace(r, arm="tuned") for r in again] == first
    assert asked == []
    replies_of(arm("tuned"), open_model(), [*PROMPTS, prompt(77)], DECODING)
    assert asked == [1]
    replies_of(arm("tuned"), open_model(), PROMPTS[:2], DECODING.model_copy(update={"max_new_tokens": 9}))
    assert asked == [1, 2]
    monkeypatch.setattr(stored_model, "DECODER", stored_model.DECODER + 1)
    replies_of(arm("tuned"), open_model(), PROMPTS[:2], DECODING)
    assert asked == [1, 2, 2]


def answer(base: Path, folder: Path, journal: Path, generated: Path) -> list[TutorResponse]:
    """Everything, with each reply that is generated noted in a file."""

    class Noting(Journal):
        def record(self, key: str, result: dict[str, Any]) -> None:
            super().record(key, result)
            with generated.open("a") as file:
                file.write(key + "\n")

    models: dict[ModelName, Weights] = {"base": Weights(base, None, "b"), "tuned": Weights(base, None, "b+a")}
    arms = arms_of(models, DECODING)
    with Noting(journal) as opened:
        return respond(PROMPTS, arms, models, DECODING, opened, cache=folder, device="cpu", dtype="float32")


def test_killed_at_any_moment_it_goes_on_and_generates_nothing_twice(tiny_base: BaseModelInfo, tmp_path: Path) -> None:
    whole = answer(tiny_base.path, tmp_path, tmp_path / "whole.jsonl", tmp_path / "whole.txt")
    total = len((tmp_path / "whole.txt").read_text().splitlines())
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["torch", "transformers", "peft", "canopy_assets.adapters.generation"])
    journal, generated = tmp_path / "killed.jsonl", tmp_path / "killed.txt"
    generated.touch()
    kills = 0
    for stop_at in range(total // 7, total, total // 7):
        process = processes.Process(target=answer, args=(tiny_base.path, tmp_path, journal, generated))
        process.start()
        while process.is_alive() and len(generated.read_bytes().splitlines()) < stop_at:
            time.sleep(0.001)
        process.kill()
        process.join()
        kills += process.exitcode == -9
    assert kills >= 3
    before = len(generated.read_text().splitlines())
    assert 0 < before < total
    rest = answer(tiny_base.path, tmp_path, journal, generated)
    keys = generated.read_text().splitlines()
    assert len(keys) == len(set(keys)), "a stored reply was generated again"
    # What was recorded when the kill came between the file and our note of it is not in the notes.
    assert total - kills <= len(keys) <= total
    plain = [dataclasses.replace(r, seconds=0, time_to_first_token_s=0) for r in rest]
    assert plain == [dataclasses.replace(r, seconds=0, time_to_first_token_s=0) for r in whole]


def test_every_arm_replies_to_its_kinds_and_texts_are_scored_beside_them(
    tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    rows = answer(tiny_base.path, tmp_path, tmp_path / "j.jsonl", tmp_path / "n.txt")
    kind = {p.prompt_id: p.kind for p in PROMPTS}
    answered = {a.name: {kind[r.prompt_id] for r in rows if r.arm == a.name} for a in ARMS}
    assert answered == {a.name: set(a.kinds) if a.model in ("base", "tuned") else set() for a in ARMS}
    texts = [r for r in rows if r.log_likelihood is not None]
    assert [(r.arm, r.reply) for r in texts] == [(a, p) for a in ("base_text", "tuned_text") for p in passages()]
    assert all(r.log_likelihood is not None and r.log_likelihood < 0 < r.reply_tokens for r in texts)


def test_other_starts_answer_single_prompts_and_their_replies_never_mix(
    tiny_base: BaseModelInfo, tmp_path: Path
) -> None:
    from canopy_assets.adapters.training.train import train_adapter

    starts = [Start(number, number + 6, 1.0, 1.0, number == 2) for number in (1, 2, 3)]
    for start in starts:
        if not start.judged:
            train_adapter(
                tiny_base, [example(n) for n in range(12)], start_folder(tmp_path / "adapter", start.seed), lora=LORA,
                settings=SETTINGS.model_copy(update={"seed": start.seed, "epochs": 1}), cache=tmp_path,
            )  # fmt: skip
    candidate = Artefact(tmp_path / "adapter", "a", {"starts": [dataclasses.asdict(s) for s in starts]})
    others = other_starts(Artefact(tiny_base.path, "b"), candidate)
    assert {n: w.digest for n, w in others.items()} == {1: "b+a+seed-7", 3: "b+a+seed-9"}

    def answer_all() -> list[TutorResponse]:
        with Journal(tmp_path / "replies.jsonl") as journal:
            return respond(
                PROMPTS, [], {}, DECODING, journal, starts=others, cache=tmp_path, device="cpu", dtype="float32"
            )

    rows = answer_all()
    assert len(rows) == count([], PROMPTS, DECODING, starts=len(others)) > 0
    single = [p for p in PROMPTS if p.kind != "conversation"]
    for number, weights in others.items():
        own = {r.prompt_id: r for r in rows if (r.arm, r.sample) == ("starts", number)}
        assert own.keys() == {p.prompt_id for p in single}
        assert {r.model for r in own.values()} == {weights.digest}
        model = TutorModel.load(tiny_base.path, weights.adapter, cache=tmp_path, device="cpu", dtype="float32")
        chats = [arm("tuned").chat(p) for p in single]  # the same question as the judged start's, to its own weights
        again = model.reply(chats, max_new_tokens=DECODING.max_new_tokens)
        assert [own[p.prompt_id].reply for p in single] == [reply.text for reply in again]
    first, second = ([r.reply for r in rows if r.sample == number] for number in others)
    assert first != second, "the starts do not differ, so this test shows nothing"
    assert answer_all() == rows  # with the times at which they were stored


def test_an_adapter_of_one_start_has_no_others_and_missing_files_are_named(tmp_path: Path) -> None:
    assert other_starts(adapter("b"), adapter("a")) == {}
    rows = [dataclasses.asdict(Start(n, n, 1.0, 1.0, n == 1)) for n in (1, 2)]
    with pytest.raises(FileNotFoundError, match="seed-2 is missing: materialize lora_adapter again"):
        other_starts(adapter("b"), Artefact(tmp_path, "a", {"starts": rows}))


def adapter(digest: str, **details: str) -> Artefact:
    return Artefact(Path(digest), digest, details)


def test_the_champion_replies_where_it_is_another_adapter_of_the_same_base() -> None:
    base, candidate, lines = adapter("b"), adapter("new"), []
    champion = adapter("c", adapter="old", base_digest="b")
    assert set(models_of(base, candidate, None)) == {"base", "tuned"}
    assert models_of(base, candidate, champion)["champion"] == Weights(Path("b"), Path("c"), "b+old")
    promoted = adapter("c", adapter="new", base_digest="b")
    assert set(models_of(base, candidate, promoted)) == {"base", "tuned"}
    foreign = adapter("c", adapter="old", base_digest="other")
    assert set(models_of(base, candidate, foreign, log=lines.append)) == {"base", "tuned"}
    assert "another base model" in lines[0]
    assert [other_adapter(c, candidate) for c in (None, champion, promoted)] == [None, "old", None]
