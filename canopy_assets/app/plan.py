"""`canopy plan`: which dialogues would be written, and what they would cost. No model is asked."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from canopy_assets.dialogues.assets import EMBEDDED, DialogueConfig
from canopy_assets.dialogues.planning.cost_estimate import CostEstimate, estimate_costs
from canopy_assets.dialogues.planning.planner import Cell, Plan
from canopy_assets.endpoints.ledger import Ledger
from canopy_assets.records import OPENING_STATES, Exercise
from canopy_assets.settings import Settings
from canopy_assets.storage.arrow import from_table
from canopy_assets.storage.tables import read_table

_SHOWN = 8
"""Plans printed without --all."""

_COLUMNS = dict(
    zip(
        OPENING_STATES,
        ("start", "part", "wrong", "weak", "stuck", "term", "off", "begs", "claims", "ignore"),
        strict=True,
    )
)
"""A short column title for each opening state, so that all ten fit on a line."""


@dataclass(frozen=True)
class DryRun:
    """The first candidate plans of every seed, the dialogues wanted in each cell, and the costs by teacher."""

    plans: tuple[Plan, ...]
    wanted: Counter[Cell]
    estimates: tuple[CostEstimate, ...]


def plan(settings: Settings, config: DialogueConfig, seeds: list[str]) -> DryRun:
    """Plan the dialogues of the seeds that have exercises.

    Raises:
        LookupError: no seed has exercises yet.
        LedgerError: the ledger cannot be read.
    """
    tables = {seed: read_table("exercises", seed, settings) for seed in seeds}
    found = {seed: from_table(table, Exercise) for seed, table in tables.items() if table is not None}
    if not found:
        raise LookupError("there are no exercises yet: run `canopy run --until exercises` first")
    quotas = [config.quota(exercises) for exercises in found.values()]
    plans = [plan for quota in quotas for plan in quota.next(quota.wanted)]
    teachers = [(None if t.model == EMBEDDED else t.endpoint(), t.weight) for t in config.writers]
    with ExitStack() as opened:
        ledger = opened.enter_context(Ledger(settings.ledger)) if settings.ledger.exists() else None
        estimates = estimate_costs(plans, teachers, ledger, config.language)
    return DryRun(tuple(plans), sum((Counter(q.wanted) for q in quotas), Counter()), tuple(estimates))


def print_dry_run(dry_run: DryRun, config: DialogueConfig, *, all_plans: bool) -> None:
    """Print the dialogues wanted, the plans, and tokens and cost by teacher.

    Args:
        dry_run: the result of `plan`.
        config: the configuration of the plan.
        all_plans: print every plan, not only the first few.
    """
    from rich.console import Console
    from rich.table import Table

    console = Console()
    title = "accepted dialogues wanted, by topic and opening state"
    cells = Table("topic", *_COLUMNS.values(), title=title, title_justify="left", box=None)
    for topic in sorted({cell.topic for cell in dry_run.wanted}):
        cells.add_row(topic, *(str(dry_run.wanted[Cell(topic, state)] or "") for state in _COLUMNS))
    console.print(cells)
    shown = dry_run.plans if all_plans else dry_run.plans[:_SHOWN]
    for each in shown:
        line = f"{each.plan_id}  {each.cell}  {each.statement[:70]!r}  {_moves(each)}"
        console.print(line, highlight=False, soft_wrap=True)
    if len(shown) < len(dry_run.plans):
        console.print(f"… and {len(dry_run.plans) - len(shown)} more plans (--all shows them)")
    costs = Table(
        "teacher", "plans", "in ledger", "tokens in", "tokens out", "cost", "estimated from",
        title="if each is accepted as first written", title_justify="left", box=None,
    )  # fmt: skip
    for p in dry_run.estimates:
        costs.add_row(p.teacher, *_numbers(p), p.basis)
    console.print(costs)
    console.print(_total(dry_run, config), highlight=False, soft_wrap=True)


def _moves(plan: Plan) -> str:
    """The tutor's moves in order, and the student's initial wrong idea, if there is one."""
    moves = " → ".join(t.move or "" for t in plan.turns if t.role == "tutor")
    return f"{moves}; wrong idea: {plan.planted.belief}" if plan.planted else moves


def _numbers(p: CostEstimate) -> list[str]:
    return [str(p.plans), str(p.in_ledger), f"{p.prompt_tokens:,}", f"{p.completion_tokens:,}", f"{p.cost:.4f}"]


def _total(dry_run: DryRun, config: DialogueConfig) -> str:
    """Total dialogues and cost, the cost if every candidate is used up, and the caps that are set."""
    cost = sum(p.cost for p in dry_run.estimates)
    caps: dict[str, Any] = {"tokens": config.token_cap, "cost": config.cost_cap}
    capped = ", ".join(f"{name} {cap:g}" for name, cap in caps.items() if cap is not None)
    return (
        f"{sum(dry_run.wanted.values())} dialogues wanted, {cost:.4f} in all; rejected ones are replaced, with up to "
        f"{config.candidate_cap:g} candidates a dialogue: at most {cost * config.candidate_cap:.4f}, repairs not "
        f"counted. Caps for a seed document: {capped or 'none'}."
    )
