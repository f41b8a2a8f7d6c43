"""The leaderboard: every adapter that was ever evaluated, from the register of decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from canopy_assets.evals.gates.gate import Gate
from canopy_assets.settings import Settings
from canopy_assets.storage import decisions
from canopy_assets.storage.decisions import Decision


@dataclass(frozen=True)
class Place:
    """An adapter's last evaluation.

    Attributes:
        outcome: what became of it: "refused", "passed", "promoted", "kept" (the champion was) or "withdrawn".
        same_prompts: whether it was judged on the prompts of the present report; other numbers do not compare.
        evaluations: how often it was evaluated.
        starts: how many starts of its training replied.
        spread: how far apart these are in `sends`, as a share.
    """

    adapter: str
    decided_at: str
    sends: float | None
    low: float | None
    high: float | None
    judged: float | None
    verdict: str
    outcome: str
    in_use: bool
    same_prompts: bool
    evaluations: int
    starts: int | None = None
    spread: float | None = None


def leaderboard(decisions: Sequence[Decision], *, eval_set: str) -> list[Place]:
    """Every adapter by its last evaluation: those on the present prompts first, each group by replies to send.

    Args:
        decisions: the register, oldest first.
        eval_set: digest of the present prompts.
    """
    evaluated: dict[str, list[Decision]] = {}
    outcome: dict[str, str] = {}
    in_use: str | None = None
    for decision in decisions:
        if decision.action in ("refused", "passed"):
            evaluated.setdefault(decision.adapter, []).append(decision)
        outcome[decision.adapter] = "promoted" if decision.action == "reverted" else decision.action
        if decision.action == "reverted" and decision.withdrawn:
            outcome[decision.withdrawn] = "withdrawn"
        in_use = decision.champion or in_use
    places = [_place(rows, outcome[adapter], in_use, eval_set) for adapter, rows in evaluated.items()]
    return sorted(places, key=lambda p: (not p.same_prompts, -(p.sends or 0.0), p.decided_at))


def _place(rows: Sequence[Decision], outcome: str, in_use: str | None, eval_set: str) -> Place:
    last = rows[-1]
    return Place(
        adapter=last.adapter,
        decided_at=last.decided_at,
        sends=last.sends,
        low=last.sends_low,
        high=last.sends_high,
        judged=last.sends_judged,
        verdict=last.verdict or "",
        outcome=outcome,
        in_use=last.adapter == in_use,
        same_prompts=last.eval_set == eval_set,
        evaluations=len(rows),
        starts=last.starts,
        spread=last.spread,
    )


def register(settings: Settings, details: Mapping[str, Any], gates: Sequence[Gate]) -> list[Place]:
    """Record what the gates decided. Returns the leaderboard with this evaluation.

    Args:
        settings: name the store.
        details: verdict, headline, gates and metrics, as `eval_report` keeps them.
        gates: the gates, for the reasons.
    """
    better = details["verdict"] == "better"
    stopped = sorted((g for g in gates if not g.passed), key=lambda g: g.inconclusive)  # what failed comes first
    decision = Decision(
        decided_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        action="passed" if better else "refused",
        adapter=details["adapter"],
        base=details["base"],
        eval_set=details["eval_set"],
        verdict=details["verdict"],
        reasons=("Every gate that applies passed.",) if better else tuple(g.explanation for g in stopped),
        **details["headline"],
        gates=json.dumps(details["gates"]),
        metrics=json.dumps(details["metrics"]),
    )
    decisions.record(settings, decision)
    return leaderboard(decisions.recorded(settings), eval_set=details["eval_set"])
