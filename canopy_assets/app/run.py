"""`canopy run`: register the seed files, then materialize what is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

from canopy_assets.app.home import instance, register
from canopy_assets.dialogues.assets import DialogueConfig, synthetic_dialogues
from canopy_assets.evals.assets import observe_rating_files, ratings
from canopy_assets.lineage.configuration import ConfigurationError, checked, effective_configs, read_run_config
from canopy_assets.lineage.planning import Planner
from canopy_assets.lineage.running import LineageRun, Outcome
from canopy_assets.settings import Settings

DEFINITIONS = "canopy_assets.definitions"
"""The module that the processes of a run load. By name, because that module imports this one."""


class UsageError(ValueError):
    """The command line names something that does not exist or cannot be used."""


def materialize_stale(
    settings: Settings, *, until: str | None, config: Path | None, report: Callable[[str], None]
) -> Outcome:
    """Materialize every asset whose data version is not what its inputs, configuration and code would now give.

    Args:
        settings: the settings, which name the home.
        until: the asset to stop after.
        config: a file of Dagster run configuration.
        report: called with each line of progress.

    Raises:
        UsageError: `until` names no asset, or the configuration cannot be used.
        HomeInUseError: another process is materializing in the same home.
    """
    code = ReconstructableRepository.for_module(DEFINITIONS, "defs")
    graph = code.get_definition().asset_graph
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
        seeds = register(dagster_instance, settings, on_wait=report)
        planner = Planner(dagster_instance, graph, settings, configs, dg.AssetKey(until) if until else None)
        return LineageRun(code, dagster_instance, settings, planner, run_config, report).execute(seeds)


def materialize_ratings(settings: Settings) -> Outcome:
    """Materialize `ratings` from what people have rated, and nothing else.

    Raises:
        HomeInUseError: another process is materializing in the same home.
    """
    code = ReconstructableRepository.for_module(DEFINITIONS, "defs")
    graph = code.get_definition().asset_graph
    with instance(settings) as dagster_instance:
        observe_rating_files(dagster_instance, settings)
        planner = Planner(dagster_instance, graph, settings, effective_configs(graph, {}), ratings.key)
        return LineageRun(code, dagster_instance, settings, planner, {}, report=lambda line: None).execute([])


def dialogue_config(config: Path | None) -> DialogueConfig:
    """The configuration that the dialogues would be written with, from a file of run configuration.

    Raises:
        UsageError: the configuration cannot be used.
    """
    name = synthetic_dialogues.key.path[-1]
    try:
        return checked(DialogueConfig, (read_run_config(config) if config else {}).get(name, {}))
    except ValueError as error:
        raise UsageError(f"configuration of {name}: {error}") from error


def _run_config(path: Path | None, names: set[str]) -> dict[str, Any]:
    """The run configuration in a file, in Dagster's form.

    Raises:
        UsageError: the file is not YAML, or configures an asset that does not exist.
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
