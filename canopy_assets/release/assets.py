"""The champion: the adapter in use."""

import dataclasses
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from canopy_assets.lineage.automation import REPORT_FRESHNESS, follows_what_it_reads
from canopy_assets.lineage.failures import classified
from canopy_assets.lineage.metadata import finite
from canopy_assets.lineage.versions import versioned
from canopy_assets.settings import get_settings
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder

SCORES = "scores.json"


@dg.asset(
    group_name="release",
    owners=["team:ml-engineering"],
    kinds={"huggingface"},
    code_version="2",
    freshness_policy=REPORT_FRESHNESS,
    automation_condition=follows_what_it_reads(),
)
@classified()
def champion(
    context: dg.AssetExecutionContext, eval_report: Artefact, lora_adapter: Artefact
) -> dg.MaterializeResult[Artefact]:
    """The adapter in use, ready to serve.

    It changes only when the evaluation says better: every gate passed, and against the current champion it is more
    useful and nowhere worse. Each decision is recorded.
    """
    from canopy_assets.release.champion import decide
    from canopy_assets.storage import decisions

    if eval_report.details["adapter"] != lora_adapter.digest:
        raise dg.Failure(
            "eval_report is about another adapter than lora_adapter now is: materialize eval_report again",
            allow_retries=False,
        )
    settings, current = get_settings(), current_artefact("champion")
    decision = decide(
        _candidate(eval_report),
        _champion(current),
        decided_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        champion_scores=_champion_scores(eval_report, current),
        withdrawn=decisions.withdrawn(decisions.recorded(settings)),
    )
    if decision.champion is None:
        raise dg.Failure(
            "no adapter is good enough to be the champion: " + " ".join(decision.reasons), allow_retries=False
        )
    if decision.promote:
        artefact = _package(decision.champion, lora_adapter, eval_report)
    else:
        assert current is not None
        artefact = dataclasses.replace(current, path=_copy(current.path))
    decisions.record(settings, _record(decision, eval_report, artefact))
    metadata = {
        "decision": "promoted" if decision.promote else "kept the champion",
        "reasons": " ".join(decision.reasons),
        "adapter": decision.champion.adapter_digest,
        "metrics": dg.MetadataValue.json(finite(dict(decision.champion.metrics))),
    }
    return versioned(context, artefact, metadata=metadata)


def _candidate(report: Artefact) -> Any:
    """The evaluated adapter, as a report describes it."""
    from canopy_assets.evals.gates.gate import Gate
    from canopy_assets.evals.prompts import TUNED
    from canopy_assets.release.champion import Candidate

    d = report.details
    return Candidate(
        d["adapter"],
        d["base"],
        d["eval_set"],
        tuple(Gate.of(g) for g in d["gates"]),
        d["metrics"],
        tuple(row for row in _scores(report.path / SCORES) if row.arm == TUNED),
        d["noise"],
    )


def _champion(current: Artefact | None) -> Any:
    """The champion, as its artefact describes it; None when there is none."""
    from canopy_assets.release.champion import Champion

    return Champion(**{f.name: current.details[f.name] for f in dataclasses.fields(Champion)}) if current else None


def _champion_scores(report: Artefact, current: Artefact | None) -> tuple[Any, ...]:
    """The scores of the champion's replies to the candidate's prompts: those of this evaluation, where it has the arm
    "champion", else those that the champion was judged by, if the prompts are the same.
    """
    from canopy_assets.evals.prompts import CHAMPION, TUNED

    now = tuple(row for row in _scores(report.path / SCORES) if row.arm == CHAMPION)
    if now or current is None or current.details["eval_digest"] != report.details["eval_set"]:
        return now
    return tuple(row for row in _scores(current.path / SCORES) if row.arm == TUNED)


def _scores(path: Path) -> tuple[Any, ...]:
    """The scores of the replies, kept beside a report. None where an earlier version wrote them with fewer fields."""
    from canopy_assets.evals.metrics.scores import ReplyScore

    rows = json.loads(path.read_text()) if path.exists() else []
    wanted = {field.name for field in dataclasses.fields(ReplyScore)}
    return tuple(ReplyScore(**row) for row in rows) if all(row.keys() == wanted for row in rows) else ()


def _record(decision: Any, report: Artefact, artefact: Artefact) -> Any:
    """The row of a decision about the champion in the register."""
    from canopy_assets.storage.decisions import Decision
    from canopy_assets.storage.files import tree_digest

    d = report.details
    return Decision(
        decided_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        action="promoted" if decision.promote else "kept",
        adapter=d["adapter"],
        base=d["base"],
        eval_set=d["eval_set"],
        verdict=d["verdict"],
        reasons=decision.reasons,
        champion=decision.champion.adapter_digest,
        artefact=tree_digest(artefact.path) if decision.promote else None,
        **d["headline"],
        gates=json.dumps(d["gates"]),
        metrics=json.dumps(d["metrics"]),
    )


def _package(champion: Any, adapter: Artefact, report: Artefact) -> Artefact:
    """A folder, ready to serve, with the adapter's files and the scores that it was judged by."""
    folder = _copy(adapter.path)
    shutil.copy(report.path / SCORES, folder / SCORES)
    details = dataclasses.asdict(champion)
    (folder / "champion.json").write_text(json.dumps(finite(details), indent=1))
    return Artefact(folder, details=details | {"adapter": champion.adapter_digest})


def _copy(folder: Path) -> Path:
    """A draft of the champion with the files of an adapter."""
    from canopy_assets.adapters.adapter_files import copy_served

    draft = draft_folder("champion")
    copy_served(folder, draft)
    return draft
