"""Turns seed files into partitions.

The sensor only registers files; runs are launched by automation or by a person. `inbox.naming` makes the partition
keys, and `inbox.changes` finds what has changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from upath import UPath

from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.seeds import inbox
from canopy_assets.seeds.assets import seed_files
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.tables import retire_partition

PER_SEED_TABLES = ("seed_documents", "exercises", "synthetic_dialogues", "reviewed_dialogues")

READ_SECONDS = 15.0
"""After this many seconds, a tick opens no further file."""

TICK_SECONDS = 30.0
"""After this many seconds, a tick leaves the rest to the next one: Dagster gives up on a sensor after 60 seconds. An
observation takes 10 to 50 ms, so the first look at ten thousand files takes several ticks.
"""

_NAMES_SHOWN = 3
"""How many names a message lists."""


def register_seeds(
    instance: dg.DagsterInstance,
    settings: Settings,
    *,
    complete: Collection[Path | UPath] = (),
    on_wait: Callable[[str], None] | None = None,
) -> list[str]:
    """Update the partitions and their observed versions from the files in the inbox.

    A seed whose file was removed loses its partition and its current tables; earlier versions of its tables stay in
    `history/`.

    Args:
        instance: Dagster's storage.
        settings: the settings, with the path of the inbox.
        complete: files that are known to be complete, however new they are.
        on_wait: called with a message while waiting for files that may still be being written, at most
            CANOPY_SETTLE_SECONDS. None: such files are left for the next look.

    Returns:
        The partition keys, sorted.

    Raises:
        InboxUnavailableError: the inbox cannot be read; nothing was changed.
    """
    found = _update_partitions(instance, settings, complete=complete)
    if on_wait and found.unsettled:
        names = _some(found.unsettled)
        on_wait(f"waiting {found.settled_in:.0f} s for {names}: changed just now, may still be being written")
        time.sleep(found.settled_in)
        found = _update_partitions(instance, settings, complete=complete)
        if found.unsettled:
            on_wait(f"left out, because still being written: {_some(found.unsettled)}; run again when complete")
    return sorted(found.registry)


@dg.sensor(
    target=None,
    minimum_interval_seconds=get_settings().automation_interval_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING if get_settings().automation else dg.DefaultSensorStatus.STOPPED,
    description="Registers new, changed and removed seed files as partitions of the per-seed assets.",
)
def seed_inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Look at the inbox and register the files that are there."""
    try:
        found = _update_partitions(context.instance, get_settings(), quickly=True)
    except inbox.InboxUnavailableError as error:
        # The tick is skipped and not failed: an unmounted share is not the sensor's fault.
        return dg.SensorResult(skip_reason=str(error))
    return dg.SensorResult(skip_reason=_summary(found))


def _update_partitions(
    instance: dg.DagsterInstance,
    settings: Settings,
    *,
    complete: Collection[Path | UPath] = (),
    quickly: bool = False,
) -> inbox.Changes:
    """Look at the inbox, then update Dagster. After a crash or the end of a tick, the next look does the rest."""
    deadline = time.monotonic() + TICK_SECONDS if quickly else float("inf")
    with inbox.locked(settings, wait_s=1.0 if quickly else 120.0):
        found = inbox.refresh(settings, now=time.time(), budget_s=READ_SECONDS if quickly else None, complete=complete)
        assert SEEDS.name is not None
        partitions = set(instance.get_dynamic_partitions(SEEDS.name))
        due = found.registry.unobserved | (found.registry.keys() - partitions)
        observed = _observe(instance, found.registry, due, deadline)
        if new := sorted(set(observed) - partitions):
            instance.add_dynamic_partitions(SEEDS.name, new)
        inbox.mark_observed(settings, found.registry, observed)
        for removed in sorted(partitions - found.registry.keys()):
            _retire(instance, settings, removed)
            if time.monotonic() >= deadline:
                break
    return found


def _observe(
    instance: dg.DagsterInstance, registry: inbox.Registry, keys: Collection[str], deadline: float
) -> list[str]:
    """Record new versions of these seeds in Dagster's event log. Returns the seeds whose version is recorded now."""
    if not keys:
        return []
    known = instance.event_log_storage.get_latest_tags_by_partition(
        seed_files.key, dg.DagsterEventType.ASSET_OBSERVATION, tag_keys=[DATA_VERSION_TAG]
    )
    observed = []
    for key in sorted(keys):
        version = inbox.version(registry[key])
        if known.get(key, {}).get(DATA_VERSION_TAG) != version:
            observation = dg.AssetObservation(seed_files.key, partition=key, tags={DATA_VERSION_TAG: version})
            instance.report_runless_asset_event(observation)
        observed.append(key)
        if time.monotonic() >= deadline:
            break
    return observed


def _retire(instance: dg.DagsterInstance, settings: Settings, seed: str) -> None:
    """Remove a seed's current tables, then its partition."""
    for table in PER_SEED_TABLES:
        retire_partition(settings, table, seed)
    assert SEEDS.name is not None
    # The partition is removed last: while it exists, a look after a crash tries again.
    instance.delete_dynamic_partition(SEEDS.name, seed)


def _summary(found: inbox.Changes) -> str:
    counts = {"new": found.new, "changed": found.changed, "renamed": found.renamed, "removed": found.removed}
    parts = [
        f"{len(found.registry)} seeds are registered",
        *(f"{len(keys)} {what}" for what, keys in counts.items() if keys),
    ]
    if found.unsettled:
        parts.append(f"waiting for {_some(found.unsettled)}, which may still be being written")
    if found.unread:
        parts.append(f"{found.unread} more files are read at the next look")
    return "; ".join([*parts, *found.remarks[:_NAMES_SHOWN]]) + "."


def _some(names: Collection[str]) -> str:
    shown = [*names][:_NAMES_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
