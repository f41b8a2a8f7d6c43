"""Copying seed files into the inbox, a folder or a bucket."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from upath import UPath

from canopy_assets.seeds.inbox import listing, naming
from canopy_assets.seeds.rows import dataset_files, hub
from canopy_assets.storage.files import file_digest

_CHUNK = 1 << 20


def add(
    files: Iterable[Path], inbox: Path | UPath, *, report: Callable[[str], None] | None = None
) -> list[Path | UPath]:
    """Copy files into the inbox, each under a safe name. A file appears there complete or not at all.

    A file with the same name and content is left alone. One with the same name and other content replaces the old one:
    a new version of that seed.

    Args:
        files: the files to copy, folders of datasets, or ids of datasets on the Hugging Face hub.
        inbox: the folder to copy to, created if missing; or a place in a bucket.
        report: called with one line per file: added, unchanged, or replaced.

    A dataset becomes one Parquet file of its name. Only for one of the hub the network is used.

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
        for item in given:
            source = _as_one_file(item, Path(scratch)) if isinstance(item, hub.HubId) or item.is_dir() else item
            target = folder / naming.safe_name(source.name)
            outcome = _copy(source, target) if isinstance(target, Path) else _upload(source, target)
            if report:
                report(f"{naming.display(source.name)}: {outcome}")
            targets.append(target)
    return targets


def _as_one_file(dataset: Path | hub.HubId, scratch: Path) -> Path:
    """A dataset's folder, or one of the hub, as a Parquet file of its name."""
    try:
        if isinstance(dataset, hub.HubId):
            name, content = dataset.file_name, dataset_files.downloaded(dataset)
        else:
            name, content = f"{dataset.resolve().name}.parquet", dataset_files.as_parquet(dataset)
    except dataset_files.ConversionError as error:
        raise dataset_files.ConversionError(_why_not(dataset, str(error))) from None
    target = scratch / name
    target.write_bytes(content)
    return target


def _why_not(dataset: Path | hub.HubId, reason: str) -> str:
    if isinstance(dataset, Path):
        return f"{dataset}: {reason}"
    repository = dataset.repository
    folder = repository.partition("/")[2]
    return (
        f"{dataset}: there is no such file, and as a dataset of the Hugging Face hub it cannot be read: {reason}. "
        f"Check the name; or, where there is a network, `hf download --repo-type dataset {repository} --local-dir "
        f"{folder}`, then `canopy add {folder}`"
    )


def _existing(path: Path) -> Path | hub.HubId:
    """The path, where it leads to a regular file or to a dataset's folder; or the id of a dataset on the hub."""
    try:
        resolved = path.resolve(strict=True)
    except RuntimeError:
        raise OSError(errno.ELOOP, "a loop of symbolic links: give the file itself", str(path)) from None
    except FileNotFoundError:
        dataset = hub.parse_id(str(path))
        if dataset is not None and not Path(path.parts[0]).exists():  # or else the path of a file is misspelt
            return dataset
        raise FileNotFoundError(errno.ENOENT, "no such file: check the path", str(path)) from None
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
