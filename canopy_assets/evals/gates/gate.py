"""A gate: one condition for promotion, judged, with the numbers that it was judged by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Outcome = Literal["pass", "fail", "inconclusive", "not applicable"]


@dataclass(frozen=True)
class Gate:
    """One condition, judged.

    Attributes:
        outcome: "inconclusive" where too little was measured to tell. It stops an adapter as "fail" does. "not
            applicable" where there is nothing to measure (no conversations in the set, say); it stops nothing.
        observed: None where nothing could be measured.
        threshold: what `observed` is held against.
        low, high: the 95 % interval of `observed`, where it has one.
        n: how many replies, prompts or conversations it rests on.
        p_value: of the gate's test, where it has one.
        p_holm: the same, adjusted for the tests of all gates. It decides.
        by_people: whether `observed` comes from people's ratings instead of the judge.
    """

    name: str
    title: str
    description: str
    outcome: Outcome
    observed: float | None
    threshold: float
    explanation: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    p_value: float | None = None
    p_holm: float | None = None
    by_people: bool = False

    @property
    def passed(self) -> bool:
        """Whether the gate lets the adapter through."""
        return self.outcome in ("pass", "not applicable")

    @property
    def inconclusive(self) -> bool:
        """Whether too little was measured to tell."""
        return self.outcome == "inconclusive"

    def row(self) -> dict[str, Any]:
        """The gate as plain data, with `passed` and `inconclusive`."""
        return asdict(self) | {"passed": self.passed, "inconclusive": self.inconclusive}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Gate:
        """The gate of a row. Rows of earlier versions have no outcome, only `passed` and `inconclusive`."""
        known = {field.name for field in fields(cls)}
        outcome = "pass" if row.get("passed") else "inconclusive" if row.get("inconclusive") else "fail"
        values: dict[str, Any] = {"outcome": outcome} | {name: value for name, value in row.items() if name in known}
        return cls(**values)


@dataclass(frozen=True)
class Test:
    """A test that decides in a gate: its p-value, and whether the difference has the wanted direction."""

    p_value: float
    wanted: bool

    __test__ = False  # not a case for pytest


@dataclass(frozen=True)
class TestedGate:
    """A gate that waits for Holm's adjustment of its p-value. `judged` makes the gate of the adjusted value."""

    test: Test | None
    judged: Callable[[float | None], Gate]

    __test__ = False


def at_most(observed: float | None, threshold: float) -> Outcome:
    """Pass up to a threshold, fail beyond, inconclusive where nothing was observed."""
    if observed is None or not math.isfinite(observed):
        return "inconclusive"
    return "pass" if observed <= threshold else "fail"


def percent(share: float | None) -> str:
    """A share for a sentence."""
    return "not measured" if share is None else f"{share:.0%}"


def interval(low: float, high: float) -> str:
    """An interval for a sentence."""
    return f"[{low:.0%}, {high:.0%}]"
