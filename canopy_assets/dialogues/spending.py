"""What writing dialogues costs: tokens, money and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Spent:
    """What writing took, whether in this run or in an earlier one.

    Attributes:
        seconds: The sum of the replies' durations.
        attempts: Requests, including failed ones.
        requested: Replies made in this run.
        reused: Replies found in the ledger.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    attempts: int = 0
    requested: int = 0
    reused: int = 0

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Spent) -> Spent:
        return Spent(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @staticmethod
    def total(spent: Iterable[Spent]) -> Spent:
        """The sum."""
        return sum(spent, NOTHING)


NOTHING = Spent()
