"""What words cost: tokens, money and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Spent:
    """What words took, whenever that was paid.

    `seconds` is the time that the replies took one after the other, `attempts` counts the failed requests for them,
    too; `requested` are replies made now, `reused` those found in the ledger.
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
        """Of prompts and completions."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Spent) -> Spent:
        return Spent(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @staticmethod
    def total(spent: Iterable[Spent]) -> Spent:
        """The sum."""
        return sum(spent, NOTHING)


NOTHING = Spent()
