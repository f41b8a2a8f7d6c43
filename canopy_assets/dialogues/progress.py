"""Shows progress while dialogues are written: accepted, rejected by gate, requests per second, tokens, cost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from canopy_assets.compute.progress import ProgressReporter
from canopy_assets.dialogues.spending import NOTHING
from canopy_assets.dialogues.teacher import Written
from canopy_assets.records import ReviewedDialogue


class CandidateCount:
    """Counts candidates as they arrive, and shows the counts on a progress bar of accepted dialogues."""

    def __init__(self, bar: ProgressReporter, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar, self._clock, self._started = bar, clock, clock()
        self._spent = NOTHING
        self._accepted: set[str] = set()
        self._rejected: Counter[str] = Counter()

    def report(self, written: Written, verdict: ReviewedDialogue | None) -> None:
        """Count a candidate. A second report of an accepted one means that it repeats another."""
        plan = written.plan.plan_id
        if plan in self._accepted:
            self._accepted.remove(plan)
        else:
            self._spent += written.spent
        if verdict is not None and verdict.accepted:
            self._accepted.add(plan)
        else:
            self._rejected[verdict.rejected_by or "" if verdict else "not written"] += 1
        self._bar.reach(len(self._accepted), **self._facts())

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if self._rejected:
            facts["rejected"] = ", ".join(f"{gate} {n}" for gate, n in self._rejected.most_common())
        if self._spent.requested or self._spent.reused:
            facts["requests/s"] = f"{self._spent.requested / max(self._clock() - self._started, 1e-9):.3g}"
            facts |= {"tokens": self._spent.tokens, "cost": f"{self._spent.cost:.2f}", "reused": self._spent.reused}
        return facts
