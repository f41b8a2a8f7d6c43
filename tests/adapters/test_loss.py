"""The loss at labelled positions is the plain loss, alone and in a batch, with the same update in micro-batches."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import collate, pack
from canopy_assets.adapters.encoding import EncodedExample, encode_examples
from canopy_assets.adapters.models import load_causal_lm
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.records import TrainingExample

LORA: dict[str, Any] = {"r": 4, "target_modules": "all-linear", "task_type": "CAUSAL_LM", "init_lora_weights": False}


@pytest.fixture(scope="module")
def rows(tokenizer: Any, examples: list[TrainingExample]) -> tuple[EncodedExample, ...]:
    return encode_examples(tokenizer, examples[:6], max_length=2048).rows


def with_lora(model: Any) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    return get_peft_model(model, LoraConfig(**LORA))


@pytest.fixture(scope="module")
def whole(tiny_base: BaseModelInfo) -> LabelledLoss:
    return LabelledLoss(with_lora(load_causal_lm(tiny_base.path)).eval(), device="cpu", dtype="float32")


@pytest.fixture
def model(tiny_base: BaseModelInfo) -> Any:
    return with_lora(load_causal_lm(tiny_base.path))


def plain_loss(model: Any, row: EncodedExample) -> float:
    """Mean loss of one row alone, by transformers itself: -100 everywhere but on labelled tokens."""
    import torch

    labels = [token if at in row.labelled else -100 for at, token in enumerate(row.input_ids)]
    with torch.no_grad():
        return model(input_ids=torch.tensor([row.input_ids]), labels=torch.tensor([labels])).loss.item()


def test_each_rows_loss_is_the_plain_loss_alone_and_in_a_batch(model: Any, rows: tuple[EncodedExample, ...]) -> None:
    loss = LabelledLoss(model, device="cpu", dtype="float32")
    assert loss.verify_labelled_only(collate([rows[0]], pad_id=2, device="cpu"))
    batch = collate(rows, pad_id=2, device="cpu")
    together = loss.per_token(batch)
    assert len({len(row) for row in rows}) > 2  # there is padding in this batch
    for number, row in enumerate(rows):
        alone = loss.per_token(collate([row], pad_id=2, device="cpu")).mean().item()
        assert alone == pytest.approx(plain_loss(model, row), abs=1e-5)
        assert together[batch.rows == number].mean().item() == pytest.approx(alone, abs=1e-5)


def test_the_token_in_the_padding_does_not_matter(model: Any, rows: tuple[EncodedExample, ...]) -> None:
    import torch

    loss = LabelledLoss(model, device="cpu", dtype="float32")
    results = [loss.per_token(collate(rows, pad_id=pad, device="cpu")) for pad in (2, 77)]
    assert torch.equal(*results)


def test_a_step_in_unequal_micro_batches_has_the_gradient_of_the_whole(
    model: Any, rows: tuple[EncodedExample, ...]
) -> None:
    import torch

    loss = LabelledLoss(model, device="cpu", dtype="float32")
    supervised = sum(len(row.labelled) for row in rows)
    gradients = []
    for parts in ([rows], [rows[:1], rows[1:3], rows[3:]]):
        model.zero_grad()
        for part in parts:
            (loss.per_token(collate(part, pad_id=2, device="cpu")).sum() / supervised).backward()
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None]))
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6)
    assert gradients[0].abs().max() > 1e-4


def test_a_model_that_caps_its_logits_is_noticed_and_still_gets_its_plain_loss(
    tokenizer: Any, rows: tuple[EncodedExample, ...], tmp_path: Path
) -> None:
    import torch
    from transformers import Gemma2Config, Gemma2ForCausalLM

    torch.manual_seed(5)
    config = Gemma2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, final_logit_softcapping=1.0, initializer_range=0.5,
    )  # fmt: skip
    model = with_lora(Gemma2ForCausalLM(config)).eval()
    loss = LabelledLoss(model, device="cpu", dtype="float32")
    batch = collate([rows[0]], pad_id=2, device="cpu")
    assert not loss.verify_labelled_only(batch)
    assert loss.per_token(batch).mean().item() == pytest.approx(plain_loss(model, rows[0]), abs=1e-5)


@settings(max_examples=25)
@given(data=st.data())
def test_each_rows_loss_is_the_same_alone_bucketed_and_packed(whole: LabelledLoss, data: st.DataObject) -> None:
    import torch

    lengths = data.draw(st.lists(st.integers(3, 60), min_size=1, max_size=6))
    rng = Random(data.draw(st.integers()))
    rows = [_row(n, rng) for n in lengths]
    alone = torch.cat([whole.per_token(collate([row], pad_id=2, device="cpu")) for row in rows])
    bucketed = whole.per_token(collate(rows, pad_id=2, device="cpu"))
    packed = whole.per_token(pack(rows, device="cpu"))
    assert torch.allclose(alone, bucketed, atol=1e-5)
    assert torch.allclose(alone, packed, atol=1e-5)
    assert whole.supports_packing(rows)


def test_a_model_whose_packed_rows_see_each_other_is_noticed(tokenizer: Any) -> None:
    import torch
    from transformers import BloomConfig, BloomForCausalLM

    # ALiBi: it takes no positions, and treats all that stands before as the row's own.
    torch.manual_seed(5)
    config = BloomConfig(vocab_size=len(tokenizer), hidden_size=32, n_layer=2, n_head=2, initializer_range=0.5)
    loss = LabelledLoss(with_lora(BloomForCausalLM(config)).eval(), device="cpu", dtype="float32")
    rng = Random(1)
    assert not loss.supports_packing([_row(20, rng), _row(30, rng)])


def _row(length: int, rng: Random) -> EncodedExample:
    labelled = sorted(rng.sample(range(1, length), rng.randint(1, length - 1)))
    return EncodedExample("row", tuple(rng.randrange(5, 290) for _ in range(length)), tuple(labelled))
