"""Names for seed files: a partition key that any file system and log accepts, and a name that can be displayed."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

KEY_LENGTH = 100
"""In characters, for a partition key: file systems allow 255 bytes, and artefact names add a suffix."""

_PARTIAL_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", "~")
_UNSHOWABLE = (
    r"\x00-\x1f\x7f-\x9f"  # control characters
    r"\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates of the writing direction
    r"\ud800-\udfff"  # surrogates: bytes of a file name that are not UTF-8
)
_NOT_SHOWN = re.compile(f"[{_UNSHOWABLE}]")
_REFUSED = re.compile(rf"[{_UNSHOWABLE}\\\u200e\u200f]")  # also a backslash and left-to-right and right-to-left marks


class Place(NamedTuple):
    """The place of a seed file: the name of its top folder, and its path below that."""

    root: str
    relative: str


def partition_keys(places: Sequence[Place], taken: Collection[str] = ()) -> list[str]:
    """Make a unique partition key for each new file.

    For a file in the top folder whose name needs no changes, the key is its name. All other keys have a short digest,
    so that a key does not depend on which files were there first.

    Args:
        places: the new files.
        taken: keys of the files that have one.
    """
    made: dict[int, str] = {}
    used = set(taken)
    names = [PurePosixPath(place.relative).name for place in places]
    slugs = [_slug(name) for name in names]
    # An exact name wins over one that differs in case only, whichever comes first in the listing.
    for i in sorted(range(len(places)), key=lambda i: (names[i] != slugs[i], i)):
        (root, relative), slug = places[i], slugs[i]
        simple = "/" not in relative and slug == names[i].lower()
        key = slug if simple and len(slug) <= KEY_LENGTH else _with_digest(slug, relative)
        while key in used:
            key = _with_digest(slug, f"{root}/{relative}/{key}")
        made[i] = key
        used.add(key)
    return [made[i] for i in range(len(places))]


def safe_name(name: str) -> str:
    """The name to store a file under: the user's name if it is harmless, otherwise its slug with a digest."""
    if name_problem(name) or name.startswith((".", "~")) or len(os.fsencode(name)) > 200:
        return _with_digest(_slug(name.lstrip(".~$")), name)
    return name


def name_problem(relative: str) -> str | None:
    """Why a file cannot be used under its name, and the fix; None when it can."""
    shown, name = display(relative), relative.rpartition("/")[2]
    if ".." in name:
        return f"{shown}: the file name contains '..': rename the file"
    if _REFUSED.search(name):
        return f"{shown}: the file name contains control characters, a backslash or undecodable bytes: rename the file"
    if {"", ".", ".."} & set(relative.split("/")):  # a bucket's keys may be anything
        return f"{shown}: the path contains an empty folder name, '.' or '..': rename the object"
    return None


def is_ignored(name: str) -> bool:
    """Whether a file is not one of the user's seeds: hidden, or a partial file of an editor or a browser."""
    return name.startswith((".", "~$")) or name.lower().endswith(_PARTIAL_SUFFIXES)


def display(name: str) -> str:
    """The name as it can be printed and stored as UTF-8, whatever bytes the file system holds."""
    return _NOT_SHOWN.sub("\ufffd", name)


def text_digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal. A file name with undecodable bytes has one, too."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _slug(name: str) -> str:
    """The name in lower-case ASCII letters, digits, dots, dashes and underscores."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    dashed = re.sub(r"[^a-z0-9._-]+", "-", ascii_name)
    dashed = re.sub(r"-*\.[.-]*", ".", dashed).strip("-_")
    stem, dot, extension = dashed.rpartition(".")
    return f"{stem.strip('.-_') or 'seed'}.{extension}" if dot else dashed or "seed"


def _with_digest(slug: str, text: str) -> str:
    """The slug with eight digits of the text's digest before its extension, cut to the length of a key."""
    stem, dot, extension = slug.rpartition(".")
    if not dot:
        stem, extension = slug, ""
    tail = f"-{text_digest(text)[:8]}{dot}{extension[:12]}"
    return f"{stem[: KEY_LENGTH - len(tail)].rstrip('.-_')}{tail}"
