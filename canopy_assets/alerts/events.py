"""Which events of the lineage are worth a notification, and what the notification says."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import PARTITION_NAME_TAG, WILL_RETRY_TAG

from canopy_assets.alerts.notifications import (
    CHAMPION_CHANGED,
    GATE_FAILED,
    QUALITY_DROPPED,
    RUN_FAILED,
    Notification,
)
from canopy_assets.lineage import failures
from canopy_assets.lineage.event_log import NOT_MADE_KEY

MIN_ROWS = 10
"""With fewer rows, a single row changes the share of good rows too much for a drop to mean anything."""
_MOST_REASONS = 10
_MOST_CHARACTERS = 300


class LoggedEvent(NamedTuple):
    """An entry of Dagster's event log, with its id."""

    id: int
    entry: dg.EventLogEntry


class WatchedTable(NamedTuple):
    """A per-seed table whose share of good rows is watched.

    `metadata` is the metadata entry that counts the good rows, and `rows` is what a notification calls them.
    """

    metadata: str
    rows: str


WATCHED_TABLES = {
    "reviewed_dialogues": WatchedTable("accepted", "accepted dialogues"),
    "exercises": WatchedTable("verified", "verified exercises"),
}


def notifications_of(
    events: Sequence[LoggedEvent],
    instance: dg.DagsterInstance,
    graph: Any,
    quality_drop: float,
    log: logging.Logger,
) -> list[Notification]:
    """The notifications for these events, in order. An asset's failed checks in one run become one notification."""
    found: list[Notification] = []
    failed_checks: dict[tuple[str, dg.AssetKey], list[dg.EventLogEntry]] = defaultdict(list)
    for event in events:
        try:
            happened = event.entry.get_dagster_event()
            if happened.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
                found += _of_champion(event)
                found += _of_quality(event, instance, quality_drop)
            elif happened.event_type is dg.DagsterEventType.RUN_FAILURE:
                found += _of_failed_run(event.entry, instance)
            elif _is_failed_gate(happened.asset_check_evaluation_data):
                asset = happened.asset_check_evaluation_data.asset_key
                failed_checks[event.entry.run_id, asset].append(event.entry)
        except Exception:
            # An event that cannot be read must not block all later ones.
            log.exception("event %d cannot be reported", event.id)
    for (_, asset), entries in failed_checks.items():
        found += _of_failed_checks(asset, entries, instance, graph)
    return sorted(found, key=lambda n: n.timestamp)


def _of_champion(event: LoggedEvent) -> Iterator[Notification]:
    """A notification of a newly promoted champion; nothing if the champion stays the same."""
    made = event.entry.asset_materialization
    assert made is not None
    metadata = _values(made.metadata)
    if made.asset_key.path[-1] == "champion" and metadata.get("decision") == "promoted":
        text = f"adapter {str(metadata.get('adapter', ''))[:16]} is in use from now on. {metadata.get('reasons', '')}"
        details = {n: metadata.get(n) for n in ("adapter", "reasons", "metrics")} | {"run": event.entry.run_id}
        yield Notification(f"champion/{event.id}", CHAMPION_CHANGED, text.strip(), event.entry.timestamp, details)


def _of_quality(event: LoggedEvent, instance: dg.DagsterInstance, quality_drop: float) -> Iterator[Notification]:
    """A notification if a table's share of good rows fell by `quality_drop` or more since its last materialization."""
    made = event.entry.asset_materialization
    assert made is not None
    name, metadata = made.asset_key.path[-1], _values(made.metadata)
    if name not in WATCHED_TABLES or NOT_MADE_KEY in metadata:
        return
    table = WATCHED_TABLES[name]
    before, now = _share_before(event.id, made, instance, table), _good_share(metadata, table)
    # The tolerance keeps rounding from hiding a drop of exactly this size.
    if before is not None and now is not None and before - now >= quality_drop - 1e-9:
        of = f" of {made.partition}" if made.partition else ""
        text = f"{table.rows}{of}: {now:.0%} of {metadata['dagster/row_count']}, before {before:.0%}."
        details = {
            "asset": name, "partition": made.partition, "share": now, "before": before, "run": event.entry.run_id,
        }  # fmt: skip
        yield Notification(f"quality/{event.id}", QUALITY_DROPPED, text, event.entry.timestamp, details)


def _share_before(
    event_id: int, made: dg.AssetMaterialization, instance: dg.DagsterInstance, table: WatchedTable
) -> float | None:
    """The share of good rows in the last materialization before this one."""
    partitions = [made.partition] if made.partition else None
    earlier = dg.AssetRecordsFilter(made.asset_key, partitions, before_storage_id=event_id)
    for record in instance.fetch_materializations(earlier, limit=5).records:
        metadata = _values(record.asset_materialization.metadata) if record.asset_materialization else {}
        if NOT_MADE_KEY not in metadata:
            return _good_share(metadata, table)
    return None


def _good_share(metadata: Mapping[str, Any], table: WatchedTable) -> float | None:
    """The share of good rows; None if there are too few rows, or the metadata does not have the counts."""
    good, rows = metadata.get(table.metadata), metadata.get("dagster/row_count")
    if not isinstance(good, int) or not isinstance(rows, int) or rows < MIN_ROWS:
        return None
    return good / rows


def _is_failed_gate(evaluation: dg.AssetCheckEvaluation) -> bool:
    return bool(evaluation.blocking) and not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR


def _of_failed_checks(
    asset: dg.AssetKey, entries: list[dg.EventLogEntry], instance: dg.DagsterInstance, graph: Any
) -> Iterator[Notification]:
    """A notification of an asset's blocking checks that failed in one run: failed gates, or newly quarantined seeds."""
    name, partitioned = asset.path[-1], graph.has(asset) and graph.get(asset).is_partitioned
    reasons: dict[str, str] = {}
    for entry in entries:
        evaluation = entry.get_dagster_event().asset_check_evaluation_data
        if not partitioned:
            reasons[evaluation.check_name] = _reason(evaluation)
            continue
        seed = evaluation.partition or _tag(instance, entry.run_id, PARTITION_NAME_TAG)
        # An evaluation without a partition summarizes the seeds of a run. Each seed also has its own evaluation.
        if seed and not _failed_before(instance, entry, seed):
            reasons[seed] = f"{evaluation.check_name}: {_reason(evaluation)}"
    if not reasons:
        return
    first, run = entries[0], entries[0].run_id
    listed = "; ".join(f"{what} ({why})" if why else what for what, why in list(reasons.items())[:_MOST_REASONS])
    more = f"; and {len(reasons) - _MOST_REASONS} more" if len(reasons) > _MOST_REASONS else ""
    if partitioned:
        text = f"{len(reasons)} new in quarantine after {name}: {listed}{more}. Nothing is made from them."
        event = QUALITY_DROPPED
    else:
        text, event = f"{name} may not be used: {listed}{more}.", GATE_FAILED
    details = {"asset": name, "failed": reasons, "run": run}
    yield Notification(f"checks/{run}/{name}/{len(reasons)}", event, text, first.timestamp, details)


def _failed_before(instance: dg.DagsterInstance, entry: dg.EventLogEntry, seed: str) -> bool:
    """Whether the check already failed for this seed the last time, and so was reported then."""
    history = instance.event_log_storage.get_asset_check_execution_history(
        entry.get_dagster_event().asset_check_evaluation_data.asset_check_key,
        limit=20,
        status={AssetCheckExecutionRecordStatus.FAILED, AssetCheckExecutionRecordStatus.SUCCEEDED},
        partition_filter=PartitionKeyFilter(key=seed),
    )
    before = [r.status for r in history if r.event is not None and r.event.timestamp < entry.timestamp]
    return bool(before) and before[0] is AssetCheckExecutionRecordStatus.FAILED


def _of_failed_run(entry: dg.EventLogEntry, instance: dg.DagsterInstance) -> Iterator[Notification]:
    """A notification of a failed run that will not be retried. If only checks failed, they are reported as checks."""
    run = instance.get_run_by_id(entry.run_id)
    # Dagster marks every lost run for a retry, but it cannot retry one that no code server launched (`canopy run`).
    if run is None or (run.tags.get(WILL_RETRY_TAG) == "true" and run.remote_job_origin is not None):
        return
    records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=100).records
    steps = [r.event_log_entry.get_dagster_event() for r in records]
    broken = [event for event in steps if not _is_failed_check(event)]
    if steps and not broken:
        return
    what = f"{broken[0].step_key}: {failures.reason_of(broken[0])}" if broken else entry.user_message or entry.message
    text = f"{_run_name(run)}: {what}" + (f" (and {len(broken) - 1} more steps)" if len(broken) > 1 else "")
    details = {
        "run": run.run_id,
        "job": run.job_name,
        "partition": run.tags.get(PARTITION_NAME_TAG),
        "steps": {e.step_key: failures.reason_of(e) for e in broken},
    }
    yield Notification(f"run/{run.run_id}", RUN_FAILED, text, entry.timestamp, details)


def _is_failed_check(event: dg.DagsterEvent) -> bool:
    """Whether a step failed because of a blocking check, which is a verdict on the data."""
    error = event.step_failure_data.error
    return error is not None and error.cls_name == DagsterAssetCheckFailedError.__name__


def _run_name(run: DagsterRun) -> str:
    seed = run.tags.get(PARTITION_NAME_TAG)
    job = "a run" if run.job_name.startswith("__") else run.job_name
    return f"{job} ({run.run_id[:8]})" + (f" of {seed}" if seed else "")


def _reason(evaluation: dg.AssetCheckEvaluation) -> str:
    """Why a check failed, in one line: its description, or else the texts in its metadata."""
    values = [v for n, v in _values(evaluation.metadata).items() if isinstance(v, str) and n not in ("state", "file")]
    return " ".join((evaluation.description or " ".join(values)).split())[:_MOST_CHARACTERS]


def _values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Dagster's metadata as plain values."""
    return {name: getattr(value, "value", value) for name, value in metadata.items()}


def _tag(instance: dg.DagsterInstance, run_id: str, tag: str) -> str | None:
    run = instance.get_run_by_id(run_id)
    return run.tags.get(tag) if run else None
