"""`canopy status`: the rows of each stage, the state of every seed, the losses, the verdict and the champion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from canopy_assets.app.home import instance, register
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.tables import read_table
from canopy_assets.storage.views import TABLES

_SHARED_TABLES = ("training_set", "preference_pairs", "eval_set", "tutor_responses", "ratings")


def status(settings: Settings) -> dict[str, Any]:
    """The state of the lineage as plain values, ready for JSON.

    Returns:
        `home` and `inbox` (paths), `stages` (rows of each table), `seeds` (one entry each), and the details of
        `adapter`, `evaluation` and `champion`, None for what has not been made.
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
        "adapter": artefact_details(settings, "lora_adapter"),
        "evaluation": artefact_details(settings, "eval_report"),
        "champion": artefact_details(settings, "champion"),
    }


def _seed_status(settings: Settings, seed: str) -> dict[str, Any]:
    """A seed's rows in each stage, and how many of its dialogues were accepted or rejected."""
    tables = {name: read_table(name, seed, settings) for name in TABLES if name not in _SHARED_TABLES}
    document = tables["seed_documents"].to_pylist()[0] if tables["seed_documents"] else None
    state = document["state"] if document else "not materialized"
    if state == "quarantined":
        # The other tables were made from an earlier version of the file.
        tables = dict.fromkeys(tables) | {"seed_documents": tables["seed_documents"]}
    exercises, reviewed = tables["exercises"], tables["reviewed_dialogues"]
    verdicts = _verdicts(reviewed) if reviewed else []
    return {
        "seed": seed,
        "file": document["name"] if document else None,
        "state": state,
        "quarantine_reason": document["reason"] if document else None,
        "exercises": exercises.num_rows if exercises else 0,
        "verified": sum(exercises.column("verified").to_pylist()) if exercises else 0,
        "accepted": sum(v["accepted"] for v in verdicts),
        "rejected": dict(Counter(v["rejected_by"] for v in verdicts if not v["accepted"]).most_common()),
        "advised": dict(Counter(gate for v in verdicts for gate in v.get("advised_by", ())).most_common()),
        "rows": {name: table.num_rows for name, table in tables.items() if table is not None},
    }


def _verdicts(reviewed: pa.Table) -> list[dict[str, Any]]:
    """Of each reviewed dialogue, whether it is accepted, and by which gates it is rejected or advised."""
    # A home that was made earlier has tables without advice.
    columns = [c for c in ("accepted", "rejected_by", "advised_by") if c in reviewed.column_names]
    return reviewed.select(columns).to_pylist()


def artefact_details(settings: Settings, asset: str) -> dict[str, Any] | None:
    """Path, digest and details of an asset's current artefact; None when there is none."""
    artefact = current_artefact(asset, settings)
    return {"path": str(artefact.path), "digest": artefact.digest, **artefact.details} if artefact else None


def print_status(state: Mapping[str, Any]) -> None:
    """Print `status` as tables."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    stages = Table("stage", "rows", title=f"{state['home']}", title_justify="left")
    for name, rows in state["stages"].items():
        stages.add_row(name, f"{rows:,}")
    console.print(stages)
    columns = ["seed", "state", "exercises", "verified", "accepted", "rejected by gate"]
    # Gates only advise on what people wrote, which most homes have none of.
    advised = any(s["advised"] for s in state["seeds"])
    seeds = Table(*columns, *(["advised by gate"] if advised else []), title="seeds", title_justify="left")
    for s in state["seeds"]:
        shown = s["state"] if s["state"] != "quarantined" else f"quarantined: {s['quarantine_reason']}"
        counts = (str(s["exercises"]), str(s["verified"]), str(s["accepted"]))
        seeds.add_row(s["seed"], shown, *counts, listed(s["rejected"]), *([listed(s["advised"])] if advised else []))
    console.print(seeds)
    champion = state["champion"]
    console.print(f"champion: {champion['digest'][:16]} ({champion['path']})" if champion else "champion: none yet")


def listed(counts: Mapping[str, int]) -> str:
    """Counts in a line: "leak 3, truth 1"."""
    return ", ".join(f"{name} {n}" for name, n in counts.items())
