"""Greedy decoding in batches. Up to rounding, a reply is the same in a batch as alone.

Prompts of a batch are padded on the left. The prefix that all prompts share (the system prompt) is computed once, and
its keys and values are reused. A row that has ended leaves the batch.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Any

from canopy_assets.adapters.models import padding_id
from canopy_assets.compute.devices import Device

MIN_SHARED_PREFIX = 16
"""The fewest shared leading tokens whose keys and values are reused. For fewer, copying costs as much as computing."""


@dataclass(frozen=True)
class DecodedReply:
    """A reply as tokens, without its end token.

    `finished` says whether there was an end token; `seconds` counts from the start of its batch.
    """

    tokens: list[int]
    finished: bool
    seconds: float


@dataclass(frozen=True)
class SharedPrefix:
    """The number of tokens that all prompts begin with, and their keys and values for one row (None for no tokens)."""

    length: int
    cache: Any

    def caches(self, rows: int) -> Any:
        """A new key-value cache for this many rows that starts with the prefix."""
        from transformers import DynamicCache

        if self.cache is None:
            return DynamicCache()
        copied = copy.deepcopy(self.cache)
        copied.batch_repeat_interleave(rows)
        return copied


class GreedyDecoder:
    """Decodes replies of a causal LM, taking the most likely token each time. Call it in inference mode."""

    def __init__(self, model: Any, tokenizer: Any, device: Device) -> None:
        self.model, self._pad_id, self._device = model, padding_id(tokenizer), device.kind
        ends = model.generation_config.eos_token_id
        self.end_tokens = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id} - {None}

    def first_token(self, prompt: list[int]) -> int:
        """The first token of the reply to one prompt, without any cached keys and values."""
        ids = self._tensor([prompt])
        # .item() waits for a GPU to finish.
        return int(self.model(input_ids=ids, use_cache=True, logits_to_keep=1).logits[0, -1].argmax().item())

    def shared_prefix(self, prompts: list[list[int]]) -> SharedPrefix:
        """The prefix that all prompts share, with its keys and values if it is long enough."""
        prefix = common_prefix(prompts)
        if len(prefix) < MIN_SHARED_PREFIX:
            return SharedPrefix(0, None)
        out = self.model(input_ids=self._tensor([prefix]), use_cache=True, logits_to_keep=1)
        return SharedPrefix(len(prefix), out.past_key_values)

    def decode(self, prompts: list[list[int]], prefix: SharedPrefix, max_new_tokens: int) -> list[DecodedReply]:
        """Replies to one batch of prompts, in their order.

        Args:
            prompts: token ids; each begins with `prefix`.
            prefix: the result of `shared_prefix`.
            max_new_tokens: the most tokens in a reply.
        """
        import torch

        started = time.perf_counter()
        cache = prefix.caches(len(prompts))
        ids, mask, positions = self._left_padded([p[prefix.length :] for p in prompts], prefix.length)
        written: list[list[int]] = [[] for _ in prompts]
        done: dict[int, DecodedReply] = {}
        rows = list(range(len(prompts)))  # those still being written, as indices into `prompts`
        for _ in range(max_new_tokens):
            out = self.model(
                input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, logits_to_keep=1
            )
            cache, tokens = out.past_key_values, out.logits[:, -1].argmax(-1)
            unfinished = []
            for at, (row, token) in enumerate(zip(rows, tokens.tolist(), strict=True)):
                if token in self.end_tokens:
                    done[row] = DecodedReply(written[row], True, time.perf_counter() - started)
                else:
                    written[row].append(token)
                    unfinished.append(at)
            if not unfinished:
                break
            if len(unfinished) < len(rows):
                keep = self._tensor(unfinished)
                cache.batch_select_indices(keep)
                tokens, mask, positions = tokens[keep], mask[keep], positions[keep]
                rows = [rows[at] for at in unfinished]
            ids, positions = tokens[:, None], positions[:, -1:] + 1
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)
        seconds = time.perf_counter() - started
        return [done.get(row) or DecodedReply(written[row], False, seconds) for row in range(len(prompts))]

    def _left_padded(self, suffixes: list[list[int]], shared: int) -> tuple[Any, Any, Any]:
        """Tokens, attention mask (with the shared prefix) and positions. Padding is between prefix and suffix."""
        longest = max(map(len, suffixes))
        gaps = [longest - len(s) for s in suffixes]
        ids = [[self._pad_id] * gap + s for gap, s in zip(gaps, suffixes, strict=True)]
        mask = [[1] * shared + [0] * gap + [1] * (longest - gap) for gap in gaps]
        positions = [[0] * gap + list(range(shared, shared + longest - gap)) for gap in gaps]
        return self._tensor(ids), self._tensor(mask), self._tensor(positions)

    def _tensor(self, values: Any) -> Any:
        import torch

        return torch.tensor(values, device=self._device)


def common_prefix(prompts: list[list[int]]) -> list[int]:
    """The longest common prefix that leaves at least one more token in every prompt."""
    first, last = min(prompts), max(prompts)
    limit = min(map(len, prompts)) - 1
    same = next((i for i in range(limit) if first[i] != last[i]), limit)
    return first[:same]
