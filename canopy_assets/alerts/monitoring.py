"""The sensor that reads the event log of the lineage and sends notifications, each event once.

Dagster's `run_failure_sensor` is not used. It moves on even when its body raises, so a failure that happened while the
webhook was down would never be reported. It also misses the runs of `canopy run`, which have no code location.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg

from canopy_assets.alerts.events import LoggedEvent, notifications_of
from canopy_assets.alerts.notifications import Notification, Notifier, notifier
from canopy_assets.settings import get_settings

EVENTS_A_TICK = 1000
TICK_SECONDS = 30.0
"""Dagster gives up on a sensor after 60 seconds, and one message may take 17."""

GIVE_UP_SECONDS = 24 * 3600.0
"""How long the sensor waits for a webhook that refuses everything. After that, the log has what it missed."""

_EVENT_TYPES = (
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
)


@dataclass(frozen=True)
class Place:
    """How far the event log has been reported. Stored as the sensor's cursor, so the names of the fields stay.

    Attributes:
        after: the id of an event; all events up to it are done.
        until: the id of the last event in the current window. It stays the same until the whole window is sent, so that
            notifications that cover several events keep their keys.
        told: keys of the notifications in this window that were sent.
        failing_since: when the webhook began to refuse, in seconds since the epoch.
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
    description="Reports a new champion, a failed gate, worse data and failed runs: to CANOPY_WEBHOOK, or to the log.",
)
def notification_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Report what has happened since the last tick."""
    settings = get_settings()
    assert context.repository_def is not None
    place, summary = notify(
        context.instance,
        context.repository_def.asset_graph,
        Place(**json.loads(context.cursor)) if context.cursor else None,
        notifier(settings, context.log.warning),
        quality_drop=settings.quality_drop,
        log=context.log,
    )
    return dg.SensorResult(skip_reason=summary, cursor=json.dumps(vars(place)))


def notify(
    instance: dg.DagsterInstance,
    graph: Any,
    place: Place | None,
    to: Notifier,
    *,
    quality_drop: float,
    log: logging.Logger,
    now: float | None = None,
) -> tuple[Place, str]:
    """Send notifications of what has happened since `place`. If it is None, reporting starts now, and nothing is sent.

    Args:
        graph: the asset graph, to look up which assets are partitioned.
        quality_drop: the drop in the share of good rows that is worth a notification, from 0 to 1.
        now: seconds since the epoch; default: the clock.

    Returns:
        The new place, and a sentence for the sensor's tick.
    """
    now = time.time() if now is None else now
    if place is None:
        return Place(instance.event_log_storage.get_maximum_record_id() or 0), "Events are reported from now on."
    events, until = _window(instance, place)
    waiting = [n for n in notifications_of(events, instance, graph, quality_drop, log) if n.key not in place.told]
    place, deadline = replace(place, until=until), time.monotonic() + TICK_SECONDS
    for number, notification in enumerate(waiting):
        problem = to.send(notification)
        if problem is not None:
            return _not_sent(place, waiting[number:], problem, now, log)
        place = replace(place, told=(*place.told, notification.key), failing_since=None)
        if time.monotonic() > deadline:
            return place, f"{number + 1} of {len(waiting)} sent, the others follow at the next tick."
    summary = f"{len(waiting)} sent: {', '.join(n.event for n in waiting)}." if waiting else "Nothing to report."
    return Place(until), summary


def _not_sent(
    place: Place, left: list[Notification], problem: str, now: float, log: logging.Logger
) -> tuple[Place, str]:
    """Keep the place for the next tick. Once the webhook has refused for a day, give up on what is left."""
    since = place.failing_since if place.failing_since is not None else now
    if now - since < GIVE_UP_SECONDS:
        summary = f"{len(left)} not sent yet, {problem}; the next tick tries again, for a day at most."
        log.warning("%s", summary)
        return replace(place, failing_since=since), summary
    for notification in left:
        log.error("given up after a day, never sent (%s): %s: %s", problem, notification.event, notification.text)
    assert place.until is not None
    # Keep `failing_since`, so that later notifications get one attempt instead of another day, until one is sent.
    return Place(place.until, failing_since=since), f"{len(left)} given up after a day: {problem}; see the log."


def _window(instance: dg.DagsterInstance, place: Place) -> tuple[list[LoggedEvent], int]:
    """The events to report, in order, and the id of the last event in the window."""
    storage = instance.event_log_storage
    read = [
        storage.get_logs_for_all_runs_by_log_id(place.after, dagster_event_type=kind, limit=EVENTS_A_TICK)
        for kind in _EVENT_TYPES
    ]
    events = sorted((LoggedEvent(i, entry) for part in read for i, entry in part.items()), key=lambda event: event.id)
    # A type that was cut off may have more events before the last event of another type.
    cut_off = [max(part) for part in read if len(part) == EVENTS_A_TICK]
    last = min(cut_off) if cut_off else events[-1].id if events else place.after
    until = place.until if place.until is not None else last
    return [event for event in events if event.id <= until], until
