"""Two kinds of attention for training. Importing this module registers them in transformers by name.

"folded" is for short rows on a CPU, and needs fewer passes over memory. The query heads that share a key head are
folded into rows of one product. So keys and values need not be repeated for them, nor their gradients summed afterwards
(grouped-query attention: Ainslie et al. 2023). Scores are scaled, masked and normalised in one buffer. As in plain
attention, the backward pass needs the weights, rows × heads × length² of them, so this is only for short rows.

"varlen" is for packed rows on a GPU. It is torch's FlashAttention (Dao 2023), which gets the positions where rows begin
and computes nothing between rows. Other kinds need a mask of tokens × tokens for packed rows, and also compute what the
mask hides.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import eager_mask


class _FoldedAttention(torch.autograd.Function):
    """softmax(scale · q kᵀ + mask) v. All tensors except the mask are rows × heads × length × width."""

    @staticmethod
    def forward(ctx: Any, q: Any, k: Any, v: Any, mask: Any, scale: float) -> Any:
        rows, heads, length, width = q.shape
        kv_heads = k.shape[1]
        q, k, v = (t.reshape(rows * kv_heads, -1, width) for t in (q, k, v))
        scores = torch.bmm(q, k.transpose(1, 2)).float().mul_(scale).view(rows, kv_heads, -1, length, k.shape[1])
        if mask is not None:
            scores += mask[:, :, None]
        weights = torch.softmax(scores, -1, out=scores).to(q.dtype).view(rows * kv_heads, -1, k.shape[1])
        out = torch.bmm(weights, v)
        ctx.save_for_backward(q, k, v, weights, out)
        ctx.scale, ctx.shapes = scale, ((rows, heads, length, width), (rows, kv_heads, -1, width))
        return out.view(rows, heads, length, width)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        q, k, v, weights, out = ctx.saved_tensors
        q_shape, kv_shape = ctx.shapes
        grad_out = gradients[0].reshape(out.shape)
        # The softmax's backward pass subtracts Σ grad · weight over a row, which equals Σ grad_out · out.
        delta = (grad_out.float() * out).sum(-1, keepdim=True)
        grad_scores = torch.bmm(grad_out, v.transpose(1, 2)).float().sub_(delta).mul_(weights).mul_(ctx.scale)
        grad_scores = grad_scores.to(q.dtype)
        grad_q = torch.bmm(grad_scores, k)
        grad_k = torch.bmm(grad_scores.transpose(1, 2), q)
        grad_v = torch.bmm(weights.transpose(1, 2), grad_out)
        return grad_q.view(q_shape), grad_k.view(kv_shape), grad_v.view(kv_shape), None, None


def folded_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """The "folded" attention function for transformers. It supports neither dropout nor sinks.

    In the inputs heads come before positions, in the output positions before heads.
    """
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    out: Any = _FoldedAttention.apply(query, key, value, attention_mask, scale)
    return out.transpose(1, 2).contiguous(), None


def varlen_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    cu_seq_lens_q: torch.Tensor | None = None,
    max_length_q: int = 0,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """The "varlen" attention function for transformers. It supports neither dropout nor a sliding window.

    Rows that are not packed go to torch's attention.
    """
    if cu_seq_lens_q is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **rest)
    q, k, v = (t[0].transpose(0, 1) for t in (query, key, value))  # tokens × heads × width
    out = varlen_attn(
        q, k, v, cu_seq_lens_q, cu_seq_lens_q, max_length_q, max_length_q, scale=scaling, window_size=(-1, 0),
        enable_gqa=q.shape[1] != k.shape[1],
    )  # fmt: skip
    return out[None], None  # pyright: ignore[reportCallIssue, reportArgumentType]  # a tensor, as only the output was requested


def _no_mask(*_: Any, **__: Any) -> None:
    """FlashAttention is causal by itself and needs no mask."""


AttentionInterface.register("folded", folded_attention)
AttentionMaskInterface.register("folded", eager_mask)
AttentionInterface.register("varlen", varlen_attention)
AttentionMaskInterface.register("varlen", _no_mask)  # pyright: ignore[reportArgumentType]
