"""LoRA's linear layers in as few passes over memory as they need.

For each layer PEFT copies the input to float32, multiplies by A and B, scales the result and adds it to the frozen
layer's; under autocast the copy is cast back at once, and all of it comes again in the backward pass. On a small model
these passes take longer than the products. Here both products are accumulated into the frozen layer's result, forward
and backward, and of what is in between only the input and its image under A are kept (as in Unsloth's kernels).
"""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.lora.layer import Linear
from torch.nn.functional import linear

ADAPTER = "default"


class _LoraProduct(torch.autograd.Function):
    """x Wᵀ + bias + scaling · (x Aᵀ) Bᵀ, with gradients for x, A and B. x and W are of one dtype; A and B of any."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, a: Any, b: Any, scaling: float) -> Any:
        a, b = a.to(x.dtype), b.to(x.dtype)
        rows = x.reshape(-1, x.shape[-1])
        low = linear(rows, a)
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
        if ctx.needs_input_grad[0]:
            for_x = torch.mm(above, weight).addmm_(below, a).view(ctx.shape)
        return for_x, None, None, for_a, for_b, None


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


def fuse(model: Any) -> int:
    """Let the adapted linear layers of a PEFT model compute in fewer passes; returns how many do.

    Layers with dropout, DoRA, a base in 4 bits or anything else of their own stay as they are.
    """
    plain = [module for module in model.modules() if type(module) is Linear and _is_plain(module)]
    for module in plain:
        module.__class__ = FusedLinear
    return len(plain)


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
