"""LoRA's linear layers, norms and the loss in as few passes over memory as they need.

For each layer PEFT copies the input to float32, multiplies by A and B, scales the result and adds it to the frozen
layer's; under autocast the copy is cast back at once, and all of it comes again in the backward pass. On a small model
these passes take longer than the products. Here both products are accumulated into the frozen layer's result, forward
and backward, and of what is in between only the input and its image under A are kept (as in Unsloth's kernels).

Logits over a large vocabulary are the largest tensors of all, and are never there as a whole: loss and gradient are
computed together, some rows at a time (as in Liger's kernels).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import torch
from peft.tuners.lora.layer import Linear
from torch.nn.functional import cross_entropy, linear

ADAPTER = "default"
_ROWS_AT_ONCE, _ROWS_ON_GPU, _ROWS_IN_CACHE = 256, 1024, 32
"""Rows whose logits are there at once: enough for a matrix product at full speed. Between the two products fewer are
worked on at a time (measured on 2 cores, 240 rows × 49,152: a fifth of the time that all at once take)."""


class _LoraProduct(torch.autograd.Function):
    """x Wᵀ + bias + scaling · (x Aᵀ) Bᵀ, with gradients for x, A and B. x and W are of one dtype; A and B of any."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, a: Any, b: Any, scaling: float) -> Any:
        a, b = a.to(x.dtype), b.to(x.dtype)
        rows = x.reshape(-1, x.shape[-1])
        low = linear(rows, a)
        if _widens(rows, weight.shape[0], low):
            out = linear(torch.cat((rows, low), 1), torch.cat((weight, b * scaling), 1), bias)
        else:
            out = linear(rows, weight, bias)
            out.addmm_(low, b.t(), alpha=scaling)
        ctx.save_for_backward(rows, low, weight, a, b)
        ctx.scaling, ctx.shape = scaling, x.shape
        return out.view(*x.shape[:-1], out.shape[-1])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        rows, low, weight, a, b = ctx.saved_tensors
        above = gradients[0].reshape(-1, weight.shape[0])
        below = torch.mm(above, b).mul_(ctx.scaling)
        for_a = torch.mm(below.t(), rows).float()
        for_b = torch.mm(above.t(), low).float().mul_(ctx.scaling)
        for_x = None
        if ctx.needs_input_grad[0] and _widens(above, weight.shape[1], below):
            for_x = torch.mm(torch.cat((above, below), 1), torch.cat((weight, a))).view(ctx.shape)
        elif ctx.needs_input_grad[0]:
            for_x = torch.mm(above, weight).addmm_(below, a).view(ctx.shape)
        return for_x, None, None, for_a, for_b, None


def _widens(rows: Any, width: int, low: Any) -> bool:
    """Whether `rows` are better put beside their image `low` for one product than the second added to the first.

    That copies what goes in, and spares reading and writing what comes out: on a GPU its memory is what such a small
    product waits for. Its products want rows of a multiple of 16 bytes.
    """
    return rows.is_cuda and width > rows.shape[1] and (rows.shape[1] + low.shape[1]) % 8 == 0


def _parts(rows: int, size: int) -> Iterator[slice]:
    """So many rows in order, `size` at a time."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


class _TokenLosses(torch.autograd.Function):
    """Cross entropy of each row of x Wᵀ + bias against its target, float32, with a gradient for x only."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, targets: Any, compiled: bool) -> Any:
        losses = torch.empty(len(x), dtype=torch.float32, device=x.device)
        gradient = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        # Written again and again: on a CPU fresh memory of this size costs as much as the arithmetic.
        at_once = x.new_empty(max(1, min(_ROWS_AT_ONCE if x.is_cpu else _ROWS_ON_GPU, len(x))), len(weight))
        in_cache = torch.empty_like(at_once[: _ROWS_IN_CACHE if x.is_cpu else _ROWS_ON_GPU], dtype=torch.float32)
        for some in _parts(len(x), len(at_once)):
            wanted, loss = targets[some, None], losses[some]
            logits = torch.mm(x[some], weight.t(), out=at_once[: len(loss)])
            if bias is not None:
                logits += bias
            if compiled and gradient is not None:
                losses[some], logits = _compiled_losses()(logits, wanted)
                torch.mm(logits, weight, out=gradient[some])
                continue
            for few in _parts(len(logits), len(in_cache)):
                chances = torch.log_softmax(logits[few].float(), -1, out=in_cache[: len(loss[few])])
                loss[few] = -chances.gather(1, wanted[few]).squeeze(1)
                if gradient is not None:
                    chances.exp_().scatter_add_(1, wanted[few], torch.full_like(chances[:, :1], -1.0))
                    logits[few] = chances
            if gradient is not None:
                torch.mm(logits, weight, out=gradient[some])
        ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (gradient,) = ctx.saved_tensors
        return (gradient * gradients[0][:, None]).to(gradient.dtype), None, None, None, None


def _losses_and_gradients(logits: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each row of logits the cross entropy, float32, and its gradient."""
    values = logits.float()
    whole = torch.logsumexp(values, -1, keepdim=True)
    chances = torch.exp(values - whole)
    right = torch.arange(logits.shape[1], device=logits.device)[None] == wanted
    losses = whole - values.gather(1, wanted)
    return losses.squeeze(1), torch.where(right, chances - 1, chances).to(logits.dtype)


@lru_cache
def _compiled_losses() -> Any:
    """The same in two passes over the logits, where there is a compiler."""
    return torch.compile(_losses_and_gradients, dynamic=True)


def token_losses(
    x: torch.Tensor, head: torch.nn.Module, targets: torch.Tensor, *, compiled: bool = False
) -> torch.Tensor:
    """Cross entropy of each row of `head(x)` against its target.

    Args:
        x: rows × width, what the decoder says of a position.
        head: the output layer.
        targets: of each row, the token that is right.
        compiled: on a GPU, whether `torch.compile` is to be used; on a CPU it gains nothing.

    Returns:
        float32, one loss for each row, in nats.
    """
    if type(head) is torch.nn.Linear and not head.weight.requires_grad and head.weight.is_floating_point():
        return _TokenLosses.apply(x.to(head.weight.dtype), head.weight, head.bias, targets, compiled and x.is_cuda)  # pyright: ignore
    return cross_entropy(head(x).float(), targets, reduction="none")


class FusedLinear(Linear):
    """PEFT's linear layer with one plain adapter, in fewer passes; saves, merges and switches off as PEFT's does."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """As PEFT's."""
        if self.disable_adapters or self.merged or args or kwargs:
            return super().forward(x, *args, **kwargs)
        base = self.base_layer
        kind = x.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else x.dtype
        bias = base.bias if base.bias is None else base.bias.to(dtype)
        a, b = self.lora_A[ADAPTER].weight, self.lora_B[ADAPTER].weight
        return _LoraProduct.apply(x.to(dtype), base.weight.to(dtype), bias, a, b, self.scaling[ADAPTER])


class _RootMeanSquareNorm(torch.autograd.Function):
    """weight · x ÷ √(mean(x²) + eps), computed in float32, with a gradient for x only."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, eps: float) -> Any:
        normed = x.float()
        normed = normed * (scale := torch.rsqrt(normed.square().mean(-1, keepdim=True) + eps))
        ctx.save_for_backward(normed, scale, weight)
        return weight * normed.to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        normed, scale, weight = ctx.saved_tensors
        above = (gradients[0] * weight).float()
        along = (above * normed).mean(-1, keepdim=True)
        return above.addcmul(normed, along, value=-1).mul_(scale).to(gradients[0].dtype), None, None


def fuse(model: Any) -> int:
    """Let the adapted linear layers and the norms of a PEFT model compute in fewer passes; returns how many do.

    Linear layers with dropout, DoRA, a base in 4 bits or anything else of their own stay as they are, and norms that
    are trained or give other numbers (Gemma adds one to the weight).
    """
    plain = [module for module in model.modules() if type(module) is Linear and _is_plain(module)]
    for module in plain:
        module.__class__ = FusedLinear
    norms = [module for module in model.modules() if _is_plain_norm(module)]
    for module in norms:
        module.__class__ = _fused_norm(type(module))
    return len(plain) + len(norms)


@lru_cache
def _fused_norm(kind: type[torch.nn.Module]) -> type[torch.nn.Module]:
    """A class and not a method of each module: all norms of a kind then share what `torch.compile` makes of them."""
    return type(f"Fused{kind.__name__}", (kind,), {"forward": _norm})


def _norm(module: Any, x: torch.Tensor) -> torch.Tensor:
    return _RootMeanSquareNorm.apply(x, module.weight, module.variance_epsilon)  # pyright: ignore[reportReturnType]


@torch.no_grad()
def _is_plain_norm(module: Any) -> bool:
    if not type(module).__name__.endswith("RMSNorm") or not hasattr(module, "variance_epsilon"):
        return False
    weight = module.weight
    sample = torch.linspace(-2, 3, weight.numel(), dtype=weight.dtype, device=weight.device)
    return not weight.requires_grad and torch.equal(module(sample), _norm(module, sample))


def _is_plain(module: Any) -> bool:
    return (
        type(module.base_layer) is torch.nn.Linear
        and list(module.lora_A) == [ADAPTER]
        and isinstance(module.lora_dropout[ADAPTER], torch.nn.Identity)
        and not module.lora_variant
        and not module.fan_in_fan_out
        and module.lora_B[ADAPTER].bias is None
        and module.base_layer.weight.is_floating_point()
    )
