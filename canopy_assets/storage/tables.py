"""Parquet tables, one file for each partition. Every version is kept.

tables/<asset>/<partition>.parquet            the current table ("all" for an asset without partitions)
history/<asset>/<partition>/<digest>.parquet  every version, named by its content, never overwritten

A version is written to history before it becomes the current table. If two runs write the same partition at once, the
later one wins. The current table is always one of the versions in history, and readers check that.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage import files
from canopy_assets.storage.backend import DamagedArtefactError, for_each, get, names_in, partial_folder, put, store_root

UNPARTITIONED = "all"
EMPTY = "_empty"
"""The name of an empty table beside the partitions of an asset. It gives a view over them its columns."""


def tables_dir(settings: Settings) -> UPath:
    """Where the current tables are, one folder for each asset."""
    return store_root(settings) / "tables"


def table_path(settings: Settings, asset: str, partition: str | None = None) -> UPath:
    """Where the current table of an asset's partition is."""
    return tables_dir(settings) / asset / f"{partition or UNPARTITIONED}.parquet"


def history_path(settings: Settings, asset: str, partition: str | None, version: str) -> UPath:
    """Where a version of a table is kept, given the SHA-256 of its file."""
    folder = store_root(settings) / "history" / asset / (partition or UNPARTITIONED)
    return folder / f"{version[:16]}.parquet"


def read_table(asset: str, partition: str | None = None, settings: Settings | None = None) -> pa.Table | None:
    """A stored table, or None before its first materialization.

    Raises:
        DamagedArtefactError: the file has changed since it was written.
    """
    settings = settings or get_settings()
    path = table_path(settings, asset, partition)
    try:
        content = get(path)
    except FileNotFoundError:
        return None
    fix = f"materialize {asset} again" + (f" for {partition}" if partition else "")
    if not history_path(settings, asset, partition, hashlib.sha256(content).hexdigest()).exists():
        raise DamagedArtefactError(f"{path} is none of the versions that were written: {fix}")
    try:
        # No Arrow threads: a thread that frees our bytes while Python shuts down aborts the process (Arrow's issues
        # 34314 and 39862). Tables of this size are read just as fast without them.
        return pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise DamagedArtefactError(f"{path} can't be read ({error}): {fix}") from error


def read_tables(settings: Settings, asset: str, partitions: Collection[str]) -> dict[str, pa.Table]:
    """The tables of these partitions, by partition, without those that were never materialized.

    Raises:
        DamagedArtefactError: a file has changed since it was written.
    """
    tables = for_each(settings, lambda partition: read_table(asset, partition, settings), partitions)
    return {p: table for p, table in zip(partitions, tables, strict=True) if table is not None}


def publish_tables(settings: Settings, asset: str, tables: Mapping[str | None, pa.Table]) -> dict[str | None, str]:
    """Store tables by partition (None for an asset without). Returns the SHA-256 of each file."""

    def publish(item: tuple[str | None, pa.Table]) -> str:
        partition, table = item
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        version = hashlib.sha256(content).hexdigest()
        history = history_path(settings, asset, partition, version)
        current = table_path(settings, asset, partition)
        if isinstance(history, Path) and isinstance(current, Path):
            _publish_here(settings, content, version, history, current)
        else:
            put(settings, history, content)
            put(settings, current, content)
        return version

    return dict(zip(tables, for_each(settings, publish, tables.items()), strict=True))


def retire_partition(settings: Settings, asset: str, partition: str) -> None:
    """Remove a partition from the current tables. Its versions stay in history."""
    table_path(settings, asset, partition).unlink(missing_ok=True)


def stored_partitions(settings: Settings, asset: str) -> set[str]:
    """The partitions of an asset that have a table. An asset without partitions has the single partition "all"."""
    names = names_in(tables_dir(settings) / asset)
    return {name.removesuffix(".parquet") for name in names if name.endswith(".parquet")} - {EMPTY}


def _publish_here(settings: Settings, content: bytes, version: str, history: Path, current: Path) -> None:
    """Write the version into history and link it into place, so that both are the same file on the disk."""
    # A version in history may be damaged: it is the same file as the current table, which someone may have changed.
    if not history.exists() or files.file_digest(history) != version:
        put(settings, UPath(history), content)
    current.parent.mkdir(parents=True, exist_ok=True)
    partial = files.partial_path(current, partial_folder(settings))
    try:
        os.link(history, partial)
    except OSError:  # a file system without hard links
        partial.write_bytes(content)
    partial.replace(current)
    # A rename onto another link of the same file has no effect, and leaves the partial name behind.
    partial.unlink(missing_ok=True)
