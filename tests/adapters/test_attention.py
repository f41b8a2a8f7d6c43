"""Folded attention gives plain attention's numbers, forward and backward, and is used only where it does."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from canopy_assets.adapters.base_model import BaseModelInfo
from canopy_assets.adapters.batching import collate
from canopy_assets.adapters.config import LoraSettings
from canopy_assets.adapters.encoding import encode_examples
from canopy_assets.adapters.lora import load_adapted_model
from canopy_assets.adapters.speed.attention import folded_attention
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.compute.devices import Device
from canopy_assets.records import TrainingExample


def plain(q: Any, k: Any, v: Any, mask: Any, scale: float) -> Any:
    k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for t in (k, v))
    scores = q.float() @ k.float().transpose(2, 3) * scale
    return (torch.softmax(scores if mask is None else scores + mask, -1) @ v.float()).transpose(1, 2)


@given(
    rows=st.integers(1, 3), shared=st.integers(1, 3), group=st.integers(1, 3), length=st.integers(1, 7),
    causal=st.booleans(), half=st.booleans(), scaled=st.booleans(),
)  # fmt: skip
def test_outputs_and_gradients_are_plain_attentions(
    rows: int, shared: int, group: int, length: int, causal: bool, half: bool, scaled: bool
) -> None:
    generator = torch.Generator().manual_seed(7 * rows + length)

    def some(heads: int) -> torch.Tensor:
        # Positions before heads in memory, as a projection gives them.
        data = torch.randn(rows, length, heads, 4, generator=generator).transpose(1, 2)
        return data.to(torch.bfloat16 if half else torch.float32)

    q, k, v, above = some(shared * group), some(shared), some(shared), some(shared * group).transpose(1, 2)
    mask = torch.full((rows, 1, length, length), -1e30).triu(1) if causal else None
    results = []
    for attention in (
        lambda q, k, v: folded_attention(None, q, k, v, mask, 0.3 if scaled else None)[0],
        lambda q, k, v: plain(q, k, v, mask, 0.3 if scaled else 0.5),
    ):
        leaves = [t.clone().requires_grad_() for t in (q, k, v)]
        out = attention(*leaves)
        (out.float() * above.float()).sum().backward()
        results.append([out.detach().float(), *(leaf.grad.float() for leaf in leaves if leaf.grad is not None)])
    tolerance = 6e-2 if half else 1e-5
    for got, expected in zip(*results, strict=True):
        torch.testing.assert_close(got, expected, rtol=tolerance, atol=tolerance)


@pytest.fixture
def loss(tiny_base: BaseModelInfo) -> LabelledLoss:
    model = load_adapted_model(tiny_base, LoraSettings(dropout=0.1), 0, "float32", Device("cpu", "", 1, 0))
    return LabelledLoss(model, device="cpu", dtype="float32")


def test_it_is_used_where_the_model_has_the_same_loss(
    loss: LabelledLoss, tokenizer: Any, examples: list[TrainingExample]
) -> None:
    rows = encode_examples(tokenizer, examples[:4], max_length=2048).rows
    batch = collate(rows, pad_id=2, device="cpu")
    loss.train()
    assert loss.supports_folded_attention(batch)
    assert (loss.attention, loss.model.training) == ("sdpa", True)
    loss.eval()
    values = []
    for kind in ("sdpa", "eager", "folded"):
        loss.set_attention(kind)
        values.append(loss.per_token(batch))
    torch.testing.assert_close(values[2], values[0], atol=1e-5, rtol=0)
    torch.testing.assert_close(values[2], values[1], atol=1e-5, rtol=0)


def test_it_is_not_used_where_the_model_has_dropout_or_adds_something(
    loss: LabelledLoss, tokenizer: Any, examples: list[TrainingExample], monkeypatch: pytest.MonkeyPatch
) -> None:
    from canopy_assets.adapters.speed import attention

    batch = collate(encode_examples(tokenizer, examples[:1], max_length=2048).rows, pad_id=2, device="cpu")
    config = loss.model.get_base_model().config
    monkeypatch.setattr(config, "attention_dropout", 0.1)
    assert not loss.supports_folded_attention(batch)
    monkeypatch.setattr(config, "attention_dropout", 0.0)

    def softer(module: Any, *args: Any, **kwargs: Any) -> Any:
        out, weights = folded_attention(module, *args, **kwargs)
        return out * 0.5, weights

    attention.AttentionInterface.register("folded", softer)
    try:
        assert not loss.supports_folded_attention(batch)
    finally:
        attention.AttentionInterface.register("folded", folded_attention)
