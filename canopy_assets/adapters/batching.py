"""Which examples share a step: rows of like length together, so that little is computed for padding.

The plan depends only on lengths, settings, seed and epoch: a resumed training finds the same steps again.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from canopy_assets.adapters.encoding import EncodedExample

if TYPE_CHECKING:
    import torch

Row = TypeVar("Row")

LENGTH_BUCKET = 8
"""Rows within so many tokens of each other count as equally long, so that batches are mixed anew each epoch."""


@dataclass(frozen=True)
class BatchPlan:
    """Row numbers per step, in order."""

    steps: tuple[tuple[int, ...], ...]

    def padding_share(self, lengths: Sequence[int]) -> float:
        """Share of computed positions that are padding, 0 to 1."""
        computed = sum(len(step) * max(lengths[i] for i in step) for step in self.steps)
        return 1 - sum(lengths[i] for step in self.steps for i in step) / computed if computed else 0.0


def plan_epoch(lengths: Sequence[int], *, batch_tokens: int, seed: int, epoch: int) -> BatchPlan:
    """Put every row into exactly one step, no step above `batch_tokens` padded positions unless a single row is longer.

    Args:
        lengths: tokens per row.
        batch_tokens: padded positions per step.
        seed: with `epoch`, decides which rows of like length meet, and the order of the steps.
        epoch: number of the pass over the rows.
    """
    shuffler = random.Random(f"{seed}:{epoch}")
    order = list(range(len(lengths)))
    shuffler.shuffle(order)
    order.sort(key=lambda i: lengths[i] // LENGTH_BUCKET)  # stable: the shuffle decides within a bucket
    steps: list[list[int]] = []
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if not steps or (len(steps[-1]) + 1) * longest > batch_tokens:
            steps.append([])
            longest = lengths[row]
        steps[-1].append(row)
    shuffler.shuffle(steps)
    return BatchPlan(tuple(map(tuple, steps)))


def split_step(step: Sequence[Row], micro_batches: int) -> list[Sequence[Row]]:
    """A step's rows in at most `micro_batches` parts: computed one by one, the same update in less memory."""
    parts = min(micro_batches, len(step))
    return [step[len(step) * i // parts : len(step) * (i + 1) // parts] for i in range(parts)]


@dataclass(frozen=True)
class Batch:
    """Rows as tensors, and the labelled tokens as row, position and token id; `tokens` are what is read of each row.

    Padded: `input_ids` is rows × longest. Packed: it is one row with all of them end to end, and `position_ids` begins
    anew with each, by which attention is kept within it; `starts` (int32) says where each begins and the last one ends,
    and `longest` how many tokens the longest has.
    """

    input_ids: torch.Tensor
    rows: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor
    tokens: tuple[tuple[int, ...], ...]
    position_ids: torch.Tensor | None = None
    starts: torch.Tensor | None = None
    longest: int = 0

    def to(self, device: str) -> Batch:
        """The same on `device`; to a CUDA device through pinned memory, so that nobody waits for the copy."""
        if device == "cpu":
            return self
        import torch

        fields = ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        tensors = ((name, value) for name, value in fields if isinstance(value, torch.Tensor))
        pinned = {name: t.pin_memory() if device == "cuda" else t for name, t in tensors}
        # Only what is pinned may be copied later: elsewhere the copy would read memory that is freed by then.
        there = {name: t.to(device, non_blocking=device == "cuda") for name, t in pinned.items()}
        return dataclasses.replace(self, **there)


def collate(examples: Sequence[EncodedExample], *, pad_id: int, device: str) -> Batch:
    """Pad on the right. What is under loss is listed by position, so the padding's id is of no consequence.

    Under causal attention no row's own token sees padding on its right; no attention mask is needed.
    """
    import torch

    tokens = tuple(e.read for e in examples)
    longest = max(map(len, tokens))
    padded = [list(row) + [pad_id] * (longest - len(row)) for row in tokens]
    where = [(row, position) for row, e in enumerate(examples) for position in e.labelled]
    rows, positions = (torch.tensor(numbers) for numbers in zip(*where, strict=True))
    targets = torch.tensor([examples[row].input_ids[position] for row, position in where])
    return Batch(torch.tensor(padded), rows, positions, targets, tokens).to(device)


def pack(examples: Sequence[EncodedExample], *, device: str) -> Batch:
    """Rows end to end in one, nothing padded.

    No attention mask and no cache: transformers then finds the rows by `position_ids` and keeps them apart; with a mask
    of ones it would let them see each other ("varlen" attention goes by `starts`). `LabelledLoss.packs` proves it on
    the model at hand.
    """
    import torch

    tokens = tuple(e.read for e in examples)
    starts = [0, *itertools.accumulate(map(len, tokens))]
    where = torch.tensor([start + at for start, e in zip(starts, examples, strict=False) for at in e.labelled])
    targets = torch.tensor([e.input_ids[at] for e in examples for at in e.labelled])
    batch = Batch(
        torch.tensor([[token for row in tokens for token in row]]), torch.zeros_like(where), where, targets, tokens,
        torch.tensor([[at for row in tokens for at in range(len(row))]]),
        torch.tensor(starts, dtype=torch.int32), max(map(len, tokens)),
    )  # fmt: skip
    return batch.to(device)


def joined(examples: Sequence[EncodedExample]) -> EncodedExample:
    """Rows as one text, in which each sees those before it."""
    ids: list[int] = []
    labelled: list[int] = []
    for e in examples:
        labelled += (len(ids) + position for position in e.labelled)
        ids += e.input_ids
    return EncodedExample(" ".join(e.example_id for e in examples), tuple(ids), tuple(labelled))
