"""`canopy run`: register the seeds, materialize what is stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

from canopy_assets.app.home import instance, register
from canopy_assets.dialogues.assets import DialogueConfig, synthetic_dialogues
from canopy_assets.lineage.configuration import ConfigurationError, checked, effective_configs, read_run_config
from canopy_assets.lineage.planning import Planner
from canopy_assets.lineage.running import LineageRun, Outcome
from canopy_assets.settings import Settings

DEFINITIONS = "canopy_assets.definitions"
"""The module that processes of a run load. By name: it gathers everything, this module included."""


class UsageError(ValueError):
    """Something that the person who called asked for doesn't exist or can't be used."""


def materialize_stale(
    settings: Settings, *, until: str | None, config: Path | None, tell: Callable[[str], None]
) -> Outcome:
    """Materialize every asset whose data version isn't the one that its inputs, configuration and code give it.

    Args:
        settings: which home.
        until: the asset to stop after.
        config: a file of run configuration.
        tell: takes a line for the person who waits.

    Raises:
        UsageError: `until` names no asset, or the configuration can't be used.
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
        seeds = register(dagster_instance, settings, wait=tell)
        planner = Planner(dagster_instance, graph, settings, configs, dg.AssetKey(until) if until else None)
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
