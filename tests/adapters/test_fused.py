"""The fused LoRA layer gives PEFT's numbers, forward and backward, and is PEFT's layer in everything else."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import LoraConfig, get_peft_model
from peft.tuners.lora.layer import Linear

from canopy_assets.adapters.speed.fused import FusedLinear, fuse, token_losses


class Net(torch.nn.Module):
    def __init__(self, inner: int, outer: int, bias: bool) -> None:
        super().__init__()
        self.first = torch.nn.Linear(inner, outer, bias=bias)
        self.second = torch.nn.Linear(outer, 3, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.nn.functional.silu(self.first(x)))


def adapted(inner: int = 5, outer: int = 7, bias: bool = True, **config: Any) -> Any:
    torch.manual_seed(1)
    settings = {"r": 2, "lora_alpha": 3, "target_modules": ["first", "second"], "init_lora_weights": False}
    return get_peft_model(Net(inner, outer, bias), LoraConfig(**(settings | config)))  # pyright: ignore[reportArgumentType]


def result(model: Any, x: torch.Tensor, half: bool) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    x = x.clone().requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        out = model(x)
    out.float().square().sum().backward()
    gradients = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    return out, gradients | {"x": x.grad}  # pyright: ignore[reportReturnType]


@given(
    rows=st.integers(1, 5), length=st.integers(1, 6), inner=st.integers(1, 9), outer=st.integers(1, 9),
    bias=st.booleans(), half=st.booleans(),
)  # fmt: skip
def test_outputs_and_gradients_are_pefts(
    rows: int, length: int, inner: int, outer: int, bias: bool, half: bool
) -> None:
    plain, fused = adapted(inner, outer, bias), adapted(inner, outer, bias)
    assert fuse(fused) == 2
    x = torch.randn(rows, length, inner, generator=torch.Generator().manual_seed(rows))
    expected, got = result(plain, x, half), result(fused, x, half)
    rtol, atol = (5e-2, 5e-2) if half else (1e-4, 1e-5)
    torch.testing.assert_close(got[0], expected[0], rtol=rtol, atol=atol)
    assert got[1].keys() == expected[1].keys()
    for name, gradient in expected[1].items():
        assert got[1][name].dtype == gradient.dtype
        scale = gradient.abs().max().clamp(min=1.0)
        torch.testing.assert_close(got[1][name] / scale, gradient / scale, rtol=rtol, atol=atol)


def test_its_gradient_is_the_derivative() -> None:
    model = adapted().double()
    fuse(model)
    layer = model.base_model.model.first
    assert type(layer) is FusedLinear
    x = torch.randn(2, 3, 5, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,), atol=1e-3)  # A's and B's are kept in float32


def test_it_saves_merges_and_switches_off_as_pefts() -> None:
    plain, fused = adapted(), adapted()
    fuse(fused)
    x = torch.randn(4, 5)
    assert fused.state_dict().keys() == plain.state_dict().keys()
    with fused.disable_adapter(), plain.disable_adapter():
        torch.testing.assert_close(fused(x), plain(x))
    torch.testing.assert_close(fused.merge_and_unload()(x), plain(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("config", [{"lora_dropout": 0.1}, {"use_dora": True}, {"lora_bias": True}])
def test_layers_with_additions_stay_pefts(config: dict[str, Any]) -> None:
    model = adapted(**config)
    assert fuse(model) == 0
    assert sum(type(m) is Linear for m in model.modules()) == 2


@given(
    rows=st.integers(0, 300), words=st.integers(2, 9), bias=st.booleans(), trainable=st.booleans(), half=st.booleans()
)
def test_losses_and_their_gradient_are_those_of_all_logits(
    rows: int, words: int, bias: bool, trainable: bool, half: bool
) -> None:
    torch.manual_seed(rows)
    head = torch.nn.Linear(5, words, bias=bias).requires_grad_(trainable)
    head = head.to(torch.bfloat16) if half else head
    x, targets, weights = torch.randn(rows, 5), torch.randint(0, words, (rows,)), torch.rand(rows)
    results = []
    for losses_of in (
        lambda x: token_losses(x, head, targets),
        lambda x: torch.nn.functional.cross_entropy(head(x).float(), targets, reduction="none"),
    ):
        given_x = x.to(head.weight.dtype).requires_grad_()
        losses = losses_of(given_x)
        (losses * weights).sum().backward()
        results.append((losses.detach(), given_x.grad))
    rtol, atol = (5e-2, 5e-2) if half else (1e-4, 1e-5)
    for got, expected in zip(*results, strict=True):
        torch.testing.assert_close(got, expected, rtol=rtol, atol=atol)


def test_a_trainable_output_layer_gets_its_gradient() -> None:
    head = torch.nn.Linear(5, 3)
    token_losses(torch.randn(4, 5), head, torch.tensor([0, 1, 2, 0])).sum().backward()
    assert head.weight.grad is not None


class PlainRMSNorm(torch.nn.Module):
    def __init__(self, added: float = 0.0) -> None:
        super().__init__()
        weight = torch.rand(6, generator=torch.Generator().manual_seed(0)) + 0.5
        self.weight = torch.nn.Parameter(weight, requires_grad=False)
        self.variance_epsilon, self.added = 1e-5, added

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scale = torch.rsqrt(x.float().square().mean(-1, keepdim=True) + self.variance_epsilon)
        return (self.weight + self.added) * (x.float() * scale).to(x.dtype)


@given(rows=st.integers(1, 9), half=st.booleans())
def test_norms_have_the_plain_ones_numbers_and_gradient(rows: int, half: bool) -> None:
    norm = PlainRMSNorm().to(torch.bfloat16 if half else torch.float32)
    given_x = torch.randn(rows, 6, generator=torch.Generator().manual_seed(rows)).to(norm.weight.dtype)
    results = []
    for fused in (False, True):
        if fused:
            assert fuse(norm) == 1
        x = given_x.clone().requires_grad_()
        out = norm(x)
        out.float().pow(3).sum().backward()
        results.append((out.detach(), x.grad))
    torch.testing.assert_close(results[1][0], results[0][0], rtol=0, atol=0)
    torch.testing.assert_close(results[1][1], results[0][1], rtol=5e-2 if half else 1e-4, atol=5e-2 if half else 1e-5)


def test_norms_that_are_trained_or_of_another_kind_stay() -> None:
    assert fuse(PlainRMSNorm(added=1.0)) == 0
    assert fuse(PlainRMSNorm().requires_grad_()) == 0
