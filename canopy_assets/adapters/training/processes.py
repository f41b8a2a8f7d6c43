"""The processes that train one adapter together: one per GPU, each with a share of every batch.

Process state and reductions are accelerate's. Two things are done here instead of by `Accelerator.prepare`:

* Gradients are summed, not averaged. `DistributedDataParallel` averages the processes' gradients, and expects all
  processes to run the same backward passes. Here a step's loss is a mean over the tokens of all processes. A process
  may have no row of a small step, and each splits its share into as many micro-batches as its own memory requires.
* Only LoRA's gradients are sent, a thousandth of the model, in one reduction per step.

So, up to rounding, every process takes the same step as a single process would (tests/adapters/test_torchrun.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from canopy_assets.adapters.batching import split_step

Row = TypeVar("Row")
Value = TypeVar("Value", bool, str)


@dataclass(frozen=True)
class ProcessGroup:
    """This process's rank among the `size` processes that train together; by default it is alone."""

    rank: int = 0
    size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process writes, logs and decides."""
        return self.rank == 0

    def shard(self, rows: Sequence[Row]) -> Sequence[Row]:
        """This process's share of a batch. It may be empty if there are fewer rows than processes."""
        shards = split_step(rows, self.size)
        return shards[self.rank] if self.rank < len(shards) else []

    def sum(self, value: float, device: str) -> float:
        """The sum of all processes' values."""
        if self.size == 1:
            return value
        import torch
        from accelerate.utils import reduce

        total: Any = reduce(torch.tensor(value, dtype=torch.float64, device=device), reduction="sum")
        return total.item()

    def sum_gradients(self, parameters: Iterable[Any]) -> None:
        """Replace each gradient with its sum over all processes. A process without rows counts as zero."""
        if self.size == 1:
            return
        import torch
        from accelerate.utils import reduce

        trained = list(parameters)
        flat: Any = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in trained])
        flat = reduce(flat, reduction="sum")
        for p, gradient in zip(trained, flat.split([p.numel() for p in trained]), strict=True):
            p.grad = gradient.view_as(p).clone()

    def broadcast(self, value: Value) -> Value:
        """The main process's value."""
        if self.size == 1:
            return value
        from accelerate.utils import broadcast_object_list

        (of_main,) = broadcast_object_list([value])
        return of_main


ALONE = ProcessGroup()


def join_process_group() -> ProcessGroup:
    """Connect to the processes that torchrun started with this one; `ALONE` if it was not started by torchrun."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    import torch
    from accelerate import PartialState

    state = PartialState(cpu=not torch.cuda.is_available())
    return ProcessGroup(state.process_index, state.num_processes)


def leave_process_group(group: ProcessGroup) -> None:
    """Disconnect from the other processes."""
    if group.size > 1:
        from accelerate import PartialState

        PartialState().destroy_process_group()
