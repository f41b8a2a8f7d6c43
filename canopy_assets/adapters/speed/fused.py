"""LoRA's linear layers, norms and the loss, fused into as few passes over memory as possible.

For each layer PEFT copies the input to float32, multiplies by A and B, scales the result and adds it to the frozen
layer's result. Under autocast the copy is cast back at once. The backward pass repeats all of this. On a small model
these passes take longer than the products. Here, in both directions, the products are accumulated into the frozen
layer's result. Only the input and its product with A are saved for the backward pass (as in Unsloth's kernels).

Logits over a large vocabulary are the largest tensors, so they never exist as a whole: loss and gradient are computed
together, for some rows at a time (as in Liger's kernels).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import torch
from peft.tuners.lora.layer import Linear
from torch.nn.functional import cross_entropy, linear

ADAPTER = "default"

_ROWS_ON_CPU, _ROWS_ON_GPU = 256, 1024
"""Number of rows whose logits exist at once: enough for a matrix product at full speed."""

_ROWS_IN_CACHE = 32
"""Number of rows that a CPU works on at a time between the two products, so that they stay in its cache. Measured on 2
cores with 240 rows × 49,152, it takes a fifth of the time that all rows at once take."""


class _LoraProduct(torch.autograd.Function):
    """x Wᵀ + bias + scaling · (x Aᵀ) Bᵀ, with gradients for x, A and B. x and W have the same dtype; A and B any."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, a: Any, b: Any, scaling: float) -> Any:
        a, b = a.to(x.dtype), b.to(x.dtype)
        rows = x.reshape(-1, x.shape[-1])
        low_rank = linear(rows, a)
        if _better_concatenated(rows, weight.shape[0], low_rank):
            out = linear(torch.cat((rows, low_rank), 1), torch.cat((weight, b * scaling), 1), bias)
        else:
            out = linear(rows, weight, bias)
            out.addmm_(low_rank, b.t(), alpha=scaling)
        ctx.save_for_backward(rows, low_rank, weight, a, b)
        ctx.scaling, ctx.shape = scaling, x.shape
        return out.view(*x.shape[:-1], out.shape[-1])

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        rows, low_rank, weight, a, b = ctx.saved_tensors
        grad_out = gradients[0].reshape(-1, weight.shape[0])
        grad_low_rank = torch.mm(grad_out, b).mul_(ctx.scaling)
        grad_a = torch.mm(grad_low_rank.t(), rows).float()
        grad_b = torch.mm(grad_out.t(), low_rank).float().mul_(ctx.scaling)
        grad_x = None
        if ctx.needs_input_grad[0] and _better_concatenated(grad_out, weight.shape[1], grad_low_rank):
            grad_x = torch.mm(torch.cat((grad_out, grad_low_rank), 1), torch.cat((weight, a))).view(ctx.shape)
        elif ctx.needs_input_grad[0]:
            grad_x = torch.mm(grad_out, weight).addmm_(grad_low_rank, a).view(ctx.shape)
        return grad_x, None, None, grad_a, grad_b, None


def _better_concatenated(rows: Any, width: int, low_rank: Any) -> bool:
    """Whether one product of `rows` and `low_rank` side by side is faster than two products, the second accumulated.

    Concatenating copies the input, but saves one read and one write of the output, which is `width` wide. It can be
    faster because memory speed limits such small products on a GPU. Its kernels need rows of a multiple of 16 bytes.
    """
    return rows.is_cuda and width > rows.shape[1] and (rows.shape[1] + low_rank.shape[1]) % 8 == 0


def _chunks(rows: int, size: int) -> Iterator[slice]:
    """Slices of `size` rows each, in order; the last may be shorter."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


class _TokenLosses(torch.autograd.Function):
    """Cross entropy of each row of x Wᵀ + bias against its target, in float32, with a gradient for x only."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, targets: Any, compiled: bool) -> Any:
        losses = torch.empty(len(x), dtype=torch.float32, device=x.device)
        gradient = torch.empty_like(x) if ctx.needs_input_grad[0] else None
        # Reuse buffers, because on a CPU allocating memory of this size costs as much as the arithmetic.
        logits_buffer = x.new_empty(max(1, min(_ROWS_ON_CPU if x.is_cpu else _ROWS_ON_GPU, len(x))), len(weight))
        rows_in_cache = _ROWS_IN_CACHE if x.is_cpu else _ROWS_ON_GPU
        probability_buffer = torch.empty_like(logits_buffer[:rows_in_cache], dtype=torch.float32)
        for chunk in _chunks(len(x), len(logits_buffer)):
            target, loss = targets[chunk, None], losses[chunk]
            logits = torch.mm(x[chunk], weight.t(), out=logits_buffer[: len(loss)])
            if bias is not None:
                logits += bias
            if compiled and gradient is not None:
                losses[chunk], logits = _compiled_losses()(logits, target)
            else:
                _losses_in_place(logits, target, loss, probability_buffer, with_gradient=gradient is not None)
            if gradient is not None:
                torch.mm(logits, weight, out=gradient[chunk])
        ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        (gradient,) = ctx.saved_tensors
        return (gradient * gradients[0][:, None]).to(gradient.dtype), None, None, None, None


def _losses_in_place(logits: Any, targets: Any, losses: Any, buffer: Any, *, with_gradient: bool) -> None:
    """Write each row's cross entropy to `losses`, and overwrite `logits` with its gradient, a few rows at a time."""
    for few in _chunks(len(logits), len(buffer)):
        probabilities = torch.log_softmax(logits[few].float(), -1, out=buffer[: len(losses[few])])
        losses[few] = -probabilities.gather(1, targets[few]).squeeze(1)
        if with_gradient:
            probabilities.exp_().scatter_add_(1, targets[few], torch.full_like(probabilities[:, :1], -1.0))
            logits[few] = probabilities


def _losses_and_gradients(logits: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each row's cross entropy in float32, and its gradient."""
    values = logits.float()
    normalizer = torch.logsumexp(values, -1, keepdim=True)
    probabilities = torch.exp(values - normalizer)
    is_target = torch.arange(logits.shape[1], device=logits.device)[None] == targets
    losses = normalizer - values.gather(1, targets)
    return losses.squeeze(1), torch.where(is_target, probabilities - 1, probabilities).to(logits.dtype)


@lru_cache
def _compiled_losses() -> Any:
    """`_losses_and_gradients`, compiled to two passes over the logits."""
    return torch.compile(_losses_and_gradients, dynamic=True)


def token_losses(
    x: torch.Tensor, head: torch.nn.Module, targets: torch.Tensor, *, compiled: bool = False
) -> torch.Tensor:
    """Cross entropy of each row of `head(x)` against its target.

    Args:
        x: hidden states, rows × width.
        head: the output layer.
        targets: the correct token of each row.
        compiled: use `torch.compile` on a GPU; on a CPU it gains nothing.

    Returns:
        The loss of each row in float32, in nats.
    """
    if type(head) is torch.nn.Linear and not head.weight.requires_grad and head.weight.is_floating_point():
        return _TokenLosses.apply(x.to(head.weight.dtype), head.weight, head.bias, targets, compiled and x.is_cuda)  # pyright: ignore
    return cross_entropy(head(x).float(), targets, reduction="none")


class FusedLinear(Linear):
    """PEFT's linear layer with one plain adapter, in fewer passes. Everything except `forward` is PEFT's."""

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """The layer's output. PEFT computes it if the adapter is off or merged, or if there are more arguments."""
        if self.disable_adapters or self.merged or args or kwargs:
            return super().forward(x, *args, **kwargs)
        base = self.base_layer
        device = x.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype
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
        grad_normed = (gradients[0] * weight).float()
        along = (grad_normed * normed).mean(-1, keepdim=True)  # the part that normalising takes away
        grad_x = grad_normed.addcmul(normed, along, value=-1).mul_(scale)
        return grad_x.to(gradients[0].dtype), None, None


def fuse(model: Any) -> int:
    """Replace the adapted linear layers and the norms of a PEFT model with fused ones; returns how many were replaced.

    Linear layers with dropout, DoRA, a base in 4 bits or other additions stay as they are. So do norms that are trained
    or compute something else (Gemma adds one to the weight).
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
    """The fused class for a norm's class. All norms of a class share it, and so share what `torch.compile` compiles."""
    return type(f"Fused{kind.__name__}", (kind,), {"forward": _norm})


def _norm(module: Any, x: torch.Tensor) -> torch.Tensor:
    return _RootMeanSquareNorm.apply(x, module.weight, module.variance_epsilon)  # pyright: ignore[reportReturnType]


@torch.no_grad()
def _is_plain_norm(module: Any) -> bool:
    """Whether a module is a frozen RMSNorm for which `_norm` gives the same numbers."""
    if not type(module).__name__.endswith("RMSNorm") or not hasattr(module, "variance_epsilon"):
        return False
    weight = module.weight
    sample = torch.linspace(-2, 3, weight.numel(), dtype=weight.dtype, device=weight.device)
    return not weight.requires_grad and torch.equal(module(sample), _norm(module, sample))


def _is_plain(module: Any) -> bool:
    """Whether a LoRA layer is one plain adapter on a linear layer, without additions that `FusedLinear` lacks."""
    return (
        type(module.base_layer) is torch.nn.Linear
        and list(module.lora_A) == [ADAPTER]
        and isinstance(module.lora_dropout[ADAPTER], torch.nn.Identity)
        and not module.lora_variant
        and not module.fan_in_fan_out
        and module.lora_B[ADAPTER].bias is None
        and module.base_layer.weight.is_floating_point()
    )
