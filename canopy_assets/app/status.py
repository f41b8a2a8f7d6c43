"""What the home holds, told to a person or a script.

Rows per stage, every seed's state, losses, the verdict, the champion.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Mapping
from typing import Any

from canopy_assets.app.home import instance, register
from canopy_assets.lineage.running import Outcome
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.home import TABLES
from canopy_assets.storage.tables import read_table

_SHARED_TABLES = ("training_set", "preference_pairs", "eval_set", "tutor_responses")


def status(settings: Settings) -> dict[str, Any]:
    """The state of the lineage as plain values.

    `stages` (rows), `seeds` (one entry each), `adapter`, `verdict`, `champion`.
    """
    with instance(settings) as dagster_instance:
        seeds = register(dagster_instance, settings)
    entries = [_seed_status(settings, seed) for seed in seeds]
    totals = {name: sum(e["rows"].get(name, 0) for e in entries) for name in TABLES if name not in _SHARED_TABLES}
    for name in _SHARED_TABLES:
        table = read_table(name, settings=settings)
        totals[name] = table.num_rows if table is not None else 0
    return {
        "home": str(settings.home),
        "inbox": str(settings.inbox),
        "stages": {name: totals[name] for name in TABLES},
        "seeds": entries,
        "adapter": _details(settings, "lora_adapter"),
        "evaluation": _details(settings, "eval_report"),
        "champion": _details(settings, "champion"),
    }


def _seed_status(settings: Settings, seed: str) -> dict[str, Any]:
    """A seed's rows per stage, and what became of its dialogues."""
    tables = {name: read_table(name, seed, settings) for name in TABLES if name not in _SHARED_TABLES}
    document = tables["seed_documents"].to_pylist()[0] if tables["seed_documents"] else None
    state = document["state"] if document else "not materialized"
    if state == "quarantined":
        # What an earlier version of the file left is not what this seed holds now.
        tables = dict.fromkeys(tables) | {"seed_documents": tables["seed_documents"]}
    exercises, reviewed = tables["exercises"], tables["reviewed_dialogues"]
    verdicts = reviewed.select(["accepted", "rejected_by"]).to_pylist() if reviewed else []
    return {
        "seed": seed,
        "file": document["name"] if document else None,
        "state": state,
        "quarantine_reason": document["reason"] if document else None,
        "exercises": exercises.num_rows if exercises else 0,
        "verified": sum(exercises.column("verified").to_pylist()) if exercises else 0,
        "accepted": sum(v["accepted"] for v in verdicts),
        "rejected": dict(Counter(v["rejected_by"] for v in verdicts if not v["accepted"]).most_common()),
        "rows": {name: table.num_rows for name, table in tables.items() if table is not None},
    }


def _details(settings: Settings, asset: str) -> dict[str, Any] | None:
    artefact = current_artefact(asset, settings)
    return {"path": str(artefact.path), "digest": artefact.digest, **artefact.details} if artefact else None


def print_status(state: Mapping[str, Any]) -> None:
    """`status` as tables for a person."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    stages = Table("stage", "rows", title=f"{state['home']}", title_justify="left")
    for name, rows in state["stages"].items():
        stages.add_row(name, f"{rows:,}")
    console.print(stages)
    seeds = Table(
        "seed", "state", "exercises", "verified", "accepted", "rejected by gate", title="seeds", title_justify="left"
    )
    for s in state["seeds"]:
        shown = s["state"] if s["state"] != "quarantined" else f"quarantined: {s['quarantine_reason']}"
        seeds.add_row(
            s["seed"], shown, str(s["exercises"]), str(s["verified"]), str(s["accepted"]), _counts(s["rejected"])
        )
    console.print(seeds)
    champion = state["champion"]
    console.print(f"champion: {champion['digest'][:16]} ({champion['path']})" if champion else "champion: none yet")


def print_outcome(settings: Settings, outcome: Outcome, *, seconds: float) -> None:
    """Say what was done and what came out, for a person."""
    if outcome.nothing_to_do:
        print(
            f"Nothing to do: everything is up to date ({seconds:.1f} s). "
            "Report and numbers: `canopy report`, `canopy status`."
        )
        return
    print_run(settings, outcome)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(outcome.materialized)} materializations in {seconds / 60:.1f} min, peak memory {peak_mb / 1024:.2f} GB"
    )
    print("next: `canopy ui`")


def print_run(settings: Settings, outcome: Outcome) -> None:
    """The way from seeds to verdict in a screenful, and what went wrong on it."""
    from rich.console import Console

    console = Console()
    state = status(settings)
    seeds = state["seeds"]
    rejected = sum((Counter(s["rejected"]) for s in seeds), Counter())
    read = [s for s in seeds if s["state"] == "read"]
    console.rule("Canopy: from seeds to a judged adapter", align="left")
    console.print(f"seeds              {len(read)} read, {sum(s['state'] == 'quarantined' for s in seeds)} quarantined")
    console.print(
        f"exercises          {state['stages']['exercises']} found, {sum(s['verified'] for s in seeds)} verified"
    )
    accepted = sum(s["accepted"] for s in seeds)
    console.print(
        f"dialogues          {state['stages']['reviewed_dialogues']} reviewed, {accepted} accepted; "
        f"rejected by {_counts(rejected) or 'no gate'}"
    )
    console.print(f"training examples  {state['stages']['training_set']}")
    print_adapter(state, console)
    for s in seeds:
        if s["state"] == "quarantined":
            console.print(f"[yellow]quarantined[/] {s['seed']}: {s['quarantine_reason']}", highlight=False)
    for name, reason in outcome.blocked.items():
        if not name.startswith("seed_documents."):
            console.print(f"[yellow]check failed[/] {name} {reason}", highlight=False)
    for name, reason in outcome.failed.items():
        console.print(f"[red]failed[/] {name}: {reason}", highlight=False)
    if print_report(settings) and "eval_report" in outcome.behind:
        console.print(
            f"[yellow]not up to date[/] {', '.join(outcome.behind)}: the verdict above is on earlier data; "
            "`canopy run` judges anew",
            highlight=False,
        )


def print_adapter(state: Mapping[str, Any], console: Any) -> None:
    """The losses of the adapter in the home, if there is one."""
    adapter = state["adapter"]
    if adapter:
        console.print(
            f"loss               {adapter['train_loss']:.3f} train, {_loss(adapter['validation_loss'])} validation "
            f"(base model: {_loss(adapter['base_validation_loss'])}); {adapter['supervised_tokens']:,} tutor tokens "
            f"in {adapter['seconds'] / 60:.1f} min"
        )


def _loss(value: float | None) -> str:
    """A loss, or that there were too few exercises to keep one back for validation."""
    return "not measured" if value is None else f"{value:.3f}"


def print_report(settings: Settings) -> bool:
    """The evaluation's verdict, its table and where the report lies. False when there is none."""
    from rich.console import Console
    from rich.table import Table

    evaluation = _details(settings, "eval_report")
    if evaluation is None:
        return False
    console = Console()
    table = Table(*evaluation["table"]["header"], title=evaluation["table"]["title"], title_justify="left")
    for row in evaluation["table"]["rows"]:
        table.add_row(*row)
    console.print(table)
    console.print(f"verdict            {evaluation['verdict']}")
    for gate in evaluation["gates"]:
        console.print(f"  {'✓' if gate['passed'] else '✗'} {gate['title']}: {gate['explanation']}", highlight=False)
    champion = _details(settings, "champion")
    console.print(f"champion           {champion['adapter'][:16]}" if champion else "champion           none yet")
    console.print(f"report             {evaluation['path']}/report.html", highlight=False, soft_wrap=True)
    return True


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())
