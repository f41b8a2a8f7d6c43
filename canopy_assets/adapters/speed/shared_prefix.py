"""Attention to a prefix that all rows of a batch share, without a copy of its keys and values for each row.

As in Hydragen (Juravsky et al. 2024), all rows' queries meet the prefix in one matrix product, and their own tokens in
another for each row; one softmax covers both. Reading the copies took longer than the arithmetic. vLLM and SGLang do
the same, but need a GPU or a server of their own. Importing this module registers the function in transformers.

On a CPU each of the two is torch's fused attention, whose log-sum-exp joins them. Batched products of small matrices
in bfloat16 took up to forty times as long there (59 instead of 1.5 ms for a layer and 64 rows, on a Xeon with AMX).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

NAME = "shared_prefix"

SCORES = 1 << 21
"""Scores computed at once: 8 MB in float32, which fit into a cache. The rows of a batch are computed in parts."""


def shared_prefix_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    *,
    prefix: Sequence[tuple[torch.Tensor, torch.Tensor]],
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """The attention function for transformers. It supports neither dropout nor a sliding window nor sinks.

    Args:
        module: the attention layer; its `layer_idx` chooses the keys and values of the prefix.
        query: rows × heads × length × width.
        key, value: rows × key heads × own tokens × width, without the prefix.
        attention_mask: added to the scores of the own tokens, rows × 1 × length × own tokens.
        scaling: of the scores; by default one over the square root of the width.
        prefix: for each layer its keys and values, 1 × key heads × tokens × width.

    Returns:
        rows × length × heads × width, and no weights.
    """
    shared_key, shared_value = prefix[module.layer_idx]
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    attend = attend_fused if query.device.type == "cpu" else attend_in_parts
    return attend(query, key, value, attention_mask, shared_key, shared_value, scale), None


def attend_fused(q: Any, k: Any, v: Any, mask: Any, shared_k: Any, shared_v: Any, scale: float) -> Any:
    """Queries to own and shared keys by torch's attention for CPUs, which takes as many heads of queries as of keys.

    The query heads of a key head are therefore one after the other, as if they were further tokens.
    """
    attention = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu  # the public function has no log-sum-exp
    rows, heads, length, width = q.shape
    groups = k.shape[1]
    each = heads // groups
    q = q.reshape(rows, groups, each * length, width)
    mask = mask[:, :, None].expand(rows, 1, each, length, k.shape[2]).reshape(rows, 1, each * length, k.shape[2])
    own, own_sum = attention(q, k, v, attn_mask=mask.to(q.dtype), scale=scale)
    together = q.transpose(0, 1).reshape(1, groups, rows * each * length, width)
    shared, shared_sum = attention(together, shared_k, shared_v, scale=scale)
    shared = shared.view(groups, rows, each * length, width).transpose(0, 1)
    shared_sum = shared_sum.view(groups, rows, each * length).transpose(0, 1)
    share = torch.sigmoid(own_sum - shared_sum).unsqueeze(-1).to(q.dtype)
    return torch.lerp(shared, own, share).reshape(rows, heads, length, width).transpose(1, 2)


def attend_in_parts(q: Any, k: Any, v: Any, mask: Any, shared_k: Any, shared_v: Any, scale: float) -> Any:
    """The same by matrix products and a softmax, on any device, for as many rows at a time as `SCORES` allows."""
    rows = max(1, SCORES // (q.shape[1] * q.shape[2] * (shared_k.shape[2] + k.shape[2])))
    parts = zip(q.split(rows), k.split(rows), v.split(rows), mask.split(rows), strict=True)
    return torch.cat([_attend(*part, shared_k[0], shared_v[0], scale) for part in parts])


def _attend(q: Any, k: Any, v: Any, mask: Any, shared_k: Any, shared_v: Any, scale: float) -> Any:
    """`attend_in_parts` for a few rows. `shared_k` and `shared_v` have no dimension for rows."""
    rows, heads, length, width = q.shape
    groups, prefix, each = k.shape[1], shared_k.shape[1], heads // k.shape[1] * length
    q = q.reshape(rows, groups, each, width)  # the query heads of a key head, one after the other
    scores = q.new_empty(rows, groups, each, prefix + k.shape[2], dtype=torch.float32)
    together = q.transpose(0, 1).reshape(groups, -1, width)
    scores[..., :prefix] = (
        torch.bmm(together, shared_k.transpose(1, 2)).view(groups, rows, each, prefix).transpose(0, 1)
    )
    scores[..., prefix:] = torch.matmul(q, k.transpose(2, 3))
    scores *= scale
    scores.view(rows, groups, -1, length, prefix + k.shape[2])[..., prefix:] += mask[:, :, None]
    weights = torch.softmax(scores, -1).to(q.dtype)
    shared = weights[..., :prefix].transpose(0, 1).reshape(groups, -1, prefix)
    out = torch.bmm(shared, shared_v).view(groups, rows, each, width).transpose(0, 1)
    out = out + torch.matmul(weights[..., prefix:], v)
    return out.reshape(rows, heads, length, width).transpose(1, 2)


AttentionInterface.register(NAME, shared_prefix_attention)
AttentionMaskInterface.register(NAME, eager_mask)


@contextmanager
def shared_attention(model: Any) -> Iterator[None]:
    """Let a model attend to the prefix that its calls inside get as `prefix`."""
    kind = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(kind)
