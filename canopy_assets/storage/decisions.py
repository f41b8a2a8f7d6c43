"""The register of decisions about adapters: what was decided, when, and by which numbers. No entry is ever changed.

tables/decisions/<time>-<id>.parquet    one file for each decision
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from canopy_assets.records import content_id
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table, to_table
from canopy_assets.storage.tables import publish_tables, read_tables, stored_partitions

TABLE = "decisions"

Action = Literal["refused", "passed", "promoted", "kept", "reverted"]
"""The gates refused or passed an adapter; it became the champion, or the champion was kept; a person went back."""


@dataclass(frozen=True)
class Decision:
    """A decision about an adapter.

    Attributes:
        decided_at: ISO time in UTC.
        adapter: digest of the adapter that was decided about; after "reverted", of the one that is in use again.
        champion: digest of the adapter in use afterwards; None where there is none, or the decision did not touch it.
        artefact: digest of the champion's folder in the store, for "promoted" and "reverted".
        withdrawn: for "reverted", the digest of the adapter that is no longer used.
        verdict: "better", "not better" or "inconclusive".
        reasons: sentences.
        sends, sends_low, sends_high: share of replies that a teacher could send, corrected, with its 95 % interval.
        sends_judged: the same share as the judge counted it.
        starts: how many starts of the training replied. The adapter is the one with the median validation loss.
        spread, spread_judged: how far apart the highest and the lowest start are in `sends` and `sends_judged`.
        gates: every gate with its numbers, as JSON.
        metrics: the rates of the adapter's replies by name, as JSON.
    """

    decided_at: str
    action: Action
    adapter: str
    base: str | None = None
    eval_set: str | None = None
    verdict: str | None = None
    reasons: tuple[str, ...] = ()
    champion: str | None = None
    artefact: str | None = None
    withdrawn: str | None = None
    sends: float | None = None
    sends_low: float | None = None
    sends_high: float | None = None
    sends_judged: float | None = None
    gates: str = "[]"
    metrics: str = "{}"
    starts: int | None = None
    spread: float | None = None
    spread_judged: float | None = None


def record(settings: Settings, decision: Decision) -> None:
    """Add a decision to the register."""
    stamp = "".join(c for c in decision.decided_at if c.isalnum())
    name = f"{stamp}-{content_id(*asdict(decision).items())}"
    publish_tables(settings, TABLE, {name: to_table([decision], Decision)})


def recorded(settings: Settings) -> list[Decision]:
    """All decisions, the oldest first.

    Raises:
        DamagedArtefactError: a file of the register has changed since it was written.
    """
    tables = read_tables(settings, TABLE, sorted(stored_partitions(settings, TABLE)))
    rows = [row for table in tables.values() for row in from_table(table, Decision)]
    order = {"refused": 0, "passed": 0, "promoted": 1, "kept": 1, "reverted": 2}
    return sorted(rows, key=lambda row: (row.decided_at, order[row.action]))


def withdrawn(decisions: Sequence[Decision]) -> frozenset[str]:
    """The adapters that a person went back from. One that was gone back to is in use again."""
    found: set[str] = set()
    for decision in decisions:
        if decision.action == "reverted":
            found.discard(decision.adapter)
            if decision.withdrawn:
                found.add(decision.withdrawn)
    return frozenset(found)
