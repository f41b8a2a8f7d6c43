"""Artefacts: folders (model, adapter, report) named by the digest of their content.

artefacts/<asset>/<digest>/             the files, never overwritten
artefacts/<asset>/current.json          which folder is in use, with its details; written last

A folder in a bucket is downloaded once into the cache of this machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upath import UPath

from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage import files
from canopy_assets.storage.backend import DamagedArtefactError, get, is_local, partial_folder, put, store_root


@dataclass(frozen=True)
class Artefact:
    """A folder on this machine, named by the digest of its content.

    Attributes:
        details: what a downstream asset needs to know without opening the folder.
    """

    path: Path
    digest: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def artefacts_dir(settings: Settings, asset: str) -> UPath:
    """Where the folders of an asset are in the store."""
    return store_root(settings) / "artefacts" / asset


def draft_folder(asset: str, settings: Settings | None = None) -> Path:
    """A new empty folder on this machine, to build an artefact in.

    To publish it, return `Artefact(folder, details=…)` from the asset.
    """
    settings = settings or get_settings()
    folder = partial_folder(settings) if is_local(settings) else _cache(settings) / ".writing"
    draft = files.partial_path(folder / asset, folder)
    draft.mkdir()
    return draft


def current_artefact(asset: str, settings: Settings | None = None, *, check: bool = False) -> Artefact | None:
    """The artefact of an asset that is in use, or None before its first materialization.

    Args:
        check: read all files and compare their digest. A download is always checked.

    Raises:
        DamagedArtefactError: the folder that `current.json` names is missing, or its content has changed.
    """
    settings = settings or get_settings()
    pointer = artefacts_dir(settings, asset) / "current.json"
    try:
        content = json.loads(get(pointer))
        digest, details = content["digest"], content["details"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedArtefactError(f"{pointer} can't be read ({error!r}): materialize {asset} again") from error
    folder = pointer.parent / digest[:16]
    path = folder if isinstance(folder, Path) else _download(folder, settings, asset, digest, check=check)
    if not path.is_dir():
        raise DamagedArtefactError(f"{folder} is missing: materialize {asset} again")
    if check and files.tree_digest(path) != digest:
        raise DamagedArtefactError(f"{folder} has changed since it was written: materialize {asset} again")
    return Artefact(path, digest, details)


def publish_artefact(settings: Settings, asset: str, artefact: Artefact) -> tuple[UPath, str]:
    """Move a folder into the store and make it the one in use.

    Returns:
        Where it is in the store, and its digest.
    """
    digest = files.tree_digest(artefact.path)
    final = artefacts_dir(settings, asset) / digest[:16]
    if isinstance(final, Path):
        files.sync_tree(artefact.path)
        _make_room(final, artefact.path, digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        files.move_folder(artefact.path, final)
    else:
        _upload(artefact.path, final)
        cached = _cache(settings) / digest[:16]
        _make_room(cached, artefact.path, digest)
        files.move_folder(artefact.path, cached)
    pointer = {"digest": digest, "details": dict(artefact.details)}
    put(settings, final.parent / "current.json", json.dumps(pointer, indent=1).encode())
    return final, digest


def use_artefact(settings: Settings, asset: str, artefact: Artefact) -> None:
    """Make a folder that was published earlier the one in use again.

    Args:
        settings: the settings, which name the store.
        asset: whose artefact it is.
        artefact: its digest and details; the path does not matter.

    Raises:
        DamagedArtefactError: the folder is no longer in the store, or its content has changed.
    """
    folder = artefacts_dir(settings, asset) / artefact.digest[:16]
    path = folder if isinstance(folder, Path) else _download(folder, settings, asset, artefact.digest, check=True)
    if not path.is_dir() or files.tree_digest(path) != artefact.digest:
        raise DamagedArtefactError(f"{folder} is missing or has changed since it was written: restore it from a backup")
    pointer = {"digest": artefact.digest, "details": dict(artefact.details)}
    put(settings, folder.parent / "current.json", json.dumps(pointer, indent=1).encode())


def is_published(settings: Settings, asset: str) -> bool:
    """Whether an asset has an artefact in use."""
    return (artefacts_dir(settings, asset) / "current.json").exists()


def _cache(settings: Settings) -> Path:
    return settings.cache_dir / "artefacts"


def _make_room(folder: Path, source: Path, digest: str) -> None:
    """Remove an earlier copy of this artefact if it has been damaged since it was written."""
    if folder != source and folder.exists() and files.tree_digest(folder) != digest:
        files.discard(folder)


def _upload(source: Path, target: UPath) -> None:
    """Make a folder in the bucket equal to one here. Files are replaced whole, so two processes may do it at once."""
    names = sorted(p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file())
    wanted = [f"{target.path}/{name}" for name in names]
    target.fs.put([str(source / name) for name in names], wanted)
    if left_over := sorted(set(target.fs.find(target.path)) - set(wanted)):
        target.fs.rm(left_over)


def _download(folder: UPath, settings: Settings, asset: str, digest: str, *, check: bool) -> Path:
    """The folder in this machine's cache; downloaded if it is missing or, with `check`, if its content has changed."""
    cached = _cache(settings) / digest[:16]
    if cached.is_dir() and (not check or files.tree_digest(cached) == digest):
        return cached
    files.discard(cached)
    remote = folder.fs.find(folder.path)
    if not remote:
        raise DamagedArtefactError(f"{folder} is missing: materialize {asset} again")
    partial = files.partial_path(cached, cached.parent / ".writing")
    folder.fs.get(remote, [str(partial / name.removeprefix(f"{folder.path}/")) for name in remote])
    if files.tree_digest(partial) != digest:
        files.discard(partial)
        raise DamagedArtefactError(f"{folder} has changed since it was written: materialize {asset} again")
    files.move_folder(partial, cached)
    return cached
