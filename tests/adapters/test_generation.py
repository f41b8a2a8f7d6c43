"""Replies: the same in a batch as alone, in order, from the right weights, with measured times."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files, generation
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.config import LoraSettings, TrainingSettings
from canopy_assets.adapters.encoding import encode_prompt
from canopy_assets.adapters.generation import GenerationError, TutorModel
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
from canopy_assets.adapters.speed.preallocated import ROOM, empty_cache
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import Message, TrainingExample
from tests.adapters.conftest import SYSTEM

PROMPTS = [[Message("user", f"I have {n}x + 4 = 30." + " Please tell me." * (n % 4))] for n in range(9)]
NEW = 12


@pytest.fixture(scope="module")
def adapter(
    tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("adapter")
    settings = TrainingSettings(learning_rate=0.02, epochs=8, batch_tokens=512, dtype="float32", device="cpu")
    lora = LoraSettings(rank=8)
    train_adapter(tiny_base, examples, folder / "a", lora=lora, settings=settings, cache=folder)
    return folder / "a"


def by_transformers(model: Any, tokenizer: Any, system: str, prompt: list[Message], new: int = NEW) -> str:
    """The reply that transformers' own generate gives to one prompt alone."""
    import torch

    ids = torch.tensor([encode_prompt(tokenizer, [Message("system", system), *prompt])])
    with torch.inference_mode():
        out = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, do_sample=False, pad_token_id=2
        )
    return tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True).strip()


def tutor(base: BaseModelInfo, adapter: Path | None = None) -> TutorModel:
    return TutorModel.load(base.path, adapter, cache=base.path.parent, device="cpu", dtype="float32")


@pytest.mark.parametrize("system", [SYSTEM, "Ask, never tell. " * 20], ids=["short prompt", "long prompt"])
def test_replies_are_those_of_transformers_one_by_one(tiny_base: BaseModelInfo, system: str) -> None:
    model, tokenizer = load_causal_lm(tiny_base.path), load_tokenizer(tiny_base.path)
    expected = [by_transformers(model, tokenizer, system, prompt) for prompt in PROMPTS]
    replies = tutor(tiny_base).reply(PROMPTS, system_prompt=system, max_new_tokens=NEW, batch_size=4)
    assert [r.text for r in replies] == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize("scores_at_once", [1, 1 << 30, None], ids=["in parts", "at once", "fused"])
def test_prompts_of_any_length_share_the_keys_and_values_of_their_prefix(
    tiny_base: BaseModelInfo, scores_at_once: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from canopy_assets.adapters.speed import shared_prefix

    if scores_at_once:  # as on a GPU
        monkeypatch.setattr(shared_prefix, "attend_fused", shared_prefix.attend_in_parts)
        monkeypatch.setattr(shared_prefix, "SCORES", scores_at_once)
    model, tokenizer = load_causal_lm(tiny_base.path), load_tokenizer(tiny_base.path)
    system, prompts = "Ask, never tell. " * 20, [[Message("user", "Why? " * n)] for n in (1, 40, 7, 7, 100)]
    expected = [by_transformers(model, tokenizer, system, prompt) for prompt in prompts]
    ours = tutor(tiny_base)
    encoded = [encode_prompt(tokenizer, [Message("system", system), *prompt]) for prompt in prompts]
    assert ours.decoder.shared_prefix(encoded).layers
    assert [r.text for r in ours.reply(prompts, system_prompt=system, max_new_tokens=NEW)] == expected


@pytest.mark.parametrize("trouble", ["the prefix is not passed on", "a sliding window"])
def test_a_model_that_cannot_share_its_prefix_replies_without(
    tiny_base: BaseModelInfo, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from canopy_assets.adapters import decoding

    system = "Ask, never tell. " * 20
    expected = [r.text for r in tutor(tiny_base).reply(PROMPTS, system_prompt=system, max_new_tokens=NEW)]
    model = tutor(tiny_base)
    layer = model.decoder.model.model.layers[0]
    if trouble == "a sliding window":
        model.decoder.model.config.sliding_window = 8
    else:
        forward = layer.self_attn.forward
        monkeypatch.setattr(layer.self_attn, "forward", lambda *a, prefix=None, **rest: forward(*a, **rest))
    encoded = [encode_prompt(model.tokenizer, [Message("system", system), *prompt]) for prompt in PROMPTS]
    assert model.decoder.shared_prefix(encoded) == decoding.SharedPrefix()
    assert [r.text for r in model.reply(PROMPTS, system_prompt=system, max_new_tokens=NEW)] == expected


def test_replies_longer_than_the_room_first_allocated_are_the_same(tiny_base: BaseModelInfo) -> None:
    model, tokenizer = load_causal_lm(tiny_base.path), load_tokenizer(tiny_base.path)
    for system in (SYSTEM, "Be."):  # with and without a shared prefix
        expected = [by_transformers(model, tokenizer, system, prompt, ROOM + 30) for prompt in PROMPTS[:3]]
        replies = tutor(tiny_base).reply(PROMPTS[:3], system_prompt=system, max_new_tokens=ROOM + 30)
        assert [r.text for r in replies] == expected


def test_a_cache_grows_and_selects_rows_as_transformers_own_does() -> None:
    import torch
    from transformers import DynamicCache

    generator = torch.Generator().manual_seed(3)
    ours, theirs = empty_cache(1), DynamicCache()
    for step, length in enumerate([5, 1, 1, ROOM + 2, 1]):
        for layer in range(2):
            k, v = (torch.randn(3, 2, length, 4, generator=generator) for _ in range(2))
            for a, b in zip(ours.update(k, v, layer), theirs.update(k, v, layer), strict=True):
                assert torch.equal(a, b)
        if step == 2:
            for cache in (ours, theirs):
                cache.batch_select_indices(torch.tensor([2, 0, 0]))
    assert ours.get_seq_length() == theirs.get_seq_length() == ROOM + 10


def test_a_complete_reply_is_handed_over_before_the_others_are(tiny_base: BaseModelInfo) -> None:
    model = tutor(tiny_base)
    whole = model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW)
    ids = [model.tokenizer(r.text, add_special_tokens=False)["input_ids"] for r in whole]
    model.decoder.end_tokens = {ids[0][2]}
    handed: list[int] = []
    replies = model.reply(
        PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW, on_reply=lambda at, reply: handed.append(at)
    )
    assert sorted(handed) == list(range(len(PROMPTS)))
    lengths = [replies[at].reply_tokens for at in handed]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


def test_the_likelihood_of_a_text_is_that_of_the_loss(tiny_base: BaseModelInfo) -> None:
    import torch

    model, text = tutor(tiny_base), "The river comes down from the hills in late March."
    ids = torch.tensor([model.tokenizer(text, add_special_tokens=False)["input_ids"]])
    loss = float(load_causal_lm(tiny_base.path)(input_ids=ids, labels=ids).loss.detach())
    total, tokens = model.log_likelihood(text)
    assert tokens == ids.shape[1] - 1
    assert -total / tokens == pytest.approx(loss, rel=1e-5)


def test_the_number_format_is_known_without_loading_once_it_was_measured(
    tiny_base: BaseModelInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = generation.number_format(tiny_base.path, cache=tmp_path, device="cpu")
    monkeypatch.setattr(generation, "load_causal_lm", lambda *_: pytest.fail("it was loaded again"))
    assert generation.number_format(tiny_base.path, cache=tmp_path, device="cpu") == first


def test_a_merged_adapter_replies_as_the_unmerged_one_and_has_learned_to_stop(
    tiny_base: BaseModelInfo, adapter: Path
) -> None:
    from peft import PeftModel

    model = PeftModel.from_pretrained(load_causal_lm(tiny_base.path), str(adapter)).eval()
    tokenizer = load_tokenizer(tiny_base.path)
    expected = [by_transformers(model, tokenizer, SYSTEM, prompt) for prompt in PROMPTS]
    replies = tutor(tiny_base, adapter).reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW, batch_size=5)
    assert [r.text for r in replies] == expected
    plain = tutor(tiny_base).reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW)
    assert [r.text for r in plain] != expected


def test_the_output_layer_is_not_copied_for_each_row(tiny_base: BaseModelInfo, adapter: Path) -> None:
    import torch

    model = tutor(tiny_base, adapter)
    layer = model.decoder.model.get_output_embeddings()
    read: list[torch.Tensor] = []
    layer.register_forward_hook(lambda _layer, inputs, _output: read.append(inputs[0]))
    model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=2)
    assert max(len(rows) for rows in read) > 1
    assert all(rows.is_contiguous() for rows in read)


def test_a_reply_that_ends_early_leaves_the_batch_and_is_marked_as_finished(tiny_base: BaseModelInfo) -> None:
    model = tutor(tiny_base)
    whole = model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW)
    ids = [model.tokenizer(r.text, add_special_tokens=False)["input_ids"] for r in whole]
    model.decoder.end_tokens = {ids[0][2]}  # make the third token of the first reply an end token
    replies = model.reply(PROMPTS, system_prompt=SYSTEM, max_new_tokens=NEW)
    assert replies[0].finished
    assert replies[0].reply_tokens <= 3
    for before, after in zip(whole, replies, strict=True):
        assert before.text.startswith(after.text)
        assert after.finished or after.text == before.text
    assert not whole[0].finished
    assert whole[0].reply_tokens == NEW


def test_times_are_measured_on_a_sample_and_interpolated_by_length(tiny_base: BaseModelInfo) -> None:
    seen: list[tuple[int, int]] = []
    replies = tutor(tiny_base).reply(
        PROMPTS, system_prompt=SYSTEM, max_new_tokens=2, batch_size=4, timed_prompts=3,
        on_progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    timed = [r for r in replies if r.first_token_timed]
    assert len(timed) == 3
    assert {min(r.prompt_tokens for r in replies), max(r.prompt_tokens for r in replies)} <= {
        r.prompt_tokens for r in timed
    }
    low, high = (f(r.time_to_first_token_s for r in timed) for f in (min, max))
    assert all(0 < low <= r.time_to_first_token_s <= high for r in replies)
    assert seen == [(4, 9), (8, 9), (9, 9)]


def test_no_prompts_give_no_replies(tiny_base: BaseModelInfo) -> None:
    assert tutor(tiny_base).reply([], system_prompt=SYSTEM) == []


def test_an_adapter_of_another_base_model_is_refused(tiny_base: BaseModelInfo, adapter: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(adapter, tmp_path / "other"))
    config = json.loads((other / adapter_files.CONFIG_FILE).read_text())
    config["base_model"]["digest"] = "0" * 64
    (other / adapter_files.CONFIG_FILE).write_text(json.dumps(config))
    with pytest.raises(GenerationError, match="trained on directory:tiny-llama"):
        tutor(tiny_base, other)
    (other / adapter_files.WEIGHTS).unlink()
    with pytest.raises(GenerationError, match=r"holds no adapter_model\.safetensors"):
        tutor(tiny_base, other)
