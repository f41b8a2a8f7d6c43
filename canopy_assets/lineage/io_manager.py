"""The IO manager of every asset: Parquet tables and artefact folders in the store (CANOPY_STORE or CANOPY_HOME).

`storage.tables` and `storage.artefacts` define where they are and how they are published.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from canopy_assets.lineage.failures import classified
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.artefacts import Artefact, current_artefact, publish_artefact
from canopy_assets.storage.home import prepare_home
from canopy_assets.storage.tables import publish_tables, read_table, read_tables, table_path


class CanopyStorage(dg.IOManager):
    """Stores an `Artefact` as a folder and a `pyarrow.Table` as Parquet, and loads what was stored.

    A step of a backfill works on many partitions: it returns and reads tables by partition.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Publish what an asset returned: a table, tables by partition, or an artefact.

        If a partition of the step has no table, it keeps its earlier one.

        Raises:
            TypeError: the asset returned something else.
            ValueError: a table belongs to a partition that is not one of the step's.
        """
        with classified(attempt=_attempt(context)):
            self._publish(context, obj)

    def _publish(self, context: dg.OutputContext, obj: Any) -> None:
        if isinstance(obj, Artefact) and not context.has_asset_partitions:
            path, digest = publish_artefact(self._settings, context.asset_key.path[-1], obj)
            context.add_output_metadata(_location(path, digest))
        elif context.has_asset_partitions:
            self._publish_partitions(context, _by_partition(context, obj))
        elif isinstance(obj, pa.Table):
            asset = context.asset_key.path[-1]
            digest = publish_tables(self._settings, asset, {None: obj})[None]
            context.add_output_metadata(_location(table_path(self._settings, asset), digest))
        else:
            raise TypeError(
                f"{context.asset_key.to_user_string()} returned {type(obj)}; return a pyarrow.Table or an Artefact"
            )

    def load_input(self, context: dg.InputContext) -> Any:
        """Load what the upstream asset published.

        An input that is annotated as a dict gets the tables by partition, even if there is only one. Any other input
        gets the table of its single partition.

        Raises:
            DamagedArtefactError: the artefact has changed since it was written.
            FileNotFoundError: the asset was never materialized. With many partitions, access to a missing one raises.
            TypeError: there are several partitions, and the input is not annotated as a dict.
        """
        with classified(attempt=_attempt(context)):
            return self._load(context, context.asset_key.path[-1])

    def _load(self, context: dg.InputContext, asset: str) -> Any:
        if context.has_asset_partitions:
            return self._load_partitions(context, asset)
        artefact = current_artefact(asset, self._settings, check=True)
        loaded = artefact if artefact is not None else read_table(asset, settings=self._settings)
        if loaded is None:
            raise FileNotFoundError(f"{asset} was never materialized: materialize {asset} first")
        return loaded

    def _publish_partitions(self, context: dg.OutputContext, tables: Mapping[str, pa.Table]) -> None:
        asset = context.asset_key.path[-1]
        digests = publish_tables(self._settings, asset, {**tables})
        for partition in tables:
            location = _location(table_path(self._settings, asset, partition), digests[partition])
            context.step_context.add_asset_metadata(location, asset_key=context.asset_key, partition_key=partition)

    def _load_partitions(self, context: dg.InputContext, asset: str) -> Any:
        partitions = context.asset_partition_keys
        by_partition = typing.get_origin(context.dagster_type.typing_type) is dict or (
            context.dagster_type.typing_type is dict
        )
        if not by_partition and len(partitions) != 1:
            raise TypeError(
                f"{len(partitions)} partitions of {asset} are read at once: annotate the input as dict[str, pa.Table]"
            )
        tables = TablesByPartition(asset, read_tables(self._settings, asset, partitions))
        return tables if by_partition else tables[partitions[0]]


class TablesByPartition(dict[str, pa.Table]):
    """The tables of the partitions that have one. Access to any other partition raises an error that names it."""

    def __init__(self, asset: str, tables: Mapping[str, pa.Table]) -> None:
        super().__init__(tables)
        self._asset = asset

    def __missing__(self, partition: str) -> pa.Table:
        raise FileNotFoundError(f"{self._asset} was never materialized for {partition}: materialize it first")


def _by_partition(context: dg.OutputContext, obj: Any) -> Mapping[str, pa.Table]:
    """The tables that a partitioned asset returned, by partition."""
    asset, partitions = context.asset_key.to_user_string(), context.asset_partition_keys
    if isinstance(obj, pa.Table) and len(partitions) == 1:
        return {partitions[0]: obj}
    if not isinstance(obj, Mapping) or not all(isinstance(table, pa.Table) for table in obj.values()):
        raise TypeError(
            f"{asset} returned {type(obj)} for {len(partitions)} partitions; return pyarrow.Tables by partition key"
        )
    if unknown := sorted(map(str, obj.keys() - set(partitions))):
        raise ValueError(f"{asset} returned tables of partitions that are not in this run: {', '.join(unknown[:5])}")
    return obj


def _attempt(context: dg.OutputContext | dg.InputContext) -> int:
    """How often the step failed before; 0 when a value is loaded outside a step."""
    step = context._step_context
    return step.previous_attempt_count if step is not None else 0


def _location(path: Any, digest: str) -> dict[str, dg.MetadataValue]:
    return {"path": dg.MetadataValue.path(str(path)), "digest": dg.MetadataValue.text(digest)}


@dg.io_manager(description="Parquet tables and artefact folders under CANOPY_HOME, or in CANOPY_STORE.")
def canopy_storage(_: dg.InitResourceContext) -> CanopyStorage:
    """The IO manager of every asset. It prepares the home, in case a plain `dagster` command is the first to use it."""
    settings = get_settings()
    prepare_home(settings)
    return CanopyStorage(settings)
