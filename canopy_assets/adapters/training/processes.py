"""The processes that share a training: one per GPU, each with a part of every batch.

A step's gradient is the sum over its tokens, so the parts are summed before the update, and every process takes the
step that one alone would take. Only LoRA's gradients travel: a thousandth of the model.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from canopy_assets.adapters.batching import split_step

Row = TypeVar("Row")


@dataclass(frozen=True)
class Group:
    """This process's place among those that train together; alone by default."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes, logs and decides."""
        return self.rank == 0

    def share(self, rows: Sequence[Row]) -> Sequence[Row]:
        """This process's part of a batch; with fewer rows than processes some have none."""
        parts = split_step(rows, self.size)
        return parts[self.rank] if self.rank < len(parts) else []

    def sum(self, value: float, device: str) -> float:
        """The sum of all processes' values."""
        if self.size == 1:
            return value
        import torch
        import torch.distributed as dist

        total = torch.tensor(value, dtype=torch.float64, device=device)
        dist.all_reduce(total)
        return total.item()

    def sum_gradients(self, parameters: Iterable[Any]) -> None:
        """Add up the gradients of all processes, in place; a process that had no rows counts as zero."""
        if self.size == 1:
            return
        import torch
        import torch.distributed as dist

        trained = list(parameters)
        flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in trained])
        dist.all_reduce(flat)
        at = 0
        for p in trained:
            p.grad = flat[at : at + p.numel()].view_as(p).clone()
            at += p.numel()

    def leader_says(self, value: bool) -> bool:
        """What the leading process decided."""
        if self.size == 1:
            return value
        return self.sum(float(value) if self.leads else 0.0, _device()) > 0


ALONE = Group()


def join() -> Group:
    """The group that torchrun started this process in, ready to talk; alone without one."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return ALONE
    import torch
    import torch.distributed as dist

    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return Group(dist.get_rank(), size)


def leave(group: Group) -> None:
    """End the talk."""
    if group.size > 1:
        import torch.distributed as dist

        dist.destroy_process_group()


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
