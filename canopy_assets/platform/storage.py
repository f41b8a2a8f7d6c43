"""The one IO manager: Parquet tables and artefact folders under `CANOPY_HOME`, published by atomic rename.

tables/<asset>/<partition>.parquet      the table as it stands ("all" for an asset without partitions)
history/<asset>/<partition>/<digest>…   every version there was, never overwritten
artefacts/<asset>/<digest>/             a folder (model, adapter, report), never overwritten
artefacts/<asset>/current.json          which of them is in use
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from canopy_assets.platform import files
from canopy_assets.platform.home import prepare_home, tables_dir
from canopy_assets.settings import Settings, get_settings

UNPARTITIONED = "all"


class DamagedArtefactError(RuntimeError):
    """A stored table or artefact is missing or isn't what was written; the message says which asset to materialize
    again.
    """


@dataclass(frozen=True)
class Artefact:
    """A folder named by the digest of its content.

    `details` is what a downstream asset needs to know without opening it.
    """

    path: Path
    digest: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def draft_folder(asset: str, settings: Settings | None = None) -> Path:
    """A new empty folder to build an artefact in; return `Artefact(folder, details=…)` from the asset to publish it."""
    folder = files.partial_path(_artefacts(settings or get_settings()) / asset / "draft")
    folder.mkdir(parents=True)
    return folder


def current_artefact(asset: str, settings: Settings | None = None) -> Artefact | None:
    """The artefact of an asset that is in use, or None before its first materialization.

    Raises:
        DamagedArtefactError: the folder that `current.json` names is gone.
    """
    pointer = _artefacts(settings or get_settings()) / asset / "current.json"
    if not pointer.exists():
        return None
    content = json.loads(pointer.read_text())
    path = pointer.parent / content["digest"][:16]
    if not path.is_dir():
        raise DamagedArtefactError(f"{path} is missing: materialize {asset} again")
    return Artefact(path, content["digest"], content["details"])


def read_table(asset: str, partition: str | None = None, settings: Settings | None = None) -> pa.Table | None:
    """A stored table, or None before its first materialization. For callers outside of a run (the CLI, a notebook)."""
    path = table_path(settings or get_settings(), asset, partition)
    return _read_parquet(path, asset) if path.exists() else None


def table_path(settings: Settings, asset: str, partition: str | None = None) -> Path:
    """Where the current table of an asset's partition lies."""
    return tables_dir(settings) / asset / f"{partition or UNPARTITIONED}.parquet"


def is_stored(settings: Settings, asset: str, partition: str | None = None) -> bool:
    """Whether an asset's table or artefact is there."""
    return table_path(settings, asset, partition).exists() or (_artefacts(settings) / asset / "current.json").exists()


def retire_partition(settings: Settings, asset: str, partition: str) -> None:
    """Take the table of a removed seed out of the current tables. Its versions stay in `history/`."""
    table_path(settings, asset, partition).unlink(missing_ok=True)


class CanopyStorage(dg.UPathIOManager):
    """Stores an `Artefact` as a folder and a `pyarrow.Table` as Parquet; loads back what was stored."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__(base_path=UPath(tables_dir(settings)))

    def dump_to_path(self, context: dg.OutputContext, obj: pa.Table | Artefact, path: UPath) -> None:
        """Publish a table or an artefact folder.

        Raises:
            TypeError: the asset returned something else.
        """
        if isinstance(obj, Artefact):
            self._publish_artefact(context, obj)
        elif isinstance(obj, pa.Table):
            self._publish_table(context, obj, Path(self._file(context, path)))
        else:
            raise TypeError(
                f"{context.asset_key.to_user_string()} returned {type(obj)}; return a pyarrow.Table or an Artefact"
            )

    def load_from_path(self, context: dg.InputContext, path: UPath) -> pa.Table | Artefact:
        """The table or artefact that the upstream asset published.

        Raises:
            DamagedArtefactError: it can't be read.
            FileNotFoundError: it was never materialized.
        """
        asset = context.asset_key.path[-1]
        artefact = current_artefact(asset, self._settings)
        return artefact or _read_parquet(Path(self._file(context, path)), asset)

    def load_partitions(self, context: dg.InputContext) -> Any:
        """A fan-in always gets a dict by partition.

        Dagster by itself hands over the bare table when there is just one.
        """
        loaded = super().load_partitions(context)
        keys = context.asset_partition_keys
        return {keys[0]: loaded} if len(keys) == 1 and not context.has_partition_key and loaded is not None else loaded

    def get_metadata(self, context: dg.OutputContext, obj: Any) -> dict[str, dg.MetadataValue]:
        """Where the published thing lies; replaces the path that UPathIOManager assumed."""
        if isinstance(obj, Artefact):
            published = current_artefact(context.asset_key.path[-1], self._settings)
            assert published is not None
            return {
                "path": dg.MetadataValue.path(str(published.path)),
                "digest": dg.MetadataValue.text(published.digest),
            }
        partition = context.partition_key if context.has_asset_partitions else None
        path = table_path(self._settings, context.asset_key.path[-1], partition)
        return {"path": dg.MetadataValue.path(str(path)), "digest": dg.MetadataValue.text(files.file_digest(path))}

    def path_exists(self, path: UPath) -> bool:
        """Whether a partition's table is there (asked by UPathIOManager with the path that has no extension)."""
        return Path(f"{path}.parquet").exists() or path.exists()

    def _file(self, context: dg.OutputContext | dg.InputContext, path: UPath) -> str:
        return f"{path}.parquet" if context.has_asset_partitions else f"{path / UNPARTITIONED}.parquet"

    def _publish_table(self, context: dg.OutputContext, table: pa.Table, path: Path) -> None:
        """Write the version into history first and link it into place, so that no version is ever lost."""
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        version = hashlib.sha256(content).hexdigest()
        history = self._settings.home / "history" / path.parent.name / path.stem / f"{version[:16]}.parquet"
        if not history.exists():
            files.replace_atomically(history, content)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = files.partial_path(path)
        try:
            os.link(history, partial)
        except OSError:  # a file system without hard links
            partial.write_bytes(content)
        partial.replace(path)
        # A rename onto another link of the same file does nothing, and leaves the partial name behind.
        partial.unlink(missing_ok=True)
        context.log.debug("published %s rows as %s", table.num_rows, path)

    def _publish_artefact(self, context: dg.OutputContext, artefact: Artefact) -> None:
        folder = _artefacts(self._settings) / context.asset_key.path[-1]
        digest = files.tree_digest(artefact.path)
        final = folder / digest[:16]
        if final.exists():
            files.discard(artefact.path)
        else:
            files.sync_tree(artefact.path)
            artefact.path.rename(final)
        pointer = {"digest": digest, "details": dict(artefact.details)}
        files.replace_atomically(folder / "current.json", json.dumps(pointer, indent=1).encode())


@dg.io_manager(description="Parquet tables and artefact folders under CANOPY_HOME.")
def canopy_storage(_: dg.InitResourceContext) -> CanopyStorage:
    """The IO manager of every asset; makes the home when a plain `dagster` command is the first to use it."""
    settings = get_settings()
    prepare_home(settings)
    return CanopyStorage(settings)


def _artefacts(settings: Settings) -> Path:
    return settings.home / "artefacts"


def _read_parquet(path: Path, asset: str) -> pa.Table:
    try:
        return pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowInvalid) as error:
        raise DamagedArtefactError(f"{path} can't be read ({error}): materialize {asset} again") from error
