"""Decoding in batches, greedily or at random. Up to rounding, a reply is the same in a batch as alone.

Prompts of a batch are padded on the left. The prefix that all prompts share (the system prompt) is computed once, and
its keys and values are reused. A prompt that is asked for several samples is computed once, too. A row that has ended
leaves the batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from canopy_assets.adapters.models import padding_id
from canopy_assets.adapters.sampling import Sampling, draw
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

    def caches(self, rows: int, tokens: int, room: int) -> Any:
        """A new key-value cache for this many rows that starts with the prefix.

        Args:
            rows: prompts.
            tokens: of the longest prompt, after the prefix.
            room: tokens of the longest reply.
        """
        from canopy_assets.adapters.speed.preallocated import empty_cache, repeated_cache

        return empty_cache(room) if self.cache is None else repeated_cache(self.cache, rows, tokens + room)


OnReply = Callable[[int, DecodedReply], object]


class _Replies:
    """The replies of a batch while they are written.

    Attributes:
        rows: the prompts whose replies go on, in the order of the batch's rows.
        done: complete replies by prompt.
    """

    def __init__(self, prompts: int, end_tokens: Collection[int], on_reply: OnReply) -> None:
        self.rows = list(range(prompts))
        self.done: dict[int, DecodedReply] = {}
        self._written: list[list[int]] = [[] for _ in range(prompts)]
        self._ends, self._on_reply, self._started = end_tokens, on_reply, time.perf_counter()

    def add(self, tokens: list[int], *, last: bool) -> list[int]:
        """Add the next token of each row, the `last` one that is allowed or not. Returns the rows that go on."""
        going_on = []
        for at, (row, token) in enumerate(zip(self.rows, tokens, strict=True)):
            ended = token in self._ends
            if not ended:
                self._written[row].append(token)
            if ended or last:
                self.done[row] = DecodedReply(self._written[row], ended, time.perf_counter() - self._started)
                self._on_reply(row, self.done[row])
            else:
                going_on.append(at)
        self.rows = [self.rows[at] for at in going_on]
        return going_on


class Decoder:
    """Decodes replies of a causal LM. Call it in inference mode."""

    def __init__(self, model: Any, tokenizer: Any, device: Device) -> None:
        self.model, self._pad_id, self._device = model, padding_id(tokenizer), device.kind
        ends = model.generation_config.eos_token_id
        self.end_tokens = {*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id} - {None}

    def first_token(self, prompt: list[int]) -> int:
        """The most likely first token of the reply to one prompt, without any cached keys and values."""
        ids = self._tensor([prompt])
        # .item() waits for a GPU to finish.
        return int(self.model(input_ids=ids, use_cache=True, logits_to_keep=1).logits[0, -1].argmax().item())

    def shared_prefix(self, prompts: Sequence[Sequence[int]]) -> SharedPrefix:
        """The prefix that all prompts share, with its keys and values if it is long enough."""
        from canopy_assets.adapters.speed.preallocated import empty_cache

        prefix = common_prefix(prompts)
        if len(prefix) < MIN_SHARED_PREFIX:
            return SharedPrefix(0, None)
        out = self.model(input_ids=self._tensor([prefix]), past_key_values=empty_cache(0), logits_to_keep=1)
        return SharedPrefix(len(prefix), out.past_key_values)

    def decode(
        self,
        prompts: Sequence[list[int]],
        prefix: SharedPrefix,
        max_new_tokens: int,
        *,
        sampling: Sampling | None = None,
        samples: Sequence[int] | None = None,
        on_reply: OnReply = lambda _row, _reply: None,
    ) -> list[DecodedReply]:
        """Replies to one batch of prompts, in their order.

        Args:
            prompts: token ids; each begins with `prefix`. Equal ones are computed once.
            prefix: the result of `shared_prefix`.
            max_new_tokens: the most tokens in a reply.
            sampling: how to draw tokens; None takes the most likely one each time.
            samples: for each prompt, the number of its sample: each draws its own random numbers. None is 0 for all.
            on_reply: called with the index and the reply of each prompt, as soon as that reply is complete.
        """
        import torch

        drawn = sampling.numbers(prompts, samples) if sampling else []
        replies = _Replies(len(prompts), self.end_tokens, on_reply)
        logits, cache, mask, positions = self._read(prompts, prefix, max_new_tokens)
        for left in reversed(range(max_new_tokens)):
            rows = replies.rows
            tokens = draw(logits, [drawn[row].random() for row in rows], sampling) if sampling else logits.argmax(-1)
            going_on = replies.add(tokens.tolist(), last=left == 0)
            if not going_on:
                break
            if len(going_on) < len(rows):
                keep = self._tensor(going_on)
                cache.batch_select_indices(keep)
                tokens, mask, positions = tokens[keep], mask[keep], positions[keep]
            positions = positions[:, -1:] + 1
            mask = torch.cat([mask, mask.new_ones(len(going_on), 1)], dim=1)
            out = self.model(
                input_ids=tokens[:, None], attention_mask=mask, position_ids=positions, past_key_values=cache,
                logits_to_keep=1,
            )  # fmt: skip
            logits = out.logits[:, -1]
        return [replies.done[row] for row in range(len(prompts))]

    def _read(self, prompts: Sequence[list[int]], prefix: SharedPrefix, room: int) -> tuple[Any, Any, Any, Any]:
        """Read the prompts: the logits of their next token, and cache, attention mask and positions, one row for each.

        Equal prompts are read once.
        """
        place: dict[tuple[int, ...], int] = {}
        at = [place.setdefault(tuple(p), len(place)) for p in prompts]
        ids, mask, positions = self._left_padded([list(p[prefix.length :]) for p in place], prefix.length)
        cache = prefix.caches(len(place), ids.shape[1], room)
        out = self.model(
            input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, logits_to_keep=1
        )
        if len(place) == len(prompts):
            return out.logits[:, -1], cache, mask, positions
        rows = self._tensor(at)
        cache.batch_select_indices(rows)
        return out.logits[rows, -1], cache, mask[rows], positions[rows]

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


def common_prefix(prompts: Sequence[Sequence[int]]) -> list[int]:
    """The longest common prefix that leaves at least one more token in every prompt."""
    first, last = min(map(list, prompts)), max(map(list, prompts))
    limit = min(map(len, prompts)) - 1
    same = next((i for i in range(limit) if first[i] != last[i]), limit)
    return first[:same]
