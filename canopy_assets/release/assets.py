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
from canopy_assets.storage.artefacts import Artefact, current_artefact, draft_folder

SCORES = "scores.json"


@dg.asset(
    group_name="release",
    owners=["team:ml-engineering"],
    kinds={"huggingface"},
    code_version="1",
    freshness_policy=REPORT_FRESHNESS,
    automation_condition=follows_what_it_reads(),
)
@classified()
def champion(
    context: dg.AssetExecutionContext, eval_report: Artefact, lora_adapter: Artefact
) -> dg.MaterializeResult[Artefact]:
    """The adapter in use, ready to serve.

    It changes only when the evaluation says better: every gate passed, and no metric is significantly worse than the
    current champion's.
    """
    from canopy_assets.release.champion import decide

    if eval_report.details["adapter"] != lora_adapter.digest:
        raise dg.Failure(
            "eval_report is about another adapter than lora_adapter now is: materialize eval_report again",
            allow_retries=False,
        )
    current = current_artefact("champion")
    decision = decide(
        _candidate(eval_report),
        _champion(current),
        decided_at=datetime.now(UTC).isoformat(timespec="seconds"),
        champion_scores=_scores(current.path / SCORES) if current else None,
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
    metadata = {
        "decision": "promoted" if decision.promote else "kept the champion",
        "reasons": " ".join(decision.reasons),
        "adapter": decision.champion.adapter_digest,
        "metrics": dg.MetadataValue.json(finite(dict(decision.champion.metrics))),
    }
    return versioned(context, artefact, metadata=metadata)


def _candidate(report: Artefact) -> Any:
    """The evaluated adapter, as a report describes it."""
    from canopy_assets.evals.verdict import Gate
    from canopy_assets.release.champion import Candidate

    d = report.details
    return Candidate(
        d["adapter"],
        d["base"],
        d["eval_set"],
        tuple(Gate(**g) for g in d["gates"]),
        d["metrics"],
        _scores(report.path / SCORES),
    )


def _champion(current: Artefact | None) -> Any:
    """The champion, as its artefact describes it; None when there is none."""
    from canopy_assets.release.champion import Champion

    return Champion(**{f.name: current.details[f.name] for f in dataclasses.fields(Champion)}) if current else None


def _scores(path: Path) -> tuple[Any, ...]:
    """The scores of the replies. They are kept beside a report for the paired test against a later candidate."""
    from canopy_assets.evals.metrics.scores import ReplyScore

    return tuple(ReplyScore(**row) for row in json.loads(path.read_text())) if path.exists() else ()


def _package(champion: Any, adapter: Artefact, report: Artefact) -> Artefact:
    """A folder, ready to serve, with the adapter's files and the scores that it was judged by."""
    folder = _copy(adapter.path)
    shutil.copy(report.path / SCORES, folder / SCORES)
    details = dataclasses.asdict(champion)
    (folder / "champion.json").write_text(json.dumps(finite(details), indent=1))
    return Artefact(folder, details=details | {"adapter": champion.adapter_digest})


def _copy(folder: Path) -> Path:
    """A draft of the champion with the files of a folder."""
    draft = draft_folder("champion")
    shutil.copytree(folder, draft, dirs_exist_ok=True)
    return draft
