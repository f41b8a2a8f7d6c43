"""Where tables, artefacts and checkpoints lie: a folder, or a bucket where the workers share no disk.

Both replace a file at once, so the two differ little: a folder by a rename, a bucket because a PUT is atomic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from upath import UPath

from canopy_assets.settings import Settings, SettingsError
from canopy_assets.storage import files

T = TypeVar("T")
R = TypeVar("R")

_REQUESTS_AT_ONCE = 16


class StoreError(SettingsError):
    """The store can't be reached or used; the message names CANOPY_STORE and the mend."""


class DamagedArtefactError(RuntimeError):
    """A stored table or artefact is missing or isn't what was written; the message says which asset to materialize
    again.
    """


def store_root(settings: Settings) -> UPath:
    """The top of the store.

    Raises:
        StoreError: CANOPY_STORE is a kind of URL that can't be opened here.
    """
    try:
        root = settings.store_dir
        if root.protocol in ("", "file", "local"):
            return UPath(root.path)
        # Other machines write there too: a listing that is remembered is a wrong one.
        root = UPath(str(root), use_listings_cache=False)
        _ = root.fs
        return root
    except ImportError as error:
        raise StoreError(f"CANOPY_STORE={settings.store}: {error}; s3:// needs `pip install -e '.[s3]'`") from error
    except ValueError as error:
        raise StoreError(f"CANOPY_STORE={settings.store}: {error}; write a folder, or s3://bucket/prefix") from error


def is_local(settings: Settings) -> bool:
    """Whether the store is a folder of this machine, or one mounted here."""
    return isinstance(store_root(settings), Path)


def partial_folder(settings: Settings) -> Path:
    """Where a local store's files are written before they are renamed into place.

    One folder for all: after a crash the next writer, of whatever, sees what is left.
    """
    return Path(store_root(settings).path) / ".writing"


def get(path: UPath) -> bytes:
    """A file of the store, whole, as it was at one moment.

    Raises:
        FileNotFoundError: it isn't there.
    """
    if isinstance(path, Path):
        return path.read_bytes()
    # In one request: opened as a file, it would be looked at first and read then, and be another one in between.
    content = path.fs.cat_file(path.path)
    assert isinstance(content, bytes)
    return content


def put(settings: Settings, path: UPath, content: bytes) -> None:
    """Write a file of the store so that a reader sees either the old or the new content, never a part."""
    if isinstance(path, Path):
        files.replace_atomically(path, content, partial_folder(settings))
    else:
        path.fs.pipe_file(path.path, content)


def names_in(folder: UPath) -> set[str]:
    """The names of what lies directly in a folder of the store; none where it doesn't exist."""
    try:
        if isinstance(folder, Path):
            return {entry.name for entry in folder.iterdir()}
        return {name.rpartition("/")[2] for name in folder.fs.ls(folder.path, detail=False)}
    except FileNotFoundError:
        return set()


def for_each(settings: Settings, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The results of a piece of work on each item, in order; side by side where each waits for the network."""
    if is_local(settings):
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        return list(pool.map(work, items))
