"""Running out of memory: how it is recognised, and splitting the work until it fits."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from canopy_assets.compute.devices import release_memory

Result = TypeVar("Result")

_TYPES = {"builtins.MemoryError", "torch.OutOfMemoryError", "ray.exceptions.OutOfMemoryError"}
_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a computation needed more memory than there is, on a GPU or here."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if names & _TYPES or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    # torch raises a plain RuntimeError when the CPU is out of memory, and so do some of CUDA's libraries.
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)


@dataclass
class MicroBatches:
    """How many micro-batches a batch is split into. The count doubles each time memory runs out.

    Attributes:
        count: micro-batches per batch; later batches start with the count that fitted last.
        log: receives a line each time the count is doubled.
    """

    count: int = 1
    log: Callable[[str], object] = field(default=lambda _: None)

    def run(self, compute: Callable[[int], Result], *, rows: int, what: str) -> Result:
        """Return `compute(count)`, starting over with twice the count while memory runs out.

        Args:
            compute: computes a whole batch in the given number of micro-batches.
            rows: rows of the batch, and so the most micro-batches it can be split into.
            what: names the work in the log.

        Raises:
            Exception: `compute` failed for another reason, or ran out of memory with a single row.
        """
        while True:
            count = min(self.count, rows)
            try:
                return compute(count)
            except Exception as error:
                if count >= rows or not is_out_of_memory(error):
                    raise
            # Outside the handler: the traceback refers to the tensors that have to be freed.
            free_unused_memory()
            self.count = 2 * count
            before, after = -(-rows // count), -(-rows // min(self.count, rows))
            self.log(f"out of memory with {before} rows at once ({what}): starting over with {after}")


def free_unused_memory() -> None:
    """Return unused memory to the system, and torch's cached blocks to the GPU."""
    release_memory()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
