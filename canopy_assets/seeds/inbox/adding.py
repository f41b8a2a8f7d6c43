"""Copying seed files into the inbox, a folder or a bucket."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from upath import UPath

from canopy_assets.seeds.inbox import listing, naming
from canopy_assets.seeds.rows import dataset_files
from canopy_assets.storage.files import file_digest

_CHUNK = 1 << 20
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
"""The id of a repository on the hub, "owner/name". The path of a missing file may look the same."""
_EXTENSION = re.compile(r"\.[A-Za-z]{2,9}$")


def add(
    files: Iterable[Path], inbox: Path | UPath, *, report: Callable[[str], None] | None = None
) -> list[Path | UPath]:
    """Copy files into the inbox, each under a safe name. A file appears there complete or not at all.

    A file with the same name and content is left alone. One with the same name and other content replaces the old one:
    a new version of that seed.

    Args:
        files: the files to copy, or folders of datasets.
        inbox: the folder to copy to, created if missing; or a place in a bucket.
        report: called with one line per file: added, unchanged, or replaced.

    A folder that holds a dataset becomes one Parquet file of its name.

    Returns:
        The new place of each file, in the order given.

    Raises:
        FileNotFoundError: a file does not exist.
        IsADirectoryError: a folder was given that holds no dataset.
        ConversionError: a dataset cannot be read.
        InboxUnavailableError: the bucket cannot be reached.
        OSError: a file is a loop of symbolic links, or not a regular file.
    """
    given = [_existing(Path(file)) for file in files]
    folder = listing.opened(inbox)
    if isinstance(folder, Path):
        folder.mkdir(parents=True, exist_ok=True)
    targets = []
    with tempfile.TemporaryDirectory() as scratch:
        for path in given:
            source = _as_one_file(path, Path(scratch)) if path.is_dir() else path
            target = folder / naming.safe_name(source.name)
            outcome = _copy(source, target) if isinstance(target, Path) else _upload(source, target)
            if report:
                report(f"{naming.display(source.name)}: {outcome}")
            targets.append(target)
    return targets


def _as_one_file(folder: Path, scratch: Path) -> Path:
    """A dataset's folder as a Parquet file of its name."""
    name = folder.resolve().name
    try:
        content = dataset_files.as_parquet(folder)
    except dataset_files.ConversionError as error:
        raise dataset_files.ConversionError(f"{folder}: {error}") from None
    target = scratch / f"{name}.parquet"
    target.write_bytes(content)
    return target


def _existing(path: Path) -> Path:
    """The path, where it leads to a regular file or to a dataset's folder."""
    try:
        resolved = path.resolve(strict=True)
    except RuntimeError:
        raise OSError(errno.ELOOP, "a loop of symbolic links: give the file itself", str(path)) from None
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, f"no such file: check the path{_from_hub(path)}", str(path)) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a loop of symbolic links: give the file itself", str(path)) from None
        raise
    if resolved.is_dir():
        if dataset_files.is_dataset_folder(resolved):
            return path
        raise IsADirectoryError(errno.EISDIR, "a folder without a dataset: give the files in it", str(path))
    if not resolved.is_file():
        raise OSError(errno.EINVAL, "not a regular file: give a document", str(path))
    return path


def _from_hub(path: Path) -> str:
    """How to get a dataset that is named by its id on the hub: adding a file needs no network."""
    name = str(path).removeprefix("hf:/").removeprefix("datasets/")
    if not _HUB_ID.fullmatch(name) or _EXTENSION.search(name):
        return ""
    folder = name.rpartition("/")[2]
    return (
        f"; a dataset of the Hugging Face hub is added in two steps: `hf download --repo-type dataset {name} "
        f"--local-dir {folder}`, which needs a network, and `canopy add {folder}`"
    )


def _copy(source: Path, target: Path) -> str:
    """Copy a file into a local folder. Returns a word for what was done."""
    existed = target.is_file() and not target.is_symlink()
    if existed and file_digest(source) == file_digest(target):
        return "unchanged"
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "the inbox holds a folder of this name: rename the file", str(target))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".adding-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out, source.open("rb") as stream:
            shutil.copyfileobj(stream, out, _CHUNK)
            os.fchmod(out.fileno(), 0o644)
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return _outcome(existed)


def _upload(source: Path, target: UPath) -> str:
    """Copy a file into a bucket. Returns a word for what was done."""
    data = source.read_bytes()
    try:
        existed = target.fs.isfile(target.path)
        if existed and target.fs.cat_file(target.path) == data:
            return "unchanged"
        target.fs.pipe_file(target.path, data)
    except Exception as error:  # botocore raises classes of its own
        raise listing.unreachable(target, error) from error
    return _outcome(existed)


def _outcome(existed: bool) -> str:
    return "replaced: a new version of this seed" if existed else "added"
