"""The inbox: which seed files there are, a safe partition key for each, and copying new ones in.

`scan` never raises for what it finds in a folder: a file that can't be used comes back with `problem` set, so
that it is quarantined with its reason and stops nobody else's file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from canopy_assets.platform.files import file_digest
from canopy_assets.records import content_id

DEFAULT_MAX_BYTES = 20 * 1024 * 1024
"""Bytes that a seed may have unless `CANOPY_MAX_SEED_MB` says otherwise."""

KEY_LENGTH = 100
"""Characters of a partition key: file systems take 255 bytes, and artefact names add a suffix to it."""

_CHUNK = 1 << 20
_PARTIAL_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", "~")
_ODD_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class SeedFile:
    """A file of the inbox. `problem` says why it must not be read, and how to mend it; None when it may be."""

    key: str
    path: Path
    name: str
    digest: str
    size_bytes: int
    problem: str | None = None


@dataclass(frozen=True)
class _Found:
    root: Path
    path: Path
    relative: str


def scan(folders: Sequence[Path], *, max_bytes: int = DEFAULT_MAX_BYTES) -> list[SeedFile]:
    """Every seed file in the folders and below them, in a stable order: by folder as given, then by relative path.

    Dot-files, editors' and browsers' partial files, sockets and the like are passed over.

    Args:
        folders: the inbox folders; one that does not exist counts as empty.
        max_bytes: a larger file is not read, and comes back with a problem.
    """
    found = [item for folder in folders for item in _walk(Path(folder))]
    files = [_describe(item, key, max_bytes) for item, key in zip(found, _keys(found), strict=True)]
    return _mark_duplicates(files)


def find(folders: Sequence[Path], key: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> SeedFile:
    """The seed file with this key.

    All folders are scanned: whether a file is a duplicate shows only beside the others.

    Raises:
        FileNotFoundError: no file has the key (any more).
    """
    for file in scan(folders, max_bytes=max_bytes):
        if file.key == key:
            return file
    where = ", ".join(map(str, folders))
    raise FileNotFoundError(errno.ENOENT, f"no seed file has the key {key!r}: look for it in {where}", key)


def version(seed_file: SeedFile) -> str:
    """What names this state of a seed: its content, and whether it may be read."""
    return content_id(seed_file.digest, seed_file.problem or "")


def add(files: Iterable[Path], inbox: Path, *, tell: Callable[[str], None] | None = None) -> list[Path]:
    """Copy files into the inbox, each under a safe name and by one atomic rename.

    The same name with the same content is left alone; with other content it replaces the old one, which is a new
    version of that seed.

    Args:
        files: the files to copy.
        inbox: the folder to copy to; made when it isn't there.
        tell: called with one line per file that says what was done: added, unchanged, or replaced.

    Returns:
        Where each file lies now, in the order given.

    Raises:
        FileNotFoundError: a file does not exist.
        IsADirectoryError: a folder was given.
        OSError: a file is a loop of symbolic links, or isn't a regular file.
    """
    sources = [_regular_file(Path(file)) for file in files]
    inbox.mkdir(parents=True, exist_ok=True)
    targets = []
    for source in sources:
        target = inbox / _safe_name(source.name)
        outcome = _copy_in(source, target)
        if tell:
            tell(f"{_display(source.name)}: {outcome}")
        targets.append(target)
    return targets


def _walk(root: Path) -> Iterator[_Found]:
    if not root.is_dir():
        return
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(n for n in subfolders if not n.startswith("."))
        links = [n for n in subfolders if Path(folder, n).is_symlink()]
        for name in sorted([*names, *links]):
            if name.startswith((".", "~$")) or name.lower().endswith(_PARTIAL_SUFFIXES):
                continue
            path = Path(folder) / name
            if path.is_symlink() or stat.S_ISREG(path.lstat().st_mode):
                yield _Found(root, path, path.relative_to(root).as_posix())


def _describe(item: _Found, key: str, max_bytes: int) -> SeedFile:
    name = _display(item.relative)
    blank = SeedFile(key, item.path, name, _digest_of(item.relative), 0)
    problem = _name_problem(item.path.name, name) or _link_problem(item, name)
    if problem:
        return replace(blank, problem=problem)
    try:
        size = item.path.stat().st_size
        if size > max_bytes:
            digest = _digest_of(f"{size}:{item.path.stat().st_mtime_ns}")
            return replace(blank, digest=digest, size_bytes=size, problem=_too_large(name, size, max_bytes))
        return replace(blank, digest=file_digest(item.path), size_bytes=size)
    except OSError as error:
        reason = "no permission to read it: grant read permission" if isinstance(error, PermissionError) else str(error)
        return replace(blank, problem=f"{name}: {reason}")


def _too_large(name: str, size: int, max_bytes: int) -> str:
    return (
        f"{name}: {size / 1024**2:.1f} MB is more than the {max_bytes / 1024**2:g} MB allowed: "
        "split the file, or raise CANOPY_MAX_SEED_MB"
    )


def _name_problem(file_name: str, shown: str) -> str | None:
    if ".." in file_name:
        return f"{shown}: the file name contains '..': rename the file"
    if _ODD_CHARACTERS.search(file_name):
        return f"{shown}: the file name contains control characters, a backslash or undecodable bytes: rename the file"
    return None


def _link_problem(item: _Found, name: str) -> str | None:
    if not item.path.is_symlink():
        return None
    try:
        target = item.path.resolve(strict=True)
    except (OSError, RuntimeError):
        return f"{name}: a symbolic link that leads nowhere: copy the file itself into the inbox"
    if not target.is_relative_to(item.root.resolve()):
        return f"{name}: a symbolic link that leads out of the inbox: copy the file itself into the inbox"
    if not target.is_file():
        return f"{name}: a symbolic link to a folder: copy the folder itself into the inbox"
    return None


def _mark_duplicates(files: list[SeedFile]) -> list[SeedFile]:
    first: dict[str, str] = {}
    marked = []
    for file in files:
        # Empty files all share a digest; each is told that it is empty when it is read.
        if file.problem is None and file.size_bytes:
            original = first.setdefault(file.digest, file.key)
            if original != file.key:
                file = replace(file, problem=f"{file.name}: duplicate of {original}: remove one of the two")
        marked.append(file)
    return marked


def _keys(found: Sequence[_Found]) -> list[str]:
    """A partition key per file, unique.

    A file of the top folder whose name needs no changes has its name as key. All others carry a short digest, always,
    so that a key does not change when another file arrives.
    """
    keys: dict[int, str] = {}
    taken: set[str] = set()
    plain = {i: _slug(item.path.name) for i, item in enumerate(found)}
    # An exact name wins over one that differs in case only, whichever comes first in the listing.
    for i in sorted(plain, key=lambda i: (found[i].path.name != plain[i], i)):
        item, slug = found[i], plain[i]
        simple = "/" not in item.relative and slug == item.path.name.lower()
        key = slug if simple and len(slug) <= KEY_LENGTH else _with_digest(slug, item.relative)
        while key in taken:
            key = _with_digest(slug, f"{item.root.name}/{item.relative}/{key}")
        keys[i] = key
        taken.add(key)
    return [keys[i] for i in range(len(found))]


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    dashed = re.sub(r"[^a-z0-9._-]+", "-", ascii_name)
    dashed = re.sub(r"-*\.[.-]*", ".", dashed).strip("-_")
    stem, dot, extension = dashed.rpartition(".")
    return f"{stem.strip('.-_') or 'seed'}.{extension}" if dot else dashed or "seed"


def _with_digest(slug: str, text: str) -> str:
    stem, dot, extension = slug.rpartition(".")
    if not dot:
        stem, extension = slug, ""
    tail = f"-{_digest_of(text)[:8]}{dot}{extension[:12]}"
    return f"{stem[: KEY_LENGTH - len(tail)].rstrip('.-_')}{tail}"


def _safe_name(name: str) -> str:
    """The name to store a file under: the user's own where it is harmless, else its slug with a digest."""
    shown = _display(name)
    if _name_problem(name, shown) or name.startswith((".", "~")) or len(os.fsencode(name)) > 200:
        return _with_digest(_slug(name.lstrip(".~$")), name)
    return name


def _display(name: str) -> str:
    """A name that can be printed and stored as UTF-8, whatever bytes the file system holds."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "\ufffd", name)


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _regular_file(path: Path) -> Path:
    try:
        resolved = path.resolve(strict=True)
    except RuntimeError:
        raise OSError(errno.ELOOP, "a loop of symbolic links: give the file itself", str(path)) from None
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "no such file: check the path", str(path)) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a loop of symbolic links: give the file itself", str(path)) from None
        raise
    if resolved.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder: give the files in it", str(path))
    if not resolved.is_file():
        raise OSError(errno.EINVAL, "not a regular file: give a document", str(path))
    return path


def _copy_in(source: Path, target: Path) -> str:
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
    return "replaced: a new version of this seed" if existed else "added"
