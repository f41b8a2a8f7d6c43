"""The store of tables, artefacts and checkpoints: a folder, or a bucket for workers that share no disk.

Both replace a file atomically: a folder by a rename, a bucket by a PUT.
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
    """The store cannot be reached or used; the message names CANOPY_STORE and the fix."""


class DamagedArtefactError(RuntimeError):
    """A stored table or artefact is missing or has changed; the message says which asset to materialize again."""


def store_root(settings: Settings) -> UPath:
    """The top folder of the store.

    Raises:
        StoreError: CANOPY_STORE is a kind of URL that cannot be opened.
    """
    try:
        root = settings.store_dir
        if root.protocol in ("", "file", "local"):
            return UPath(root.path)
        # Other machines write there too, so a cached listing may be wrong.
        root = UPath(str(root), use_listings_cache=False)
        _ = root.fs
        return root
    except ImportError as error:
        raise StoreError(f"CANOPY_STORE={settings.store}: {error}; s3:// needs `pip install -e '.[s3]'`") from error
    except ValueError as error:
        raise StoreError(f"CANOPY_STORE={settings.store}: {error}; write a folder, or s3://bucket/prefix") from error


def is_local(settings: Settings) -> bool:
    """Whether the store is a folder that this machine has or mounts."""
    return isinstance(store_root(settings), Path)


def partial_folder(settings: Settings) -> Path:
    """Where a local store's files are written before they are renamed into place.

    All files share one folder, so the next write of any file after a crash also removes what the crash left behind.
    """
    return Path(store_root(settings).path) / ".writing"


def get(path: UPath) -> bytes:
    """The content of a file in the store, read in one request.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if isinstance(path, Path):
        return path.read_bytes()
    # One request. `open` makes two, one for the size and one to read, and the file may be replaced in between.
    content = path.fs.cat_file(path.path)
    assert isinstance(content, bytes)
    return content


def put(settings: Settings, path: UPath, content: bytes) -> None:
    """Write a file in the store. A reader sees either the old or the new content, never a part."""
    if isinstance(path, Path):
        files.replace_atomically(path, content, partial_folder(settings))
    else:
        path.fs.pipe_file(path.path, content)


def names_in(folder: UPath) -> set[str]:
    """The names in a folder of the store; none if the folder does not exist."""
    try:
        if isinstance(folder, Path):
            return {entry.name for entry in folder.iterdir()}
        return {name.rpartition("/")[2] for name in folder.fs.ls(folder.path, detail=False)}
    except FileNotFoundError:
        return set()


def for_each(settings: Settings, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The results of `work` on each item, in order. With a bucket, several requests run at once."""
    if is_local(settings):
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as pool:
        return list(pool.map(work, items))
