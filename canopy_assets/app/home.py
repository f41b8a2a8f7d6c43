"""What a command does first: open Dagster's storage in the home, and register the seed files as partitions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from upath import UPath

from canopy_assets.evals.assets import observe_adapter_in_use, observe_eval_files, observe_rating_files
from canopy_assets.evals.eval_set import EvalSetError
from canopy_assets.lineage.pools import set_pool_limit
from canopy_assets.seeds.inbox import InboxUnavailableError, RegistryError
from canopy_assets.seeds.sensors import register_seeds
from canopy_assets.settings import Settings


class RegistrationError(ValueError):
    """The inbox, the registry of seeds or the evaluation prompts cannot be used; the message names file and fix."""


def instance(settings: Settings) -> dg.DagsterInstance:
    """Dagster's storage in the home, for a process at a terminal. Use it as a context manager.

    The output of steps goes to the terminal. By default Dagster writes it, progress bars included, to files.
    """
    uncaptured = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    return dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(str(settings.dagster_home), overrides={"compute_logs": uncaptured})
    )


def register(
    dagster_instance: dg.DagsterInstance,
    settings: Settings,
    *,
    complete: Collection[Path | UPath] = (),
    on_wait: Callable[[str], None] | None = None,
) -> list[str]:
    """Register the seed files as partitions, observe prompts, ratings and champion, set the limit of the GPU pool.

    Args:
        dagster_instance: Dagster's storage.
        settings: the settings, which name the home.
        complete: see `register_seeds`.
        on_wait: see `register_seeds`.

    Returns:
        The partition keys of the seeds.

    Raises:
        RegistrationError: the inbox cannot be read, the registry is damaged, or an evaluation prompt cannot be used.
    """
    try:
        seeds = register_seeds(dagster_instance, settings, complete=complete, on_wait=on_wait)
        observe_eval_files(dagster_instance, settings)
    except (InboxUnavailableError, RegistryError, EvalSetError) as error:
        raise RegistrationError(str(error)) from error
    observe_rating_files(dagster_instance, settings)
    observe_adapter_in_use(dagster_instance, settings)
    set_pool_limit(dagster_instance, settings)
    return seeds
