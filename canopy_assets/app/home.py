"""The home as a verb finds it: Dagster's storage opened, and its partitions in line with the seed files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from upath import UPath

from canopy_assets.evals.assets import observe_eval_files
from canopy_assets.lineage.pools import set_pool_limit
from canopy_assets.seeds.sensors import register_seeds
from canopy_assets.settings import Settings


def instance(settings: Settings) -> dg.DagsterInstance:
    """Dagster's storage in the home, for a process that a person looks at. Use it as a context manager.

    Steps write to the terminal: Dagster would send their output, progress bars included, to files.
    """
    uncaptured = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    return dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(str(settings.dagster_home), overrides={"compute_logs": uncaptured})
    )


def register(
    dagster_instance: dg.DagsterInstance,
    settings: Settings,
    *,
    whole: Collection[Path | UPath] = (),
    wait: Callable[[str], None] | None = None,
) -> list[str]:
    """Make partitions of the seed files and observe what comes from outside. Returns the seeds' partition keys.

    For `whole` and `wait` see `register_seeds`.

    Raises:
        InboxUnavailableError: the inbox can't be looked at.
    """
    seeds = register_seeds(dagster_instance, settings, whole=whole, wait=wait)
    observe_eval_files(dagster_instance, settings)
    set_pool_limit(dagster_instance, settings)
    return seeds
