"""`canopy status`: the rows of each stage, the state of every seed, the losses, the verdict and the champion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from canopy_assets.app.home import instance, register
from canopy_assets.seeds.findings import Problem, Refusals, is_wrong_answer, problems_of, refusals, unused_of
from canopy_assets.seeds.languages import detection
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import current_artefact
from canopy_assets.storage.tables import read_table
from canopy_assets.storage.views import TABLES

_MOST_REASONS = 3
_MOST_LINES = 5
"""What is printed of each seed; `--json` has all reasons and lines."""
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
        "language": _language(exercises),
        "findings": found_in(exercises) if exercises is not None else None,
        "accepted": sum(v["accepted"] for v in verdicts),
        "rejected": dict(Counter(v["rejected_by"] for v in verdicts if not v["accepted"]).most_common()),
        "advised": dict(Counter(gate for v in verdicts for gate in v.get("advised_by", ())).most_common()),
        "rows": {name: table.num_rows for name, table in tables.items() if table is not None},
    }


def _language(exercises: pa.Table | None) -> str | None:
    """The code of the language of a seed's exercises; None where that is undecided, or there are none."""
    if exercises is None or "language" not in exercises.column_names:  # a table of an earlier version
        return None
    codes = Counter(code for code in exercises.column("language").to_pylist() if code)
    return codes.most_common(1)[0][0] if codes else None


def found_in(exercises: pa.Table) -> dict[str, Any] | None:
    """What was found in a seed, ready for JSON; None if its exercises were made by an earlier version.

    Returns:
        `problems` (each with line, text, whether it is verified and how, or why not), `refused` (reasons with the lines
        of their problems, the commonest first), `wrong_answers` (those of `problems` whose stated answer is wrong),
        `unexplained` (lines with figures or a task verb that belong to no problem) and `lines` (how many there are of
        each class).
    """
    unused = unused_of(exercises)
    if unused is None:
        return None
    problems = problems_of(exercises, unused)
    return {
        "problems": [asdict(p) for p in problems],
        "refused": [asdict(r) for r in refusals(problems)],
        "wrong_answers": [asdict(p) for p in problems if is_wrong_answer(p)],
        "unexplained": [{"line": line, "text": text} for line, text in unused.unexplained],
        "lines": unused.classes,
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
        if s["language"] not in (None, "en"):
            shown += f", {detection.name(s['language'])}"
        counts = (str(s["exercises"]), str(s["verified"]), str(s["accepted"]))
        seeds.add_row(s["seed"], shown, *counts, listed(s["rejected"]), *([listed(s["advised"])] if advised else []))
    console.print(seeds)
    _print_findings({s["seed"]: s["findings"] for s in state["seeds"] if s["findings"]}, console)
    champion = state["champion"]
    console.print(f"champion: {champion['digest'][:16]} ({champion['path']})" if champion else "champion: none yet")


def _print_findings(findings: Mapping[str, Mapping[str, Any]], console: Any) -> None:
    """Print what was found in each seed, and each stated answer that is wrong."""
    from rich.markup import escape
    from rich.table import Table

    found = Table(
        "seed", "problems", "verified", "refused because", "unexplained lines", title="problems", title_justify="left"
    )
    for file, of_file in findings.items():
        problems, refused = of_file["problems"], of_file["refused"]
        if not problems and not of_file["unexplained"]:
            continue
        reasons = "\n".join(escape(refusal_line(Refusals(**r))) for r in refused[:_MOST_REASONS])
        more = len(refused) - _MOST_REASONS
        found.add_row(
            escape(file),
            str(len(problems)),
            str(sum(p["verified"] for p in problems)),
            reasons + (f"\nand {more} more reasons: --json" if more > 0 else ""),
            unexplained_lines([line["line"] for line in of_file["unexplained"]], of_file["lines"]),
        )
    if found.row_count:
        console.print(found)
    for file, of_file in findings.items():
        for wrong in of_file["wrong_answers"]:
            console.print(f"[yellow]wrong answer[/] {escape(wrong_line(file, Problem(**wrong)))}", highlight=False)


def refusal_line(refused: Refusals) -> str:
    """A reason, with the number of its problems and the first of their lines: "2 × no known family (lines 3, 9)"."""
    return f"{len(refused.lines)} × {refused.reason} ({_line_numbers(refused.lines)})"


def wrong_line(file: str, problem: Problem) -> str:
    """A stated answer that is wrong, with its place."""
    return f"{file}, line {problem.line}: “{problem.text}”: {problem.reason}"


def unexplained_lines(lines: Sequence[int], classes: Mapping[str, int]) -> str:
    """How many lines are unexplained, and the first of them."""
    count = classes.get("unexplained", 0)
    return f"{count} ({_line_numbers(lines)})" if count else "0" if classes else "–"


def _line_numbers(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:_MOST_LINES])) + (", …" if len(lines) > _MOST_LINES else "")
    return f"line{'s' * (len(lines) > 1)} {shown}"


def listed(counts: Mapping[str, int]) -> str:
    """Counts in a line: "leak 3, truth 1"."""
    return ", ".join(f"{name} {n}" for name, n in counts.items())
