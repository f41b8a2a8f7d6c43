"""What happens in the lineage and people want to know: read from the event log, told by one sensor, each thing once.

Dagster's `run_failure_sensor` isn't used: it moves on also when its body raises, so that a failure that happened while
the webhook was down would never be told. It also doesn't see the runs of `canopy run`, which have no code location.
"""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

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
    Notifier,
    notifier,
)
from canopy_assets.lineage import failures
from canopy_assets.lineage.recorded import NOT_MADE_KEY
from canopy_assets.settings import get_settings

EVENTS_A_TICK = 1000
TICK_SECONDS = 30.0
"""Dagster gives up on a sensor after 60 seconds; one message may take 17."""

GIVE_UP_SECONDS = 24 * 3600.0
"""A webhook that takes nothing for so long is not waited for: what happened is in the log, and goes on happening."""

MIN_ROWS = 10
"""Of fewer rows, one more or less is no drop."""

GOOD_ROWS = {"reviewed_dialogues": ("accepted", "accepted dialogues"), "exercises": ("verified", "verified exercises")}
"""Per-seed tables whose share of good rows is watched: the metadata that counts them, and what they are called."""

_EVENTS = (
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
)


@dataclass(frozen=True)
class Place:
    """How far the event log has been told.

    Attributes:
        after: all up to this event was.
        until: the window that is being told; the same one until all of it is, so that its parts keep their keys.
        told: keys of what of it was.
        failing_since: when the webhook began to refuse, seconds since the epoch.
    """

    after: int
    until: int | None = None
    told: tuple[str, ...] = ()
    failing_since: float | None = None


@dg.sensor(
    name="notifications",
    target=None,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of a new champion, a failed gate, worse data and failed runs: posts them to CANOPY_WEBHOOK, or "
    "writes them into the log.",
)
def notification_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Tell what has happened since the last look."""
    settings = get_settings()
    assert context.repository_def is not None
    place, said = tell(
        context.instance,
        context.repository_def.asset_graph,
        Place(**json.loads(context.cursor)) if context.cursor else None,
        notifier(settings, context.log.warning),
        quality_drop=settings.quality_drop,
        log=context.log,
    )
    return dg.SensorResult(skip_reason=said, cursor=json.dumps(vars(place)))


def tell(
    instance: dg.DagsterInstance,
    graph: Any,
    place: Place | None,
    to: Notifier,
    *,
    quality_drop: float,
    log: logging.Logger,
    now: float | None = None,
) -> tuple[Place, str]:
    """Tell what has happened since `place`; without one, begin with what happens from now on.

    Returns the new place, and a sentence for the sensor's tick.
    """
    now = time.time() if now is None else now
    if place is None:
        return Place(instance.event_log_storage.get_maximum_record_id() or 0), "From now on, what happens is told."
    events, until = _window(instance, place)
    waiting = [n for n in _notifications(instance, graph, events, quality_drop, log) if n.key not in place.told]
    place, deadline = replace(place, until=until), time.monotonic() + TICK_SECONDS
    for number, notification in enumerate(waiting):
        problem = to.send(notification)
        if problem is not None:
            return _not_told(place, waiting[number:], problem, now, log)
        place = replace(place, told=(*place.told, notification.key), failing_since=None)
        if time.monotonic() > deadline:
            return place, f"{number + 1} of {len(waiting)} told, the others at the next look."
    said = f"{len(waiting)} told: {', '.join(n.event for n in waiting)}." if waiting else "Nothing to tell."
    return Place(until), said


def _not_told(
    place: Place, left: list[Notification], problem: str, now: float, log: logging.Logger
) -> tuple[Place, str]:
    since = place.failing_since if place.failing_since is not None else now
    if now - since < GIVE_UP_SECONDS:
        said = f"{len(left)} not told yet, {problem}; tried again at the next look, for a day at most."
        log.warning("%s", said)
        return replace(place, failing_since=since), said
    for notification in left:
        log.error("given up after a day, never told (%s): %s: %s", problem, notification.event, notification.text)
    assert place.until is not None
    # The clock goes on: what comes next gets one attempt, not another day, until something is taken again.
    return Place(place.until, failing_since=since), f"{len(left)} given up after a day: {problem}; see the log."


def _window(instance: dg.DagsterInstance, place: Place) -> tuple[list[tuple[int, dg.EventLogEntry]], int]:
    """The events to tell of, in order, and the last event that they reach to."""
    storage = instance.event_log_storage
    read = [
        storage.get_logs_for_all_runs_by_log_id(place.after, dagster_event_type=kind, limit=EVENTS_A_TICK)
        for kind in _EVENTS
    ]
    events = sorted(((i, e) for part in read for i, e in part.items()), key=lambda pair: pair[0])
    # A kind that was cut off may have more before the last event of another kind.
    cut_off = [max(part) for part in read if len(part) == EVENTS_A_TICK]
    last = min(cut_off) if cut_off else events[-1][0] if events else place.after
    until = place.until if place.until is not None else last
    return [(i, e) for i, e in events if i <= until], until


def _notifications(
    instance: dg.DagsterInstance,
    graph: Any,
    events: list[tuple[int, dg.EventLogEntry]],
    quality_drop: float,
    log: logging.Logger,
) -> list[Notification]:
    """What is to be told of these events, in their order; checks that failed in one run are told together."""
    told: list[Notification] = []
    failed_checks: dict[tuple[str, dg.AssetKey], list[dg.EventLogEntry]] = defaultdict(list)
    for event_id, entry in events:
        try:
            kind = entry.get_dagster_event().event_type
            if kind is dg.DagsterEventType.ASSET_MATERIALIZATION:
                told += _of_materialization(instance, event_id, entry, quality_drop)
            elif kind is dg.DagsterEventType.RUN_FAILURE:
                told += _of_failed_run(instance, entry)
            elif _is_failed_gate(entry):
                failed_checks[entry.run_id, entry.get_dagster_event().asset_check_evaluation_data.asset_key].append(
                    entry
                )
        except Exception:
            # An event that can't be read must not stop all those after it, tick after tick.
            log.exception("event %d can't be told of", event_id)
    for (_, asset), entries in failed_checks.items():
        told += _of_checks(instance, graph, asset, entries)
    return sorted(told, key=lambda n: n.timestamp)


def _of_materialization(
    instance: dg.DagsterInstance, event_id: int, entry: dg.EventLogEntry, quality_drop: float
) -> Iterator[Notification]:
    made = entry.asset_materialization
    assert made is not None
    name, metadata = made.asset_key.path[-1], _plain(made.metadata)
    if name == "champion" and metadata.get("decision") == "promoted":
        text = f"adapter {str(metadata.get('adapter', ''))[:16]} is in use from now on. {metadata.get('reasons', '')}"
        details = {n: metadata.get(n) for n in ("adapter", "reasons", "metrics")} | {"run": entry.run_id}
        yield Notification(f"champion/{event_id}", CHAMPION_CHANGED, text.strip(), entry.timestamp, details)
    if name in GOOD_ROWS and NOT_MADE_KEY not in metadata:
        before = _share_before(instance, made.asset_key, made.partition, event_id, name)
        now, rows = _share(metadata, name)
        # A little less than the amount is rounding, not a smaller drop.
        if before is not None and now is not None and before - now >= quality_drop - 1e-9:
            of = f" of {made.partition}" if made.partition else ""
            text = f"{GOOD_ROWS[name][1]}{of}: {now:.0%} of {rows}, before {before:.0%}."
            details = {"asset": name, "partition": made.partition, "share": now, "before": before, "run": entry.run_id}
            yield Notification(f"quality/{event_id}", QUALITY_DROPPED, text, entry.timestamp, details)


def _share_before(
    instance: dg.DagsterInstance, key: dg.AssetKey, partition: str | None, event_id: int, name: str
) -> float | None:
    """The share of good rows in the materialization before."""
    earlier = dg.AssetRecordsFilter(key, [partition] if partition else None, before_storage_id=event_id)
    for record in instance.fetch_materializations(earlier, limit=5).records:
        metadata = _plain(record.asset_materialization.metadata) if record.asset_materialization else {}
        if NOT_MADE_KEY not in metadata:
            return _share(metadata, name)[0]
    return None


def _share(metadata: Mapping[str, Any], name: str) -> tuple[float | None, int]:
    good, rows = metadata.get(GOOD_ROWS[name][0]), metadata.get("dagster/row_count")
    if not isinstance(good, int) or not isinstance(rows, int) or rows < MIN_ROWS:
        return None, 0
    return good / rows, rows


def _is_failed_gate(entry: dg.EventLogEntry) -> bool:
    evaluation = entry.get_dagster_event().asset_check_evaluation_data
    return bool(evaluation.blocking) and not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR


def _of_checks(
    instance: dg.DagsterInstance, graph: Any, asset: dg.AssetKey, entries: list[dg.EventLogEntry]
) -> Iterator[Notification]:
    """Blocking checks of an asset that failed in one run: gates, or seeds that are quarantined."""
    name, partitioned = asset.path[-1], graph.has(asset) and graph.get(asset).is_partitioned
    reasons: dict[str, str] = {}
    for entry in entries:
        evaluation = entry.get_dagster_event().asset_check_evaluation_data
        if not partitioned:
            reasons[evaluation.check_name] = _reason(evaluation)
            continue
        seed = evaluation.partition or _tag(instance, entry.run_id, PARTITION_NAME_TAG)
        # Without a partition it is the sum over the seeds of a run, each of which has its own.
        if seed and not _failed_before(instance, entry, seed):
            reasons[seed] = f"{evaluation.check_name}: {_reason(evaluation)}"
    if not reasons:
        return
    first, run = entries[0], entries[0].run_id
    said = "; ".join(f"{what} ({why})" if why else what for what, why in list(reasons.items())[:10])
    more = f"; and {len(reasons) - 10} more" if len(reasons) > 10 else ""
    if partitioned:
        text = f"{len(reasons)} new in quarantine after {name}: {said}{more}. Nothing is made from them."
        event = QUALITY_DROPPED
    else:
        text, event = f"{name} may not be used: {said}{more}.", GATE_FAILED
    details = {"asset": name, "failed": reasons, "run": run}
    yield Notification(f"checks/{run}/{name}/{len(reasons)}", event, text, first.timestamp, details)


def _failed_before(instance: dg.DagsterInstance, entry: dg.EventLogEntry, seed: str) -> bool:
    """Whether the evaluation of a seed before this one failed too, so that it was told then."""
    history = instance.event_log_storage.get_asset_check_execution_history(
        entry.get_dagster_event().asset_check_evaluation_data.asset_check_key,
        limit=20,
        status={AssetCheckExecutionRecordStatus.FAILED, AssetCheckExecutionRecordStatus.SUCCEEDED},
        partition_filter=PartitionKeyFilter(key=seed),
    )
    before = [r.status for r in history if r.event is not None and r.event.timestamp < entry.timestamp]
    return bool(before) and before[0] is AssetCheckExecutionRecordStatus.FAILED


def _of_failed_run(instance: dg.DagsterInstance, entry: dg.EventLogEntry) -> Iterator[Notification]:
    """A run that failed and won't be started anew; not if only checks failed, which are told as what they are."""
    run = instance.get_run_by_id(entry.run_id)
    # Dagster means to start every lost run anew, but can't where no code server launched it (`canopy run`).
    if run is None or (run.tags.get(WILL_RETRY_TAG) == "true" and run.remote_job_origin is not None):
        return
    records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=100).records
    steps = [r.event_log_entry.get_dagster_event() for r in records]
    broken = [event for event in steps if not _is_verdict(event)]
    if steps and not broken:
        return
    what = f"{broken[0].step_key}: {failures.reason_of(broken[0])}" if broken else entry.user_message or entry.message
    text = f"{_name(run)}: {what}" + (f" (and {len(broken) - 1} more steps)" if len(broken) > 1 else "")
    details = {
        "run": run.run_id,
        "job": run.job_name,
        "partition": run.tags.get(PARTITION_NAME_TAG),
        "steps": {e.step_key: failures.reason_of(e) for e in broken},
    }
    yield Notification(f"run/{run.run_id}", RUN_FAILED, text, entry.timestamp, details)


def _is_verdict(event: dg.DagsterEvent) -> bool:
    error = event.step_failure_data.error
    return error is not None and error.cls_name == DagsterAssetCheckFailedError.__name__


def _name(run: DagsterRun) -> str:
    seed = run.tags.get(PARTITION_NAME_TAG)
    job = "a run" if run.job_name.startswith("__") else run.job_name
    return f"{job} ({run.run_id[:8]})" + (f" of {seed}" if seed else "")


def _reason(evaluation: dg.AssetCheckEvaluation) -> str:
    """What a check said, in a line: its description, else what of its metadata is text for people."""
    values = [v for n, v in _plain(evaluation.metadata).items() if isinstance(v, str) and n not in ("state", "file")]
    return " ".join((evaluation.description or " ".join(values)).split())[:300]


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(value, "value", value) for name, value in metadata.items()}


def _tag(instance: dg.DagsterInstance, run_id: str, tag: str) -> str | None:
    run = instance.get_run_by_id(run_id)
    return run.tags.get(tag) if run else None
