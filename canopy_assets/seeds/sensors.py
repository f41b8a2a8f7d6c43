"""Seed files to partitions. A sensor only registers what is there; runs are launched by automation or a person."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from upath import UPath

from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.seeds.assets import seed_files
from canopy_assets.seeds.inbox import inbox
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.tables import retire_partition

PER_SEED_TABLES = ("seed_documents", "exercises", "synthetic_dialogues", "reviewed_dialogues")

READ_SECONDS = 15.0
"""How long a tick opens files, at most about."""

TICK_SECONDS = 30.0
"""How long a tick takes, at most about: Dagster gives up waiting for a sensor after 60 seconds. An observation takes
10 to 50 ms, so that the first look at ten thousand files takes several ticks.
"""

_SHOWN = 3
"""How many names are told of a list."""


def register_seeds(
    instance: dg.DagsterInstance,
    settings: Settings,
    *,
    whole: Collection[Path | UPath] = (),
    wait: Callable[[str], None] | None = None,
) -> list[str]:
    """Bring the partitions and their observed digests in line with the files. Returns the partition keys, sorted.

    A seed whose file is gone loses its partition and its current tables; the versions of its tables stay in `history/`.

    Args:
        whole: files that nobody is writing to any more, however new they are.
        wait: files that may still be being written are waited for, as long as CANOPY_SETTLE_SECONDS, and this is called
            with a line that says so. None: they are left for the next look.

    Raises:
        InboxUnavailableError: the inbox can't be looked at; nothing was changed.
    """
    found = _bring_in_line(instance, settings, whole=whole)
    if wait and found.unsettled:
        names = _some(found.unsettled)
        wait(f"waiting {found.settled_in:.0f} s for {names}: changed just now, may still be being written")
        time.sleep(found.settled_in)
        found = _bring_in_line(instance, settings, whole=whole)
        if found.unsettled:
            wait(f"left out, because still being written: {_some(found.unsettled)}; run again when complete")
    return sorted(found.registry)


@dg.sensor(
    target=None,
    minimum_interval_seconds=get_settings().automation_interval_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING if get_settings().automation else dg.DefaultSensorStatus.STOPPED,
    description="Registers new, changed and removed seed files as partitions of the per-seed assets.",
)
def seed_inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Look at the inbox and register what is there."""
    try:
        found = _bring_in_line(context.instance, get_settings(), quickly=True)
    except inbox.InboxUnavailableError as error:
        # Not a failed tick: a share that isn't mounted is nothing that the tick could have done better.
        return dg.SensorResult(skip_reason=str(error))
    return dg.SensorResult(skip_reason=_summary(found))


def _bring_in_line(
    instance: dg.DagsterInstance,
    settings: Settings,
    *,
    whole: Collection[Path | UPath] = (),
    quickly: bool = False,
) -> inbox.Refresh:
    """Look at the inbox, then tell Dagster. What a crash or a tick's end leaves undone, the next look does."""
    deadline = time.monotonic() + TICK_SECONDS if quickly else float("inf")
    with inbox.exclusively(settings, wait_s=1.0 if quickly else 120.0):
        found = inbox.refresh(settings, now=time.time(), budget_s=READ_SECONDS if quickly else None, whole=whole)
        assert SEEDS.name is not None
        partitions = set(instance.get_dynamic_partitions(SEEDS.name))
        told = _observe(
            instance, found.registry, found.registry.unobserved | (found.registry.keys() - partitions), deadline
        )
        if new := sorted(set(told) - partitions):
            instance.add_dynamic_partitions(SEEDS.name, new)
        inbox.observed(settings, found.registry, told)
        for gone in sorted(partitions - found.registry.keys()):
            _retire(instance, settings, gone)
            if time.monotonic() >= deadline:
                break
    return found


def _observe(
    instance: dg.DagsterInstance, registry: inbox.Registry, keys: Collection[str], deadline: float
) -> list[str]:
    """Record the versions of these seeds in Dagster's event log, where they are new. Returns those it holds now."""
    if not keys:
        return []
    known = instance.event_log_storage.get_latest_tags_by_partition(
        seed_files.key, dg.DagsterEventType.ASSET_OBSERVATION, tag_keys=[DATA_VERSION_TAG]
    )
    told = []
    for key in sorted(keys):
        version = inbox.version(registry[key])
        if known.get(key, {}).get(DATA_VERSION_TAG) != version:
            observation = dg.AssetObservation(seed_files.key, partition=key, tags={DATA_VERSION_TAG: version})
            instance.report_runless_asset_event(observation)
        told.append(key)
        if time.monotonic() >= deadline:
            break
    return told


def _retire(instance: dg.DagsterInstance, settings: Settings, seed: str) -> None:
    for table in PER_SEED_TABLES:
        retire_partition(settings, table, seed)
    assert SEEDS.name is not None
    # Last: as long as there is the partition, a look after a crash comes here again.
    instance.delete_dynamic_partition(SEEDS.name, seed)


def _summary(found: inbox.Refresh) -> str:
    counts = {"new": found.new, "changed": found.changed, "renamed": found.renamed, "removed": found.removed}
    said = [
        f"{len(found.registry)} seeds are registered",
        *(f"{len(keys)} {what}" for what, keys in counts.items() if keys),
    ]
    if found.unsettled:
        said.append(f"waiting for {_some(found.unsettled)}, which may still be being written")
    if found.cut_short:
        said.append(f"{found.unread} more files are read at the next look")
    return "; ".join([*said, *found.remarks[:_SHOWN]]) + "."


def _some(names: Collection[str]) -> str:
    shown = [*names][:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
