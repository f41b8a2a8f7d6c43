"""Decoding in batches, greedily or at random. Up to rounding, a reply is the same in a batch as alone.

Prompts of a batch are padded on the left. The prefix that all prompts share (the system prompt) is computed once, and
all rows read the same keys and values. A prompt that is asked for several samples is computed once, too. A row that has
ended leaves the batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from canopy_assets.adapters.models import padding_id
from canopy_assets.adapters.sampling import Sampling, draw
from canopy_assets.compute.devices import Device

MIN_SHARED_PREFIX = 16
"""The fewest shared leading tokens that are computed once. For fewer it saves nothing."""

PROBED = 8
"""Tokens after a prefix on which it is tried whether the model gives the same logits with shared keys and values."""

ROUNDING, COARSE_ROUNDING = 1e-3, 0.05
"""How far the largest logit may be off, as a share of it, in float32 and in formats with fewer digits."""


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
    """The number of tokens that all prompts begin with, and for each layer their keys and values for one row."""

    length: int = 0
    layers: Sequence[tuple[Any, Any]] = ()


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
        self._shares: bool | None = None
        # For a slice of three dimensions and weights without gradients, torch's `linear` multiplies by a copy of the
        # weights for each row: 3.6 GB and a second for 64 rows of the embedded model.
        self.model.get_output_embeddings().register_forward_pre_hook(_contiguous)

    def first_token(self, prompt: list[int]) -> int:
        """The most likely first token of the reply to one prompt, without any cached keys and values."""
        ids = self._tensor([prompt])
        # .item() waits for a GPU to finish.
        return int(self.model(input_ids=ids, use_cache=True, logits_to_keep=1).logits[0, -1].argmax().item())

    def shared_prefix(self, prompts: Sequence[Sequence[int]]) -> SharedPrefix:
        """The prefix that all prompts share. Empty if it is short, or if the model cannot share keys and values."""
        from canopy_assets.adapters.speed.preallocated import empty_cache

        prefix = common_prefix(prompts)
        if len(prefix) < MIN_SHARED_PREFIX or self._shares is False:
            return SharedPrefix()
        cache = empty_cache(0)
        self.model(input_ids=self._tensor([prefix]), past_key_values=cache, logits_to_keep=1)
        layers: Any = cache.layers
        shared = SharedPrefix(len(prefix), [(layer.keys, layer.values) for layer in layers])
        return shared if self._can_share(prefix, shared) else SharedPrefix()

    def _can_share(self, prefix: list[int], shared: SharedPrefix) -> bool:
        """Whether the model gives the same logits with shared keys and values, tried on the first prefix.

        A model may not pass them on to its attention, look only at a window, or add something of its own to the scores.
        """
        if self._shares is None:
            config = self.model.config
            window = getattr(config, "sliding_window", None) and getattr(config, "use_sliding_window", True)
            self._shares = not window and self._same_logits(prefix + prefix[:PROBED], shared)
        return self._shares

    def _same_logits(self, prompt: list[int], shared: SharedPrefix) -> bool:
        """Whether a prompt's next token has the same logits with and without a shared prefix, up to rounding."""
        import torch

        alone = self.model(input_ids=self._tensor([prompt]), logits_to_keep=1).logits[:, -1]
        try:
            with self._attention(shared):
                ours = self._read([prompt], shared, 0)[0]
        except (TypeError, ValueError, RuntimeError):  # what this attention does not support
            return False
        rounding = ROUNDING if alone.dtype == torch.float32 else COARSE_ROUNDING
        return bool((ours - alone).abs().max() <= rounding * alone.abs().max())

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
        with self._attention(prefix):
            return self._decode(prompts, prefix, max_new_tokens, sampling, samples, on_reply)

    def _decode(
        self,
        prompts: Sequence[list[int]],
        prefix: SharedPrefix,
        max_new_tokens: int,
        sampling: Sampling | None,
        samples: Sequence[int] | None,
        on_reply: OnReply,
    ) -> list[DecodedReply]:
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
            logits = self._next(tokens[:, None], mask, positions, cache, prefix)
        return [replies.done[row] for row in range(len(prompts))]

    def _read(self, prompts: Sequence[list[int]], prefix: SharedPrefix, room: int) -> tuple[Any, Any, Any, Any]:
        """Read the prompts: the logits of their next token, and cache, attention mask and positions, one row for each.

        Equal prompts are read once.
        """
        from canopy_assets.adapters.speed.preallocated import empty_cache

        place: dict[tuple[int, ...], int] = {}
        at = [place.setdefault(tuple(p), len(place)) for p in prompts]
        ids, mask, positions = self._left_padded([list(p[prefix.length :]) for p in place], prefix.length)
        cache = empty_cache(room)
        logits = self._next(ids, mask, positions, cache, prefix)
        if len(place) == len(prompts):
            return logits, cache, mask, positions
        rows = self._tensor(at)
        cache.batch_select_indices(rows)
        return logits[rows], cache, mask[rows], positions[rows]

    def _attention(self, prefix: SharedPrefix) -> AbstractContextManager[None]:
        """The attention with which the model's calls inside can read the keys and values of a prefix."""
        from canopy_assets.adapters.speed.shared_prefix import shared_attention

        return shared_attention(self.model) if prefix.layers else nullcontext()

    def _next(self, ids: Any, mask: Any, positions: Any, cache: Any, prefix: SharedPrefix) -> Any:
        """Read more tokens of each row: the logits of the token after them, rows × vocabulary."""
        shared = {"prefix": prefix.layers} if prefix.layers else {}
        out = self.model(
            input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, logits_to_keep=1,
            **shared,
        )  # fmt: skip
        return out.logits[:, -1]

    def _left_padded(self, suffixes: list[list[int]], shared: int) -> tuple[Any, Any, Any]:
        """Tokens, attention mask and positions, after the shared tokens. Padding is on the left."""
        longest = max(map(len, suffixes))
        gaps = [longest - len(s) for s in suffixes]
        ids = [[self._pad_id] * gap + s for gap, s in zip(gaps, suffixes, strict=True)]
        mask = [[0] * gap + [1] * (longest - gap) for gap in gaps]
        positions = [[0] * gap + list(range(shared, shared + longest - gap)) for gap in gaps]
        return self._tensor(ids), self._tensor(mask), self._tensor(positions)

    def _tensor(self, values: Any) -> Any:
        import torch

        return torch.tensor(values, device=self._device)


def _contiguous(_module: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return (inputs[0].contiguous(), *inputs[1:])


def common_prefix(prompts: Sequence[Sequence[int]]) -> list[int]:
    """The longest common prefix that leaves at least one more token in every prompt."""
    first, last = min(map(list, prompts)), max(map(list, prompts))
    limit = min(map(len, prompts)) - 1
    same = next((i for i in range(limit) if first[i] != last[i]), limit)
    return first[:same]
