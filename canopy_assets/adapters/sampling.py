"""Drawing tokens at random, so that a reply depends on its prompt and number alone and not on its batch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CANDIDATES = 256
"""Most likely tokens that are sorted. All are, where these do not reach `top_p`: sorting 49,152 takes longer than the
model does."""


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn: nucleus sampling (Holtzman et al. 2020).

    Attributes:
        temperature: the logits are divided by it; above 0.
        top_p: tokens are drawn from the most likely ones that together have this probability, above 0 and up to 1.
        seed: other seeds give other replies; the same seed gives the same ones.
    """

    temperature: float
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            ValueError: a value is out of bounds.
        """
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature}: give one above 0, or decode greedily")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p {self.top_p}: give one above 0 and up to 1")

    def numbers(self, prompts: Sequence[Sequence[int]], samples: Sequence[int] | None) -> list[random.Random]:
        """For each prompt the random numbers of its reply, which depend on its tokens and the number of its sample."""
        numbered = zip(prompts, samples or [0] * len(prompts), strict=True)
        return [random.Random(f"{self.seed}/{sample}/{','.join(map(str, prompt))}") for prompt, sample in numbered]


def draw(logits: Any, numbers: Sequence[float], sampling: Sampling) -> Any:
    """One token for each row.

    Args:
        logits: rows × vocabulary.
        numbers: for each row, a number from [0, 1) that decides among its tokens.
        sampling: how to draw.

    Returns:
        The token ids, one for each row.
    """
    import torch

    probabilities = torch.softmax(logits.float() / sampling.temperature, -1)
    top, tokens = probabilities.topk(min(CANDIDATES, probabilities.shape[-1]))
    if bool((top.sum(-1) < sampling.top_p).any()):
        top, tokens = probabilities.sort(descending=True)
    total = top.cumsum(-1)
    # The smallest set that reaches top_p: a token belongs to it while those before it do not reach it.
    kept = top * (total - top < sampling.top_p)
    reached = kept.cumsum(-1)
    wanted = torch.tensor(numbers, device=top.device, dtype=top.dtype)[:, None] * reached[:, -1:]
    at = (reached <= wanted).sum(-1, keepdim=True).clamp_(max=top.shape[-1] - 1)
    # Rounding may leave `wanted` at the very end: then the last token of the set is meant.
    last = (kept > 0).sum(-1, keepdim=True) - 1
    return tokens.gather(-1, torch.minimum(at, last)).squeeze(-1)
