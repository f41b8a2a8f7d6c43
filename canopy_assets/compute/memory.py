"""Memory that doesn't suffice: told from other errors, and the work split more finely until it does."""

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
    # torch raises a plain RuntimeError where the CPU's memory is short, and some of CUDA's libraries do.
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _WORDS)


@dataclass
class Parts:
    """Into how many parts a batch is split: as wanted, then twice as many each time that a part didn't fit.

    Attributes:
        number: parts of a batch; what fitted once is kept for the batches to come.
        log: told of each time.
    """

    number: int = 1
    log: Callable[[str], object] = field(default=lambda _: None)

    def fit(self, compute: Callable[[int], Result], *, rows: int, what: str) -> Result:
        """The result of `compute(parts)` on a batch of `rows`, begun anew with twice the parts while memory is short.

        Raises:
            Exception: not even one row at a time fits, and the error says so; or another error.
        """
        while True:
            parts = min(self.number, rows)
            try:
                return compute(parts)
            except Exception as error:
                if parts >= rows or not is_out_of_memory(error):
                    raise
            # Not in the handler: the error's trace holds the tensors that have to go.
            give_back()
            self.number = 2 * parts
            at_once, smaller = -(-rows // parts), -(-rows // min(self.number, rows))
            self.log(f"out of memory with {at_once} rows at once ({what}): begun anew with {smaller}")


def give_back() -> None:
    """Free what nothing refers to any more, on the GPU too."""
    release_memory()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
