"""What the command line asks of the lineage: register the seeds, materialize what is stale, say how it went."""

from __future__ import annotations

import resource
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.instance.ref import InstanceRef
from upath import UPath

from canopy_assets.compute import leases as gpu
from canopy_assets.dialogues.assets import DialogueConfig, synthetic_dialogues
from canopy_assets.evals.assets import observe_eval_files
from canopy_assets.lineage.configuration import ConfigurationError, checked, effective_configs, read_run_config
from canopy_assets.lineage.planning import Planner
from canopy_assets.lineage.running import HomeInUseError, LineageRun, Outcome
from canopy_assets.seeds.sensors import register_seeds
from canopy_assets.settings import Settings

__all__ = ["HomeInUseError", "UsageError", "instance", "materialize_stale", "print_outcome", "register"]


class UsageError(ValueError):
    """Something that the person who called asked for doesn't exist or can't be used."""


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
    gpu.set_pool_limit(dagster_instance, settings)
    return seeds


def materialize_stale(
    settings: Settings, *, until: str | None, config: Path | None, tell: Callable[[str], None]
) -> Outcome:
    """Materialize every asset whose data version isn't the one that its inputs, configuration and code give it.

    Raises:
        UsageError: `until` names no asset, or the configuration can't be used.
        HomeInUseError: another process is materializing in the same home.
    """
    from canopy_assets.definitions import defs

    graph = defs.resolve_asset_graph()
    names = {k.path[-1] for k in graph.materializable_asset_keys}
    if until is not None and until not in names:
        raise UsageError(f"--until {until}: no such asset; there are {', '.join(sorted(names))}")
    run_config = _run_config(config, names)
    given = {asset: entry["config"] for asset, entry in run_config.get("ops", {}).items()}
    try:
        configs = effective_configs(graph, given)
    except ConfigurationError as error:
        raise UsageError(str(error)) from error
    with instance(settings) as dagster_instance:
        seeds = register(dagster_instance, settings, wait=tell)
        planner = Planner(dagster_instance, graph, settings, configs, dg.AssetKey(until) if until else None)
        code = ReconstructableRepository.for_module("canopy_assets.definitions", "defs")
        return LineageRun(code, dagster_instance, settings, planner, run_config, tell).execute(seeds)


def dialogue_config(config: Path | None) -> DialogueConfig:
    """The configuration that the dialogues would be written with.

    Raises:
        UsageError: it can't be used.
    """
    name = synthetic_dialogues.key.path[-1]
    try:
        return checked(DialogueConfig, (read_run_config(config) if config else {}).get(name, {}))
    except ValueError as error:
        raise UsageError(f"configuration of {name}: {error}") from error


def print_outcome(settings: Settings, outcome: Outcome, *, seconds: float) -> None:
    """Say what was done and what came out, for a person."""
    from canopy_assets.app import status as summary

    if outcome.nothing_to_do:
        print(
            f"Nothing to do: everything is up to date ({seconds:.1f} s). "
            "Report and numbers: `canopy report`, `canopy status`."
        )
        return
    summary.print_run(settings, outcome)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(outcome.materialized)} materializations in {seconds / 60:.1f} min, peak memory {peak_mb / 1024:.2f} GB"
    )
    print("next: `canopy ui`")


def _run_config(path: Path | None, names: set[str]) -> dict[str, Any]:
    """The run configuration of a file.

    Raises:
        UsageError: it isn't YAML, or configures an asset that doesn't exist.
    """
    if path is None:
        return {}
    try:
        configs = read_run_config(path)
    except ConfigurationError as error:
        raise UsageError(f"--config {error}") from error
    if unknown := set(configs) - names:
        raise UsageError(
            f"--config {path}: no such asset: {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}"
        )
    return {"ops": {asset: {"config": config} for asset, config in configs.items()}}
