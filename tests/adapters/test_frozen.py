"""Frozen layers are computed once for each row, and the numbers are those of computing them in each pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import Batch, collate, pack
from canopy_assets.adapters.config import LoraSettings
from canopy_assets.adapters.encoding import EncodedExample, encode_examples
from canopy_assets.adapters.models import load_causal_lm
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training import execution
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import SETTINGS


@pytest.fixture(scope="module")
def rows(tokenizer: Any, examples: list[TrainingExample]) -> tuple[EncodedExample, ...]:
    return encode_examples(tokenizer, examples[:6], max_length=2048).rows


def adapted(model: Any, **changes: Any) -> LabelledLoss:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    config: dict[str, Any] = {"r": 4, "target_modules": ["q_proj", "down_proj"], "layers_to_transform": [1]} | changes
    config |= {"task_type": "CAUSAL_LM", "init_lora_weights": False}
    return LabelledLoss(get_peft_model(model, LoraConfig(**config)).eval(), device="cpu", dtype="float32")


@pytest.fixture
def loss(tiny_base: BaseModelInfo) -> LabelledLoss:
    return adapted(load_causal_lm(tiny_base.path))


def padded(rows: Sequence[EncodedExample]) -> Batch:
    return collate(rows, pad_id=2, device="cpu")


def passes(loss: LabelledLoss) -> list[tuple[int, ...]]:
    """The shapes that go through the lowest layer's attention, from now on."""
    seen: list[tuple[int, ...]] = []
    attention = loss.model.get_base_model().model.layers[0].self_attn
    attention.register_forward_hook(lambda _, __, out: seen.append(tuple(out[0].shape[:2])))
    return seen


def gradients(loss: LabelledLoss, batch: Batch) -> tuple[torch.Tensor, list[torch.Tensor]]:
    loss.zero_grad()
    losses = loss.per_token(batch)
    losses.sum().backward()
    return losses.detach(), [p.grad for p in loss.model.parameters() if p.grad is not None]


@pytest.mark.parametrize("together", [padded, lambda rows: pack(rows, device="cpu")], ids=["padded", "packed"])
def test_losses_and_gradients_are_those_of_the_whole_model(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...], together: Any
) -> None:
    batch = together(rows)
    plain = gradients(loss, batch)
    assert loss.split_off_frozen_layers(rows)
    assert plain[1]
    for _ in range(2):  # computed, and then from the cache
        cached = gradients(loss, batch)
        torch.testing.assert_close(cached[0], plain[0], rtol=0, atol=1e-5)
        torch.testing.assert_close(cached[1], plain[1], rtol=1e-4, atol=1e-4)


def test_each_row_is_computed_once_by_itself_in_whatever_batches_it_comes(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...]
) -> None:
    loss.split_off_frozen_layers(rows)
    loss.clear_cache()
    seen = passes(loss)
    with torch.inference_mode():  # an evaluation first: a training can use the outputs that it cached
        loss.per_token(padded(rows[:4]))
    assert seen == [(1, len(row.model_input)) for row in rows[:4]]
    gradients(loss, padded(rows[2:]))
    gradients(loss, padded(rows[::2]))
    assert seen == [(1, len(row.model_input)) for row in rows]


def test_rows_that_are_not_covered_go_through_the_whole_model(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...]
) -> None:
    batch = padded(rows[2:])
    plain = loss.per_token(batch)
    loss.split_off_frozen_layers(rows[:3])
    seen = passes(loss)
    assert torch.equal(loss.per_token(batch), plain)
    assert seen == [tuple(batch.input_ids.shape)]


def test_without_a_cache_the_numbers_are_the_same_and_the_model_is_unchanged(
    loss: LabelledLoss, rows: tuple[EncodedExample, ...]
) -> None:
    layers = loss.model.get_base_model().model.layers
    untouched = [set(vars(layer)) for layer in layers]
    loss.split_off_frozen_layers(rows)
    batch = padded(rows)
    cached = gradients(loss, batch)
    assert cached[1]
    loss.stop_caching()
    seen = passes(loss)
    for _ in range(2):
        assert all(map(torch.equal, gradients(loss, batch)[1], cached[1]))
    assert len(seen) == 2 * len(rows)
    assert [set(vars(layer)) - {"_compiled_call_impl"} for layer in layers] == untouched


def test_another_attention_clears_the_cache(loss: LabelledLoss, rows: tuple[EncodedExample, ...]) -> None:
    loss.split_off_frozen_layers(rows)
    loss.per_token(padded(rows))
    seen = passes(loss)
    loss.set_attention("eager")
    loss.per_token(padded(rows))
    assert len(seen) == len(rows)


def test_a_frozen_layer_with_dropout_is_computed_in_each_pass(
    tiny_base: BaseModelInfo, rows: tuple[EncodedExample, ...]
) -> None:
    model = load_causal_lm(tiny_base.path)
    model.model.layers[0].self_attn.attention_dropout = 0.5
    loss = adapted(model)
    before = torch.get_rng_state()
    assert not loss.split_off_frozen_layers(rows)
    assert torch.equal(torch.get_rng_state(), before)
    assert not loss.model.training
    seen = passes(loss)
    loss.per_token(padded(rows))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "trained",
    [{"layers_to_transform": [0, 1]}, {"layers_to_transform": [0]}, {"modules_to_save": ["embed_tokens"]}],
)
@pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings")
def test_no_layer_above_a_trained_one_is_split_off(
    tiny_base: BaseModelInfo, rows: tuple[EncodedExample, ...], trained: dict[str, Any]
) -> None:
    assert not adapted(load_causal_lm(tiny_base.path), **trained).split_off_frozen_layers(rows)


def test_a_decoder_whose_upper_layers_look_past_the_one_below_is_noticed(
    tiny_base: BaseModelInfo, rows: tuple[EncodedExample, ...]
) -> None:
    # Like Gemma 3n's, which take keys and values from layers further down.
    model = load_causal_lm(tiny_base.path)
    lower, upper = model.model.layers
    lower.self_attn.register_forward_hook(lambda module, _, out: setattr(upper, "seen", out[0]))
    upper.register_forward_hook(lambda module, _, out: out + module.seen if module.seen.shape == out.shape else out)
    assert not adapted(model).split_off_frozen_layers(rows)


def test_layers_that_return_more_than_hidden_states_are_left_alone(
    tiny_base: BaseModelInfo, rows: tuple[EncodedExample, ...]
) -> None:
    # Like Falcon's: a tuple, of which the decoder takes the first.
    model = load_causal_lm(tiny_base.path)
    lower, upper = model.model.layers
    plain = type(lower)

    class Tupled(plain):
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return (super().forward(*args, **kwargs),)

    class Taking(plain):
        def forward(self, hidden: Any, *args: Any, **kwargs: Any) -> Any:
            return super().forward(hidden[0], *args, **kwargs)

    lower.__class__, upper.__class__ = Tupled, Taking
    loss = adapted(model)
    expected = loss.per_token(padded(rows))
    assert not loss.split_off_frozen_layers(rows)
    assert torch.equal(loss.per_token(padded(rows)), expected)


def test_a_training_gives_the_adapter_it_gives_without(
    tiny_base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.torch import load_file

    def train(name: str) -> tuple[dict[str, torch.Tensor], Any]:
        result = train_adapter(
            tiny_base, examples, tmp_path / name, lora=LoraSettings(rank=4, alpha=8), settings=SETTINGS,
            cache=tmp_path / "cache",
        )  # fmt: skip
        return load_file(tmp_path / name / adapter_files.WEIGHTS), result

    cached, with_room = train("cached")
    monkeypatch.setattr(execution, "FROZEN_CACHE_MB", 0)
    computed, without = train("computed")
    assert with_room.run_digest != without.run_digest  # rounded differently, so neither resumes the other
    assert with_room.validation_loss == pytest.approx(without.validation_loss, abs=1e-4)
    assert cached.keys() == computed.keys()
    assert max((cached[name] - computed[name]).abs().max() for name in cached) < 1e-3
