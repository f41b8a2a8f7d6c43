"""What `canopy run` prints at the end: each stage from seeds to verdict on one screen, and what went wrong."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Mapping
from typing import Any

from canopy_assets.app.report import print_report
from canopy_assets.app.status import listed, status
from canopy_assets.lineage.running import Outcome
from canopy_assets.settings import Settings


def print_outcome(settings: Settings, outcome: Outcome, *, seconds: float) -> None:
    """Print what a run did and what came out.

    Args:
        settings: the settings, which name the home.
        outcome: what the run materialized and what failed.
        seconds: how long it took.
    """
    if outcome.nothing_to_do:
        print(
            f"Nothing to do: everything is up to date ({seconds:.1f} s). "
            "Report and numbers: `canopy report`, `canopy status`."
        )
        return
    from rich.console import Console

    console = Console()
    _print_stages(status(settings), console)
    _print_problems(outcome, console)
    if print_report(settings) and "eval_report" in outcome.behind:
        console.print(
            f"[yellow]not up to date[/] {', '.join(outcome.behind)}: the verdict above is on earlier data; "
            "`canopy run` evaluates again",
            highlight=False,
        )
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024  # Linux gives KiB
    print(f"\n{len(outcome.materialized)} materializations in {seconds / 60:.1f} min, peak memory {peak_gb:.2f} GB")
    print("next: `canopy ui`")


def _print_stages(state: Mapping[str, Any], console: Any) -> None:
    """One line for each stage, and one for each quarantined seed."""
    seeds, rows = state["seeds"], state["stages"]
    quarantined = [s for s in seeds if s["state"] == "quarantined"]
    read = sum(s["state"] == "read" for s in seeds)
    verified, accepted = sum(s["verified"] for s in seeds), sum(s["accepted"] for s in seeds)
    rejected = listed(sum((Counter(s["rejected"]) for s in seeds), Counter())) or "no gate"
    console.rule("Canopy: from seeds to a judged adapter", align="left")
    console.print(f"seeds              {read} read, {len(quarantined)} quarantined")
    console.print(f"exercises          {rows['exercises']} found, {verified} verified")
    console.print(
        f"dialogues          {rows['reviewed_dialogues']} reviewed, {accepted} accepted; rejected by {rejected}"
    )
    console.print(f"training examples  {rows['training_set']}")
    if adapter := state["adapter"]:
        console.print(
            f"loss               {adapter['train_loss']:.3f} train, {_loss(adapter['validation_loss'])} validation "
            f"(base model: {_loss(adapter['base_validation_loss'])}); {adapter['supervised_tokens']:,} tutor tokens "
            f"in {adapter['seconds'] / 60:.1f} min"
        )
    for seed in quarantined:
        console.print(f"[yellow]quarantined[/] {seed['seed']}: {seed['quarantine_reason']}", highlight=False)


def _print_problems(outcome: Outcome, console: Any) -> None:
    """Print failed checks and failed steps. `_print_stages` already lists the seeds that their first check stopped."""
    for name, reason in outcome.blocked.items():
        if not name.startswith("seed_documents."):
            console.print(f"[yellow]check failed[/] {name} {reason}", highlight=False)
    for name, reason in outcome.failed.items():
        console.print(f"[red]failed[/] {name}: {reason}", highlight=False)


def _loss(value: float | None) -> str:
    """A loss as text. There is no validation loss if there are too few exercises to hold some out."""
    return "not measured" if value is None else f"{value:.3f}"
