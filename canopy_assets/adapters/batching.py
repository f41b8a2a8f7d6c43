"""Which examples share a step: rows of similar length, so that little is computed for padding.

The plan depends only on lengths, settings, seed and epoch, so a resumed training gets the same steps.
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
"""In tokens. Rows within one bucket count as equally long, so that batches are mixed differently in each epoch."""


@dataclass(frozen=True)
class BatchPlan:
    """The row numbers of each step, in order."""

    steps: tuple[tuple[int, ...], ...]

    def padding_share(self, lengths: Sequence[int]) -> float:
        """Share of computed positions that are padding, 0 to 1."""
        computed = sum(len(step) * max(lengths[i] for i in step) for step in self.steps)
        return 1 - sum(lengths[i] for step in self.steps for i in step) / computed if computed else 0.0


def plan_epoch(lengths: Sequence[int], *, batch_tokens: int, seed: int, epoch: int) -> BatchPlan:
    """Put every row into exactly one step of at most `batch_tokens` padded positions. A longer row gets its own step.

    Args:
        lengths: tokens per row.
        batch_tokens: the most padded positions per step.
        seed: decides, with `epoch`, which rows of similar length share a step, and the order of the steps.
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
    """A step's rows in at most `micro_batches` parts. Computed one by one, they give the same update in less memory."""
    count = min(micro_batches, len(step))
    return [step[len(step) * i // count : len(step) * (i + 1) // count] for i in range(count)]


@dataclass(frozen=True)
class Batch:
    """Rows as tensors, padded or packed.

    Attributes:
        input_ids: rows × longest if padded; if packed, one row with all of them end to end.
        rows: for each labelled token, the index of its row.
        positions: for each labelled token, its position in that row.
        targets: for each labelled token, its token id.
        tokens: for each row, the tokens that the model reads.
        position_ids: packed only; they start at 0 in each row, which keeps attention within the row.
        starts: packed only, int32; where each row begins, and where the last one ends.
        longest: packed only; tokens of the longest row.
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
        """The batch on `device`. Copies to a CUDA device use pinned memory, so that the CPU does not wait for them."""
        if device == "cpu":
            return self
        import torch

        fields = ((field.name, getattr(self, field.name)) for field in dataclasses.fields(self))
        tensors = ((name, value) for name, value in fields if isinstance(value, torch.Tensor))
        pinned = {name: t.pin_memory() if device == "cuda" else t for name, t in tensors}
        # Only pinned memory may be copied without waiting: other memory might be freed before it is copied.
        moved = {name: t.to(device, non_blocking=device == "cuda") for name, t in pinned.items()}
        return dataclasses.replace(self, **moved)


def collate(examples: Sequence[EncodedExample], *, pad_id: int, device: str) -> Batch:
    """Rows as one batch, padded on the right. Labels are listed by position, so the padding's id does not matter.

    No attention mask is needed: under causal attention, a row's tokens do not see the padding on their right.
    """
    import torch

    tokens = tuple(e.model_input for e in examples)
    longest = max(map(len, tokens))
    padded = [list(row) + [pad_id] * (longest - len(row)) for row in tokens]
    where = [(row, position) for row, e in enumerate(examples) for position in e.labelled]
    rows, positions = (torch.tensor(numbers) for numbers in zip(*where, strict=True))
    targets = torch.tensor([examples[row].input_ids[position] for row, position in where])
    return Batch(torch.tensor(padded), rows, positions, targets, tokens).to(device)


def pack(examples: Sequence[EncodedExample], *, device: str) -> Batch:
    """Rows as one batch, end to end in a single row, without padding.

    If there is no attention mask and no cache, transformers finds the rows by `position_ids` and keeps them apart. With
    a mask of ones it would let them see each other. "varlen" attention uses `starts`. `LabelledLoss.supports_packing`
    verifies that the given model keeps the rows apart.
    """
    import torch

    tokens = tuple(e.model_input for e in examples)
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
    """Rows joined into one row, in which each sees the rows before it."""
    ids: list[int] = []
    labelled: list[int] = []
    for e in examples:
        labelled += (len(ids) + position for position in e.labelled)
        ids += e.input_ids
    return EncodedExample(" ".join(e.example_id for e in examples), tuple(ids), tuple(labelled))
